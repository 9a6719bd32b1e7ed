#pragma once

#include "daemon/rehearsal/rehearsal.hpp"
#include "escalation/decide.hpp"
#include "escalation/event.hpp"
#include "escalation/incident.hpp"

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

// "What if this student were in danger then?" One incident in virtual time, by the real engine,
// outbox, protocol and roster, with people who do what they are asked to, except the silent ones.
namespace shouwang::rehearsal {

struct WhatIf {
    escalation::StudentId student;
    escalation::Instant at{};
    escalation::Span lasts{};
    // What is known. Nothing at all is a question too: the protocol says what not knowing means.
    std::map<escalation::FactName, escalation::FactValue> facts;
    std::set<escalation::StaffId> silent;
    bool all_silent = false;
};

// Who is not silent answers so long after the first channel took their message, with the first word
// that ends the duty; and does what they were expected to do so long before it is due.
constexpr escalation::Span answer_delay = std::chrono::seconds(30);

struct WhatIfResult {
    std::vector<escalation::Missing> refused;  // not empty: it could not be opened
    std::vector<escalation::Event> happened;   // in order
    std::vector<std::string> lines;            // the same as `shouwang rehearse` prints them
    escalation::Incident end;                  // as it stands when the time is over
    std::vector<std::string> troubles;  // what should not happen: an answer that was not taken
    // Duties of life that meant somebody and reached nobody, neither by their ladder nor after it.
    std::vector<escalation::DutyKey> unreached;
};

[[nodiscard]] WhatIfResult what_if(const WhatIf& question, const Stage& stage);

// The first word, as the protocol lists them, that ends this instance of a duty when a person says
// it; empty when no word does.
[[nodiscard]] escalation::Word word_that_ends(
    const escalation::Protocol& protocol, const escalation::DutyKey& key
);

}  // namespace shouwang::rehearsal
