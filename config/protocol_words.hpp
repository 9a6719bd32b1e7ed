#pragma once

#include "escalation/protocol.hpp"

#include <string>
#include <vector>

// Internal to config/: parts of a protocol in words, as `protocol explain` and `protocol draw` say
// them.
namespace shouwang::config {

[[nodiscard]] std::string condition_text(const escalation::Condition& condition);
// "班主任 class_teacher".
[[nodiscard]] std::string role_text(
    const escalation::Protocol& protocol, const escalation::RoleName& name
);
[[nodiscard]] std::string target_text(
    const escalation::Protocol& protocol, const escalation::Target& target
);
// "voice+sms".
[[nodiscard]] std::string channels_text(const std::vector<escalation::ChannelName>& channels);
[[nodiscard]] std::string scope_text(escalation::Scope scope);

}  // namespace shouwang::config
