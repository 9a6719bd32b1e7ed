#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

// Whoever says they go and find the valve is expected there.
ProtocolBuilder valve_and_arrival()
{
    ProtocolBuilder builder;
    builder.duty("find_valve").ladder = {
        rung(0s, {"plumber", "fitter"}, "go"), rung(10min, {"crew"}, "go_too")};
    builder.protocol.duties.at(DutyName("find_valve")).answers[Word("arrived")] = Effect::Satisfy;
    builder.expect_arrival();
    return builder;
}

Answer with_eta(const char* staff, Span eta)
{
    Answer out = BoardDriver::answer(staff, "going");
    out.eta = eta;
    return out;
}

// Each house contact is warned on their own; the guard already when gas is smelt.
ProtocolBuilder houses()
{
    ProtocolBuilder builder;
    builder.duty("find_valve").ladder = {rung(0s, {"plumber"}, "go")};
    Duty& warn = builder.duty("warn_house");
    warn.scope = Scope::Each;
    warn.opens = duty_is("find_valve", {"done"});
    warn.answers[Word("phoned")] = Effect::Note;
    warn.ladder = {
        rung(0s, {"slot.role"}, "warn"),
        rung(2min, {"slot.head"}, "warn_head"),
        rung(4min, {"slot.alternate"}, "warn_alternate")};
    Each guard;
    guard.role = RoleName("guard");
    guard.slots = {{"role", RoleName("guard")}, {"head", RoleName("chief")}};
    guard.texts = {{"role", TextCode("guard_text")}};
    guard.early = fact_is("smell", "faint");
    Each porter;
    porter.role = RoleName("porter");
    porter.slots = {
        {"role", RoleName("porter")},
        {"head", RoleName("clerk")},
        {"alternate", RoleName("mayor")}};
    porter.satisfy = {Word("received"), Word("phoned")};
    Each tutor;
    tutor.role = RoleName("tutor");
    tutor.slots = {{"role", RoleName("tutor")}};
    tutor.when = fact_is("flats", "1");
    warn.each = {guard, porter, tutor};
    return builder;
}

}  // namespace

