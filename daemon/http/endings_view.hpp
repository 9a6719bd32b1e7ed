#pragma once

#include "daemon/http/incident_view.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

// The endings of an incident as its view shows them: what keeps each from being signed, who has
// signed it, and whose signature may come next.
namespace shouwang::http {

// By the ending's name, what it would be refused for now.
[[nodiscard]] boost::json::object missing_for_endings(
    const ViewContext& context, const escalation::Incident& incident
);

// One row for each ending; where it is signed by subject, one for each who is still part of it.
[[nodiscard]] boost::json::array endings_view(
    const ViewContext& context, const escalation::Incident& incident
);

}  // namespace shouwang::http
