#pragma once

#include "config/message_text.hpp"
#include "daemon/time_source.hpp"
#include "escalation/directory.hpp"
#include "escalation/incident.hpp"
#include "escalation/protocol.hpp"

#include <string>

// What leaves the house for one person: words and JSON made of a page. Nothing here may read a
// subject's identity, a callback, a free text, a room or a fact: what is sent is public (level,
// code, place, task), and whoever is asked logs in for the rest.
namespace shouwang::daemon {

struct MessageContent {
    std::string text;     // for people: text message, card or spoken script
    std::string payload;  // JSON for machines: api.md section 2
};

// What differs from one attempt to the next.
struct Attempt {
    std::string key;
    unsigned number = 1;
    bool possible_repeat = false;
    Instant now{};
    std::string respond_url;  // empty: the person has no link
};

// What a message is made of. All of it outlives the call.
struct MessageSource {
    const escalation::Protocol& protocol;  // the incident's own
    const escalation::Directory& directory;
    const escalation::Incident& incident;
    const escalation::Page& page;
};

// The values of a text's variables (config/message_text.hpp). What is not known is empty.
[[nodiscard]] config::TextVariables variables_of(const MessageSource& source, Instant now);

// Total: a text that the protocol does not have is replaced by its code and the incident's.
[[nodiscard]] MessageContent compose(
    const MessageSource& source, const escalation::ChannelName& channel, const Attempt& attempt
);

}  // namespace shouwang::daemon
