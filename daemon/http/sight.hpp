#pragma once

#include "daemon/http/incident_view.hpp"
#include "daemon/http/tokens.hpp"
#include "escalation/decide.hpp"

#include <optional>
#include <string>

namespace shouwang::http {

// Who may see an incident, and how much of it (confidentiality: clause 五 of the notice; the least
// that still lets a person act). nullopt: to this reader the incident does not exist.
//
// The duty desk sees everything. Administrators and supervisors see what is being done, never whom
// it is about. A responder sees incidents they were asked for: with the student when they belong
// to the student's own college, without otherwise. A reporter sees the receipt of their own.
[[nodiscard]] std::optional<Sight> sight_of(
    const Identity& identity,
    const escalation::Directory& directory,
    const escalation::Incident& incident
);

// The readers of an incident's events in the words of the live stream, fixed when an event is
// published; read back by may_see().
[[nodiscard]] std::string audience_of(const escalation::Incident* incident);
[[nodiscard]] bool may_see(const Identity& identity, const std::string& audience);

}  // namespace shouwang::http
