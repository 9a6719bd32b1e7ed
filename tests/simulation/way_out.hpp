#pragma once

#include "escalation/incident.hpp"
#include "escalation/protocol.hpp"

#include <algorithm>
#include <variant>
#include <vector>

// How the people of a world get out of an incident: by signing, one ending after the other.
namespace shouwang::test {

// The endings that take an incident to its end, in the order in which they are signed.
inline std::vector<escalation::End> way_out(const escalation::Protocol& protocol)
{
    std::vector<escalation::End> out;
    for (const auto outcome : {escalation::EndOutcome::Aftercare, escalation::EndOutcome::Closed})
        if (const escalation::End* end = protocol.ending(outcome)) out.push_back(*end);
    return out;
}

inline escalation::Stage stage_after(const escalation::End& end)
{
    return end.outcome == escalation::EndOutcome::Aftercare ? escalation::Stage::Aftercare
                                                            : escalation::Stage::Closed;
}

// Of some people at least, only a duty's record says it.
inline bool said_by_record(const escalation::Fact& fact)
{
    return fact.only_recorded ||
           !std::holds_alternative<escalation::Never>(fact.only_recorded_when.node);
}

// Nobody can do this duty: it is there until an ending is signed.
inline bool only_signed_off(const escalation::Duty& duty)
{
    const bool answered =
        std::any_of(duty.answers.begin(), duty.answers.end(), [](const auto& answer) {
            return answer.second == escalation::Effect::Satisfy;
        });
    return !answered && duty.record.empty() && !duty.lapses && duty.each.empty() &&
           std::holds_alternative<escalation::Atom>(duty.done.node) &&
           std::get<escalation::Atom>(duty.done.node).topic == escalation::Topic::Incident;
}

}  // namespace shouwang::test
