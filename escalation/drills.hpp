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

// Pauses every drill beside `alarm` and tells those in it. Does nothing when it is no emergency.
void pause_drills(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Incident& alarm,
    Instant now,
    std::vector<Event>& events
);

// The same for the drill that `step` is about, when it has come beside an emergency.
void pause_beside_alarm(Step& step, const Board& board);

}  // namespace shouwang::escalation
