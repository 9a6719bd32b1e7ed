#include "escalation/directory.hpp"

#include <catch2/catch.hpp>

using namespace shouwang::escalation;
using namespace std::chrono_literals;

namespace {

constexpr Instant noon = std::chrono::sys_days(std::chrono::May / 5 / 2023) + 12h;

Directory two_campuses()
{
    Directory directory;
    const auto add = [&](const char* id,
                         const char* name,
                         const char* short_name,
                         const char* kind,
                         const char* parent,
                         const char* campus) {
        directory.units[UnitId(id)] = {
            UnitId(id), name, short_name, kind, UnitId(parent), UnitId(campus)};
    };
    add("NLMU", "南岭医科大学", "", "university", "", "");
    add("M", "主校区", "", "campus", "NLMU", "");
    add("L", "老校区", "", "campus", "NLMU", "");
    add("M-07", "宿舍7号楼", "7号楼", "building", "M", "M");
    add("L-07", "宿舍7号楼", "7号楼", "building", "L", "L");
    add("M-12", "学生公寓12栋", "12栋", "building", "M", "M");
    add("M-TA", "教学楼A座", "教学A座", "building", "M", "M");
    add("M-LAKE", "湖边", "", "place", "M", "M");
    add("M-LONG", "国际学术交流中心东楼", "国际中心东楼", "building", "M", "M");
    add("C01", "第一临床医学院", "一临学院", "college", "NLMU", "M");
    return directory;
}

std::string found(const Directory& directory, const char* text, const char* campus)
{
    const Unit* unit = directory.building(text, UnitId(campus));
    return unit == nullptr ? "" : unit->id.text();
}

}  // namespace

TEST_CASE("directory: a building is found as people write it", "[escalation][directory]")
{
    const Directory directory = two_campuses();
    for (const char* text :
         {"M-07",
          "7号楼",
          "宿舍7号楼",
          "7栋",
          "７号楼",
          " 7 号楼 ",
          "07",
          "七号楼",
          "学生宿舍七栋",
          "公寓7幢",
          "第7宿舍楼",
          "7#",
          "主校区7号楼"}) {
        CAPTURE(text);
        CHECK(found(directory, text, "M") == "M-07");
    }
    CHECK(found(directory, "十二号楼", "M") == "M-12");
    CHECK(found(directory, "12", "") == "M-12");
    CHECK(found(directory, "教学a座", "M") == "M-TA");
    CHECK(found(directory, "湖边", "") == "M-LAKE");
}

TEST_CASE("directory: what could be two buildings is none", "[escalation][directory]")
{
    const Directory directory = two_campuses();
    CHECK(found(directory, "7号楼", "").empty());
    CHECK(found(directory, "老校区7号楼", "") == "L-07");
    CHECK(found(directory, "老校区7号楼", "M").empty());
    CHECK(found(directory, "L-07", "M").empty());
    for (const char* text :
         {"",
          " ",
          "17号楼",
          "教学7号楼",
          "楼",
          "C01",
          "M",
          "\xE4\xB8",
          "第",
          "十百号楼",
          "主校区"}) {
        CAPTURE(text);
        CHECK(found(directory, text, "M").empty());
    }
}

TEST_CASE("directory: a building is housing when somebody lives there", "[escalation][directory]")
{
    Directory directory = two_campuses();
    directory.students[StudentId("s1")].building = UnitId("M-07");
    directory.students[StudentId("s2")];
    CHECK(directory.is_housing(UnitId("M-07")));
    CHECK_FALSE(directory.is_housing(UnitId("L-07")));
    CHECK_FALSE(directory.is_housing(UnitId()));
}

TEST_CASE("directory: a leave covers its first instant and not its last", "[escalation][directory]")
{
    Directory directory;
    const StaffId staff("a");
    directory.leaves[staff] = {
        {noon, noon + 1h, StaffId("b")}, {noon + 2h, noon + 3h, StaffId("c")}};
    CHECK(directory.leave(staff, noon - 1ms) == nullptr);
    REQUIRE(directory.leave(staff, noon));
    CHECK(directory.leave(staff, noon)->delegate.text() == "b");
    CHECK(directory.leave(staff, noon + 1h) == nullptr);
    CHECK(directory.leave(staff, noon + 2h + 1ms)->delegate.text() == "c");
    CHECK(directory.leave(StaffId("b"), noon) == nullptr);
}

TEST_CASE(
    "directory: a role is held by holders, deputies and whoever is on shift",
    "[escalation][directory]"
)
{
    Directory directory;
    const RoleName role("keeper");
    directory.holdings[{role, UnitId("u1")}] = {{StaffId("a"), 0}, {StaffId("b"), 1}};
    directory.holdings[{RoleName("keeper2"), UnitId("u1")}] = {{StaffId("x"), 0}};
    directory.shifts[{role, UnitId("u2")}] = {{noon, noon + 1h, StaffId("c"), StaffId("d")}};
    for (const char* person : {"a", "b", "c", "d"}) {
        CAPTURE(person);
        CHECK(directory.holds(StaffId(person), role, noon));
    }
    CHECK_FALSE(directory.holds(StaffId("c"), role, noon + 1h));
    CHECK_FALSE(directory.holds(StaffId("c"), role, noon - 1ms));
    CHECK_FALSE(directory.holds(StaffId("x"), role, noon));
    CHECK(directory.holders(role, UnitId("u1")).size() == 2);
    CHECK(directory.holders(role, UnitId("u2")).empty());
}

TEST_CASE("directory: look-ups of nobody give nothing", "[escalation][directory]")
{
    const Directory directory = two_campuses();
    CHECK(directory.unit(UnitId("x")) == nullptr);
    CHECK(directory.person(StaffId("x")) == nullptr);
    CHECK(directory.student(StudentId("x")) == nullptr);
    CHECK(directory.root().text() == "NLMU");
    CHECK(Directory().root().empty());
}

TEST_CASE(
    "directory: a place label says campus, building and floor alone", "[escalation][directory]"
)
{
    const Directory directory = two_campuses();
    const auto label = [&](const char* building, const char* floor, const char* campus = "M") {
        return place_label(directory, UnitId(campus), UnitId(building), floor);
    };
    for (const char* floor : {"4", "4层", "4楼", "四层", "４Ｆ", "第4层", " 04 "}) {
        CAPTURE(floor);
        CHECK(label("M-07", floor) == "主校区7号楼4层");
    }
    CHECK(label("M-07", "B1") == "主校区7号楼B1层");
    CHECK(label("M-07", "地下一层") == "主校区7号楼B1层");
    CHECK(label("L-07", "12", "") == "老校区7号楼12层");
    // A name that a caller typed into the field is not for a message.
    CHECK(label("M-07", "4层 张示例") == "主校区7号楼");
    CHECK(label("M-07", "404") == "主校区7号楼");
    CHECK(label("M-07", "") == "主校区7号楼");
    // Never cut in the middle: the floor goes, or the campus does.
    CHECK(label("M-LONG", "12") == "主校区国际中心东楼12层");
    CHECK(label("M-LONG", "B12") == "主校区国际中心东楼");
    CHECK(label("nowhere", "4").empty());
}
