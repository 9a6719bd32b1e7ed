#pragma once

#include "escalation/command.hpp"
#include "escalation/directory.hpp"
#include "escalation/event.hpp"
#include "escalation/protocol.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// The escalation core: what the emergency protocol asks for next, given what has happened so far.
//
// Pure. Nothing here reads a clock, draws a random number or does I/O; time and new ids come in as
// arguments. A request to page somebody is an event like any other: it is journaled before anybody
// acts on it, so a crash between the two repeats a page and never loses one.
namespace shouwang::escalation {

struct CodeCounter {
    int year = 0;  // local
    unsigned last = 0;
    friend bool operator==(const CodeCounter&, const CodeCounter&) = default;
};

struct Adoption {
    std::string name;
    std::string hash;
    friend bool operator==(const Adoption&, const Adoption&) = default;
};

// Everything the daemon knows; the fold of the whole journal.
struct Board {
    std::map<IncidentId, Incident> incidents;
    std::set<std::pair<Instant, IncidentId>> alarms;  // each live incident's deadline
    CodeCounter codes;
    std::map<std::string, Adoption> adopted;  // protocol, settings, roster
    friend bool operator==(const Board&, const Board&) = default;

    // The earliest instant at which silence means something; nullopt when nothing is pending.
    [[nodiscard]] std::optional<Instant> deadline() const;
    [[nodiscard]] const Incident* find(const IncidentId& id) const;
};

struct Missing {
    std::string code;     // stable, for programs
    std::string pointer;  // JSON pointer into the request, empty when it is not about the request
    std::string detail;   // for people
    friend bool operator==(const Missing&, const Missing&) = default;
};

// A command that was declined. It left no event behind and changed nothing.
struct Refusal {
    enum class Because {
        Invalid,  // the command itself is wrong
        Unknown,  // it speaks of something that does not exist
        Refused,  // the state does not allow it; `missing` says what would
    };
    Because because = Because::Invalid;
    std::vector<Missing> missing;  // all of it at once
    friend bool operator==(const Refusal&, const Refusal&) = default;
};

using Decision = std::variant<std::vector<Event>, Refusal>;

// Decides one command. The events are one atomic batch. `Tick` is to be repeated while
// board.deadline() <= now. Answers given at the instant of a deadline come before it.
[[nodiscard]] Decision decide(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Command& command,
    Instant now
);

// Folds one event in. Total: every event a past release journaled is still accepted, and one that
// speaks of something unknown changes nothing.
void evolve(Board& board, const Event& event);
void evolve(Incident& incident, const Event& event);

// The engine's own views, used by read models and by whoever must not ask twice.
//
// The phase of the incident by the protocol's conditions; empty before it opens.
[[nodiscard]] std::string phase_of(
    const Protocol& protocol, const Directory& directory, const Incident& incident, Instant now
);
// What `end` would be refused for at this moment, signatures included; empty: it is reached.
[[nodiscard]] std::vector<Missing> missing_for(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const EndName& end,
    Instant now,
    const SubjectId& subject = {}
);
// True when this person's role lets them sign the ending now, and they have not yet.
[[nodiscard]] bool may_sign(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const EndName& end,
    const StaffId& staff,
    Instant now,
    const SubjectId& subject = {}
);
// The lists of signers, by their place in the ending, that the next signature may be for. Whoever
// signed and stands on two of them leaves both open; none is left once the ending is signed.
[[nodiscard]] std::vector<std::size_t> lists_to_sign(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const EndName& end,
    const SubjectId& subject = {}
);
// True while the page is still worth sending: the incident is live and one of its asks still
// wants this person, or it is an inform.
[[nodiscard]] bool still_wanted(const Incident& incident, const Page& page);
// The same of an incident that may have been merged: its pages are wanted for as long as what they
// ask is asked where it goes on.
[[nodiscard]] bool still_wanted(const Board& board, const Incident& incident, const Page& page);
// The instances of one decision, as people call it: by its name, its duty's, or the number to dial.
struct DecisionAsks {
    std::vector<DutyKey> open;
    // Open or not; where nobody was asked yet, the instance there would be. nullopt: the protocol
    // has no such decision.
    std::optional<DutyKey> newest;
};
[[nodiscard]] DecisionAsks decision_asks(
    const Protocol& protocol, const Incident& incident, const std::string& called
);
// The words this duty may be answered with.
[[nodiscard]] std::vector<Word> answers_to(const Protocol& protocol, const DutyInstance& duty);

}  // namespace shouwang::escalation
