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

// Every fault of `facts` is added to `faults`, with pointers below `pointer`.
void check_facts(
    const Protocol& protocol,
    const std::map<FactName, FactValue>& facts,
    const std::string& pointer,
    std::vector<Missing>& faults,
    SaidBy said_by = SaidBy::Anybody
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
