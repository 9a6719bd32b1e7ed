#include "escalation/evaluate.hpp"

#include "tests/support/protocol_builder.hpp"

#include <catch2/catch.hpp>

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

// Two moments of one incident: what edges compare, and what holds now.
struct Scene {
    Protocol protocol = ProtocolBuilder().protocol;
    Directory directory = DirectoryBuilder().directory;
    Incident before;
    Incident now;
    Instant at = morning;

    Scene()
    {
        before.stage = Stage::Open;
        before.level = LevelName("calm");
        before.level_since = morning;
        now = before;
    }
    void set(const char* name, FactValue value, const char* subject = "")
    {
        now.facts[{SubjectId(subject), FactName(name)}] = {std::move(value), morning, morning, ""};
    }
    void had(const char* name, FactValue value, const char* subject = "")
    {
        before.facts[{SubjectId(subject), FactName(name)}] = {
            std::move(value), morning, morning, ""};
    }
    void subject(const char* id)
    {
        now.subjects[SubjectId(id)].id = SubjectId(id);
        before.subjects[SubjectId(id)].id = SubjectId(id);
    }
    [[nodiscard]] View view() const
    {
        return {protocol, directory, now, &before, at, SubjectId{}, StaffId{}};
    }
    [[nodiscard]] bool holds(const Condition& condition) const
    {
        return shouwang::escalation::holds(view(), condition);
    }
    [[nodiscard]] bool window(const Window& window, Instant when)
    {
        protocol.windows[window.name] = window;
        return in_window(protocol, directory, window.name, when);
    }
};

}  // namespace

TEST_CASE("condition: unknown matches neither is nor at_least, and matches is_not", "[escalation]")
{
    Scene scene;
    for (const bool emptied : {false, true}) {
        if (emptied) scene.set("smell", {});
        CHECK_FALSE(scene.holds(fact("smell", Op::Is, {"none"})));
        CHECK_FALSE(scene.holds(fact("smell", Op::AtLeast, {"none"})));
        CHECK(scene.holds(fact("smell", Op::IsNot, {"none"})));
        CHECK(scene.holds(fact("smell", Op::Is, {"unknown"})));
        CHECK(scene.holds(fact("smell", Op::Is, {"strong", "unknown"})));
        CHECK_FALSE(scene.holds(fact("smell", Op::IsNot, {"unknown"})));
        CHECK_FALSE(scene.holds(fact("smell", Op::HeldFor, {"none"}, 0s)));
    }
    // The empty level of a report under review is unknown, too.
    scene.now.level = LevelName();
    CHECK_FALSE(scene.holds(level_at_least("calm")));
    CHECK(scene.holds(atom(Topic::Level, "", Op::IsNot, {"calm"})));
}

TEST_CASE("condition: each kind of fact compares in its own way", "[escalation]")
{
    Scene scene;
    scene.set("smell", {"faint"});
    scene.set("flats", {"12"});
    scene.set("zones", {"cellar", "roof"});
    scene.set("shut_at", {"10:02"});
    CHECK(scene.holds(fact("smell", Op::AtLeast, {"faint"})));
    CHECK(scene.holds(fact("smell", Op::AtLeast, {"none"})));
    CHECK_FALSE(scene.holds(fact("smell", Op::AtLeast, {"strong"})));
    CHECK(scene.holds(fact("smell", Op::Is, {"none", "faint"})));
    CHECK(scene.holds(fact("flats", Op::AtLeast, {"9"})));
    CHECK(scene.holds(fact("flats", Op::AtLeast, {"12"})));
    CHECK_FALSE(scene.holds(fact("flats", Op::AtLeast, {"13"})));
    CHECK(scene.holds(fact("zones", Op::Has, {"stairs", "roof"})));
    CHECK_FALSE(scene.holds(fact("zones", Op::Has, {"stairs"})));
    CHECK_FALSE(scene.holds(fact("zones", Op::AtLeast, {"cellar"})));
    CHECK_FALSE(scene.holds(fact("shut_at", Op::AtLeast, {"10:00"})));
    CHECK_FALSE(scene.holds(fact("no such fact", Op::IsNot, {"none"})));
}

