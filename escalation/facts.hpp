#pragma once

#include "escalation/command.hpp"
#include "escalation/decide.hpp"
#include "escalation/step.hpp"

#include <map>
#include <string>
#include <vector>

// Internal to escalation/: facts as people report them, checked against the protocol.
namespace shouwang::escalation {

enum class SaidBy { Anybody, Record };

// The source of facts that a duty's record says.
constexpr const char* record_source = "record";
// Of those that the protocol takes to be so.
constexpr const char* assumed_source = "protocol";
// Of those that are unknown again because of who somebody turned out to be.
constexpr const char* identity_source = "identity";

// Every fault of `facts` is added to `faults`, with pointers below `pointer`.
void check_facts(
    const Protocol& protocol,
    const std::map<FactName, FactValue>& facts,
    const std::string& pointer,
    std::vector<Missing>& faults,
    SaidBy said_by = SaidBy::Anybody
);

// The same for what only a record says of the subject in whose lane `view` looks.
void check_recorded(
    const View& view,
    const std::map<FactName, FactValue>& facts,
    const std::string& pointer,
    std::vector<Missing>& faults
);

// What the protocol takes to be so while nobody has said anything else. Returns whether there was
// anything to take.
bool settle_assumed(Step& step);

// The fact is unknown again, of this subject and of nobody in particular.
void forget(
    Step& step,
    const SubjectId& subject,
    const FactName& name,
    const std::string& source,
    const Actor& by
);

// What was said of somebody nobody knew, and only a record could say now that they are known, is
// unknown again.
void forget_unrecorded(Step& step, const SubjectId& subject, const Actor& by);

// Who told it, in one word; none of those that only the engine writes.
void check_source(
    const std::string& source, const std::string& pointer, std::vector<Missing>& faults
);

// Writes the facts down: those of subjects for `subject`, or for the only subject there is; the
// others for the incident. Requires: check_facts() found nothing.
void set_facts(
    Step& step,
    const SubjectId& subject,
    const std::map<FactName, FactValue>& facts,
    const std::string& source,
    Instant known_at,
    const Actor& by
);

// As set_facts(), for what another report knew of the same emergency: of each fact the worse of the
// two values stays. A value about nobody in particular counts for everybody whom it makes worse.
// Unless a person has `judged` it, good news does not even replace what is unknown.
void join_facts(
    Step& step,
    const SubjectId& subject,
    const std::map<FactName, FactValue>& facts,
    const std::string& source,
    Instant known_at,
    const Actor& by,
    bool judged
);

}  // namespace shouwang::escalation
