#pragma once

#include "daemon/configuration.hpp"

namespace shouwang::daemon {

// What the process ends with (sysexits.h where there is a word for it).
enum class Exit : int {
    Done = 0,
    Failed = 1,
    Usage = 64,
    JournalUnknown = 74,  // a commit's outcome is unknown: start again and replay
    BadConfiguration = 78,
};

// Runs the daemon until it is told to stop. With `demo`: no real channel, the handset wall, and the
// addresses printed for whoever started it. Throws what keeps it from starting, in words.
[[nodiscard]] Exit run(const Configuration& configuration, bool demo);

}  // namespace shouwang::daemon