TEST_CASE(
    "condition: without a lane one subject is enough, in a lane only that one", "[escalation]"
)
{
    Scene scene;
    scene.subject("s1");
    scene.subject("s2");
    scene.set("breath", {"fine"}, "s1");
    scene.set("breath", {"gone"}, "s2");
    const Condition gone = fact_is("breath", "gone");
    CHECK(scene.holds(gone));
    CHECK_FALSE(holds(scene.view().in_lane(SubjectId("s1")), gone));
    CHECK(holds(scene.view().in_lane(SubjectId("s2")), gone));
    // What is known of the incident counts for a subject of whom nothing else is known.
    scene.set("smell", {"faint"});
    CHECK(holds(scene.view().in_lane(SubjectId("s1")), fact_is("smell", "faint")));
    scene.set("breath", {"short"});
    CHECK(holds(scene.view().in_lane(SubjectId("s2")), gone));
}

TEST_CASE("condition: all, any and not nest", "[escalation]")
{
    Scene scene;
    scene.set("smell", {"faint"});
    const Condition yes = fact_is("smell", "faint");
    const Condition no = fact_is("smell", "none");
    CHECK(scene.holds(always()));
    CHECK_FALSE(scene.holds({Never{}}));
    CHECK(scene.holds(all({})));
    CHECK_FALSE(scene.holds(any({})));
    CHECK(scene.holds(any({no, all({yes, negation(no)})})));
    CHECK_FALSE(scene.holds(all({yes, negation(any({no, yes}))})));
    CHECK(scene.holds(negation(negation(yes))));
}

TEST_CASE("condition: edges are seen only in the step they happen in", "[escalation]")
{
    Scene scene;
    scene.had("smell", {"faint"});
    scene.set("smell", {"strong"});
    scene.now.rules = {RuleName("G2")};
    scene.now.level = LevelName("grave");
    const Condition worse = fact("smell", Op::Worse);
    const Condition turns = fact("smell", Op::Turns, {"strong"});
    const Condition fires = atom(Topic::Rule, "G2", Op::Fires);
    const Condition raised = atom(Topic::Level, "", Op::Turns, {"grave"});
    for (const Condition& edge : {worse, turns, fires, raised}) {
        CHECK(scene.holds(edge));
        View standing = scene.view();
        standing.before = &scene.now;
        CHECK_FALSE(holds(standing, edge));
        standing.before = nullptr;
        CHECK_FALSE(holds(standing, edge));
    }
    // Better is not worse, and a rule that stops does not fire.
    std::swap(scene.before, scene.now);
    CHECK_FALSE(scene.holds(worse));
    CHECK_FALSE(scene.holds(fires));
}

TEST_CASE("condition: worse sees a first bad value, a higher count, a further word", "[escalation]")
{
    Scene scene;
    scene.set("smell", {"none"});
    CHECK_FALSE(scene.holds(fact("smell", Op::Worse)));
    scene.set("smell", {"faint"});
    CHECK(scene.holds(fact("smell", Op::Worse)));
    scene.had("flats", {"9"});
    scene.set("flats", {"10"});
    CHECK(scene.holds(fact("flats", Op::Worse)));
    scene.had("zones", {"cellar", "roof"});
    scene.set("zones", {"roof"});
    CHECK_FALSE(scene.holds(fact("zones", Op::Worse)));
    scene.set("zones", {"roof", "stairs"});
    CHECK(scene.holds(fact("zones", Op::Worse)));
}

TEST_CASE("condition: held_for comes true at the exact millisecond", "[escalation]")
{
    Scene scene;
    scene.set("smell", {"faint"});
    const Condition held_faint = fact("smell", Op::HeldFor, {"faint"}, 30min);
    const Condition held_calm = atom(Topic::Level, "", Op::HeldFor, {"calm"}, 30min);
    for (const Condition& condition : {held_faint, held_calm}) {
        scene.at = morning;
        REQUIRE(next_check(scene.view(), any({negation(condition)})) == morning + 30min);
        scene.at = morning + 30min - 1ms;
        CHECK_FALSE(scene.holds(condition));
        CHECK(next_check(scene.view(), condition) == morning + 30min);
        scene.at = morning + 30min;
        CHECK(scene.holds(condition));
        CHECK_FALSE(next_check(scene.view(), condition));
    }
    CHECK_FALSE(next_check(scene.view(), fact("smell", Op::HeldFor, {"strong"}, 3h)));
}

TEST_CASE("window: runs over midnight on the day it began", "[escalation]")
{
    Scene scene;
    Window night;
    night.name = WindowName("night");
    night.days = {1, 2, 3, 4, 5};
    night.from = 22h;
    night.to = 7h;
    const Instant tuesday = std::chrono::sys_days(std::chrono::November / 3 / 2026) - 8h;
    CHECK_FALSE(scene.window(night, tuesday + 22h - 1ms));
    CHECK(scene.window(night, tuesday + 22h));
    CHECK(scene.window(night, tuesday + 31h - 1ms));
    CHECK_FALSE(scene.window(night, tuesday + 31h));
    // Friday night runs into Saturday; Saturday night is none, and neither is Sunday's.
    CHECK(scene.window(night, tuesday + 96h + 6h));
    CHECK_FALSE(scene.window(night, tuesday + 96h + 23h));
    CHECK_FALSE(scene.window(night, tuesday + 144h + 6h));
    night.negated = true;
    CHECK_FALSE(scene.window(night, tuesday + 23h));
    CHECK(scene.window(night, tuesday + 12h));
}

