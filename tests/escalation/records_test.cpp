#include "escalation/evaluate.hpp"
#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

#include <catch2/catch.hpp>

// What only a record says, what a record moves, and what is taken to be so until somebody speaks.

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

const Actor desk{"desk", StaffId{}};

Condition minor()
{
    return atom(Topic::Subject, "minor", Op::Is, {"yes"});
}

// "family" is what was said to whom; st-1 is a child and st-2 is none.
struct Families {
    Families()
    {
        Fact& family = builder.protocol.facts[FactName("family")];
        family.name = FactName("family");
        family.label = "family";
        family.per_subject = true;
        family.course = true;
        family.values = {"told", "away"};
        family.only_recorded_when = minor();
        Duty& call = builder.duty("call");
        call.scope = Scope::Subject;
        call.answer_from = targets({"chief"});
        call.record = {{"family", "family", FactName("family"), true}};
        house.directory.students.at(StudentId("st-1")).birth_date =
            std::chrono::sys_days(std::chrono::March / 1 / 2010);
    }
    [[nodiscard]] BoardDriver board() const { return {builder.protocol, house.directory, morning}; }

    ProtocolBuilder builder;
    DirectoryBuilder house;
};

// Nobody waits for leave to treat whoever does not breathe.
ProtocolBuilder leave_assumed()
{
    ProtocolBuilder builder;
    Fact& leave = builder.protocol.facts[FactName("leave")];
    leave.name = FactName("leave");
    leave.label = "leave";
    leave.per_subject = true;
    leave.course = true;
    leave.values = {"given", "needless"};
    leave.assumed = {{"needless", fact_is("breath", "gone")}};
    return builder;
}

std::string refused_for(BoardDriver& board, const char* subject)
{
    SetFacts told = BoardDriver::facts({{FactName("family"), {"told"}}});
    told.subject = SubjectId(subject);
    return board.refused(told);
}

FactValue family(const BoardDriver& board, const char* subject)
{
    const FactState* known = fact_of(board.incident(), SubjectId(subject), FactName("family"));
    return known == nullptr ? FactValue{} : known->value;
}

}  // namespace

TEST_CASE("facts: of those for whom it has to be written down only a record says it", "[record]")
{
    const Families families;
    BoardDriver board = families.board();
    board.open({}, {"st-1", "st-2"});
    CHECK(refused_for(board, "s1") == "fact_recorded");
    // Of nobody in particular is of both of them.
    CHECK(refused_for(board, "") == "fact_recorded");
    SetFacts grown_up = BoardDriver::facts({{FactName("family"), {"told"}}});
    grown_up.subject = SubjectId("s2");
    board.feed(grown_up);
    CHECK(family(board, "s2") == FactValue{"told"});
    board.feed(AddRecord{
        IncidentId("i1"), "call@s1", {{"family", "told"}}, {"desk", StaffId("chief-1")}, {}});
    CHECK(family(board, "s1") == FactValue{"told"});
}

TEST_CASE("facts: nor does the report they come with", "[record]")
{
    const Families families;
    BoardDriver board = families.board();
    Report of_them = BoardDriver::report("i1");
    of_them.subjects = {{StudentId("st-1"), {}, {{FactName("family"), {"told"}}}}};
    CHECK(board.refused(of_them) == "fact_recorded");
    of_them.subjects = {{StudentId("st-1"), {}, {}}};
    of_them.facts = {{FactName("family"), {"told"}}};
    CHECK(board.refused(of_them) == "fact_recorded");
    of_them.facts.clear();
    of_them.subjects = {{StudentId("st-2"), {}, {}}};
    board.feed(of_them);
    AddSubject child{
        IncidentId("i1"), {StudentId("st-1"), {}, {{FactName("family"), {"told"}}}}, "desk", desk};
    CHECK(board.refused(child) == "fact_recorded");
}

TEST_CASE("identify: what was said before anybody knew of the child is not known", "[record]")
{
    const Families families;
    BoardDriver board = families.board();
    board.open({}, {""});
    board.set("family", "told");
    REQUIRE(family(board, "s1") == FactValue{"told"});
    board.feed(Identify{IncidentId("i1"), SubjectId("s1"), StudentId("st-1"), desk});
    CHECK(family(board, "s1").empty());
}

