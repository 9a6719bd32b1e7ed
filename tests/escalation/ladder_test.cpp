#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

#include <algorithm>

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

// find_valve: the plumber on shift and the fitter at once, the crew after 2 min, the chief after
// 4; then for ever, every 5 min, with the mayor joining.
ProtocolBuilder valve()
{
    ProtocolBuilder builder;
    Duty& duty = builder.duty("find_valve");
    duty.ladder = {
        rung(0s, {"plumber", "fitter"}, "go"),
        rung(2min, {"crew"}, "go_too"),
        rung(4min, {"chief"}, "nobody_goes")};
    duty.forever = Forever{};
    duty.forever->every = 5min;
    duty.forever->widen = {RoleName("mayor")};
    return builder;
}

std::string rungs(const std::vector<Event>& events)
{
    std::string out;
    for (const auto& reached : only<RungReached>(events)) {
        out += (out.empty() ? "" : " ") + std::to_string(reached.rung);
        if (reached.skipped) out += "s";
        if (reached.empty) out += "e";
    }
    return out;
}

}  // namespace

TEST_CASE("ladder: every rung fires at its exact instant and never early", "[escalation][notice-7]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    CHECK(paged(board.open()) == "fitter-1 plumber-1");
    CHECK(paged(board.run(2min - 1ms)).empty());
    CHECK(paged(board.run(1ms)) == "crew-1 crew-2 crew-3");
    CHECK(paged(board.run(2min - 1ms)).empty());
    const auto last = board.run(1ms);
    CHECK(paged(last) == "chief-1");
    CHECK(only<RungReached>(last).at(0).late_by == 0ms);
    CHECK(only<RepeatArmed>(last).at(0).next == morning + 9min);
}

TEST_CASE("ladder: one page carries everything a person is asked", "[escalation]")
{
    ProtocolBuilder builder = valve();
    builder.duty("warn_house").ladder = {
        rung(0s, {"fitter"}, "warn"), rung(2min, {"plumber"}, "warn")};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    const auto pages = only<Paged>(board.open());
    REQUIRE(pages.size() == 2);
    CHECK(pages[0].staff == StaffId("fitter-1"));
    CHECK(pages[0].asks.size() == 2);
    CHECK(pages[0].text == TextCode("go"));  // the duty named first in the protocol leads
    CHECK(pages[1].asks.size() == 1);
    // The plumber still has the first ask open when the second comes.
    const auto later = only<Paged>(board.run(2min));
    REQUIRE(later.size() == 4);
    CHECK(later[3].staff == StaffId("plumber-1"));
    CHECK(later[3].asks.size() == 2);
    CHECK(later[3].text == TextCode("warn"));
}

TEST_CASE("ladder: going satisfies its own duty and silences no other", "[escalation][notice-7]")
{
    ProtocolBuilder builder = valve();
    builder.duty("warn_house").ladder = {
        rung(0s, {"fitter"}, "warn"), rung(3min, {"porter"}, "warn")};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("fitter-1", "going", "find_valve");
    CHECK(board.duty("find_valve").state == DutyState::Done);
    CHECK(board.duty("warn_house").open());
    CHECK(paged(board.run(1h)) == "porter-1");
}

TEST_CASE("ladder: received satisfies nothing", "[escalation][notice-7]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("fitter-1", "received");
    CHECK(board.duty("find_valve").open());
    CHECK(paged(board.run(2min)) == "crew-1 crew-2 crew-3");
}

TEST_CASE(
    "ladder: cannot starts the next rung now, later rungs keep their times",
    "[escalation][notice-7]"
)
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(30s);
    CHECK(paged(board.say("fitter-1", "cannot")) == "crew-1 crew-2 crew-3");
    CHECK(paged(board.run_until(morning + 4min - 1ms)).empty());
    CHECK(paged(board.run_until(morning + 4min)) == "chief-1");
    // Nobody who declined is called again.
    CHECK(
        paged(board.run_until(morning + 9min)) == "chief-1 crew-1 crew-2 crew-3 mayor-1 plumber-1"
    );
}

TEST_CASE("ladder: the same person declining twice starts one rung", "[escalation]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(rungs(board.say("fitter-1", "cannot")) == "1");
    CHECK(rungs(board.say("fitter-1", "cannot")).empty());
    // Having read it changes nothing: they have still declined.
    board.say("fitter-1", "received");
    CHECK(rungs(board.say("fitter-1", "cannot")).empty());
    CHECK(paged(board.run(9min)).find("fitter-1") == std::string::npos);
    // Having changed their mind twice, they are out once more.
    board.say("fitter-1", "going");
    CHECK(rungs(board.say("fitter-1", "cannot")).empty());
    CHECK(board.duty("find_valve").open());
}

