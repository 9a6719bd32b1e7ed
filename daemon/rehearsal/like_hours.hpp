#pragma once

#include "escalation/directory.hpp"
#include "escalation/protocol.hpp"

#include <optional>
#include <set>
#include <tuple>
#include <vector>

namespace shouwang::rehearsal {

// Which hours the engine cannot tell apart. All it looks at in a roster and in a protocol's windows
// changes at instants that are known beforehand; between two of them one hour is as the other.
class LikeHours {
public:
    // The shifts and leaves that hold, the windows that do, and whether the student is grown up.
    using Key = std::tuple<std::size_t, std::vector<bool>, bool>;

    // For the `hours` from `from` on, each looked at for `horizon`. Both outlive this.
    LikeHours(
        const escalation::Protocol& protocol,
        const escalation::Directory& directory,
        escalation::Instant from,
        std::size_t hours,
        escalation::Span horizon
    );

    // Two hours with the same key are alike for this student; nothing: this one is like no other,
    // because something changes within its horizon.
    [[nodiscard]] std::optional<Key> key(
        const escalation::StudentId& student, escalation::Instant at
    ) const;

private:
    const escalation::Protocol& protocol_;
    const escalation::Directory& directory_;
    escalation::Span horizon_;
    std::set<escalation::Instant> of_roster_;
    std::set<escalation::Instant> all_;
};

}  // namespace shouwang::rehearsal
