#pragma once

#include "escalation/decide.hpp"

#include <boost/json/object.hpp>

#include <string>

// An incident as clients see it (the read model of GET /api/v1/incidents/{id}). What is personal
// is in it only when the reader may see it; everything else of the shape stays the same.
namespace shouwang::http {

enum class Sight {
    Receipt,  // a reporter: that it arrived, and whether somebody is on it
    Action,   // place, level, tasks, who is going: no student
    Command,  // all of it
};

struct ViewContext {
    const escalation::Rules& rules;
    const escalation::Directory& directory;
    escalation::Instant now{};
};

// Times are RFC 3339 UTC, ids as everywhere. `missing_for_end` lists, for each ending, what it
// would be refused for now.
[[nodiscard]] boost::json::object incident_view(
    const ViewContext& context, const escalation::Incident& incident, Sight sight
);

// One row of the list: no pages, no records.
[[nodiscard]] boost::json::object incident_row(
    const ViewContext& context, const escalation::Incident& incident
);

// A report as the triage queue shows it.
[[nodiscard]] boost::json::object report_view(
    const ViewContext& context, const escalation::Incident& incident, Sight sight
);

[[nodiscard]] std::string name_of(escalation::Kind kind);
[[nodiscard]] std::string name_of(escalation::Stage stage);
[[nodiscard]] std::string name_of(escalation::DutyState state);
[[nodiscard]] std::string name_of(escalation::SendState state);

}  // namespace shouwang::http
