#pragma once

#include "escalation/step.hpp"

#include <optional>

// Internal to escalation/: what a person takes upon themselves, hands on, or lets go of by saying
// so: a register of one, a duty that is waived, the incident itself when it is taken up again or
// goes on by another protocol.
namespace shouwang::escalation {

[[nodiscard]] std::optional<Refusal> take_over(Step& step, const TakeOver& command);
// May `said_by` say that `staff` holds this register from now on, whoever holds it now?
[[nodiscard]] bool may_appoint(
    const Step& step, const Register& rules, const StaffId& staff, const StaffId& said_by
);
// `staff` holds a register of one from now on, whoever held it; nothing when they do already.
// Whether they may is the caller's to know.
void hand_over(
    Step& step,
    const Register& rules,
    const StaffId& staff,
    const std::string& reason,
    const Actor& by
);
[[nodiscard]] std::optional<Refusal> waive(Step& step, const Waive& command);
[[nodiscard]] std::optional<Refusal> add_note(Step& step, const AddNote& command);
[[nodiscard]] std::optional<Refusal> reopen(Step& step, const Reopen& command);
// Requires: `step` works with the protocol that is switched to.
[[nodiscard]] std::optional<Refusal> switch_protocol(
    Step& step, const Protocol& from, const SwitchProtocol& command
);

}  // namespace shouwang::escalation
