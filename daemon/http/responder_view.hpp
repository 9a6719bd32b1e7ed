#pragma once

#include "daemon/http/pages.hpp"
#include "escalation/decide.hpp"

#include <functional>
#include <string>
#include <vector>

// What one person sees of one incident behind the link they were sent: what they are asked, what
// they may record, what they may sign. Nothing of whom it is about.
namespace shouwang::http {

struct ResponderContext {
    const escalation::Protocol& protocol;  // the incident's own
    const escalation::Directory& directory;
    const escalation::Incident& incident;
    escalation::Instant now{};
    const std::vector<std::string>& phones;  // to be called by people, never in a drill
    std::function<std::string()> fresh_key;  // one for each form: pressed twice, it counts once
};

// Requires: `staff` is on the roster or was when they were asked. The caller adds token and nonce.
[[nodiscard]] ResponderPage responder_view(
    const ResponderContext& context, const escalation::StaffId& staff
);

// "08:31:05" in the protocol's local time.
[[nodiscard]] std::string local_time(const escalation::Protocol& protocol, escalation::Instant at);
// What a button says; the word itself when the protocol has no label for it.
[[nodiscard]] std::string word_label(
    const escalation::Protocol& protocol, const escalation::Word& word
);
// 0 the gravest, as the pages colour it.
[[nodiscard]] unsigned severity_of(
    const escalation::Protocol& protocol, const escalation::LevelName& level
);

}  // namespace shouwang::http