TEST_CASE("arrival: due by role, or by one's own word and some grace", "[escalation][notice-7]")
{
    BoardDriver board(valve_and_arrival().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(1min);
    board.say("plumber-1", "going");
    CHECK(board.duty("arrive@plumber-1").due == morning + 6min);
    CHECK(board.duty("arrive@plumber-1").parent == DutyKey{DutyName("find_valve"), "", 1});
    board.feed(with_eta("fitter-1", 40min));
    CHECK(board.duty("arrive@fitter-1").due == morning + 46min);
    // A new word moves it, and the question with it.
    board.feed(with_eta("plumber-1", 10min));
    CHECK(board.duty("arrive@plumber-1").due == morning + 16min);
    CHECK(paged(board.run_until(morning + 16min - 1ms)).empty());
    CHECK(paged(board.run_until(morning + 16min)) == "plumber-1");
}

TEST_CASE(
    "arrival: late is asked once, lapses twice, and the duty goes on", "[escalation][notice-7]"
)
{
    BoardDriver board(valve_and_arrival().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("plumber-1", "going");
    CHECK(paged(board.run_until(morning + 5min)) == "plumber-1");
    CHECK(paged(board.run_until(morning + 11min - 1ms)).empty());
    CHECK(board.duty("find_valve").state == DutyState::Done);
    const auto events = board.run_until(morning + 11min);
    CHECK(board.duty("arrive@plumber-1").state == DutyState::Lapsed);
    CHECK(board.duty("find_valve").open());
    CHECK(paged(events) == "crew-1 crew-2 crew-3");  // the rung of minute 10 is overdue
    CHECK(only<RegisterLeft>(events).size() == 1);
    CHECK(board.duty("find_valve").asks.at(StaffId("plumber-1")).satisfies == false);
}

TEST_CASE("arrival: having read a page does not stand for having come", "[escalation][notice-7]")
{
    BoardDriver board(valve_and_arrival().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("plumber-1", "going");
    board.run(1min);
    board.say("plumber-1", "received", "find_valve");
    CHECK(board.duty("find_valve").state == DutyState::Done);
    board.run_until(morning + 11min);
    CHECK(board.duty("find_valve").open());
}

TEST_CASE("arrival: a lapse re-opens nothing while another still comes", "[escalation]")
{
    BoardDriver board(valve_and_arrival().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("plumber-1", "going");
    board.say("fitter-1", "going");
    board.run_until(morning + 20min);
    CHECK(board.duty("arrive@plumber-1").state == DutyState::Lapsed);
    CHECK(board.duty("find_valve").state == DutyState::Done);
    const auto events = board.run_until(morning + 21min);
    CHECK(board.duty("find_valve").open());
    // Nobody is counted on any more: the first who did not come is asked like everybody else.
    CHECK_FALSE(board.duty("find_valve").asks.at(StaffId("plumber-1")).satisfies);
    CHECK(paged(events) == "crew-1 crew-2 crew-3");
}

TEST_CASE("arrival: whoever arrives is expected no longer", "[escalation]")
{
    BoardDriver board(valve_and_arrival().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("plumber-1", "going");
    // In the very instant of their going, too.
    board.say("plumber-1", "arrived", "arrive@plumber-1");
    CHECK(board.duty("arrive@plumber-1").state == DutyState::Done);
    CHECK_FALSE(board.incident().duties.contains({DutyName("arrive"), "plumber-1", 2}));
    CHECK(paged(board.run(2h)).empty());
}

TEST_CASE("arrival: going once more starts a new expectation", "[escalation]")
{
    BoardDriver board(valve_and_arrival().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("plumber-1", "going");
    board.run_until(morning + 11min);
    board.say("plumber-1", "going", "find_valve");
    CHECK(board.duty("arrive@plumber-1#2").due == morning + 16min);
    CHECK(board.duty("find_valve").state == DutyState::Done);
    board.run_until(morning + 22min);
    CHECK(board.duty("find_valve").open());
}

TEST_CASE("arrival: a word to the arrival reaches the duty behind it", "[escalation]")
{
    for (const char* word : {"withdrawn", "cannot"}) {
        BoardDriver board(valve_and_arrival().protocol, DirectoryBuilder().directory, morning);
        board.open();
        board.say("plumber-1", "going");
        const auto events = board.say("plumber-1", word);
        CHECK(board.duty("find_valve").open());
        CHECK(board.duty("arrive@plumber-1").state == DutyState::Moot);
        CHECK(board.incident().registers.at(RegisterName("under_way")).empty());
        CHECK(paged(events) == (std::string(word) == "cannot" ? "crew-1 crew-2 crew-3" : ""));
    }
}

TEST_CASE("each: every entry is a duty of its own with its own slots", "[escalation][notice-7]")
{
    BoardDriver board(houses().protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK_FALSE(board.incident().duties.contains({DutyName("warn_house"), "guard", 1}));
    board.run(1min);
    const auto events = board.say("plumber-1", "going");
    CHECK(paged(events) == "guard-1 porter-1");
    CHECK(only<Paged>(events).at(0).text == TextCode("guard_text"));
    CHECK(only<Paged>(events).at(1).text == TextCode("warn"));
    CHECK_FALSE(board.incident().duties.contains({DutyName("warn_house"), "tutor", 1}));
    // One who answers silences no other.
    board.say("porter-1", "received");
    CHECK(board.duty("warn_house@porter").state == DutyState::Done);
    CHECK(board.duty("warn_house@guard").open());
    CHECK(paged(board.run(2min)) == "chief-1");
    // A slot that the entry has not is nobody; the ladder goes on.
    CHECK(board.duty("warn_house@guard").reached() == 2);
}

TEST_CASE("each: an entry has its own words to be satisfied by", "[escalation]")
{
    BoardDriver board(houses().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("plumber-1", "going");
    board.say("guard-1", "received");
    CHECK(board.duty("warn_house@guard").open());
    board.say("porter-1", "going");  // not one of the porter's words
    CHECK(board.duty("warn_house@porter").open());
    board.say("porter-1", "phoned");
    CHECK(board.duty("warn_house@porter").state == DutyState::Done);
    const auto words = answers_to(board.protocol(), board.duty("warn_house@porter"));
    CHECK(words.size() == 5);
}

TEST_CASE("each: one entry may open before the others", "[escalation][notice-7]")
{
    BoardDriver board(houses().protocol, DirectoryBuilder().directory, morning);
    const auto events = board.open({{FactName("smell"), {"faint"}}});
    CHECK(paged(events) == "guard-1 plumber-1");
    CHECK(board.duty("warn_house@guard").open());
    board.run(1min);
    CHECK(paged(board.say("plumber-1", "going")) == "porter-1");
    CHECK(board.duty("warn_house@guard").opened_at == morning);
}

TEST_CASE("college: one instance for each, and each with its own people", "[escalation][notice-7]")
{
    ProtocolBuilder builder;
    Duty& duty = builder.duty("lead");
    duty.scope = Scope::College;
    duty.ladder = {rung(0s, {"warden"}), rung(5min, {"tutor"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    CHECK(paged(board.open({}, {"st-1", "st-2"})) == "warden-1 warden-2");
    board.say("warden-1", "going");
    CHECK(board.duty("lead@F1").state == DutyState::Done);
    CHECK(board.duty("lead@F2").open());
    CHECK(paged(board.run(5min)) == "tutor-2");
}

TEST_CASE(
    "task: what lapses is listed, pages no more, and may set off others", "[escalation][notice-7]"
)
{
    ProtocolBuilder builder;
    Duty& ask = builder.duty("ask_office");
    ask.duty_class = DutyClass::Task;
    ask.ladder = {rung(0s, {"clerk"})};
    ask.ladder[0].again = {{10min}, channels({"voice"})};
    ask.lapses = 5min;
    Duty& next = builder.duty("go_without");
    next.opens = duty_is("ask_office", {"done", "lapsed"});
    next.ladder = {rung(0s, {"mayor"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(paged(board.run(5min - 1ms)).empty());
    CHECK(paged(board.run(1ms)) == "mayor-1");
    CHECK(board.duty("ask_office").state == DutyState::Lapsed);
    board.say("mayor-1", "going");
    CHECK(paged(board.run(1h)).empty());
}

TEST_CASE("task: what is no longer needed is moot and quiet", "[escalation]")
{
    ProtocolBuilder builder;
    Duty& ask = builder.duty("ask_office");
    ask.ladder = {rung(0s, {"clerk"}), rung(5min, {"mayor"})};
    ask.ladder[0].again = {{1min}, channels({"voice"})};
    ask.moot = fact_is("smell", "strong");
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.set("smell", "strong");
    CHECK(board.duty("ask_office").state == DutyState::Moot);
    CHECK(paged(board.run(1h)).empty());
    CHECK(board.refused(BoardDriver::answer("clerk-1", "going")) == "not_asked");
}

TEST_CASE("duty: circumstances end it and take it up again where it stands", "[escalation]")
{
    ProtocolBuilder builder;
    builder.expect_arrival();
    Duty& nobody = builder.duty("nobody_there");
    nobody.done = held("on_site");
    nobody.ladder = {rung(8min, {"chief"}), rung(20min, {"mayor"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(5min);
    board.say("crew-1", "arrived");  // anybody may; nobody asked them
    CHECK(board.duty("nobody_there").state == DutyState::Done);
    CHECK(paged(board.run_until(morning + 10min)).empty());
    CHECK(paged(board.say("crew-1", "withdrawn")) == "chief-1");
    CHECK(paged(board.run_until(morning + 20min)) == "mayor-1");
}

TEST_CASE("duty: a record of somebody it is asked of ends it", "[escalation][notice-7]")
{
    ProtocolBuilder builder;
    Duty& duty = builder.duty("report_scene");
    duty.record = {
        {"breath", "breath", FactName("breath"), true}, {"note", "note", FactName(), false}};
    duty.done = fact_is("smell", "none");
    duty.ladder = {rung(3min, {"porter"})};
    duty.answer_from = targets({"plumber"});
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    AddRecord record{IncidentId("i1"), "report_scene", {{"extra", "x"}}, {}};
    for (const char* nobody_asked : {"", "porter-1", "mayor-1"}) {
        record.by = {"desk", StaffId(nobody_asked)};
        CHECK(board.refused(record) == "not_asked");
    }
    record.by = {"desk", StaffId("plumber-1")};
    CHECK(board.refused(record) == "field_missing field_unknown");
    record.fields = {{"breath", "gasping"}};
    CHECK(board.refused(record) == "fact_value");
    record.fields = {{"breath", "gone"}};
    board.feed(record);
    CHECK(board.duty("report_scene").state == DutyState::Done);
    CHECK(board.incident().level == LevelName("grave"));
    CHECK(paged(board.run(1h)).empty());
}

TEST_CASE("duty: a renewal starts a new instance with its own clock", "[escalation]")
{
    ProtocolBuilder builder;
    Duty& duty = builder.duty("find_valve");
    duty.ladder = {rung(0s, {"plumber"}), rung(5min, {"crew"})};
    duty.renews = atom(Topic::Rule, "G2", Op::Fires);
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("plumber-1", "going");
    board.run(1h);
    CHECK(paged(board.set("smell", "strong")) == "plumber-1");
    CHECK(board.duty("find_valve").state == DutyState::Done);
    CHECK(board.duty("find_valve#2").open());
    CHECK(board.duty("find_valve#2").rungs[1].due == morning + 65min);
    // The rule holds on, and fires no more.
    board.set("breath", "gone", "s1");
    CHECK_FALSE(board.incident().duties.contains({DutyName("find_valve"), "", 3}));
}

TEST_CASE("inform: goes out once, and is no ask", "[escalation]")
{
    ProtocolBuilder builder;
    Inform inform;
    inform.name = InformName("tell_mayor");
    inform.when = level_at_least("alert");
    inform.to = targets({"mayor"});
    inform.text = TextCode("info");
    builder.protocol.informs[inform.name] = inform;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    CHECK(informed(board.open()).empty());
    CHECK(informed(board.set("smell", "faint")) == "mayor-1:info");
    CHECK(informed(board.set("smell", "strong")).empty());
    CHECK(board.refused(BoardDriver::answer("mayor-1", "going")) == "not_asked");
}

TEST_CASE("duty: an hour that strikes opens it, and nothing else has to happen", "[escalation]")
{
    ProtocolBuilder builder;
    Window night;
    night.name = WindowName("night");
    night.days = {1, 2, 3, 4, 5};
    night.from = 22h;
    night.to = 7h;
    builder.protocol.windows[night.name] = night;
    Duty& duty = builder.duty("lock_up");
    duty.opens = atom(Topic::Window, "night", Op::Is, {"yes"});
    duty.moot = atom(Topic::Window, "night", Op::Is, {"no"});
    duty.ladder = {rung(0s, {"clerk"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);  // 10:00
    board.open();
    CHECK(board.board().deadline() == morning + 12h);
    CHECK_FALSE(board.incident().promised());  // an hour that strikes is waited for by nobody
    CHECK(paged(board.run_until(morning + 12h - 1ms)).empty());
    CHECK(paged(board.run_until(morning + 12h)) == "clerk-1");
    board.run_until(morning + 21h - 1ms);
    CHECK(board.duty("lock_up").open());
    board.run_until(morning + 21h);
    CHECK(board.duty("lock_up").state == DutyState::Moot);
    // The next night is the next change there is.
    CHECK(board.board().deadline() == morning + 36h);
}
