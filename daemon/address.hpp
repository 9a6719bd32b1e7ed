#pragma once

#include "escalation/directory.hpp"

#include <string>
#include <vector>

namespace shouwang::daemon {

// One of a person's addresses on a channel, and what the roster calls it.
struct Address {
    std::string name;  // phone, phone2, wecom ...: journaled in place of the address itself
    std::string value;
};

// In order of preference; empty when the channel cannot reach them.
[[nodiscard]] std::vector<Address> addresses_of(
    const escalation::Staff& staff, const escalation::ChannelName& channel
);

}  // namespace shouwang::daemon
