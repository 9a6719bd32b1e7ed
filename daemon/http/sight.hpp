#pragma once

#include "daemon/http/incident_view.hpp"
#include "daemon/http/tokens.hpp"
#include "escalation/decide.hpp"

#include <optional>
#include <string>
#include <vector>

namespace shouwang::http {

// Who may see an incident, and how much of it (confidentiality: clause 五 of the notice; the least
// that still lets a person act). nullopt: to this reader the incident does not exist.
//
// The duty desk sees everything. Administrators and supervisors see what is being done, never whom
// it is about. A responder sees incidents they were asked for: with those students who belong to
// their own college, and without any otherwise. A reporter sees the receipt of their own.
[[nodiscard]] std::optional<Viewpoint> sight_of(
    const Identity& identity,
    const escalation::Directory& directory,
    const escalation::Incident& incident
);

// The readers of an incident's events in the words of the live stream, fixed for each event; read
// back by may_see(). `asked`: everybody asked until then.
[[nodiscard]] std::string audience_of(const std::vector<escalation::StaffId>& asked);
[[nodiscard]] bool may_see(const Identity& identity, const std::string& audience);

}  // namespace shouwang::http
