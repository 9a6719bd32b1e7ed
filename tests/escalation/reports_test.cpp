#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

ProtocolBuilder with_review()
{
    ProtocolBuilder builder;
    builder.duty("find_valve").ladder = {rung(0s, {"plumber"})};
    Duty& triage = builder.duty("look_at_report");
    triage.duty_class = DutyClass::Task;
    triage.opens = atom(Topic::Incident, "stage", Op::Is, {"review"});
    triage.ladder = {rung(0s, {"clerk"})};
    triage.lapses = 90s;
    triage.on_lapse = Lapse::Open;
    return builder;
}

Triage judge(Judgement judgement, const char* reason = "", const char* into = "")
{
    return {IncidentId("i1"), judgement, IncidentId(into), reason, {"desk", StaffId("clerk-1")}};
}

}  // namespace

TEST_CASE("report: any one of a subject, a place and a callback is enough", "[escalation]")
{
    Report bare;
    bare.id = IncidentId("i1");
    bare.via = "desk";
    const auto open = [&](const auto& change) {
        BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
        Report report = bare;
        change(report);
        CHECK(paged(board.feed(report)) == "plumber-1");
        return board.incident();
    };
    open([](Report& report) { report.callback = "199-0000-0002"; });
    open([](Report& report) { report.subjects = {{StudentId("st-1"), "", {}}}; });
    open([](Report& report) { report.subjects = {{StudentId(), "red coat", {}}}; });
    const auto placed = open([](Report& report) {
        report.place = PlaceReport{"", "block-2", "4", "401", ""};
    });
    CHECK(placed.place.campus == UnitId("south"));
    const auto elsewhere = open([](Report& report) {
        report.place = PlaceReport{"", "the old mill", "", "", "behind"};
    });
    CHECK(elsewhere.place.building.empty());
    CHECK(elsewhere.place.detail == "the old mill behind");
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    CHECK(board.refused(bare) == "nothing_to_go_by");
}

TEST_CASE("report: every fault is named at once", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    Report report;
    report.via = "crow";
    report.subjects = {{StudentId("st-9"), "", {{FactName("breath"), {"odd"}}}}};
    report.facts = {{FactName("smoke"), {"yes"}}, {FactName("flats"), {"many"}}};
    report.place = PlaceReport{"west", "", "", "", ""};
    report.ref = "line\nbreak";
    CHECK(
        board.refused(report) ==
        "via_unknown student_unknown fact_value fact_value fact_unknown "
        "campus_unknown ref_invalid id_taken"
    );
}

TEST_CASE("report: two people nobody knows keep their own facts", "[escalation]")
{
    ProtocolBuilder builder = with_review();
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    Report report = BoardDriver::report("i1", {}, {});
    report.subjects = {
        {StudentId(), "", {{FactName("breath"), {"gone"}}}},
        {StudentId(), "", {{FactName("breath"), {"fine"}}}}};
    board.feed(report);
    CHECK(board.incident().level == LevelName("grave"));
    const auto& facts = board.incident().facts;
    CHECK(facts.at({SubjectId("s1"), FactName("breath")}).value == FactValue{"gone"});
    CHECK(facts.at({SubjectId("s2"), FactName("breath")}).value == FactValue{"fine"});
}

TEST_CASE("report: from an untrusted source waits for a person", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    CHECK(paged(board.open({{FactName("smell"), {"strong"}}}, {"st-1"}, "street")) == "clerk-1");
    CHECK(board.incident().stage == Stage::Review);
    CHECK(phase_of(board.protocol(), board.directory(), board.incident(), morning).empty());
    board.run(30s);
    const auto events = board.feed(judge(Judgement::Open));
    CHECK(only<Opened>(events).at(0).level == LevelName("grave"));
    CHECK(paged(events) == "plumber-1");
    CHECK(board.incident().opened_at == morning + 30s);
    CHECK(board.refused(judge(Judgement::Open)) == "not_under_review");
}

TEST_CASE("report: nobody decided about opens by itself, at its instant", "[escalation][notice-7]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    board.open({}, {"st-1"}, "street");
    CHECK(only<Opened>(board.run(90s - 1ms)).empty());
    const auto events = board.run(1ms);
    REQUIRE(only<Opened>(events).size() == 1);
    CHECK(only<Opened>(events)[0].because == OpenedBecause::Undecided);
    CHECK(only<Opened>(events)[0].level == LevelName("alert"));
    CHECK(paged(events) == "plumber-1");
}

TEST_CASE("report: is dismissed for a reason, and then quiet", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    board.open({}, {"st-1"}, "street");
    CHECK(board.refused(judge(Judgement::Dismiss)) == "reason");
    CHECK(board.refused(judge(Judgement::Attach, "", "i1")) == "into_not_open");
    board.feed(judge(Judgement::Dismiss, "a school exercise"));
    CHECK(board.incident().stage == Stage::Dismissed);
    CHECK_FALSE(board.board().deadline());
}

TEST_CASE("report: of a known subject joins the incident that has them", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    board.open();
    Report again = BoardDriver::report("i2");
    again.subjects[0].facts = {{FactName("breath"), {"gone"}}};
    const auto events = board.feed(again);
    CHECK(only<Reported>(events).empty());
    CHECK(board.incident().reports == 2);
    CHECK(board.incident().level == LevelName("grave"));
    CHECK(board.board().incidents.size() == 1);
    // A drill never swallows a real one, nor the other way round.
    Report drill = BoardDriver::report("i3");
    drill.kind = Kind::Drill;
    CHECK(board.refused(drill) == "real_alarm");
    drill.subjects[0].student = StudentId("st-2");
    board.feed(drill);
    CHECK(board.board().incidents.size() == 2);
    CHECK(board.incident("i3").code == "D0002");
}

