// What a roster can say wrongly: each fault with its file, line and field.

#include "tests/config/roster_folder.hpp"

#include <catch2/catch.hpp>

using namespace shouwang;
using namespace shouwang::config;
using test::listed;
using test::load;
using test::load_with;
using test::sound_roster;

namespace {

// A row added to a file of the sound roster, and the fault it must give there. The text `what` is
// the beginning of the fault's; a warning's begins with "warning: ".
struct Case {
    std::string file;
    std::string row;
    unsigned column;
    std::string what;
};

unsigned lines(const std::string& text)
{
    return static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
}

void check(const Case& row)
{
    auto files = sound_roster();
    const unsigned line = lines(files[row.file]) + 1;
    files[row.file] += row.row + "\n";
    const LoadedRoster roster = load(files);
    const std::string faults = listed(roster.faults);
    CAPTURE(row.row, faults);
    REQUIRE(roster.faults.size() == 1);
    const std::string wanted =
        row.file + ":" + std::to_string(line) + ":" + std::to_string(row.column) + ": " + row.what;
    CHECK(faults.substr(0, wanted.size()) == wanted);
    CHECK_FALSE(roster.faults[0].hint.empty());
    CHECK((roster.directory != nullptr) == row.what.starts_with("warning: "));
}

}  // namespace

TEST_CASE("roster units: each fault names its line and field", "[config][roster]")
{
    check(GENERATE(values<Case>({
        {"units.csv", "C 4,口腔医学院,,college,NLMU,M", 1, "\"C 4\" is no id"},
        {"units.csv", ",口腔医学院,,college,NLMU,M", 1, "id is empty"},
        {"units.csv", "C03,口腔医学院,,college,NLMU,M", 1, "\"C03\" is there already, on line 4"},
        {"units.csv", "C04,,,college,NLMU,M", 2, "name is empty"},
        {"units.csv", "C04,第一临床医学院,一二三四五六七八九,college,NLMU,M", 3, "the short name"},
        {"units.csv", "C04,公共卫生与健康管理学院,,college,NLMU,M", 3, "\"公共卫生与健康管理"},
        {"units.csv", "C04,口腔医学院,,colledge,NLMU,M", 4, "\"colledge\" is no kind"},
        {"units.csv", "C04,口腔医学院,,college,X,M", 5, "\"X\" is not in units.csv"},
        {"units.csv", "C04,口腔医学院,,college,,M", 5, "\"C04\" has no parent, like \"NLMU\""},
        {"units.csv",
         "C04,口腔医学院,,college,C04,M",
         5,
         "units are each other's parents: C04 > C04"},
        {"units.csv", "C04,口腔医学院,,college,NLMU,L", 6, "\"L\" is not in units.csv"},
        {"units.csv", "C04,口腔医学院,,college,NLMU,C03", 6, "\"C03\" is a college"},
        {"units.csv",
         "T1,主校区第一教学楼,第一教学大楼东,building,M,M",
         3,
         "the place \"主校区第一"},
        {"units.csv", "C04,口腔医学院,", 0, "the row has 3 fields, the header 6"},
        {"units.csv", "C04,口腔,医学院,,college,NLMU,M", 0, "the row has 7 fields, the header 6"},
        {"units.csv", "C04,\"口腔\n医学院\",,college,NLMU,M", 2, "name has a line break"},
    })));
}

TEST_CASE("roster units: parents in a circle are found wherever it is entered", "[config][roster]")
{
    const std::string units = sound_roster()["units.csv"];
    const LoadedRoster roster = load_with(
        "units.csv", units + "A,甲,,department,B,\nB,乙,,department,D,\nD,丁,,department,B,\n"
    );
    REQUIRE(roster.faults.size() == 1);
    CHECK(listed(roster.faults) == "units.csv:8:5: units are each other's parents: B > D > B\n");
}

