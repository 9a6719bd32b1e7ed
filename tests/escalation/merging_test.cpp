#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

#include <catch2/catch.hpp>

// What a merge and a split do to duties that both incidents have, and to their pace.

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

Duty& decision(ProtocolBuilder& builder)
{
    Duty& duty = builder.duty("brigade");
    duty.decision = "brigade";
    duty.answers = {{Word("called"), Effect::Satisfy}};
    duty.answer_from = targets({"chief"});
    duty.ladder = {rung(0s, {"chief"})};
    duty.forever = Forever{};
    duty.forever->every = 5min;
    return duty;
}

Merge merge(const char* incident, const char* with)
{
    return {IncidentId(incident), IncidentId(with), {}, {"desk", StaffId{}}};
}

Split split(const char* incident)
{
    return {IncidentId(incident), {}, "another house", {"desk", StaffId{}}};
}

// Two that are about different students, so that the second is no further report of the first.
void open_two(BoardDriver& board, Span apart = 30s)
{
    board.open();
    if (apart > Span{}) board.run(apart);
    board.feed(BoardDriver::report("i2", {}, {"st-2"}));
}

const DutyInstance& duty_in(const BoardDriver& board, const char* incident, const char* key)
{
    return board.incident(incident).duties.at(*DutyKey::parse(key));
}

}  // namespace

TEST_CASE("merge: what comes from a calmer incident goes on at the graver one's pace", "[merge]")
{
    ProtocolBuilder builder;
    Duty& wardens = builder.duty("wardens");
    wardens.scope = Scope::College;
    wardens.ladder = {rung(0s, {"warden"})};
    wardens.forever = Forever{};
    wardens.forever->every = 30min;
    wardens.forever->every_at[LevelName("grave")] = 4min;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    board.set("smell", "strong");
    REQUIRE(duty_in(board, "i2", "wardens@F2").forever_next == morning + 30s + 30min);
    board.feed(merge("i1", "i2"));
    CHECK(duty_in(board, "i1", "wardens@F2").forever_next == morning + 30s + 4min);
}

TEST_CASE("merge: how bad the one that went ever was is not forgotten", "[merge]")
{
    ProtocolBuilder builder;
    builder.ending("calmer", EndOutcome::Lower).level = LevelName("alert");
    Duty& debrief = builder.duty("debrief");
    debrief.opens = atom(Topic::Incident, "reached", Op::Is, {"grave"});
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    SetFacts smell = BoardDriver::facts({{FactName("smell"), {"strong"}}});
    smell.incident = IncidentId("i2");
    board.feed(smell);
    smell.facts[FactName("smell")] = {"none"};
    board.feed(smell);
    SignEnd lower;
    lower.incident = IncidentId("i2");
    lower.end = EndName("calmer");
    lower.staff = StaffId("chief-1");
    lower.by = {"chief-1", StaffId("chief-1")};
    board.feed(lower);
    REQUIRE(board.incident("i1").duties.empty());
    board.feed(merge("i1", "i2"));
    CHECK(board.incident("i1").levels.contains(LevelName("grave")));
    CHECK(board.duty("debrief").open());
}

TEST_CASE("merge: open in one, put aside in the other, it is asked on", "[merge]")
{
    ProtocolBuilder builder;
    builder.duty("crew").waive_by = targets({"chief"});
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    Waive waived{IncidentId("i1"), {DutyName("crew"), {}, 1}, "no", StaffId("chief-1"), {}, {}};
    board.feed(waived);
    board.feed(merge("i1", "i2"));
    CHECK(duty_in(board, "i1", "crew").state == DutyState::Waived);
    CHECK(duty_in(board, "i1", "crew#2").open());
    CHECK(duty_in(board, "i1", "crew#2").clock_start == morning + 30s);
}

TEST_CASE("merge: what ended there before its present round hides nothing", "[merge]")
{
    ProtocolBuilder builder;
    Duty& porters = builder.duty("porters");
    porters.opens = fact("smell", Op::AtLeast, {"faint"});
    porters.renews = fact("smell", Op::Turns, {"strong"});
    porters.ladder = {rung(0s, {"porter"})};
    porters.answer_from = targets({"chief"});
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    SetFacts facts = BoardDriver::facts({{FactName("smell"), {"faint"}}});
    facts.incident = IncidentId("i2");
    board.feed(facts);
    Answer going = BoardDriver::answer("chief-1", "going");
    going.incident = IncidentId("i2");
    board.feed(going);
    facts.facts = {{FactName("smell"), {"strong"}}};
    board.feed(facts);
    REQUIRE(duty_in(board, "i2", "porters#2").open());
    board.feed(merge("i1", "i2"));
    CHECK(duty_in(board, "i1", "porters").state == DutyState::Done);
    CHECK(duty_in(board, "i1", "porters#2").open());
}

TEST_CASE("merge: whoever decided in the one is asked in the other", "[merge]")
{
    ProtocolBuilder builder;
    decision(builder).answer_from = targets({"fitter"});
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    Answer called = BoardDriver::answer("fitter-1", "called");
    called.incident = IncidentId("i2");
    board.feed(called);
    board.feed(merge("i1", "i2"));
    REQUIRE(duty_in(board, "i1", "brigade").open());
    CHECK(paged(board.run(5min)) == "chief-1 fitter-1");
}