TEST_CASE("ladder: going taken back re-opens the duty where it stands", "[escalation][notice-7]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(30s);
    board.say("fitter-1", "going");
    CHECK(paged(board.run_until(morning + 3min)).empty());
    const auto events = board.say("fitter-1", "withdrawn");
    CHECK(board.duty("find_valve").open());
    // The rung of minute 2 is overdue and fires now; that of minute 4 keeps its time.
    CHECK(paged(events) == "crew-1 crew-2 crew-3");
    CHECK(only<RungReached>(events).at(0).late_by == 1min);
    CHECK(paged(board.run_until(morning + 4min - 1ms)).empty());
    CHECK(paged(board.run_until(morning + 4min)) == "chief-1");
}

TEST_CASE("ladder: one of two going taken back changes nothing", "[escalation]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("fitter-1", "going");
    board.say("plumber-1", "going");
    CHECK(board.duty("find_valve").ended_by == StaffId("fitter-1"));
    CHECK(only<DutyReopened>(board.say("fitter-1", "withdrawn")).empty());
    CHECK(only<DutyReopened>(board.say("plumber-1", "cannot")).size() == 1);
    CHECK(board.duty("find_valve").open());
}

TEST_CASE(
    "ladder: a rung that nobody fills moves on at once and is told on", "[escalation][notice-7]"
)
{
    ProtocolBuilder builder = valve();
    DirectoryBuilder roster;
    for (const char* id : {"crew-1", "crew-2", "crew-3"}) roster.mute(id);
    roster.directory.holdings.erase({RoleName("unit_head"), UnitId("works")});
    roster.mute("head-1");
    BoardDriver board(builder.protocol, roster.directory, morning);
    board.open();
    const auto events = board.run(2min);
    CHECK(rungs(events) == "1e 2");
    CHECK(paged(events) == "chief-1");
    CHECK(informed(events) == "clerk-1:hole");
    CHECK(only<HoleFound>(events).size() == 1);
    // Told once, however often it is found.
    CHECK(only<HoleFound>(board.run(1h)).empty());
}

TEST_CASE("ladder: a rung whose condition does not hold is skipped at its time", "[escalation]")
{
    ProtocolBuilder builder = valve();
    builder.protocol.duties.at(DutyName("find_valve")).ladder[1].when = fact_is("smell", "strong");
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(rungs(board.run(2min)) == "1s");
    CHECK(paged(board.run(2min)) == "chief-1");
    // A decline does not stop at a rung that is not meant.
    BoardDriver other(builder.protocol, DirectoryBuilder().directory, morning);
    other.open();
    const auto events = other.say("fitter-1", "cannot");
    CHECK(rungs(events) == "1s 2");
    CHECK(paged(events) == "chief-1");
}

TEST_CASE(
    "ladder: with nobody left at all the last list is called at once", "[escalation][notice-7]"
)
{
    DirectoryBuilder roster;
    for (auto& [id, staff] : roster.directory.staff)
        if (id != StaffId("watchman-1")) staff.phone.clear();
    BoardDriver board(valve().protocol, roster.directory, morning);
    const auto events = board.open();
    CHECK(rungs(events) == "0e 1e 2e");
    CHECK(paged(events) == "watchman-1");
    CHECK(paged(board.run(5min)) == "watchman-1");
}

TEST_CASE("forever: repeats on a fixed grid and widens", "[escalation][notice-7]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(4min);
    for (unsigned repeat = 1; repeat <= 5; ++repeat) {
        CHECK(paged(board.run(5min - 1ms)).empty());
        const auto events = board.run(1ms);
        CHECK(paged(events) == "chief-1 crew-1 crew-2 crew-3 fitter-1 mayor-1 plumber-1");
        CHECK(only<RepeatReached>(events).at(0).repeat == repeat);
    }
    board.say("mayor-1", "going");
    CHECK(board.duty("find_valve").state == DutyState::Done);
    CHECK(paged(board.run(2h)).empty());
}

TEST_CASE(
    "forever: several overdue repeats collapse into one and the grid stays",
    "[escalation][notice-7]"
)
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(4min);
    const auto events = board.sleep_until(morning + 21min + 7s);
    REQUIRE(only<RepeatReached>(events).size() == 1);
    CHECK(only<RepeatReached>(events)[0].late_by == 12min + 7s);
    CHECK(only<RepeatReached>(events)[0].next == morning + 24min);
    CHECK(paged(board.run_until(morning + 24min - 1ms)).empty());
    CHECK_FALSE(paged(board.run_until(morning + 24min)).empty());
}

TEST_CASE("forever: a spared channel is used again only after its time", "[escalation]")
{
    ProtocolBuilder builder = valve();
    builder.protocol.levels[0].channels = channels({"radio", "voice"});
    builder.protocol.duties.at(DutyName("find_valve")).forever->spare[ChannelName("voice")] = 20min;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    std::vector<Instant> calls;
    for (const auto& page : only<Paged>(board.run(1h)))
        if (page.staff == StaffId("fitter-1") &&
            std::find(page.channels.begin(), page.channels.end(), ChannelName("voice")) !=
                page.channels.end())
            calls.push_back(page.at);
    CHECK(calls == std::vector<Instant>{morning + 24min, morning + 44min});
}

