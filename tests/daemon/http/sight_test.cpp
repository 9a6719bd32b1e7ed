#include "daemon/http/sight.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

using namespace shouwang::escalation;
namespace http = shouwang::http;
using http::audience_of;
using http::Identity;
using http::may_see;
using http::Sight;
using http::sight_of;

namespace {

// One college with a teacher and a guard of the university, one of another college.
Directory people()
{
    Directory directory;
    for (const char* id : {"north", "south", "guards"}) {
        Unit unit;
        unit.id = UnitId(id);
        directory.units[unit.id] = unit;
    }
    Unit year;
    year.id = UnitId("north-1");
    year.parent = UnitId("north");
    directory.units[year.id] = year;
    const auto add = [&](const char* id, const char* unit) {
        Staff staff;
        staff.id = StaffId(id);
        staff.unit = UnitId(unit);
        directory.staff[staff.id] = staff;
    };
    add("teacher", "north-1");
    add("guard", "guards");
    add("stranger", "south");
    return directory;
}

Incident alarm()
{
    Incident incident;
    incident.id = IncidentId("I");
    incident.stage = Stage::Open;
    incident.reported_by.account = "kiosk";
    Subject subject;
    subject.id = SubjectId("s1");
    subject.college = UnitId("north");
    incident.subjects[subject.id] = subject;
    DutyInstance duty;
    duty.key = {DutyName("go"), "", 1};
    for (const char* staff : {"teacher", "guard"}) {
        Ask ask;
        ask.staff = StaffId(staff);
        duty.asks[ask.staff] = ask;
    }
    incident.duties[duty.key] = duty;
    return incident;
}

Identity as(http::Role role, const char* staff = "", const char* token = "t")
{
    Identity identity;
    identity.role = role;
    identity.token_id = token;
    if (*staff != '\0') identity.staff = StaffId(staff);
    return identity;
}

}  // namespace

TEST_CASE("sight: each role sees the least that lets it act", "[api]")
{
    const Directory directory = people();
    const Incident incident = alarm();
    const auto sight = [&](const Identity& who) -> std::optional<Sight> {
        const auto viewpoint = sight_of(who, directory, incident);
        return viewpoint ? std::optional(viewpoint->sight) : std::nullopt;
    };
    CHECK(sight(as(http::Role::DutyDesk)) == Sight::Command);
    CHECK(sight(as(http::Role::Admin)) == Sight::Action);
    CHECK(sight(as(http::Role::Supervisor)) == Sight::Action);
    CHECK(sight(as(http::Role::Responder, "teacher")) == Sight::Command);
    CHECK(sight(as(http::Role::Responder, "guard")) == Sight::Action);
    CHECK(sight(as(http::Role::Responder, "stranger")) == std::nullopt);
    CHECK(sight(as(http::Role::Responder)) == std::nullopt);
    CHECK(sight(as(http::Role::Intake, "", "kiosk")) == Sight::Receipt);
    CHECK(sight(as(http::Role::Intake, "", "other")) == std::nullopt);
}

TEST_CASE("sight: of two colleges each teacher is told of their own student", "[api]")
{
    const Directory directory = people();
    Incident incident = alarm();
    Subject other;
    other.id = SubjectId("s2");
    other.college = UnitId("south");
    incident.subjects[other.id] = other;
    const auto teacher = sight_of(as(http::Role::Responder, "teacher"), directory, incident);
    REQUIRE(teacher);
    CHECK(teacher->sight == Sight::Command);
    CHECK(teacher->named == std::set<SubjectId>{SubjectId("s1")});
    CHECK_FALSE(teacher->names_all(incident));
    const auto desk = sight_of(as(http::Role::DutyDesk), directory, incident);
    REQUIRE(desk);
    CHECK(desk->names_all(incident));
    const auto guard = sight_of(as(http::Role::Responder, "guard"), directory, incident);
    REQUIRE(guard);
    CHECK(guard->named.empty());
    CHECK_FALSE(guard->names_all(incident));
}

TEST_CASE("sight: the live stream tells those who had been asked by then", "[api]")
{
    const std::string audience = audience_of({StaffId("teacher"), StaffId("guard")});
    CHECK(may_see(as(http::Role::DutyDesk), audience));
    CHECK(may_see(as(http::Role::Responder, "guard"), audience));
    CHECK_FALSE(may_see(as(http::Role::Responder, "stranger"), audience));
    CHECK_FALSE(may_see(as(http::Role::Responder, "guar"), audience));
    CHECK_FALSE(may_see(as(http::Role::Intake, "", "kiosk"), audience));
    CHECK_FALSE(may_see(as(http::Role::Responder, "guard"), audience_of({})));
}
