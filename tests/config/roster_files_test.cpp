// How files are read: encodings, line ends, headers, what a spreadsheet does to them.

#include "config/csv_reader.hpp"
#include "config/roster_table.hpp"
#include "tests/config/roster_folder.hpp"
#include "tests/support/dice.hpp"

#include <catch2/catch.hpp>

using namespace shouwang;
using namespace shouwang::config;
using test::Dice;
using test::listed;
using test::load;
using test::load_with;
using test::sound_roster;

namespace {

// sound_roster()'s units.csv as Chinese Excel saves it: GB18030, CRLF; here with Chinese headers
// and words.
const std::string gb18030_units =
    "\261\340\272\305\054\303\373\263\306\054\274\362\263\306\054\300\340\261\360\054\311\317\274"
    "\266\054\320\243\307\370\015\012"
    "\116\114\115\125\054\304\317\301\353\322\275\277\306\264\363\321\247\054\304\317\301\353\322"
    "\275\264\363\054\321\247\320\243\054\054\015\012"
    "\115\054\326\367\320\243\307\370\054\054\320\243\307\370\054\116\114\115\125\054\015\012"
    "\103\060\063\054\273\371\264\241\322\275\321\247\324\272\054\054\321\247\324\272\054\116\114"
    "\115\125\054\115\015\012"
    "\113\060\063\054\273\371\264\241\322\275\321\247\062\060\062\065\274\266\061\260\340\054\054"
    "\260\340\274\266\054\103\060\063\054\115\015\012"
    "\115\055\060\071\054\326\367\320\243\307\370\071\272\305\302\245\054\071\272\305\302\245\054"
    "\302\245\266\260\054\115\054\115\015\012";

const std::string chinese_units =
    "编号,名称,简称,类别,上级,校区\r\n"
    "NLMU,南岭医科大学,南岭医大,学校,,\r\n"
    "M,主校区,,校区,NLMU,\r\n"
    "C03,基础医学院,,学院,NLMU,M\r\n"
    "K03,基础医学2025级1班,,班级,C03,M\r\n"
    "M-09,主校区9号楼,9号楼,楼栋,M,M\r\n";

std::vector<CsvRow> rows_of(const std::string& text)
{
    std::vector<Fault> faults;
    auto rows = read_csv("x.csv", text, faults);
    INFO(listed(faults));
    REQUIRE(rows);
    return *rows;
}

}  // namespace

TEST_CASE("roster files: a sound folder loads without a word", "[config][roster]")
{
    const LoadedRoster roster = load(sound_roster());
    INFO(listed(roster.faults));
    REQUIRE(roster.directory);
    CHECK(roster.faults.empty());
    CHECK(roster.directory->units.size() == 5);
    CHECK(roster.directory->unit(escalation::UnitId("M-09"))->name == "主校区9号楼");
    CHECK(roster.directory->person(escalation::StaffId("ct-03"))->phone == "19900000001");
}

TEST_CASE("roster files: encoding and language do not change the directory", "[config][roster]")
{
    const LoadedRoster plain = load(sound_roster());
    REQUIRE(plain.directory);
    const std::string english = sound_roster()["units.csv"];
    for (const std::string& units :
         {"\xEF\xBB\xBF" + english, chinese_units, "\xEF\xBB\xBF" + chinese_units, gb18030_units}) {
        const LoadedRoster other = load_with("units.csv", units);
        INFO(listed(other.faults));
        REQUIRE(other.directory);
        CHECK(other.faults.empty());
        const auto key = escalation::UnitId("K03");
        CHECK(other.directory->unit(key)->name == plain.directory->unit(key)->name);
        CHECK(other.directory->unit(key)->kind == "class");
        CHECK(other.directory->units.size() == plain.directory->units.size());
    }
}

TEST_CASE("roster files: every file may have Chinese headers, in any order", "[config][roster]")
{
    auto files = sound_roster();
    files["guardians.csv"] += "s7,0,示例父,father,yes,199-0000-0009\n";
    files["duty.csv"] += "d,C03,2026-10-04 17:30,2026-10-05 08:00,co-03,ct-03\n";
    files["leave.csv"] += "ct-03,2026-10-01,2026-10-03,co-03\n";
    files["calendar.csv"] += "2026-10-10,workday,调休\n";
    const LoadedRoster english = load(files);
    INFO(listed(english.faults));
    REQUIRE(english.directory);

    for (const RosterFormat& format : roster_formats()) {
        std::vector<Fault> faults;
        std::string& content = files[std::string(format.file)];
        auto rows = read_csv(std::string(format.file), content, faults);
        REQUIRE(rows);
        for (std::string& name : rows->front().fields)
            for (const RosterColumn& column : format.columns)
                if (column.name == name) name = column.chinese;
        content.clear();
        for (const CsvRow& row : *rows) {
            // Backwards, so that no column stands where it stood.
            std::string line;
            for (const std::string& field : row.fields)
                line = line.empty() ? field : field + "," + line;
            content += line + "\n";
        }
    }
    const LoadedRoster chinese = load(files);
    INFO(listed(chinese.faults));
    REQUIRE(chinese.directory);
    const escalation::Directory& a = *english.directory;
    const escalation::Directory& b = *chinese.directory;
    const escalation::StudentId s7("s7");
    CHECK(b.student(s7)->birth_date == a.student(s7)->birth_date);
    CHECK(b.student(s7)->building == a.student(s7)->building);
    CHECK(b.guardians.find(s7)->second.phone == "19900000009");
    CHECK(b.shifts.begin()->second.front().from == a.shifts.begin()->second.front().from);
    CHECK(b.leaves.begin()->second.front().to == a.leaves.begin()->second.front().to);
    CHECK(b.workdays == a.workdays);
    CHECK(b.staff.size() == a.staff.size());
}