TEST_CASE(
    "forever: when everybody has declined the last list is called now", "[escalation][notice-7]"
)
{
    ProtocolBuilder builder = valve();
    builder.protocol.duties.at(DutyName("find_valve")).forever->widen.clear();
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(4min);
    for (const char* id : {"fitter-1", "plumber-1", "crew-1", "crew-2", "crew-3"})
        CHECK(paged(board.say(id, "cannot")).empty());
    CHECK(paged(board.say("chief-1", "cannot")) == "watchman-1");
    CHECK(paged(board.run(5min)) == "watchman-1");
    // The last list cannot decline itself into silence.
    board.say("watchman-1", "cannot");
    CHECK(paged(board.run(5min)) == "watchman-1");
}

TEST_CASE(
    "ladder: personal attempts go on after somebody else is going, then end",
    "[escalation][notice-7]"
)
{
    ProtocolBuilder builder = valve();
    builder.protocol.duties.at(DutyName("find_valve")).ladder[0].again = {
        {60s, 180s}, channels({"voice"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(30s);
    board.say("fitter-1", "going");
    const auto pages = only<Paged>(board.run(3h));
    REQUIRE(pages.size() == 2);
    for (const auto& page : pages) {
        CHECK(page.staff == StaffId("plumber-1"));
        CHECK(page.channels == channels({"voice"}));
        REQUIRE(page.asks.size() == 1);
        CHECK(page.asks[0].attempt);
        CHECK(still_wanted(board.incident(), board.incident().pages.at(page.page)));
    }
    CHECK(pages[0].at == morning + 60s);
    CHECK(pages[1].at == morning + 180s);
    CHECK_FALSE(board.board().deadline());
}

TEST_CASE("ladder: any answer ends the personal attempts", "[escalation]")
{
    ProtocolBuilder builder = valve();
    builder.protocol.duties.at(DutyName("find_valve")).ladder[0].again = {
        {60s}, channels({"voice"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("fitter-1", "received");
    CHECK(paged(board.run(60s)) == "plumber-1");
}

TEST_CASE(
    "ladder: an answer at the instant of a deadline comes before it", "[escalation][notice-7]"
)
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.wait_until(morning + 2min);
    CHECK(paged(board.say("fitter-1", "going")).empty());
    CHECK(paged(board.tick()).empty());
    CHECK(board.duty("find_valve").reached() == 1);
}

TEST_CASE("restart: missed rungs fire at once in due order, marked late", "[escalation][notice-7]")
{
    ProtocolBuilder builder = valve();
    builder.duty("warn_house").ladder = {
        rung(0s, {"fitter"}), rung(3min, {"porter"}), rung(10min, {"mayor"})};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    const auto deadline = board.board().deadline();
    CHECK(deadline == morning + 2min);
    const auto events = board.sleep_until(morning + 8min + 30s);
    const auto reached = only<RungReached>(events);
    REQUIRE(reached.size() == 3);
    CHECK(reached[0].duty.name == DutyName("find_valve"));
    CHECK(reached[0].late_by == 6min + 30s);
    CHECK(reached[1].duty.name == DutyName("warn_house"));
    CHECK(reached[1].late_by == 5min + 30s);
    CHECK(reached[2].duty.name == DutyName("find_valve"));
    CHECK(reached[2].late_by == 4min + 30s);
    for (const auto& page : only<Paged>(events)) CHECK(page.late_by > 0ms);
    CHECK(paged(board.run_until(morning + 10min - 1ms)).empty());
    CHECK(paged(board.run_until(morning + 10min)) == "mayor-1");
}

TEST_CASE("restart: a protocol that is gone stops no clock of the others", "[escalation]")
{
    // The incident was opened under a protocol nobody has any more; the one in force does not know
    // its duty. It goes on the overdue list instead of holding up the daemon.
    BoardDriver old(valve().protocol, DirectoryBuilder().directory, morning);
    old.open();
    Board board;
    for (const Event& event : old.journal()) evolve(board, event);
    ProtocolBuilder other;
    other.protocol.hash = "0ther";
    Rules rules;
    rules.current = "0ther";
    rules.protocols["0ther"] = std::make_shared<const Protocol>(other.protocol);
    for (unsigned round = 0; board.deadline() && round < 8; ++round) {
        const auto decision =
            decide(rules, old.directory(), board, Command(Tick{}), *board.deadline());
        for (const Event& event : std::get<std::vector<Event>>(decision)) evolve(board, event);
    }
    CHECK_FALSE(board.deadline());
    const auto& duties = board.incidents.at(IncidentId("i1")).duties;
    CHECK(duties.begin()->second.state == DutyState::Lapsed);
}
