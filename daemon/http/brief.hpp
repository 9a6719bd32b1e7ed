#pragma once

#include "daemon/http/incident_view.hpp"

#include <string>

namespace shouwang::http {

// The draft of a brief, from what the incident knows of itself: when, where, which level, who by
// role went and arrived, what was decided and by which role, where things stand. A person completes
// and files it. Chinese; no name, number, class, room, telephone or free text is in it.
[[nodiscard]] std::string brief_draft(
    const ViewContext& context, const escalation::Incident& incident
);

}  // namespace shouwang::http
