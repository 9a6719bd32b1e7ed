#include "escalation/resolve.hpp"

#include "tests/support/protocol_builder.hpp"

#include <catch2/catch.hpp>

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

struct House {
    ProtocolBuilder builder;
    DirectoryBuilder roster;
    Incident incident;

    House() { add_subject("s1", "st-1"); }
    void add_subject(const char* id, const char* student_id)
    {
        const Student& student = *roster.directory.student(StudentId(student_id));
        incident.subjects[SubjectId(id)] = {
            SubjectId(id),
            student.id,
            "",
            student.class_unit,
            student.college,
            student.building,
            UnitId{},
            student.kind,
            false};
    }
    Role& role(const char* name) { return builder.protocol.roles.at(RoleName(name)); }
    [[nodiscard]] Resolution found(const char* name, const char* scope = "", Instant at = morning)
        const
    {
        return resolve(builder.protocol, roster.directory, incident, RoleName(name), scope, at);
    }
    // "warden-1 (holder)", several with commas; holes as "!role@unit".
    [[nodiscard]] std::string who(const char* name, const char* scope = "", Instant at = morning)
        const
    {
        const Resolution resolution = found(name, scope, at);
        std::string out;
        for (const Person& person : resolution.people)
            out += (out.empty() ? "" : ", ") + person.staff.text() + " (" + person.reason + ")";
        for (const Hole& hole : resolution.holes)
            out += (out.empty() ? "!" : " !") + hole.role.text() + "@" + hole.unit.text();
        return out;
    }
};

}  // namespace

TEST_CASE("resolve: by the subject's class and college, the place and its campus", "[escalation]")
{
    House house;
    CHECK(house.who("tutor") == "tutor-1 (holder)");
    CHECK(house.who("warden") == "warden-1 (holder)");
    CHECK(house.who("porter") == "porter-1 (holder)");  // where the subject lives
    CHECK(house.who("guard") == "guard-1 (shift)");
    house.incident.place = {UnitId("south"), UnitId("block-2"), "", "", "", ""};
    CHECK(house.who("porter") == "porter-2 (holder)");
    CHECK(house.who("guard") == "guard-2 (shift)");
}

TEST_CASE("resolve: two colleges on two campuses, each within its scope", "[escalation]")
{
    House house;
    house.add_subject("s2", "st-2");
    CHECK(house.who("warden") == "warden-1 (holder), warden-2 (holder)");
    CHECK(house.who("warden", "F2") == "warden-2 (holder)");
    CHECK(house.who("tutor", "s1") == "tutor-1 (holder)");
    CHECK(house.who("guard") == "guard-1 (shift), guard-2 (shift)");
    CHECK(house.who("guard", "F2") == "guard-2 (shift)");
    // Not knowing where means everywhere.
    house.incident.subjects.clear();
    CHECK(house.who("guard") == "guard-1 (shift), guard-2 (shift)");
}

TEST_CASE("resolve: the shift, else its backup, else the holder", "[escalation][notice-7]")
{
    House house;
    CHECK(house.who("plumber") == "plumber-1 (shift)");
    CHECK(house.who("plumber", "", morning + 6h - 1ms) == "plumber-1 (shift)");
    CHECK(house.who("plumber", "", morning + 6h) == "plumber-9 (holder) !plumber@office");
    house.roster.leave("plumber-1");
    CHECK(house.who("plumber") == "plumber-2 (backup)");
    house.roster.mute("plumber-2");
    CHECK(house.who("plumber") == "plumber-9 (holder)");
}

TEST_CASE("resolve: on leave the delegate, without one the next in order", "[escalation][notice-7]")
{
    House house;
    house.roster.leave("tutor-1", "mayor-1");
    CHECK(house.who("tutor") == "mayor-1 (delegate of tutor-1)");
    house.roster.leave("chief-2");
    CHECK(house.who("chief") == "chief-1 (holder)");
    CHECK(house.who("deputies") == "chief-3 (deputy 2)");
    house.role("deputies").all = false;
    house.roster.directory.leaves.erase(StaffId("chief-2"));
    CHECK(house.who("deputies") == "chief-2 (deputy 1)");
    house.role("deputies").all = true;
    CHECK(house.who("deputies") == "chief-2 (deputy 1), chief-3 (deputy 2)");
    // A delegate who is away is nobody.
    house.roster.leave("mayor-1");
    CHECK(house.who("tutor") == "head-1 (unit head) !tutor@K1");
}

TEST_CASE("resolve: nobody in the role, so the substitutes in order", "[escalation][notice-7]")
{
    House house;
    house.roster.mute("tutor-1");
    house.role("tutor").otherwise = {RoleName("porter"), RoleName("warden")};
    CHECK(house.who("tutor") == "porter-1 (holder, for want of tutor) !tutor@K1");
    house.roster.mute("porter-1");
    house.role("porter").otherwise = {RoleName("tutor")};  // a circle has an end
    house.roster.mute("head-1");
    house.roster.mute("head-0");
    const auto resolution = house.found("tutor");
    REQUIRE(resolution.people.size() == 1);
    CHECK(resolution.people[0].staff == StaffId("warden-1"));
}

TEST_CASE("resolve: the head of the unit, up the units", "[escalation][notice-7]")
{
    House house;
    house.roster.mute("tutor-1");
    CHECK(house.who("tutor") == "head-1 (unit head) !tutor@K1");
    house.roster.leave("head-1");
    CHECK(house.who("tutor") == "head-0 (unit head) !tutor@K1");
    house.roster.mute("head-0");
    CHECK(house.who("tutor") == "!tutor@K1");
}

TEST_CASE("resolve: a swap puts another role in its place", "[escalation][notice-7]")
{
    House house;
    const Condition nobody_known = atom(Topic::Subject, "identified", Op::Is, {"no"});
    house.role("tutor").swap = {{nobody_known, RoleName("guard")}};
    CHECK(house.who("tutor") == "tutor-1 (holder)");
    house.incident.subjects.clear();
    CHECK(house.who("tutor") == "guard-1 (shift), guard-2 (shift)");
}

TEST_CASE("resolve: is never silently empty", "[escalation][notice-7]")
{
    House house;
    house.incident.subjects.clear();
    CHECK(house.who("tutor") == "!tutor@");
    CHECK(house.who("porter") == "!porter@");
    house.role("tutor").otherwise = {RoleName("clerk")};
    CHECK(house.who("tutor") == "clerk-1 (holder, for want of tutor)");
    CHECK(
        resolve_last_resort(house.builder.protocol, house.roster.directory, house.incident, morning)
            .people.size() == 1
    );
}

TEST_CASE("resolve: everybody of a role, and nobody twice", "[escalation]")
{
    House house;
    house.roster.holds("crew-1", "crew", "works");
    house.roster.mute("crew-2");
    CHECK(house.who("crew") == "crew-1 (holder), crew-3 (holder)");
    house.role("crew").all = false;
    CHECK(house.found("crew").people.size() == 1);
}