TEST_CASE("roster staff: each fault names its line and field", "[config][roster]")
{
    check(GENERATE(values<Case>({
        {"staff.csv", "co-03,person,示例,male,C03,", 1, "\"co-03\" is there already, on line 3"},
        {"staff.csv", "x,robot,示例,male,C03,", 2, "\"robot\" is no kind"},
        {"staff.csv", "x,person,,male,C03,", 3, "name is empty"},
        {"staff.csv", "x,person,示例,x,C03,", 4, "\"x\" is no sex"},
        {"staff.csv", "x,person,示例,男,C99,", 5, "\"C99\" is not in units.csv"},
        {"staff.csv", "x,person,示例,男,,", 5, "unit is empty"},
        {"staff.csv", "x,person,示例,男,C03,0000-1234567", 6, "phone is no mobile number"},
        {"staff.csv", "x,person,示例,男,C03,1990000123", 6, "phone is no mobile number"},
        {"staff.csv",
         "x,person,示例,男,C03,１９９００００１２３４",
         6,
         "phone is no mobile number"},
    })));
}

TEST_CASE("roster staff: addresses have their shape or a fault", "[config][roster]")
{
    const std::string head = "id,kind,name,unit,phone,landline,email,webhook,lives_on_campus\n";
    const LoadedRoster roster = load_with(
        "staff.csv",
        head +
            "ct-03,person,甲,C03,+86 199 0000 0001,0000-1234567,a@b,https://h/x,是\n"
            "co-03,desk,乙,C03,,800110,,,no\n"
            "vs-03,person,丙,C03,,110,at b,ftp://h,maybe\n"
    );
    CHECK(
        listed(roster.faults) ==
        "staff.csv:4:6: \"110\" is an emergency number\n"
        "staff.csv:4:7: email is no e-mail address\n"
        "staff.csv:4:8: webhook is no address\n"
        "staff.csv:4:9: \"maybe\" is no lives_on_campus\n"
    );
}

TEST_CASE("roster staff: who has duties but no address is worth a warning", "[config][roster]")
{
    auto files = sound_roster();
    files["staff.csv"] += "x,person,示例,男,C03,\ny,person,示例,男,C03,\n";
    files["roles.csv"] += "counsellor,K03,x,0\n";
    const LoadedRoster roster = load(files);
    CHECK(roster.directory);
    CHECK(listed(roster.faults).starts_with("staff.csv:5:6: warning: \"x\" has duties"));
    CHECK(roster.faults.size() == 1);
}

TEST_CASE("roster roles: each fault names its line and field", "[config][roster]")
{
    check(GENERATE(values<Case>({
        {"roles.csv", "班主任,K03,co-03,0", 1, "\"班主任\" is no role"},
        {"roles.csv", "counsellor,K04,co-03,0", 2, "\"K04\" is not in units.csv"},
        {"roles.csv", "counsellor,K03,co-04,0", 3, "\"co-04\" is not in staff.csv"},
        {"roles.csv", "counsellor,K03,,0", 3, "staff is empty"},
        {"roles.csv", "college_lead,C03,vs-03,2", 3, "\"vs-03\" holds college_lead of this unit"},
        {"roles.csv", "counsellor,K03,co-03,-1", 4, "\"-1\" is no order"},
        {"roles.csv", "counsellor,K03,co-03,100", 4, "\"100\" is no order"},
    })));
}

TEST_CASE(
    "roster roles: holders come in their order, wherever their rows stand", "[config][roster]"
)
{
    const LoadedRoster roster = load_with(
        "roles.csv",
        "role,unit,staff,order\n"
        "college_lead,C03,vs-03,2\nclass_teacher,K03,ct-03,\n"
        "college_lead,C03,co-03,\ncollege_lead,C03,ct-03,1\nhotline,,co-03,\n"
    );
    REQUIRE(roster.directory);
    const auto& leads =
        roster.directory->holders(escalation::RoleName("college_lead"), escalation::UnitId("C03"));
    REQUIRE(leads.size() == 3);
    CHECK(leads[0].staff.text() == "co-03");
    CHECK(leads[1].staff.text() == "ct-03");
    CHECK(leads[2].order == 2);
    // Without a unit a role is the university's.
    CHECK(
        roster.directory->holders(escalation::RoleName("hotline"), escalation::UnitId("NLMU"))
            .size() == 1
    );
}

