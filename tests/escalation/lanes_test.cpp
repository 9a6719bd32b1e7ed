#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

#include <catch2/catch.hpp>

// Whom an incident is about, as people find out; decisions, merges and endings on top of it.

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

ProtocolBuilder colleges()
{
    ProtocolBuilder builder;
    Duty& wardens = builder.duty("wardens");
    wardens.scope = Scope::College;
    wardens.ladder = {rung(0s, {"warden"}), rung(2min, {"chief"})};
    wardens.forever = Forever{};
    wardens.forever->every = 5min;
    return builder;
}

Duty& decision(ProtocolBuilder& builder)
{
    Duty& duty = builder.duty("brigade");
    duty.decision = "brigade";
    duty.answers = {
        {Word("called"), Effect::Satisfy},
        {Word("declined"), Effect::Satisfy},
        {Word("received"), Effect::Note}};
    duty.terms[Word("declined")] = {{"reason"}, {}, atom(Topic::AnyFact, {}, Op::Worse)};
    duty.ladder = {rung(0s, {"chief"})};
    return duty;
}

Identify identify(const char* student, const char* subject = "")
{
    return {IncidentId("i1"), SubjectId(subject), StudentId(student), {"desk", StaffId{}}};
}

const DutyInstance& duty_of(const BoardDriver& board, const char* key, const char* incident = "i1")
{
    return board.board().incidents.at(IncidentId(incident)).duties.at(*DutyKey::parse(key));
}

}  // namespace

TEST_CASE("identify: the college is asked by its own clock, the place goes on", "[escalation]")
{
    BoardDriver board(colleges().protocol, DirectoryBuilder().directory, morning);
    board.open({}, {});
    board.run(1min);
    board.feed(identify("st-2"));
    CHECK(duty_of(board, "wardens@F2").clock_start == morning + 1min);
    // Nobody has said they go: what was asked by the place is not let go of.
    CHECK(duty_of(board, "wardens@-").open());
    CHECK(duty_of(board, "wardens@-").clock_start == morning);
    CHECK(board.refused(identify("st-2")) == "subject_needed");
    CHECK(board.refused(identify("st-2", "s1")) == "student_already");
    CHECK(board.refused(identify("nobody")) == "student_unknown");
}

TEST_CASE("identify: a correction lets go of the wrong college and tells it", "[escalation]")
{
    ProtocolBuilder builder = colleges();
    builder.protocol.identity_text = TextCode("somebody_else");
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    const auto events = board.feed(identify("st-2", "s1"));
    CHECK(duty_of(board, "wardens@F1").state == DutyState::Moot);
    CHECK(duty_of(board, "wardens@F2").open());
    CHECK(informed(events) == "warden-1:somebody_else");
}

TEST_CASE(
    "identify: a correction forgets what was learnt of somebody else's family", "[escalation]"
)
{
    ProtocolBuilder builder = colleges();
    builder.protocol.facts[FactName("breath")].of_identity = true;
    Duty& family = builder.duty("family");
    family.scope = Scope::Subject;
    family.done = fact("breath", Op::Is, {"fine"});
    family.ladder = {rung(0s, {"chief"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(1min);
    board.set("breath", "fine");
    board.set("smell", "faint");
    REQUIRE(duty_of(board, "family@s1").state == DutyState::Done);
    board.run(1min);
    const auto events = board.feed(identify("st-2", "s1"));
    CHECK(board.incident().facts.at({SubjectId("s1"), FactName("breath")}).value.empty());
    CHECK(board.incident().facts.at({SubjectId(), FactName("smell")}).value == FactValue{"faint"});
    CHECK(duty_of(board, "family@s1#2").clock_start == morning + 2min);
    CHECK(paged(events).find("chief-1") != std::string::npos);
}

TEST_CASE("decision: declined needs a reason, and worse news asks again", "[escalation]")
{
    ProtocolBuilder builder;
    decision(builder);
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    Answer declined = BoardDriver::answer("chief-1", "declined");
    CHECK(board.refused(declined) == "needs_reason");
    CHECK(duty_of(board, "brigade").open());
    declined.reason = "the smell is gone";
    board.feed(declined);
    CHECK(duty_of(board, "brigade").decided == Word("declined"));
    board.run(1min);
    board.set("smell", "none");
    CHECK_FALSE(duty_of(board, "brigade").open());
    const auto events = board.set("smell", "faint");
    CHECK(duty_of(board, "brigade#2").clock_start == morning + 1min);
    CHECK(paged(events) == "chief-1");
}

TEST_CASE("decision: once called, worse news does not ask again", "[escalation]")
{
    ProtocolBuilder builder;
    decision(builder);
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("chief-1", "called");
    board.run(1min);
    board.set("smell", "strong");
    CHECK(duty_of(board, "brigade").decided == Word("called"));
}

TEST_CASE("decision: a drill never asks it", "[escalation]")
{
    ProtocolBuilder builder;
    decision(builder).in_drills = false;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    Report drill = BoardDriver::report("i1");
    drill.kind = Kind::Drill;
    board.feed(drill);
    CHECK(board.board().incidents.at(IncidentId("i1")).duties.empty());
}

TEST_CASE("merge: no clock starts anew, nobody is asked again, a split gives back", "[escalation]")
{
    BoardDriver board(colleges().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(30s);
    board.feed(BoardDriver::report("i2", {}, {"st-2"}));
    board.run(30s);
    const auto events =
        board.feed(Merge{IncidentId("i2"), IncidentId("i1"), {}, {"desk", StaffId{}}});
    CHECK(paged(events).empty());
    CHECK(board.board().incidents.at(IncidentId("i2")).stage == Stage::Merged);
    CHECK(duty_of(board, "wardens@F2").clock_start == morning + 30s);
    // What is said to the one that went counts where it goes on.
    Answer going = BoardDriver::answer("warden-2", "going", "wardens@F2");
    going.incident = IncidentId("i2");
    board.feed(going);
    CHECK(duty_of(board, "wardens@F2").state == DutyState::Done);
    CHECK(board.refused(Split{IncidentId("i2"), {}, "", {"desk", StaffId{}}}) == "reason");
    board.feed(Split{IncidentId("i2"), {}, "another house", {"desk", StaffId{}}});
    CHECK(board.board().incidents.at(IncidentId("i2")).stage == Stage::Open);
    CHECK(duty_of(board, "wardens@F2", "i2").state == DutyState::Done);
    CHECK(duty_of(board, "wardens@F1").open());
}
