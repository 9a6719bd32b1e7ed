#pragma once

#include "config/settings.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// For a start with a settings file that has errors: incidents may be open, so the daemon goes on
// with the settings that were in force last. They are in the journal, and the journal is found
// without them.
namespace shouwang::daemon {

// The folders that may hold the journal, likeliest first: the one that the text with faults names,
// then those that the service manager says are the daemon's (STATE_DIRECTORY, separated by colons).
[[nodiscard]] std::vector<std::filesystem::path> journal_folders(
    std::string_view text_with_faults,
    const std::filesystem::path& file,
    std::string_view state_directory
);

struct LastGoodSettings {
    std::optional<config::Settings> settings;
    std::string text;     // as they were adopted
    std::string why_not;  // without settings: a line for each place that was looked at
};

// Settings that this release can use, from the first journal that has them and is the one they
// name. Relative paths are relative to `file`, as ever. Opens the journals one after the other and
// lets them go again; writes no record and makes no file.
[[nodiscard]] LastGoodSettings last_good_settings(
    const std::filesystem::path& file, bool demo, std::string_view state_directory
);

}  // namespace shouwang::daemon
