#pragma once

#include "config/rehearsal_file.hpp"
#include "daemon/engine.hpp"
#include "daemon/rehearsal/rehearsal.hpp"
#include "escalation/command.hpp"

#include <functional>
#include <optional>
#include <string>

// The command that a step of a rehearsal file stands for.
namespace shouwang::rehearsal {

struct DeedContext {
    const Stage& stage;
    daemon::Engine& engine;
    const escalation::Incident* incident = nullptr;  // the one the step is about
    escalation::IncidentId fresh;                    // the id of the next one to be opened
    // Those the file has named so far; nullptr for a name it has not given.
    std::function<const escalation::IncidentId*(const std::string&)> named;
};

[[nodiscard]] escalation::Command open_command(
    const config::RehearsalStep& step, const DeedContext& context
);
// Requires: `context.incident`. Nothing for a step that is no command (restart, clock, open), or
// that names an incident there is not.
[[nodiscard]] std::optional<escalation::Command> command_of(
    const config::RehearsalStep& step, const DeedContext& context
);

}  // namespace shouwang::rehearsal
