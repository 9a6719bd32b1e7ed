#pragma once

#include "escalation/decide.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <set>
#include <string>

// An incident as clients see it (the read model of GET /api/v1/incidents/{id}). What is personal
// is in it only when the reader may see it; everything else of the shape stays the same.
namespace shouwang::http {

enum class Sight {
    Receipt,  // a reporter: that it arrived, and whether somebody is on it
    Action,   // place, level, tasks, who is going: no student
    Command,  // the room, the students named, the records
};

// How much of an incident one reader is shown, and whose identity.
struct Viewpoint {
    Sight sight = Sight::Receipt;
    std::set<escalation::SubjectId> named;  // subjects whose student is shown; Command only

    // True when nothing about anybody has to be held back from them.
    [[nodiscard]] bool names_all(const escalation::Incident& incident) const
    {
        return sight == Sight::Command && named.size() >= incident.subjects.size();
    }
};

// The newest pages of an incident that a view shows; the timeline has all of them.
constexpr std::size_t pages_shown_max = 200;

struct ViewContext {
    const escalation::Rules& rules;
    const escalation::Directory& directory;
    escalation::Instant now{};
    const escalation::Board* board = nullptr;  // for what came into it; none: that is not shown
};

// Times are RFC 3339 UTC, ids as everywhere. `missing_for_end` lists, for each ending, what it
// would be refused for now; `endings` says it for each subject where an ending is signed by
// subject, with who has signed and which roles must still.
[[nodiscard]] boost::json::object incident_view(
    const ViewContext& context, const escalation::Incident& incident, const Viewpoint& viewpoint
);

// One row of the list: no pages, no records.
[[nodiscard]] boost::json::object incident_row(
    const ViewContext& context, const escalation::Incident& incident
);

// A report as the triage queue shows it.
[[nodiscard]] boost::json::object report_view(
    const ViewContext& context, const escalation::Incident& incident, const Viewpoint& viewpoint
);

[[nodiscard]] std::string name_of(escalation::Kind kind);
[[nodiscard]] std::string name_of(escalation::Stage stage);
[[nodiscard]] std::string name_of(escalation::DutyState state);
[[nodiscard]] std::string name_of(escalation::SendState state);

}  // namespace shouwang::http