TEST_CASE("facts: what was said before anybody was known is not said of the child", "[record]")
{
    const Families families;
    // By place alone, and the child is added.
    BoardDriver added = families.board();
    added.open({}, {});
    added.set("family", "told");
    added.feed(AddSubject{IncidentId("i1"), {StudentId("st-1"), {}, {}}, "desk", desk});
    CHECK(family(added, "s1").empty());
    // Two whom nobody knows, and one of them is the child.
    BoardDriver two = families.board();
    two.open({}, {"", ""});
    two.set("family", "told");
    two.feed(Identify{IncidentId("i1"), SubjectId("s1"), StudentId("st-1"), desk});
    CHECK(family(two, "s1").empty());
    // The child's incident takes in one that is about nobody in particular.
    BoardDriver merged = families.board();
    merged.open();
    merged.run(1min);
    merged.feed(BoardDriver::report("i2", {}, {}));
    SetFacts told = BoardDriver::facts({{FactName("family"), {"told"}}});
    told.incident = IncidentId("i2");
    merged.feed(told);
    merged.feed(Merge{IncidentId("i1"), IncidentId("i2"), {}, desk});
    CHECK(family(merged, "s1").empty());
}

TEST_CASE("facts: nobody calls themselves what only the daemon is called", "[record]")
{
    const Families families;
    BoardDriver board = families.board();
    board.open({}, {"st-2"});
    for (const char* source : {"record", "protocol"}) {
        SetFacts spoofed = BoardDriver::facts({{FactName("family"), {"told"}}});
        spoofed.source = source;
        CHECK(board.refused(spoofed) == "source_reserved");
    }
}

TEST_CASE("record: what may be left out and is not known says nothing", "[record]")
{
    ProtocolBuilder builder;
    Duty& look = builder.duty("look");
    look.answer_from = targets({"chief"});
    look.record = {{"smell", "smell", FactName("smell"), false}, {"note", "note", {}, true}};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.set("smell", "faint");
    board.feed(AddRecord{
        IncidentId("i1"),
        "look",
        {{"smell", "unknown"}, {"note", "dark"}},
        {"desk", StaffId("chief-1")},
        {}});
    const FactState* smell = fact_of(board.incident(), SubjectId("s1"), FactName("smell"));
    REQUIRE(smell != nullptr);
    CHECK(smell->value == FactValue{"faint"});
}

TEST_CASE("record: only who may appoint says who holds a register", "[record]")
{
    ProtocolBuilder builder;
    Register& command = builder.list("command", {"arrived"}, {"withdrawn"});
    command.one = true;
    command.rank = {RoleName("chief"), RoleName("fitter")};
    command.takers = {RoleName("mayor")};
    Duty& unify = builder.duty("unify");
    unify.answer_from = targets({"mayor", "clerk"});
    RecordField who;
    who.name = "who";
    who.label = "who";
    who.holder = RegisterName("command");
    unify.record = {who};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    AddRecord named{
        IncidentId("i1"), "unify", {{"who", "clerk-1"}}, {"desk", StaffId("clerk-1")}, {}};
    CHECK(board.refused(named) == "not_entitled");
    named.by.staff = StaffId("mayor-1");
    board.feed(named);
    const auto& held = board.incident().registers.at(RegisterName("command"));
    CHECK(held.front().staff.text() == "clerk-1");
    // Whom somebody appointed is not displaced by whoever comes next.
    CHECK(board.refused(BoardDriver::answer("chief-1", "arrived")) == "not_asked");
    REQUIRE(board.incident().registers.at(RegisterName("command")).size() == 1);
    CHECK(board.incident().registers.at(RegisterName("command")).front().staff.text() == "clerk-1");
}

TEST_CASE("record: whom it names holds the register from now on", "[record]")
{
    ProtocolBuilder builder;
    Register& command = builder.list("command", {"arrived"}, {"withdrawn"});
    command.one = true;
    command.rank = {RoleName("chief"), RoleName("fitter")};
    Duty& unify = builder.duty("unify");
    unify.answer_from = targets({"mayor"});
    RecordField who;
    who.name = "who";
    who.label = "who";
    who.holder = RegisterName("command");
    unify.record = {who};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("chief-1", "arrived");
    const auto named = [](const char* staff) {
        return AddRecord{
            IncidentId("i1"), "unify", {{"who", staff}}, {"desk", StaffId("mayor-1")}, {}};
    };
    CHECK(board.refused(named("the chief")) == "staff_unknown");
    CHECK(board.incident().registers.at(RegisterName("command")).front().staff.text() == "chief-1");
    board.feed(named("fitter-1"));
    const auto& held = board.incident().registers.at(RegisterName("command"));
    REQUIRE(held.size() == 1);
    CHECK(held.front().staff.text() == "fitter-1");
    CHECK(held.front().role == RoleName("fitter"));
    CHECK(board.duty("unify").state == DutyState::Done);
}