TEST_CASE("roster students: each fault names its line and field", "[config][roster]")
{
    check(GENERATE(values<Case>({
        {"students.csv", "2.03E+11,例,,K03,C03,ug,,", 1, "\"2.03E+11\" is no id"},
        {"students.csv", "s7,例,,K03,C03,ug,,", 1, "\"s7\" is there already, on line 2"},
        {"students.csv", "s8,例,2006-02-30,K03,C03,ug,,", 3, "\"2006-02-30\" is no date"},
        {"students.csv", "s8,例,,K04,C03,ug,,", 4, "\"K04\" is not in units.csv"},
        {"students.csv", "s8,例,,C03,C03,ug,,", 4, "\"C03\" is a college"},
        {"students.csv", "s8,例,,K03,M,ug,,", 5, "\"M\" is a campus"},
        {"students.csv", "s8,例,,K03,C03,phd,,", 6, "\"phd\" is no kind"},
        {"students.csv", "s8,例,,K03,C03,,,", 6, "kind is empty"},
        {"students.csv", "s8,例,,K03,C03,ug,K03,", 7, "\"K03\" is a class"},
    })));
}

TEST_CASE("roster students: the class decides the college", "[config][roster]")
{
    auto files = sound_roster();
    files["units.csv"] += "C05,护理学院,,college,NLMU,M\nK00,无名班,,class,NLMU,M\n";
    files["students.csv"] +=
        "s1,例,,K03,,本科生,,\n"
        "s2,例,,K03,C05,ug,,\n"
        "s3,例,,K00,,ug,,\n";
    files["roles.csv"] += "class_teacher,K00,ct-03,0\n";
    CHECK(
        listed(load(files).faults) ==
        "students.csv:4:5: the class \"K03\" belongs to \"C03\"\n"
        "students.csv:5:4: \"K00\" belongs to no college\n"
    );
}

TEST_CASE("roster guardians: each fault names its line and field", "[config][roster]")
{
    check(GENERATE(values<Case>({
        {"guardians.csv", "s8,0,例,father,yes,", 1, "\"s8\" is not in students.csv"},
        {"guardians.csv", "s7,x,例,father,yes,", 2, "\"x\" is no order"},
        {"guardians.csv", "s7,0,,father,yes,", 3, "name is empty"},
        {"guardians.csv", "s7,0,例,,yes,", 4, "relation is empty"},
        {"guardians.csv", "s7,0,例,father,perhaps,", 5, "\"perhaps\" is no legal"},
        {"guardians.csv", "s7,0,例,father,是,12", 6, "phone is no telephone number"},
    })));
}

TEST_CASE("roster duty: each fault names its line and field", "[config][roster]")
{
    const std::string night = "2026-10-04 17:30,2026-10-05 08:00";
    check(GENERATE_COPY(values<Case>({
        {"duty.csv", "night duty,C03," + night + ",co-03,", 1, "\"night duty\" is no role"},
        {"duty.csv", "d,C04," + night + ",co-03,", 2, "\"C04\" is not in units.csv"},
        {"duty.csv", "d,C03,2026-10-04,2026-10-05 08:00,co-03,", 3, "\"2026-10-04\" is no local"},
        {"duty.csv", "d,C03,2026-10-04 25:00,2026-10-05 08:00,co-03,", 3, "\"2026-10-04 25:00\""},
        {"duty.csv", "d,C03,2026-10-05 08:00,2026-10-05 08:00,co-03,", 4, "it ends before"},
        {"duty.csv", "d,C03," + night + ",co-04,", 5, "\"co-04\" is not in staff.csv"},
        {"duty.csv", "d,C03," + night + ",,", 5, "warning: nobody is on duty as d"},
        {"duty.csv", "d,C03," + night + ",,co-03", 5, "a backup but nobody on duty"},
        {"duty.csv", "d,C03," + night + ",co-03,co-04", 6, "\"co-04\" is not in staff.csv"},
        {"duty.csv", "d,C03," + night + ",co-03,co-03", 6, "the backup is the person on duty"},
    })));
}

