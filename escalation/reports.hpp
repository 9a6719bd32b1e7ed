#pragma once

#include "escalation/decide.hpp"

#include <vector>

// Internal to escalation/: what comes in from outside, and what a person makes of it.
namespace shouwang::escalation {

[[nodiscard]] Decision report(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Report& command,
    Instant now
);

[[nodiscard]] Decision triage(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Triage& command,
    Instant now
);

}  // namespace shouwang::escalation