TEST_CASE(
    "merge: whoever is on the way in the one is not called on account of the other", "[merge]"
)
{
    ProtocolBuilder builder;
    Duty& crew = builder.duty("crew");
    crew.ladder = {rung(0s, {"chief"}), rung(2min, {"clerk"})};
    crew.ladder.front().again = {{1min}, channels({"bell"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    Answer going = BoardDriver::answer("chief-1", "going");
    going.incident = IncidentId("i2");
    board.feed(going);
    board.feed(merge("i1", "i2"));
    CHECK(duty_in(board, "i1", "crew").state == DutyState::Done);
    CHECK(duty_in(board, "i1", "crew").asks.at(StaffId("chief-1")).satisfies);
    CHECK(paged(board.run(10min)).empty());
}

TEST_CASE("merge: what was done before a duty was called for anew does not do it", "[merge]")
{
    ProtocolBuilder builder;
    Duty& porters = builder.duty("porters");
    porters.opens = fact("smell", Op::AtLeast, {"faint"});
    porters.renews = fact("smell", Op::Turns, {"strong"});
    porters.ladder = {rung(0s, {"clerk"})};
    porters.answer_from = targets({"chief"});
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    for (const char* incident : {"i1", "i2"}) {
        SetFacts facts = BoardDriver::facts({{FactName("smell"), {"faint"}}});
        facts.incident = IncidentId(incident);
        board.feed(facts);
    }
    Answer going = BoardDriver::answer("chief-1", "going");
    going.incident = IncidentId("i2");
    board.feed(going);
    board.run(1min);
    board.set("smell", "strong");
    REQUIRE(duty_in(board, "i1", "porters#2").open());
    board.feed(merge("i1", "i2"));
    CHECK(duty_in(board, "i1", "porters#2").open());
}

TEST_CASE("merge: a page under way is wanted for as long as what it asks is asked there", "[merge]")
{
    ProtocolBuilder builder;
    builder.duty("crew").ladder = {rung(0s, {"chief"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    board.feed(merge("i1", "i2"));
    const Page page = board.incident("i2").pages.begin()->second;
    const auto wanted = [&] { return still_wanted(board.board(), board.incident("i2"), page); };
    CHECK(wanted());
    board.say("chief-1", "going");
    CHECK_FALSE(wanted());
}

TEST_CASE("merge: what people do to the one that went, they do to the one that goes on", "[merge]")
{
    ProtocolBuilder builder;
    builder.duty("crew").waive_by = targets({"chief"});
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    board.feed(merge("i1", "i2"));
    const Actor desk{"desk", StaffId{}};
    board.feed(AddNote{IncidentId("i2"), "they are on the roof", desk});
    CHECK(board.incident("i1").notes.size() == 1);
    board.feed(Waive{
        IncidentId("i2"), {DutyName("crew"), {}, 1}, "no", StaffId("chief-1"), desk, {}});
    CHECK(duty_in(board, "i1", "crew").state == DutyState::Waived);
    AddSubject third;
    third.incident = IncidentId("i2");
    third.subject.description = "a third";
    third.by = desk;
    board.feed(third);
    CHECK(board.incident("i1").subjects.size() == 3);
}

TEST_CASE("merge: what is put aside makes no personal attempts", "[merge]")
{
    ProtocolBuilder builder;
    Duty& crew = builder.duty("crew");
    crew.waive_by = targets({"chief"});
    crew.ladder = {rung(0s, {"crew"})};
    crew.ladder.front().again = {{2min}, channels({"bell"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.feed(Waive{IncidentId("i1"), {DutyName("crew"), {}, 1}, "no", StaffId("chief-1"), {}, {}}
    );
    board.adopt([] {
        DirectoryBuilder more;
        more.holds("fitter-1", "crew", "office");
        return more.directory;
    }());
    board.feed(BoardDriver::report("i2", {}, {"st-2"}));
    Answer going = BoardDriver::answer("crew-1", "going");
    going.incident = IncidentId("i2");
    board.feed(going);
    board.feed(merge("i1", "i2"));
    REQUIRE(duty_in(board, "i1", "crew").asks.contains(StaffId("fitter-1")));
    CHECK(paged(board.run(5min)).empty());
}

TEST_CASE("merge: a duty's parent goes by its new name", "[merge]")
{
    ProtocolBuilder builder;
    Duty& call = builder.duty("call");
    call.answer_from = targets({"fitter"});
    call.renews = fact("smell", Op::Turns, {"faint"});
    builder.expect_arrival();
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board);
    board.set("smell", "faint");
    Answer going = BoardDriver::answer("fitter-1", "going");
    going.incident = IncidentId("i2");
    board.feed(going);
    board.feed(merge("i1", "i2"));
    REQUIRE(duty_in(board, "i1", "call#2").state == DutyState::Done);
    REQUIRE(duty_in(board, "i1", "arrive@fitter-1").parent->text() == "call#2");
    board.say("fitter-1", "withdrawn", "arrive@fitter-1");
    CHECK(duty_in(board, "i1", "call#2").open());
}

TEST_CASE("split: two that were opened at one instant each keep what is theirs", "[merge]")
{
    ProtocolBuilder builder;
    builder.duty("crew").ladder = {rung(10min, {"crew"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    open_two(board, Span{});
    board.feed(merge("i1", "i2"));
    board.feed(split("i2"));
    CHECK(duty_in(board, "i1", "crew").open());
    CHECK(duty_in(board, "i2", "crew").open());
}

TEST_CASE("raise: whoever is doing it without having been asked is not asked", "[level]")
{
    ProtocolBuilder builder;
    Duty& valve = builder.duty("valve");
    valve.answer_from = targets({"chief"});
    valve.ladders[LevelName("calm")] = {rung(0s, {"crew"})};
    valve.ladders[LevelName("grave")] = {rung(0s, {"crew", "chief"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("chief-1", "going");
    REQUIRE(board.duty("valve").state == DutyState::Done);
    CHECK(paged(board.set("smell", "strong")).empty());
    CHECK(board.duty("valve").asks.at(StaffId("chief-1")).satisfies);
}