TEST_CASE(
    "roster duty: one person takes one seat of a duty, two people may share it", "[config][roster]"
)
{
    const std::string duty =
        "role,unit,from,to,staff,backup\n"
        "d,C03,2026-10-04 17:30,2026-10-05 08:00,co-03,\n"
        "d,C03,2026-10-04 17:30,2026-10-05 08:00,ct-03,\n"
        "d,M,2026-10-04 17:30,2026-10-05 08:00,co-03,\n"
        "d,C03,2026-10-05 08:00,2026/10/5 24:00:00,co-03,\n";
    const LoadedRoster sound = load_with("duty.csv", duty);
    INFO(listed(sound.faults));
    CHECK(sound.faults.empty());
    const LoadedRoster twice =
        load_with("duty.csv", duty + "d,C03,2026-10-05 07:59,2026-10-05 09:00,co-03,\n");
    CHECK(
        listed(twice.faults) ==
        "duty.csv:6:5: \"co-03\" already has this duty at this time, on line 2\n"
        "duty.csv:6:5: \"co-03\" already has this duty at this time, on line 5\n"
    );
}

TEST_CASE("roster leave: each fault names its line and field", "[config][roster]")
{
    check(GENERATE(values<Case>({
        {"leave.csv", "x,2026-10-01,2026-10-07,co-03", 1, "\"x\" is not in staff.csv"},
        {"leave.csv", "ct-03,soon,2026-10-07,co-03", 2, "\"soon\" is no local time"},
        {"leave.csv", "ct-03,2026-10-07,2026-10-06,co-03", 3, "it ends before it begins"},
        {"leave.csv", "ct-03,2026-10-01,2026-10-07,", 4, "delegate is empty"},
        {"leave.csv", "ct-03,2026-10-01,2026-10-07,x", 4, "\"x\" is not in staff.csv"},
        {"leave.csv", "ct-03,2026-10-01,2026-10-07,ct-03", 4, "nobody stands in for themselves"},
    })));
}

TEST_CASE("roster leave: days alone count whole", "[config][roster]")
{
    const LoadedRoster roster =
        load_with("leave.csv", "staff,from,to,delegate\nct-03,2026-10-01,2026-10-07,co-03\n");
    REQUIRE(roster.directory);
    const escalation::Leave& leave = roster.directory->leaves.begin()->second.front();
    const auto midnight = [](auto day) {
        return std::chrono::sys_days(day) - std::chrono::hours(8);
    };
    CHECK(leave.from == midnight(std::chrono::October / 1 / 2026));
    CHECK(leave.to == midnight(std::chrono::October / 8 / 2026));
}

TEST_CASE("roster leave: a delegate who is away is seen, a circle is refused", "[config][roster]")
{
    const std::string head = "staff,from,to,delegate\n";
    const LoadedRoster chain = load_with(
        "leave.csv",
        head +
            "ct-03,2026-10-01,2026-10-07,co-03\n"
            "co-03,2026-10-07,2026-10-09,vs-03\n"
    );
    CHECK(chain.directory);
    CHECK(
        listed(chain.faults) == "leave.csv:2:4: warning: \"co-03\" is on leave then, see line 3\n"
    );

    const LoadedRoster apart = load_with(
        "leave.csv",
        head +
            "ct-03,2026-10-01,2026-10-06,co-03\n"
            "co-03,2026-10-07,2026-10-09,ct-03\n"
    );
    CHECK(apart.faults.empty());

    const LoadedRoster circle = load_with(
        "leave.csv",
        head +
            "ct-03,2026-10-01,2026-10-07,co-03\n"
            "co-03,2026-10-07,2026-10-09,ct-03\n"
    );
    CHECK_FALSE(circle.directory);
    CHECK(
        listed(circle.faults).find("leave.csv:2:4: the delegates of \"ct-03\"") != std::string::npos
    );

    // vs-03 is back by the time that co-03 leaves.
    const LoadedRoster back = load_with(
        "leave.csv",
        head +
            "ct-03,2026-10-01,2026-10-07,co-03\n"
            "co-03,2026-10-06,2026-10-09,vs-03\n"
            "vs-03,2026-09-01,2026-10-03,ct-03\n"
    );
    INFO(listed(back.faults));
    CHECK(back.directory);

    const LoadedRoster twice = load_with(
        "leave.csv",
        head +
            "ct-03,2026-10-01,2026-10-07,co-03\n"
            "ct-03,2026-10-05,2026-10-09,vs-03\n"
    );
    CHECK(
        listed(twice.faults) == "leave.csv:3:2: \"ct-03\" is on leave already then, see line 2\n"
    );
}

