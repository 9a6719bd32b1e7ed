#pragma once

#include "daemon/outbox.hpp"
#include "escalation/decide.hpp"
#include "escalation/directory.hpp"
#include "notifiers/demo_handset.hpp"

namespace shouwang::daemon {

// The demo's handsets are in memory. After a restart, shows on them again what they had taken of
// the live incidents, oldest first and with the times they had taken it; replies work as before.
// Words that count (minutes, answers so far) are of the incident as it stands now. An address that
// has left the roster shows nothing, and the wall keeps no more than it ever does.
void refill_wall(
    notifiers::HandsetWall& wall,
    const escalation::Board& board,
    const escalation::Directory& directory,
    const Compose& compose
);

}  // namespace shouwang::daemon