TEST_CASE("facts: what nobody has said is taken to be so, until somebody says it", "[record]")
{
    BoardDriver board(leave_assumed().protocol, DirectoryBuilder().directory, morning);
    const auto known = [&](const char* subject) -> const FactState* {
        return fact_of(board.incident(), SubjectId(subject), FactName("leave"));
    };
    board.open({}, {"st-1", "st-2"});
    CHECK(known("s1") == nullptr);
    SetFacts gone = BoardDriver::facts({{FactName("breath"), {"gone"}}});
    gone.subject = SubjectId("s2");
    board.feed(gone);
    CHECK(known("s1") == nullptr);
    REQUIRE(known("s2") != nullptr);
    CHECK(known("s2")->value == FactValue{"needless"});
    CHECK(known("s2")->source == "protocol");
    SetFacts given = BoardDriver::facts({{FactName("leave"), {"given"}}});
    given.subject = SubjectId("s2");
    board.feed(given);
    board.run(1min);
    board.set("smell", "strong");
    CHECK(known("s2")->value == FactValue{"given"});
}

TEST_CASE("facts: what was taken to be so is withdrawn with what it was taken from", "[record]")
{
    BoardDriver board(leave_assumed().protocol, DirectoryBuilder().directory, morning);
    const auto known = [&](const char* subject) {
        return fact_of(board.incident(), SubjectId(subject), FactName("leave"));
    };
    board.open({{FactName("breath"), {"gone"}}}, {});
    REQUIRE(known("") != nullptr);
    board.feed(AddSubject{
        IncidentId("i1"), {StudentId("st-1"), {}, {{FactName("breath"), {"fine"}}}}, "desk", desk});
    CHECK(known("s1") == nullptr);
    SetFacts gone = BoardDriver::facts({{FactName("breath"), {"gone"}}}, "s1");
    board.feed(gone);
    REQUIRE(known("s1") != nullptr);
    gone.facts[FactName("breath")] = {"fine"};
    board.feed(gone);
    CHECK(known("s1") == nullptr);
}

TEST_CASE("incident: what it ever was at it has reached, also when it is calmer now", "[record]")
{
    ProtocolBuilder builder;
    Duty& look_back = builder.duty("look_back");
    look_back.waive_by = targets({"chief"});
    look_back.waive_when = atom(Topic::Incident, "reached", Op::IsNot, {"grave"});
    builder.ending("calmer", EndOutcome::Lower).level = LevelName("alert");
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.set("smell", "strong");
    board.set("smell", "none");
    SignEnd lower;
    lower.incident = IncidentId("i1");
    lower.end = EndName("calmer");
    lower.staff = StaffId("chief-1");
    lower.by = {"chief-1", StaffId("chief-1")};
    board.feed(lower);
    REQUIRE(board.incident().level == LevelName("alert"));
    Waive waiver{
        IncidentId("i1"), *DutyKey::parse("look_back"), "calm", StaffId("chief-1"), desk, {}};
    CHECK(board.refused(waiver) == "too_early");

    BoardDriver other(builder.protocol, DirectoryBuilder().directory, morning);
    other.open();
    other.feed(waiver);
    CHECK(other.duty("look_back").state == DutyState::Waived);
}

TEST_CASE("answer: why, and when they dialled, stays with who said it", "[record]")
{
    ProtocolBuilder builder;
    Duty& brigade = builder.duty("brigade");
    brigade.decision = "brigade";
    brigade.answers = {{Word("called"), Effect::Satisfy}, {Word("received"), Effect::Note}};
    brigade.ladder = {rung(0s, {"chief"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    Answer called = BoardDriver::answer("chief-1", "called");
    called.reason = "smoke";
    called.fields = {{"at", "10:01"}, {"note", "No. 7"}};
    board.feed(called);
    const Ask& ask = board.duty("brigade").asks.at(StaffId("chief-1"));
    CHECK(ask.reason == "smoke");
    CHECK(ask.fields.at("at") == "10:01");
    // To have read one page more takes none of it back.
    board.say("chief-1", "received");
    CHECK(board.duty("brigade").asks.at(StaffId("chief-1")).reason == "smoke");
}
