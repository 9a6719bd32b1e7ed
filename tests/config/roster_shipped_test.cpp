// The rosters in the tree: sound, and with the flaws they are meant to have.

#include "tests/config/roster_folder.hpp"

#include <catch2/catch.hpp>

using namespace shouwang;
using namespace shouwang::config;
using namespace shouwang::escalation;
using namespace std::chrono_literals;

namespace {

LoadedRoster shipped(const std::string& folder)
{
    RosterOptions options = test::roster_options();
    options.class_roles = {RoleName("class_teacher"), RoleName("grad_secretary")};
    const std::string root = SHOUWANG_SOURCE_DIR;
    return load_roster(root + "/" + folder, std::chrono::minutes(480), options);
}

Instant local(std::chrono::year_month_day day, std::chrono::minutes clock)
{
    return std::chrono::sys_days(day) + clock - 8h;
}

std::vector<std::string> on_shift(
    const Directory& directory, const char* role, const char* unit, Instant at
)
{
    std::vector<std::string> people;
    const auto found = directory.shifts.find({RoleName(role), UnitId(unit)});
    if (found == directory.shifts.end()) return people;
    for (const Shift& shift : found->second)
        if (shift.from <= at && at < shift.to) people.push_back(shift.staff.text());
    return people;
}

using People = std::vector<std::string>;

}  // namespace

TEST_CASE("shipped rosters: they load with the flaws planted in them alone", "[config][roster]")
{
    const LoadedRoster demo = shipped("config/demo/roster");
    REQUIRE(demo.directory);
    REQUIRE(demo.faults.size() == 2);
    CHECK(demo.faults[0].what.starts_with("the class \"K05-2602\" has students but nobody"));
    CHECK(demo.faults[1].what == "nobody is on duty as college_duty_counsellor");

    const LoadedRoster small = shipped("tests/rosters/nlmu-small");
    REQUIRE(small.directory);
    REQUIRE(small.faults.size() == 1);
    CHECK(small.faults[0].what == "nobody is on duty as college_duty_counsellor");

    for (const LoadedRoster* roster : {&demo, &small}) {
        const LoadedRoster again = load_roster_text(roster->text, test::roster_options());
        REQUIRE(again.directory);
        CHECK(again.directory->version == roster->directory->version);
    }
}

TEST_CASE("shipped rosters: nobody real can be called", "[config][roster]")
{
    for (const std::string folder : {"config/demo/roster", "tests/rosters/nlmu-small"}) {
        const LoadedRoster roster = shipped(folder);
        REQUIRE(roster.directory);
        const auto fictional = [](const std::string& phone) {
            return phone.empty() || phone.starts_with("1990000") || phone.starts_with("1990001") ||
                   phone.starts_with("1990002") || phone.starts_with("1990003");
        };
        for (const auto& [id, staff] : roster.directory->staff) {
            CAPTURE(id.text());
            CHECK(fictional(staff.phone));
            CHECK(fictional(staff.phone2));
            CHECK((staff.landline.size() <= 6 || staff.landline.starts_with("0000")));
        }
        for (const auto& [id, student] : roster.directory->students)
            CHECK(fictional(student.phone));
        for (const auto& [id, parent] : roster.directory->guardians) CHECK(fictional(parent.phone));
    }
}

TEST_CASE(
    "shipped rosters: the demo has somebody on duty whenever it is started", "[config][roster]"
)
{
    const LoadedRoster roster = shipped("config/demo/roster");
    REQUIRE(roster.directory);
    const Directory& demo = *roster.directory;
    CHECK(demo.students.size() >= 120);
    using std::chrono::November;
    for (Instant at = local(November / 1 / 2026, 0min); at < local(November / 1 / 2027, 0min);
         at += 24h) {
        REQUIRE(on_shift(demo, "univ_duty_officer", "D-OFFICE", at).size() == 1);
        REQUIRE(on_shift(demo, "security_duty", "M", at).size() == 1);
        REQUIRE(on_shift(demo, "dorm_manager", "M-07", at).size() == 1);
        REQUIRE(on_shift(demo, "college_duty_counsellor", "C01", at).size() == 1);
        REQUIRE(on_shift(demo, "college_duty_counsellor", "C03", at).empty());
        REQUIRE(demo.leave(StaffId("ct-05-1"), at));
    }
    CHECK(demo.building("7号楼", UnitId("M"))->id.text() == "M-07");
    CHECK(demo.building("7号楼", UnitId()) == nullptr);
    CHECK(demo.is_housing(UnitId("M-07")));
    CHECK(demo.student(StudentId("2026010101"))->building.text() == "M-07");
    CHECK(place_label(demo, UnitId("M"), UnitId("M-07"), "4") == "主校区7号楼4层");
}

TEST_CASE("shipped rosters: the night of 4 October is as thin as it is told", "[config][roster]")
{
    const LoadedRoster roster = shipped("tests/rosters/nlmu-small");
    REQUIRE(roster.directory);
    const Directory& small = *roster.directory;
    using std::chrono::October;
    const Instant night = local(October / 4 / 2026, 23h + 50min);
    REQUIRE(small.leave(StaffId("ct-03"), night));
    CHECK(small.leave(StaffId("ct-03"), night)->delegate.text() == "ct-03b");
    REQUIRE(small.leave(StaffId("vs-03"), night));
    CHECK(small.leave(StaffId("vs-03"), night)->delegate.text() == "dean-03");
    CHECK(on_shift(small, "college_duty_counsellor", "C03", night).empty());
    CHECK(on_shift(small, "college_duty_counsellor", "C03", night + 9h) == People{"dc-03"});
    CHECK(small.holders(RoleName("unit_head"), UnitId("C03"))[0].staff.text() == "sao-03");
    CHECK(small.student(StudentId("s7"))->building.text() == "M-09");
    CHECK_FALSE(small.workdays.at(std::chrono::sys_days(October / 4 / 2026)));

    const Instant later = local(October / 10 / 2026, 2h + 17min);
    CHECK(on_shift(small, "college_duty_counsellor", "C05", later) == People{"dc-05"});
    CHECK(on_shift(small, "campus_duty_counsellor", "M", later) == People{"cdc"});
    const auto& leads = small.holders(RoleName("college_lead"), UnitId("C05"));
    People names;
    for (const Holding& holding : leads) names.push_back(holding.staff.text());
    CHECK(names == People{"vs-05", "sec-05", "sao-05", "dean-05"});
    for (const char* id :
         {"ct-05",
          "co-05",
          "dc-05",
          "cdc",
          "vs-05",
          "ce",
          "sd",
          "cl",
          "sa-d",
          "sa-h",
          "udo",
          "ul",
          "dm-12",
          "hq",
          "co-03",
          "py-03",
          "dm-09"}) {
        CAPTURE(id);
        REQUIRE(small.person(StaffId(id)));
        CHECK(small.person(StaffId(id))->has_address());
    }
}
