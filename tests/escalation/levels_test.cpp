#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

// find_valve has a ladder for "alert" and a faster, wider one for "grave".
ProtocolBuilder two_ladders()
{
    ProtocolBuilder builder;
    Duty& duty = builder.duty("find_valve");
    duty.clock = Clock::Level;
    duty.ladders[LevelName("alert")] = {
        rung(0s, {"plumber"}), rung(180s, {"crew"}), rung(360s, {"chief"})};
    duty.ladders[LevelName("grave")] = {
        rung(0s, {"plumber", "fitter"}), rung(120s, {"crew"}), rung(240s, {"chief"})};
    duty.ladders[LevelName("alert")][0].again = {{90s, 270s}, channels({"voice"})};
    duty.ladders[LevelName("grave")][0].again = {{60s, 180s}, channels({"voice"})};
    return builder;
}

std::vector<Instant> rung_times(const DutyInstance& duty)
{
    std::vector<Instant> out;
    for (const RungState& state : duty.rungs) out.push_back(state.due);
    return out;
}

}  // namespace

TEST_CASE("level: rises by itself and never falls by itself", "[escalation][notice-7]")
{
    BoardDriver board(two_ladders().protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(board.incident().level == LevelName("calm"));
    const auto raised = only<LevelRaised>(board.set("smell", "strong"));
    REQUIRE(raised.size() == 1);
    CHECK(raised[0].from == LevelName("calm"));
    CHECK(raised[0].because == std::vector<RuleName>{RuleName("G2")});
    CHECK(only<LevelRaised>(board.set("smell", "none")).empty());
    CHECK(board.incident().rules.empty());
    CHECK(board.incident().level == LevelName("grave"));
}

TEST_CASE("level: a report opens at the level of what it says", "[escalation]")
{
    BoardDriver board(two_ladders().protocol, DirectoryBuilder().directory, morning);
    const auto events = board.open({{FactName("smell"), {"strong"}}});
    CHECK(only<Opened>(events).at(0).level == LevelName("grave"));
    CHECK(only<LevelRaised>(events).empty());
    CHECK(paged(events) == "fitter-1 plumber-1");
}

TEST_CASE("level: a rule that waits for time raises at the exact instant", "[escalation]")
{
    ProtocolBuilder builder = two_ladders();
    builder.rule("G9", "grave", fact("smell", Op::HeldFor, {"faint"}, 30min));
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open({{FactName("smell"), {"faint"}}});
    board.say("plumber-1", "going");
    board.run(10min);
    // Said again, it has still been so since the morning.
    board.set("smell", "faint");
    CHECK(only<LevelRaised>(board.run_until(morning + 30min - 1ms)).empty());
    CHECK(only<LevelRaised>(board.run_until(morning + 30min)).size() == 1);
}

TEST_CASE("level: on a raise unreached rungs come at the earlier time", "[escalation][notice-7]")
{
    BoardDriver board(two_ladders().protocol, DirectoryBuilder().directory, morning);
    board.open({{FactName("smell"), {"faint"}}});
    board.run(100s);
    const auto events = board.set("smell", "strong");
    // 180 s beats 100 + 120 s; 100 + 240 s beats 360 s.
    CHECK(
        rung_times(board.duty("find_valve")) ==
        std::vector<Instant>{morning, morning + 180s, morning + 340s}
    );
    CHECK(paged(events) == "fitter-1");            // would have been asked first
    CHECK(informed(events) == "plumber-1:worse");  // was
    // Personal attempts run beside the rungs: the fitter's from the raise on.
    CHECK(paged(board.run_until(morning + 180s)) == "fitter-1 crew-1 crew-2 crew-3");
    CHECK(paged(board.run_until(morning + 340s - 1ms)) == "plumber-1 fitter-1");
    CHECK(paged(board.run_until(morning + 340s)) == "chief-1");
}

TEST_CASE("level: a raise restarts no satisfied duty", "[escalation][notice-7]")
{
    BoardDriver board(two_ladders().protocol, DirectoryBuilder().directory, morning);
    board.open({{FactName("smell"), {"faint"}}});
    board.say("plumber-1", "going");
    board.run(100s);
    const auto events = board.set("smell", "strong");
    CHECK(board.duty("find_valve").state == DutyState::Done);
    CHECK(only<RungReached>(events).empty());
    CHECK(informed(events) == "plumber-1:worse");
    // Who is missing among the first is called all the same, and the call goes out.
    REQUIRE(paged(events) == "fitter-1");
    for (const auto& page : only<Paged>(events))
        CHECK(still_wanted(board.incident(), board.incident().pages.at(page.page)));
    board.say("fitter-1", "received");
    CHECK(paged(board.run(1h)).empty());
}

TEST_CASE("level: on a raise personal attempts come earlier, never later", "[escalation][notice-7]")
{
    const auto attempts_after = [](Span raise) {
        BoardDriver board(two_ladders().protocol, DirectoryBuilder().directory, morning);
        board.open({{FactName("smell"), {"faint"}}});
        board.run(raise);
        board.set("smell", "strong");
        return board.duty("find_valve").asks.at(StaffId("plumber-1")).attempts;
    };
    CHECK(attempts_after(20s) == std::vector<Instant>{morning + 80s, morning + 200s});
    CHECK(attempts_after(50s) == std::vector<Instant>{morning + 90s, morning + 230s});
    CHECK(attempts_after(95s) == std::vector<Instant>{morning + 270s});  // one was made
    CHECK(attempts_after(271s).empty());
}

TEST_CASE("level: a duty with one ladder for all levels keeps its times", "[escalation]")
{
    ProtocolBuilder builder;
    builder.duty("find_valve").ladder = {rung(0s, {"plumber"}), rung(5min, {"crew"})};
    builder.duty("count_heads").ladder = {rung(0s, {"fitter"}), rung(5min, {"crew"})};
    builder.protocol.duties.at(DutyName("count_heads")).clock = Clock::Level;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(2min);
    CHECK(paged(board.set("smell", "strong")).empty());
    for (const char* name : {"find_valve", "count_heads"})
        CHECK(rung_times(board.duty(name)) == std::vector<Instant>{morning, morning + 5min});
}

TEST_CASE(
    "level: rungs added by a raise are climbed though the old ladder was done", "[escalation]"
)
{
    ProtocolBuilder builder = two_ladders();
    Duty& duty = builder.protocol.duties.at(DutyName("find_valve"));
    duty.ladders[LevelName("alert")].resize(1);
    duty.forever = Forever{};
    duty.forever->every = 5min;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open({{FactName("smell"), {"faint"}}});
    board.run(60s);
    board.set("smell", "strong");
    CHECK(paged(board.run_until(morning + 180s)).find("crew-1") != std::string::npos);
    CHECK(paged(board.run_until(morning + 299s)) == "fitter-1 plumber-1");  // third attempts
    CHECK(paged(board.run_until(morning + 300s)).find("chief-1") != std::string::npos);
}

TEST_CASE("level: a raise puts no rung into the past", "[escalation][notice-7]")
{
    ProtocolBuilder builder = two_ladders();
    builder.protocol.duties.at(DutyName("find_valve")).clock = Clock::Opening;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open({{FactName("smell"), {"faint"}}});
    board.run(170s);
    // Counted from the opening, grave would have called its second wave 50 s ago: now, not late.
    const auto events = board.set("smell", "strong");
    CHECK(
        rung_times(board.duty("find_valve")) ==
        std::vector<Instant>{morning, morning + 170s, morning + 240s}
    );
    REQUIRE(only<RungReached>(events).size() == 1);
    CHECK(only<RungReached>(events)[0].late_by == Span{});
}
