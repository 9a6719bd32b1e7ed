#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

#include <catch2/catch.hpp>

// What people do to an incident: lower its level, end and reopen it, waive, take over, switch.

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

const IncidentId first("i1");

SignEnd sign(const char* end, const char* staff = "chief-1", const char* subject = "")
{
    SignEnd out;
    out.incident = first;
    out.end = EndName(end);
    out.staff = StaffId(staff);
    out.by = {staff, StaffId(staff)};
    out.subject = SubjectId(subject);
    return out;
}

Waive waive(const char* duty, const char* staff, const char* reason = "not needed")
{
    return {first, *DutyKey::parse(duty), reason, StaffId(staff), {"desk", StaffId{}}, {}};
}

TakeOver take(const char* staff, const char* said_by)
{
    return {first, {}, StaffId(staff), StaffId(said_by), {}, {"desk", StaffId{}}};
}

// One commands: a chief before a fitter; the mayor may name whom they like.
ProtocolBuilder commanded()
{
    ProtocolBuilder builder;
    Register& command = builder.list("command", {"arrived"}, {"withdrawn"});
    command.one = true;
    command.command = true;
    command.rank = {RoleName("chief"), RoleName("fitter")};
    command.takers = {RoleName("mayor")};
    return builder;
}

StaffId commander(const BoardDriver& board)
{
    const auto& entries = board.incident().registers.at(RegisterName("command"));
    return entries.empty() ? StaffId{} : entries.front().staff;
}

Report at_block(const char* id, Kind kind, const char* callback = "199-0000-0009")
{
    Report out;
    out.id = IncidentId(id);
    out.kind = kind;
    out.via = "desk";
    out.callback = callback;
    out.place = PlaceReport{"north", "block-1", {}, {}, {}};
    return out;
}

}  // namespace

TEST_CASE("facts: what a record's guards see to is said by the record alone", "[escalation]")
{
    ProtocolBuilder builder;
    builder.protocol.facts[FactName("breath")].only_recorded = true;
    Duty& look = builder.duty("look");
    look.scope = Scope::Subject;
    look.answer_from = targets({"chief"});
    look.record = {{"breath", "breath", FactName("breath"), true}};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(board.refused(BoardDriver::facts({{FactName("breath"), {"fine"}}})) == "fact_recorded");
    AddRecord record{
        IncidentId("i1"), "look", {{"breath", "fine"}}, {"desk", StaffId("chief-1")}, {}};
    board.feed(record);
    CHECK(
        board.incident().facts.at({SubjectId("s1"), FactName("breath")}).value == FactValue{"fine"}
    );
}

TEST_CASE("lower: not while a rule holds it up, and what was promised stays", "[escalation]")
{
    ProtocolBuilder builder;
    builder.duty("crew").ladder = {rung(4min, {"crew"})};
    builder.ending("calmer", EndOutcome::Lower).level = LevelName("alert");
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(board.refused(sign("calmer")) == "not_higher");
    board.set("smell", "strong");
    CHECK(board.refused(sign("calmer")) == "rule_holds");
    board.set("smell", "none");
    CHECK(board.incident().level == LevelName("grave"));
    const auto events = board.feed(sign("calmer"));
    CHECK(only<LevelLowered>(events).size() == 1);
    CHECK(board.incident().level == LevelName("alert"));
    CHECK(board.duty("crew").rungs.front().due == morning + 4min);
    board.set("smell", "strong");
    CHECK(board.incident().level == LevelName("grave"));
    // Signed once, it is signed anew the next time.
    board.set("smell", "none");
    board.feed(sign("calmer"));
}

TEST_CASE("aftercare: no life duty goes on, and a grave rule begins a new cycle", "[escalation]")
{
    ProtocolBuilder builder;
    builder.duty("crew").ladder = {rung(0s, {"crew"})};
    Duty& talk = builder.duty("talk");
    talk.duty_class = DutyClass::Task;
    talk.opens = atom(Topic::Incident, "stage", Op::Is, {"aftercare"});
    builder.ending("down", EndOutcome::Aftercare);
    builder.protocol.reopen_at = LevelName("grave");
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.feed(sign("down"));
    CHECK(board.incident().stage == Stage::Aftercare);
    CHECK(board.duty("crew").state == DutyState::Moot);
    CHECK(board.duty("talk").open());
    board.run(1h);
    board.set("smell", "faint");
    CHECK(board.incident().stage == Stage::Aftercare);
    const auto events = board.set("smell", "strong");
    CHECK(board.incident().stage == Stage::Open);
    CHECK(board.incident().cycle == 2);
    CHECK(board.duty("crew#2").clock_start == morning + 1h);
    CHECK(paged(events) == "crew-1 crew-2 crew-3");
}