TEST_CASE("window: the calendar makes holidays and exchanged working days", "[escalation]")
{
    Scene scene;
    Window office;
    office.name = WindowName("office");
    office.days = {1, 2, 3, 4, 5};
    office.from = 8h;
    office.to = 17h + 30min;
    const Day tuesday = std::chrono::sys_days(std::chrono::November / 3 / 2026);
    const Day saturday = tuesday + std::chrono::days(4);
    const auto noon = [](Day day) { return Instant(day + 4h); };
    scene.directory.workdays = {{tuesday, false}, {saturday, true}};
    CHECK(scene.window(office, noon(tuesday)));
    CHECK_FALSE(scene.window(office, noon(saturday)));
    office.calendar = true;
    CHECK_FALSE(scene.window(office, noon(tuesday)));
    CHECK(scene.window(office, noon(saturday)));
    CHECK(scene.window(office, noon(tuesday + std::chrono::days(1))));
    // 17:30 is over, 08:00 is begun.
    CHECK(scene.window(office, Instant(saturday + 0h)));
    CHECK_FALSE(scene.window(office, Instant(saturday + 9h + 30min)));
}

TEST_CASE(
    "condition: duties, registers, places and subjects have words of their own", "[escalation]"
)
{
    Scene scene;
    scene.now.duties[{DutyName("valve"), "", 1}].state = DutyState::Done;
    scene.now.duties[{DutyName("valve"), "north", 1}].state = DutyState::Lapsed;
    scene.now.duties[{DutyName("valve"), "north", 2}].state = DutyState::Open;
    CHECK(scene.holds(duty_is("valve", {"open"})));
    CHECK_FALSE(scene.holds(duty_is("valve", {"lapsed"})));  // started anew since
    CHECK(scene.holds(duty_is("valve@north", {"open"})));
    CHECK_FALSE(scene.holds(duty_is("valve@north", {"done"})));
    CHECK(scene.holds(duty_is("valve", {"lapsed", "done"})));
    CHECK_FALSE(scene.holds(duty_is("valve", {"moot"})));
    CHECK_FALSE(scene.holds(duty_is("another", {"open", "done", "lapsed", "moot"})));
    CHECK(scene.holds(atom(Topic::Duty, "valve", Op::Turns, {"done"})));

    CHECK(scene.holds(atom(Topic::Register, "team", Op::Is, {"empty"})));
    scene.now.registers[RegisterName("team")] = {{StaffId("crew-1"), RoleName("crew"), morning}};
    CHECK(scene.holds(held("team")));
    CHECK(holds(scene.view().as(StaffId("crew-1")), has_self("team")));
    CHECK_FALSE(holds(scene.view().as(StaffId("crew-2")), has_self("team")));

    CHECK(scene.holds(atom(Topic::Place, "known", Op::Is, {"no"})));
    CHECK(scene.holds(atom(Topic::Place, "housing", Op::Is, {"unknown"})));
    scene.now.place.building = UnitId("block-1");
    CHECK(scene.holds(atom(Topic::Place, "known", Op::Is, {"yes"})));
    CHECK(scene.holds(atom(Topic::Place, "housing", Op::Is, {"yes"})));
    CHECK(scene.holds(atom(Topic::Place, "campus", Op::IsNot, {"north"})));

    CHECK(scene.holds(atom(Topic::Subject, "identified", Op::Is, {"no"})));
    scene.subject("s1");
    scene.now.subjects[SubjectId("s1")].student = StudentId("st-1");
    CHECK(scene.holds(atom(Topic::Subject, "identified", Op::Turns, {"yes"})));
    CHECK(scene.holds(atom(Topic::Subjects, "", Op::AtLeast, {"1"})));
    CHECK_FALSE(scene.holds(atom(Topic::Subjects, "", Op::AtLeast, {"2"})));
    CHECK(scene.holds(atom(Topic::Incident, "stage", Op::Is, {"open"})));
    CHECK(scene.holds(atom(Topic::Incident, "kind", Op::Is, {"real"})));
}