TEST_CASE("roster leave: a shift of somebody away is worth a warning", "[config][roster]")
{
    auto files = sound_roster();
    files["leave.csv"] += "co-03,2026-10-04,2026-10-04,ct-03\n";
    files["duty.csv"] +=
        "d,C03,2026-10-03 08:00,2026-10-04 00:00,co-03,\n"
        "d,C03,2026-10-04 17:30,2026-10-05 08:00,co-03,\n";
    const LoadedRoster roster = load(files);
    CHECK(roster.directory);
    CHECK(
        listed(roster.faults) ==
        "duty.csv:3:5: warning: \"co-03\" is on leave during this shift, see leave.csv line 2\n"
    );
}

TEST_CASE("roster calendar: each fault names its line and field", "[config][roster]")
{
    check(GENERATE(values<Case>({
        {"calendar.csv", "10-01,holiday,国庆节", 1, "\"10-01\" is no date"},
        {"calendar.csv", "2026-10-01,party,国庆节", 2, "\"party\" is no kind"},
    })));
}

TEST_CASE(
    "roster classes: one that nobody is responsible for is worth a warning", "[config][roster]"
)
{
    auto files = sound_roster();
    files["roles.csv"] = "role,unit,staff,order\ncounsellor,K03,co-03,0\n";
    CHECK(load(files).faults.empty());

    const test::RosterFolder folder(files);
    RosterOptions options = test::roster_options();
    options.class_roles = {
        escalation::RoleName("class_teacher"), escalation::RoleName("grad_secretary")};
    const LoadedRoster roster = load_roster(folder.path(), std::chrono::minutes(480), options);
    CHECK(roster.directory);
    CHECK(listed(roster.faults).starts_with("units.csv:5:1: warning: the class \"K03\""));
}

TEST_CASE("roster headers: a column nobody knows, twice or missing is named", "[config][roster]")
{
    CHECK(
        listed(load_with("calendar.csv", "date,type,date\n").faults) ==
        "calendar.csv:1:0: the column kind is missing\n"
        "calendar.csv:1:2: no column is called \"type\"\n"
        "calendar.csv:1:3: the column \"date\" is there twice\n"
    );
    CHECK(
        listed(load_with("calendar.csv", "").faults) == "calendar.csv:1:0: the file has no header\n"
    );
}

TEST_CASE("roster faults: one broken file does not accuse the others", "[config][roster]")
{
    const LoadedRoster roster = load_with("units.csv", "id,name\n\"NLMU,x\n");
    CHECK(listed(roster.faults) == "units.csv:2:0: a quoted field that starts here never ends\n");
}

TEST_CASE(
    "roster faults: a row of the wrong width is one fault, not one a reference", "[config][roster]"
)
{
    const std::string units = sound_roster()["units.csv"];
    const LoadedRoster roster = load_with("units.csv", units.substr(0, units.size() - 1) + ",x\n");
    CHECK(listed(roster.faults) == "units.csv:6:0: the row has 7 fields, the header 6\n");
}

TEST_CASE("roster faults: all of them are reported at once, up to a limit", "[config][roster]")
{
    auto files = sound_roster();
    files["units.csv"] += "X,甲,,x,NLMU,M\n";
    files["leave.csv"] += "ct-03,a,b,\n";
    files["calendar.csv"] += "x,y,z\n";
    CHECK(
        listed(load(files).faults) ==
        "units.csv:7:4: \"x\" is no kind\n"
        "leave.csv:2:2: \"a\" is no local time\n"
        "leave.csv:2:3: \"b\" is no local time\n"
        "leave.csv:2:4: delegate is empty\n"
        "calendar.csv:2:1: \"x\" is no date\n"
        "calendar.csv:2:2: \"y\" is no kind\n"
    );
    for (int i = 0; i < 3000; ++i) files["calendar.csv"] += "x,holiday,\n";
    const LoadedRoster many = load(files);
    CHECK(many.faults.size() == roster_faults_max);
    CHECK(many.faults.back().what == "there are more faults than are listed");
}