TEST_CASE("reopen: what is over, for a reason, from nought", "[escalation]")
{
    ProtocolBuilder builder;
    builder.list("there", {"going"}, {});
    builder.duty("crew").ladder = {rung(0s, {"crew"})};
    builder.ending("nothing", EndOutcome::FalseAlarm);
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    Reopen again{first, {}, {"desk", StaffId{}}};
    CHECK(board.refused(again) == "reason");
    again.reason = "it smells again";
    CHECK(board.refused(again) == "not_over");
    board.say("crew-1", "going");
    board.feed(sign("nothing"));
    board.run(10min);
    board.feed(again);
    CHECK(board.incident().level == LevelName("alert"));
    CHECK(board.incident().registers.at(RegisterName("there")).empty());
    CHECK(board.duty("crew#2").clock_start == morning + 10min);
}

TEST_CASE("waive: by whom the protocol names, when it says so, for a reason", "[escalation]")
{
    ProtocolBuilder builder;
    builder.duty("never");
    Duty& round = builder.duty("round");
    round.waive_by = targets({"chief"});
    round.waive_when = fact_is("smell", "none");
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(board.refused(waive("never", "chief-1")) == "never_waived");
    CHECK(board.refused(waive("round", "chief-1", "")) == "reason");
    CHECK(board.refused(waive("round", "clerk-1")) == "not_entitled too_early");
    CHECK(board.refused(waive("nothing", "chief-1")) == "duty_unknown");
    board.set("smell", "none");
    board.feed(waive("round", "chief-1"));
    CHECK(board.duty("round").state == DutyState::Waived);
    CHECK(board.duty("round").ended_by == StaffId("chief-1"));
    CHECK(board.refused(waive("round", "chief-1")) == "not_open");
}

