#include "escalation/evaluate.hpp"
#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

#include <catch2/catch.hpp>

// 点名: those on duty are asked whether they read this; nobody is called out, and it ends by
// itself.

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

ProtocolBuilder with_roll_call()
{
    ProtocolBuilder builder;
    builder.duty("crew").ladder = {rung(0s, {"crew"})};
    Duty& call = builder.duty("roll_call");
    call.duty_class = DutyClass::Task;
    call.roll_call = true;
    call.answers = {{Word("received"), Effect::Note}};
    call.ladder = {rung(0s, {"chief", "clerk"})};
    call.ladder.front().again = {{10min}, channels({"bell"})};
    call.lapses = 25min;
    call.on_lapse = Lapse::List;
    return builder;
}

Report roll_call()
{
    Report report;
    report.id = IncidentId("i1");
    report.kind = Kind::Test;
    report.via = "desk";
    report.by = {"desk", StaffId{}};
    return report;
}

}  // namespace

TEST_CASE(
    "roll-call: asks those on duty and nobody else, and needs nothing to go by", "[roll-call]"
)
{
    BoardDriver board(with_roll_call().protocol, DirectoryBuilder().directory, morning);
    CHECK(paged(board.feed(roll_call())) == "chief-1 clerk-1");
    CHECK_FALSE(board.incident().duties.contains({DutyName("crew"), {}, 1}));
}

TEST_CASE("roll-call: who has answered is not asked again, the rest are listed", "[roll-call]")
{
    BoardDriver board(with_roll_call().protocol, DirectoryBuilder().directory, morning);
    board.feed(roll_call());
    board.say("chief-1", "received");
    CHECK(paged(board.run(10min)) == "clerk-1");
    board.run(15min);
    const DutyInstance& call = board.duty("roll_call");
    CHECK(call.state == DutyState::Lapsed);
    CHECK(call.asks.at(StaffId("chief-1")).answer == Word("received"));
    CHECK(call.asks.at(StaffId("clerk-1")).answer.empty());
    CHECK(board.incident().running());
    CHECK(paged(board.run(10min)).empty());
    CHECK(board.incident().stage == Stage::DrillEnded);
}

TEST_CASE("roll-call: a real alarm and a drill ask none of it", "[roll-call]")
{
    for (const Kind kind : {Kind::Real, Kind::Drill}) {
        BoardDriver board(with_roll_call().protocol, DirectoryBuilder().directory, morning);
        Report report = BoardDriver::report("i1");
        report.kind = kind;
        CHECK(paged(board.feed(report)) == "crew-1 crew-2 crew-3");
    }
}

TEST_CASE("roll-call: never in the hours it must not be in", "[roll-call]")
{
    ProtocolBuilder builder = with_roll_call();
    Window night;
    night.name = WindowName("night");
    night.days = {1, 2, 3, 4, 5, 6, 7};
    night.from = 22h;
    night.to = 7h;
    builder.protocol.windows[night.name] = night;
    builder.protocol.roll_call_never = night.name;
    BoardDriver by_night(builder.protocol, DirectoryBuilder().directory, morning);
    by_night.wait_until(morning + 16h);
    REQUIRE(in_window(by_night.protocol(), by_night.directory(), night.name, by_night.now()));
    CHECK(by_night.refused(roll_call()) == "not_now");
    BoardDriver by_day(builder.protocol, DirectoryBuilder().directory, morning);
    REQUIRE_FALSE(in_window(by_day.protocol(), by_day.directory(), night.name, by_day.now()));
    by_day.feed(roll_call());
}

TEST_CASE("drill: one whose length nobody gave ends all the same", "[roll-call]")
{
    BoardDriver board(with_roll_call().protocol, DirectoryBuilder().directory, morning);
    Report drill = BoardDriver::report("i1");
    drill.kind = Kind::Drill;
    board.feed(drill);
    board.run(2h);
    CHECK(board.incident().stage == Stage::DrillEnded);
}
