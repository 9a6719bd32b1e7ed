#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

#include <catch2/catch.hpp>

// Drills beside what is real, and drills for some and not for others.

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

Report at(const char* id, Kind kind, const char* building)
{
    Report out;
    out.id = IncidentId(id);
    out.kind = kind;
    out.via = "desk";
    out.callback = std::string("199-0000-") + id;
    if (*building != '\0') out.place = PlaceReport{{}, building, {}, {}, {}};
    return out;
}

ProtocolBuilder crew_called()
{
    ProtocolBuilder builder;
    Duty& crew = builder.duty("crew");
    crew.ladder = {rung(0s, {"crew"}), rung(2min, {"clerk"})};
    Forever forever;
    forever.every = 5min;
    forever.widen = {RoleName("mayor")};
    crew.forever = forever;
    builder.protocol.pause_text = TextCode("real");
    return builder;
}

SetPlace moved(const char* id, const char* building)
{
    return {IncidentId(id), PlaceReport{{}, building, {}, {}, {}}, {"desk", StaffId{}}};
}

}  // namespace

TEST_CASE("drill: none begins where something real goes on", "[drill]")
{
    BoardDriver board(crew_called().protocol, DirectoryBuilder().directory, morning);
    board.feed(at("i1", Kind::Real, "block-1"));
    CHECK(board.refused(at("i2", Kind::Drill, "block-1")) == "real_alarm");
    Report of_their_student = at("i2", Kind::Drill, "");
    of_their_student.subjects = {{StudentId("st-1"), {}, {}}};
    board.feed(of_their_student);
    CHECK(board.incident("i2").stage == Stage::Open);
}

TEST_CASE("drill: it pauses when a real alarm turns out to be at its place", "[drill]")
{
    BoardDriver board(crew_called().protocol, DirectoryBuilder().directory, morning);
    board.feed(at("i1", Kind::Drill, "block-1"));
    board.feed(at("i2", Kind::Real, ""));
    REQUIRE_FALSE(board.incident("i1").paused);
    CHECK(informed(board.feed(moved("i2", "block-1"))) == "crew-1:real crew-2:real crew-3:real");
    CHECK(board.incident("i1").paused);
}

TEST_CASE("drill: it pauses when its student turns out to be in danger", "[drill]")
{
    BoardDriver board(crew_called().protocol, DirectoryBuilder().directory, morning);
    Report drill = at("i1", Kind::Drill, "block-1");
    drill.subjects = {{StudentId("st-1"), {}, {}}};
    board.feed(drill);
    Report alarm = at("i2", Kind::Real, "block-2");
    alarm.subjects = {{StudentId{}, "somebody", {}}};
    board.feed(alarm);
    REQUIRE_FALSE(board.incident("i1").paused);
    Identify who{IncidentId("i2"), {}, StudentId("st-1"), {"desk", StaffId{}}};
    board.feed(who);
    CHECK(board.incident("i1").paused);
}

TEST_CASE("drill: it pauses when it is moved to where something real goes on", "[drill]")
{
    BoardDriver board(crew_called().protocol, DirectoryBuilder().directory, morning);
    board.feed(at("i1", Kind::Drill, "block-2"));
    board.feed(at("i2", Kind::Real, "block-1"));
    REQUIRE_FALSE(board.incident("i1").paused);
    board.feed(moved("i1", "block-1"));
    CHECK(board.incident("i1").paused);
    CHECK_FALSE(board.incident("i2").paused);
}

TEST_CASE("drill: it pauses when what is beside it is taken up again", "[drill]")
{
    ProtocolBuilder builder = crew_called();
    builder.ending("over", EndOutcome::Aftercare);
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.feed(at("i1", Kind::Real, "block-1"));
    SignEnd end;
    end.incident = IncidentId("i1");
    end.end = EndName("over");
    end.staff = StaffId("chief-1");
    end.by = {"chief-1", StaffId("chief-1")};
    board.feed(end);
    board.feed(at("i2", Kind::Drill, "block-1"));
    REQUIRE_FALSE(board.incident("i2").paused);
    board.feed(Reopen{IncidentId("i1"), "smoke again", {"desk", StaffId{}}});
    CHECK(board.incident("i2").paused);
}

TEST_CASE("drill: a second one about the same student is refused, not swallowed", "[drill]")
{
    BoardDriver board(crew_called().protocol, DirectoryBuilder().directory, morning);
    Report drill = at("i1", Kind::Drill, "block-1");
    drill.subjects = {{StudentId("st-1"), {}, {}}};
    board.feed(drill);
    drill.id = IncidentId("i2");
    drill.participants = {StaffId("crew-1")};
    CHECK(board.refused(drill) == "drill_runs");
}

TEST_CASE("drill: who takes part is called out, and nobody else, also for want of them", "[drill]")
{
    BoardDriver board(crew_called().protocol, DirectoryBuilder().directory, morning);
    Report drill = at("i1", Kind::Drill, "block-1");
    drill.participants = {StaffId("crew-2"), StaffId("mayor-1")};
    CHECK(paged(board.feed(drill)) == "crew-2");
    // The clerk of the second rung does not take part: it finds nobody, and the ladder goes on.
    CHECK(paged(board.run_until(morning + 2min)).find("clerk") == std::string::npos);
    CHECK(
        paged(board.run_until(morning + 20min)) == "crew-2 mayor-1 crew-2 mayor-1 crew-2 mayor-1"
    );
    for (const auto& [id, page] : board.incident().pages)
        CHECK(drill.participants.contains(page.staff));
}

TEST_CASE("drill: its participants are people, and a real alarm is for everybody", "[drill]")
{
    BoardDriver board(crew_called().protocol, DirectoryBuilder().directory, morning);
    Report drill = at("i1", Kind::Drill, "block-1");
    drill.participants = {StaffId("nobody")};
    CHECK(board.refused(drill) == "staff_unknown");
    Report alarm = at("i1", Kind::Real, "block-1");
    alarm.participants = {StaffId("crew-1")};
    CHECK(board.refused(alarm) == "not_a_drill");
}

TEST_CASE("drill: merged with one for everybody it is for everybody", "[drill]")
{
    BoardDriver board(crew_called().protocol, DirectoryBuilder().directory, morning);
    Report one = at("i1", Kind::Drill, "block-1");
    one.participants = {StaffId("crew-1")};
    Report other = at("i2", Kind::Drill, "block-2");
    other.participants = {StaffId("crew-2")};
    board.feed(one);
    board.feed(other);
    board.feed(at("i3", Kind::Drill, ""));
    const Actor desk{"desk", StaffId{}};
    board.feed(Merge{IncidentId("i1"), IncidentId("i2"), "one house", desk});
    CHECK(board.incident().participants == std::set{StaffId("crew-1"), StaffId("crew-2")});
    board.feed(Merge{IncidentId("i1"), IncidentId("i3"), "one house", desk});
    CHECK(board.incident().participants.empty());
}