TEST_CASE("report: who is not trusted makes nothing milder", "[escalation][notice-7]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.set("breath", "short", "s1");
    board.set("smell", "faint");
    const auto told = [&](const char* via, const char* breath, const char* smell) {
        Report report = BoardDriver::report("i2", {}, {"st-1"}, via);
        report.subjects[0].facts = {{FactName("breath"), {breath}}};
        report.facts = {{FactName("smell"), {smell}}, {FactName("flats"), {"2"}}};
        board.feed(report);
        const auto& facts = board.incident().facts;
        return facts.at({SubjectId("s1"), FactName("breath")}).value.front() + " " +
               facts.at({SubjectId(), FactName("smell")}).value.front();
    };
    CHECK(told("street", "fine", "none") == "short faint");
    CHECK(told("street", "gone", "strong") == "gone strong");
    CHECK(told("desk", "fine", "none") == "fine none");
    CHECK(board.incident().facts.at({SubjectId(), FactName("flats")}).value == FactValue{"2"});
}

TEST_CASE("report: good news that nobody checked leaves unknown what is unknown", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    board.open({}, {"st-1"}, "street");
    Report report = BoardDriver::report("i2", {}, {"st-1"}, "street");
    report.facts = {
        {FactName("smell"), {"none"}}, {FactName("flats"), {"0"}}, {FactName("zones"), {"cellar"}}};
    board.feed(report);
    CHECK(board.incident().reports == 2);
    CHECK(board.incident().facts.empty());
    // Of several zones, the word for none does not stand beside another.
    report.facts = {{FactName("zones"), {"cellar", "roof"}}};
    board.feed(report);
    CHECK(board.incident().facts.at({SubjectId(), FactName("zones")}).value == FactValue{"roof"});
}

TEST_CASE("report: attached by hand, what it says of a student is said of that one", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    board.feed(BoardDriver::report("i2", {}, {"st-1", "st-2"}));
    Report second = BoardDriver::report("i1", {}, {"st-2"}, "street");
    second.subjects.push_back({StudentId(), "red coat", {}});  // so that it does not join by itself
    second.subjects[0].facts = {{FactName("breath"), {"gone"}}};
    board.feed(second);
    board.feed(judge(Judgement::Attach, "", "i2"));
    const auto& facts = board.incident("i2").facts;
    CHECK(facts.at({SubjectId("s2"), FactName("breath")}).value == FactValue{"gone"});
    CHECK_FALSE(facts.contains({SubjectId("s1"), FactName("breath")}));
}

TEST_CASE("report: joining adds up what a set holds, and keeps the larger count", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    board.open();
    const auto joined = [&](FactValue zones, const char* flats) {
        Report report = BoardDriver::report("i2", {}, {"st-1"}, "street");
        report.facts = {{FactName("zones"), std::move(zones)}, {FactName("flats"), {flats}}};
        board.feed(report);
        const auto& facts = board.incident().facts;
        return facts.at({SubjectId(), FactName("zones")}).value.size() * 100 +
               std::stoul(facts.at({SubjectId(), FactName("flats")}).value.front());
    };
    CHECK(joined({"stairs"}, "9") == 109);
    CHECK(joined({"roof"}, "10") == 210);
    // The first word of a set says that there is nothing, and does not stand beside another.
    CHECK(joined({"cellar"}, "2") == 210);
}

TEST_CASE("report: what is said of nobody in particular counts for each", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    board.open({}, {"st-1", "st-2"});
    board.set("breath", "fine", "s1");
    board.set("breath", "gone", "s2");
    Report report = BoardDriver::report("i2", {}, {"st-1"}, "street");
    report.facts = {{FactName("breath"), {"short"}}};
    board.feed(report);
    const auto& facts = board.incident().facts;
    CHECK(facts.at({SubjectId("s1"), FactName("breath")}).value == FactValue{"short"});
    CHECK(facts.at({SubjectId("s2"), FactName("breath")}).value == FactValue{"gone"});
}

TEST_CASE("report: a trusted word opens the report it joins", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    board.open({}, {"st-1"}, "street");
    const auto events = board.feed(BoardDriver::report("i2"));
    CHECK(only<Opened>(events).size() == 1);
    CHECK(paged(events) == "plumber-1");
    CHECK(board.duty("look_at_report").state == DutyState::Moot);
}

TEST_CASE("report: attached by hand brings its worse facts along", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    Report first = BoardDriver::report("i2", {}, {"st-2"});
    first.subjects[0].facts = {{FactName("breath"), {"short"}}};
    board.feed(first);
    Report second = BoardDriver::report("i1", {}, {}, "street");
    second.subjects = {
        {StudentId(), "", {{FactName("breath"), {"gone"}}}},
        {StudentId(), "", {{FactName("breath"), {"fine"}}}}};
    second.facts = {{FactName("flats"), {"3"}}};
    board.feed(second);
    board.feed(judge(Judgement::Attach, "", "i2"));
    CHECK(board.incident().stage == Stage::Attached);
    const auto& into = board.incident("i2");
    CHECK(into.reports == 2);
    CHECK(into.level == LevelName("grave"));
    CHECK(into.facts.at({SubjectId("s1"), FactName("breath")}).value == FactValue{"gone"});
    CHECK(into.facts.at({SubjectId(), FactName("flats")}).value == FactValue{"3"});
}

TEST_CASE("report: a real one is not attached to a drill", "[escalation]")
{
    BoardDriver board(with_review().protocol, DirectoryBuilder().directory, morning);
    Report drill = BoardDriver::report("i2", {}, {"st-2"});
    drill.kind = Kind::Drill;
    board.feed(drill);
    board.open({}, {"st-1"}, "street");
    CHECK(board.refused(judge(Judgement::Attach, "", "i2")) == "into_other_kind");
}