TEST_CASE("roster files: the version is the content's, not the encoding's", "[config][roster]")
{
    const std::string english = sound_roster()["units.csv"];
    const auto version = [](const std::string& units) {
        const LoadedRoster roster = load_with("units.csv", units);
        REQUIRE(roster.directory);
        return roster.directory->version;
    };
    CHECK(version(english) == version("\xEF\xBB\xBF" + english));
    CHECK(version(chinese_units) == version(gb18030_units));
    CHECK(version(english) != version(english + "X,某处,,place,M,M\n"));

    const test::RosterFolder folder(sound_roster());
    const auto here = load_roster(folder.path(), std::chrono::minutes(480), test::roster_options());
    const auto there =
        load_roster(folder.path(), std::chrono::minutes(540), test::roster_options());
    CHECK(here.directory->version != there.directory->version);
}

TEST_CASE("roster files: the text of a load reads back to the same directory", "[config][roster]")
{
    auto files = sound_roster();
    files["units.csv"] = gb18030_units;
    files["guardians.csv"] =
        "student,order,name,relation,legal,phone,caution\n"
        "s7,0,示例父,father,yes,199-0000-0009,\"先问中心,\r\n再联系\"\n";
    files["duty.csv"] += "college_duty,C03,2026-10-04 17:30,2026-10-05 08:00,co-03,ct-03\n";
    files.erase("calendar.csv");
    const LoadedRoster first = load(files);
    INFO(listed(first.faults));
    REQUIRE(first.directory);
    const LoadedRoster again = load_roster_text(first.text, test::roster_options());
    REQUIRE(again.directory);
    CHECK(again.text == first.text);
    CHECK(again.faults == first.faults);
    CHECK(again.directory->version == first.directory->version);
    CHECK(again.directory->version == test::fnv(first.text));

    const auto& guardian = again.directory->guardians.begin()->second;
    CHECK(guardian.caution == "先问中心,\n再联系");
    const auto& shift = again.directory->shifts.begin()->second.front();
    CHECK(
        shift.from == std::chrono::sys_days(std::chrono::October / 4 / 2026) +
                          std::chrono::hours(9) + std::chrono::minutes(30)
    );
    CHECK(shift.backup.text() == "ct-03");
}

TEST_CASE("roster files: a text that load_roster() did not write is refused", "[config][roster]")
{
    const LoadedRoster sound = load(sound_roster());
    REQUIRE(sound.directory);
    const std::string cut = sound.text.substr(0, sound.text.size() - 1);
    for (const std::string& text :
         {std::string(),
          cut,
          sound.text + "x",
          "x" + sound.text,
          std::string("shouwang-roster 1 99999\n")}) {
        const LoadedRoster roster = load_roster_text(text, test::roster_options());
        CHECK_FALSE(roster.directory);
        CHECK(roster.faults.size() == 1);
    }
}

TEST_CASE("roster files: a quoted line break moves no later line number", "[config][roster]")
{
    const auto rows = rows_of("a,b\n\"x\ny\",1\n\n,\n\"\"\"z\"\"\", 2 \nlast,3");
    REQUIRE(rows.size() == 4);
    CHECK(rows[1].fields == std::vector<std::string>{"x\ny", "1"});
    CHECK(rows[1].line == 2);
    CHECK(rows[2].fields == std::vector<std::string>{"\"z\"", "2"});
    CHECK(rows[2].line == 6);
    CHECK(rows[3].line == 7);
}

TEST_CASE("roster files: a row may stop before columns that may be empty", "[config][roster]")
{
    auto files = sound_roster();
    files["duty.csv"] += "d,C03,2026-10-04 17:30,2026-10-05 08:00,co-03\n";
    files["staff.csv"] += ",,,,,\n,,\n\n";
    const LoadedRoster roster = load(files);
    INFO(listed(roster.faults));
    REQUIRE(roster.directory);
    CHECK(roster.directory->shifts.begin()->second.front().backup.empty());
}