TEST_CASE(
    "take over: the better rank takes, the holder hands on, the taker appoints", "[escalation]"
)
{
    BoardDriver board(commanded().protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(board.refused(take("clerk-1", "clerk-1")) == "not_entitled");
    board.feed(take("fitter-1", "fitter-1"));
    CHECK(commander(board) == StaffId("fitter-1"));
    CHECK(board.refused(take("chief-1", "clerk-1")) == "not_entitled");
    board.feed(take("chief-1", "chief-1"));
    CHECK(board.refused(take("fitter-1", "fitter-1")) == "held_by_better");
    CHECK(board.refused(take("chief-1", "chief-1")) == "already_held");
    board.feed(take("fitter-1", "chief-1"));
    CHECK(commander(board) == StaffId("fitter-1"));
    board.feed(take("clerk-1", "mayor-1"));
    CHECK(commander(board) == StaffId("clerk-1"));
    CHECK(board.refused(take("nobody", "mayor-1")) == "staff_unknown");
}

TEST_CASE("command: whom somebody appointed stays, whoever arrives next", "[escalation]")
{
    ProtocolBuilder builder = commanded();
    builder.list("there", {"arrived"}, {"withdrawn"}).anyone = true;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.feed(take("clerk-1", "mayor-1"));
    board.say("chief-1", "arrived");
    CHECK(commander(board) == StaffId("clerk-1"));
    CHECK(board.refused(take("chief-1", "chief-1")) == "held_by_better");
    board.feed(take("chief-1", "clerk-1"));
    CHECK(commander(board) == StaffId("chief-1"));
}

TEST_CASE("switch: done stays done, open goes by the earlier time, unknown is moot", "[escalation]")
{
    ProtocolBuilder builder;
    builder.duty("crew").ladder = {rung(0s, {"crew"})};
    builder.duty("chief").ladder = {rung(10min, {"chief"}), rung(20min, {"mayor"})};
    builder.duty("old").ladder = {rung(10min, {"clerk"})};
    Protocol next = builder.protocol;
    next.hash = "beefcafe";
    next.duties.erase(DutyName("old"));
    std::erase(next.duty_order, DutyName("old"));
    next.duties.at(DutyName("chief")).ladder = {rung(4min, {"chief"}), rung(30min, {"mayor"})};
    next.duties.at(DutyName("crew")).ladder = {rung(0s, {"crew", "clerk"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.know(next);
    board.open();
    board.say("crew-1", "going");
    SwitchProtocol command{first, "feedbeef", "newer", {"desk", StaffId{}}};
    CHECK(board.refused(command) == "same_protocol");
    command.protocol = "none";
    CHECK(board.refused(command) == "protocol_unknown");
    command.protocol = "beefcafe";
    CHECK(paged(board.feed(command)).empty());
    CHECK(board.duty("crew").state == DutyState::Done);
    CHECK(board.duty("old").state == DutyState::Moot);
    CHECK(board.duty("chief").rungs.at(0).due == morning + 4min);
    CHECK(board.duty("chief").rungs.at(1).due == morning + 20min);
}

TEST_CASE(
    "suggestions: the same telephone or place, until somebody says they are two", "[escalation]"
)
{
    ProtocolBuilder builder;
    builder.protocol.same_place_within = 20min;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.feed(at_block("i1", Kind::Real));
    board.feed(at_block("i2", Kind::Real));
    board.feed(at_block("i3", Kind::Real, "199-0000-0002"));
    CHECK(board.incident("i2").suggestions.at(first).because == "callback");
    CHECK(board.incident("i3").suggestions.at(first).because == "place");
    CHECK(board.incident("i2").stage == Stage::Open);
    KeepApart apart{IncidentId("i3"), first, {"desk", StaffId{}}};
    board.feed(apart);
    CHECK(board.incident("i3").suggestions.at(first).dropped);
    CHECK(board.incident("i1").suggestions.at(IncidentId("i3")).dropped);
    board.run(21min);
    board.feed(at_block("i4", Kind::Real, "199-0000-0003"));
    CHECK(board.incident("i4").suggestions.empty());
    apart.with = IncidentId("i4");
    CHECK(board.refused(apart) == "not_suggested");
}

TEST_CASE("drill: a real alarm at its place makes it wait, and its end still comes", "[escalation]")
{
    ProtocolBuilder builder;
    builder.duty("crew").ladder = {rung(0s, {"crew"}), rung(2min, {"clerk"})};
    builder.protocol.pause_text = TextCode("real");
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    Report drill = at_block("i1", Kind::Drill);
    drill.drill_for = 30min;
    board.feed(drill);
    board.run(1min);
    CHECK(
        informed(board.feed(at_block("i2", Kind::Real))) == "crew-1:real crew-2:real crew-3:real"
    );
    CHECK(board.incident().paused);
    CHECK(board.incident("i2").suggestions.empty());
    board.run(20min);
    CHECK_FALSE(board.duty("crew").rungs.at(1).reached);
    board.run(10min);
    CHECK(board.incident().stage == Stage::DrillEnded);
    CHECK(board.incident("i2").stage == Stage::Open);
}

TEST_CASE("rung: anew asks whom an earlier one asked, but nobody who declined", "[escalation]")
{
    ProtocolBuilder builder;
    builder.duty("crew").ladder = {rung(0s, {"crew"}), rung(2min, {"crew", "clerk"})};
    builder.protocol.duties.at(DutyName("crew")).ladder.back().anew = true;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.wait_until(morning + 1min);
    board.say("crew-2", "received");
    const auto events = board.run_until(morning + 2min);
    CHECK(paged(events) == "clerk-1 crew-1 crew-2 crew-3");
}

TEST_CASE("rung: joins asks whoever comes into its register later", "[escalation]")
{
    ProtocolBuilder builder;
    builder.list("there", {"arrived"}, {}).anyone = true;
    builder.duty("count").ladder = {rung(1min, {"register.there"})};
    builder.protocol.duties.at(DutyName("count")).ladder.front().joins = true;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(paged(board.say("crew-1", "arrived")).empty());
    CHECK(paged(board.run(1min)) == "crew-1");
    CHECK(paged(board.say("crew-2", "arrived")) == "crew-2");
    CHECK(paged(board.say("fitter-1", "arrived")) == "fitter-1");
}

TEST_CASE("target: whoever did a duty, of the same subject", "[escalation]")
{
    ProtocolBuilder builder;
    Duty& tell = builder.duty("tell");
    tell.scope = Scope::Subject;
    tell.answer_from = targets({"clerk", "mayor"});
    Duty& again = builder.duty("tell_again");
    again.scope = Scope::Subject;
    again.opens = duty_is("tell", {"done"});
    again.ladder = {rung(5min, {"done.tell"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open({}, {"st-1", "st-2"});
    board.say("clerk-1", "going", "tell@s1");
    board.run(1min);
    board.say("mayor-1", "going", "tell@s2");
    CHECK(paged(board.run_until(morning + 5min)) == "clerk-1");
    CHECK(paged(board.run_until(morning + 6min)) == "mayor-1");
}

TEST_CASE("due: counted from when the level began, and never before now", "[escalation]")
{
    ProtocolBuilder builder;
    Duty& soon = builder.duty("soon");
    soon.opens = fact("zones", Op::Has, {"roof"});
    soon.due = {{{}, always(), 10min, 0, true}};
    Duty& late = builder.duty("late");
    late.opens = fact("zones", Op::Has, {"cellar"});
    late.due = {{{}, always(), 10min, 0, true}};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(4min);
    board.set("smell", "faint");
    board.run(4min);
    board.set("zones", "roof");
    CHECK(board.duty("soon").due == morning + 14min);
    board.run(12min);
    board.set("zones", "cellar");
    CHECK(board.duty("late").due == morning + 20min);
}

TEST_CASE("fact: only a signature says it, and a course is never worse", "[escalation]")
{
    ProtocolBuilder builder;
    Fact& freed = builder.protocol.facts[FactName("freed")];
    freed = {FactName("freed"), "freed", FactKind::Scale, true, {"no", "yes"}, {}, true, true};
    Fact& care = builder.protocol.facts[FactName("care")];
    care = {FactName("care"), "care", FactKind::Scale, true, {"home", "ward"}, {}, true, false};
    Duty& brigade = builder.duty("brigade");
    brigade.renews = atom(Topic::AnyFact, {}, Op::Worse);
    End& free = builder.ending("free", EndOutcome::Facts);
    free.per_subject = true;
    free.sets = {{FactName("freed"), "yes"}};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(board.refused(BoardDriver::facts({{FactName("freed"), {"yes"}}})) == "fact_signed");
    CHECK(board.refused(sign("free")) == "subject_needed");
    board.run(1min);
    board.feed(sign("free", "chief-1", "s1"));
    CHECK(
        board.incident().facts.at({SubjectId("s1"), FactName("freed")}).value == FactValue{"yes"}
    );
    CHECK(board.incident().stage == Stage::Open);
    // Said again, it counts from now.
    board.run(1min);
    board.feed(sign("free", "chief-1", "s1"));
    CHECK(board.incident().facts.at({SubjectId("s1"), FactName("freed")}).since == morning + 2min);
    board.set("care", "ward", "s1");
    CHECK(board.duty("brigade").key.generation == 1);
    CHECK(board.incident().duties.size() == 1);
    board.set("breath", "short", "s1");
    CHECK(board.duty("brigade#2").open());
}

TEST_CASE("end: what stands in the way of one subject stands in the way", "[escalation]")
{
    ProtocolBuilder builder;
    End& down = builder.ending("down", EndOutcome::Aftercare);
    down.refuse = {{fact("breath", Op::IsNot, {"fine"}), "breath", "somebody is short of breath"}};
    End& lane = builder.ending("unharmed", EndOutcome::Lane);
    lane.per_subject = true;
    lane.refuse = {{fact_is("breath", "gone"), "breath", "not this one"}};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open({}, {"st-1", "st-2"});
    board.set("breath", "fine", "s1");
    CHECK(board.refused(sign("down")) == "breath");
    board.set("breath", "gone", "s2");
    CHECK(board.refused(sign("unharmed", "chief-1", "s2")) == "breath");
    board.set("breath", "short", "s2");
    CHECK(board.refused(sign("down")) == "breath");
    board.feed(sign("unharmed", "chief-1", "s2"));
    CHECK(board.incident().subjects.at(SubjectId("s2")).closed);
    board.feed(sign("down"));
    CHECK(board.incident().stage == Stage::Aftercare);
}

TEST_CASE("answer: who has read a page has read all that it asks", "[escalation]")
{
    ProtocolBuilder builder;
    for (const char* name : {"gas", "water"}) builder.duty(name).ladder = {rung(0s, {"crew"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("crew-1", "received");
    for (const char* name : {"gas", "water"}) {
        CHECK(board.duty(name).open());
        CHECK(board.duty(name).asks.at(StaffId("crew-1")).answer == Word("received"));
    }
    CHECK(board.refused(BoardDriver::answer("crew-1", "going")) == "ask_needed ask_needed");
}

TEST_CASE("forever: rounds go by their pace, and by their own channels", "[escalation]")
{
    ProtocolBuilder builder;
    Duty& crew = builder.duty("crew");
    crew.ladder = {rung(0s, {"clerk"})};
    crew.forever = Forever{};
    crew.forever->every = 1h;
    crew.forever->paces = {{always(), 10min, 5min}, {always(), std::nullopt, 20min}};
    crew.forever->by = channels({"bell"});
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    const auto pages = only<Paged>(board.run(50min));
    REQUIRE(pages.size() == 4);
    CHECK(pages.front().at == morning + 5min);
    CHECK(pages.at(1).at == morning + 10min);
    CHECK(pages.at(2).at == morning + 30min);
    CHECK(pages.front().channels == channels({"bell"}));
}
