#pragma once

#include "escalation/decide.hpp"
#include "escalation/step.hpp"

#include <vector>

// Internal to escalation/: a drill beside something real (domain 9.3). Whoever is on the scene must
// never wonder which of the two they are in: the drill waits until it is over.
namespace shouwang::escalation {

// A real emergency at the drill's place or about one of its students; nullptr when there is none.
[[nodiscard]] const Incident* alarm_beside(
    const Directory& directory, const Board& board, const Incident& drill
);

// After a step that changed where it is, whom it is about or how far it has come: what it brought
// beside each other is parted. The drill pauses, and those in it are told. Requires: it is settled.
void part_drills(const Rules& rules, const Board& board, Step& step, std::vector<Event>& events);

}  // namespace shouwang::escalation