TEST_CASE("roster files: a file that is no CSV stops at its line", "[config][roster]")
{
    struct Case {
        std::string content;
        unsigned line;
    };
    const std::string long_field(csv_field_bytes_max + 1, 'x');
    const auto row = GENERATE_COPY(values<Case>({
        {"a,b\nc,\"d\"e\n", 2},
        {"a,b\nc,d\ne,\"f\ng\n", 3},
        {"a,b\n" + long_field + ",c\n", 2},
        {"a,b\n\"" + long_field + "\nx\",c\n", 2},
        {"a,b\n" + std::string(csv_fields_max, ',') + "\n", 2},
    }));
    CAPTURE(row.content.substr(0, 40));
    std::vector<Fault> faults;
    CHECK_FALSE(read_csv("x.csv", row.content, faults));
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].file == "x.csv");
    CHECK(faults[0].line == row.line);
    CHECK_FALSE(faults[0].hint.empty());
}

TEST_CASE("roster files: more rows than the limit are refused", "[config][roster]")
{
    std::string text = "a\n";
    for (std::size_t i = 0; i < csv_rows_max; ++i) text += "x\n";
    CHECK(rows_of(text).size() == csv_rows_max + 1);
    std::vector<Fault> faults;
    CHECK_FALSE(read_csv("x.csv", text + "x\n", faults));
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].line == csv_rows_max + 2);
}

TEST_CASE("roster files: bytes of no known encoding name their line", "[config][roster]")
{
    struct Case {
        std::string bytes;
        unsigned line;
    };
    const auto row = GENERATE(values<Case>({
        {"\xEF\xBB\xBFid\nab\xFF\n", 2},  // marked as UTF-8, and is not
        // UTF-8 with bytes lost, which GB18030 would make nonsense of without a word
        {"id\n\xE5"
         "生公寓管理中心\n基础医学院学生工作处",
         2},
        {"id\nab\xFF\n", 2},                // neither
        {"\xFF\xFEi", 1},                   // UTF-16
        {std::string("id\na\0b\n", 7), 2},  // a zero byte
    }));
    CAPTURE(row.bytes);
    std::vector<Fault> faults;
    CHECK_FALSE(decode_text("x.csv", row.bytes, faults));
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].line == row.line);
}

TEST_CASE(
    "roster files: files that are missing, unreadable or not ours are named", "[config][roster]"
)
{
    auto files = sound_roster();
    files.erase("staff.csv");
    files.erase("leave.csv");
    files["stuff.csv"] = "id\n";
    files["README.md"] = "not looked at";
    const LoadedRoster roster = load(files);
    CHECK_FALSE(roster.directory);
    CHECK(
        listed(roster.faults) ==
        "staff.csv:0:0: the file is missing\n"
        "leave.csv:0:0: warning: the file is missing\n"
        "stuff.csv:0:0: warning: no part of a roster has this name\n"
    );

    const LoadedRoster none = load_roster("/nowhere", std::chrono::minutes(480), {});
    CHECK_FALSE(none.directory);
    REQUIRE(none.faults.size() == 1);
    CHECK(none.faults[0].file == "/nowhere");
}

TEST_CASE("roster files: no damage to a file ends in anything but faults", "[config][roster]")
{
    const auto sound = sound_roster();
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        std::map<std::string, std::string> files = sound;
        files["units.csv"] = dice.chance(1, 2) ? gb18030_units : files["units.csv"];
        for (std::uint64_t cuts = 1 + dice.below(4); cuts != 0; --cuts) {
            auto at = files.begin();
            std::advance(at, static_cast<long>(dice.below(files.size())));
            std::string& content = at->second;
            if (content.empty()) continue;
            const auto place = static_cast<std::size_t>(dice.below(content.size()));
            switch (dice.below(4)) {
                case 0: content[place] = static_cast<char>(dice.below(256)); break;
                case 1: content.erase(place, 1 + dice.below(20)); break;
                case 2: content.insert(place, content.substr(0, dice.below(60))); break;
                default: content.insert(place, std::string(1, ",\"\r\n"[dice.below(4)])); break;
            }
        }
        const LoadedRoster roster = load(files);
        if (roster.directory) {
            const LoadedRoster again = load_roster_text(roster.text, test::roster_options());
            REQUIRE(again.directory);
            CHECK(again.text == roster.text);
            std::string text = roster.text;
            text[dice.below(text.size())] = static_cast<char>(dice.below(256));
            (void)load_roster_text(text, test::roster_options());
        } else {
            REQUIRE(std::any_of(roster.faults.begin(), roster.faults.end(), [](const Fault& fault) {
                return !fault.warning;
            }));
        }
    }
}
