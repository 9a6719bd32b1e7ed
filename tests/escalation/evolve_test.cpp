#include "tests/support/board_driver.hpp"
#include "tests/support/dice.hpp"
#include "tests/support/protocol_builder.hpp"

#include <array>
#include <type_traits>

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

ProtocolBuilder rich()
{
    ProtocolBuilder builder;
    Duty& valve = builder.duty("find_valve");
    valve.clock = Clock::Level;
    valve.ladders[LevelName("grave")] = {
        rung(0s, {"plumber", "fitter"}), rung(2min, {"crew"}), rung(4min, {"chief"})};
    valve.ladder = {rung(0s, {"plumber"}), rung(5min, {"crew"}), rung(9min, {"deputies"})};
    valve.ladder[0].again = {{1min, 3min}, channels({"voice"})};
    valve.answers[Word("arrived")] = Effect::Satisfy;
    valve.forever = Forever{};
    valve.forever->every = 5min;
    valve.forever->widen = {RoleName("mayor")};
    builder.expect_arrival();
    Duty& lead = builder.duty("lead");
    lead.scope = Scope::College;
    lead.ladder = {rung(0s, {"warden"}), rung(5min, {"tutor"})};
    lead.renews = atom(Topic::Rule, "G2", Op::Fires);
    Duty& triage = builder.duty("look_at_report");
    triage.duty_class = DutyClass::Task;
    triage.opens = atom(Topic::Incident, "stage", Op::Is, {"review"});
    triage.ladder = {rung(0s, {"clerk"})};
    triage.lapses = 90s;
    triage.on_lapse = Lapse::Open;
    End end;
    end.name = EndName("all_clear");
    end.signers = {{target("mayor")}, {target("clerk")}};
    builder.protocol.ends[end.name] = end;
    return builder;
}

// One thing somebody might do to incident "i1", sensible or not.
Command drawn(Dice& dice, const Board& board)
{
    static constexpr auto people = std::to_array<const char*>(
        {"plumber-1",
         "fitter-1",
         "crew-1",
         "crew-2",
         "crew-3",
         "chief-1",
         "chief-2",
         "chief-3",
         "warden-1",
         "warden-2",
         "tutor-1",
         "mayor-1",
         "clerk-1",
         "watchman-1",
         "nobody"}
    );
    static constexpr auto words =
        std::to_array<const char*>({"going", "received", "cannot", "withdrawn", "arrived"});
    const Incident* incident = board.find(IncidentId("i1"));
    if (incident == nullptr) {
        Report report = BoardDriver::report("i1", {}, {"st-1", "st-2"});
        if (dice.chance(1, 3)) report.via = "street";
        return report;
    }
    switch (dice.below(8)) {
        case 0: {
            static constexpr auto smells = std::to_array<const char*>({"none", "faint", "strong"});
            return BoardDriver::facts({{FactName("smell"), {smells[dice.below(smells.size())]}}});
        }
        case 1: {
            if (incident->pages.empty()) return Tick{};
            auto page = incident->pages.begin();
            std::advance(page, static_cast<long>(dice.below(incident->pages.size())));
            FinishSend send{
                incident->id,
                page->first,
                page->second.channels.begin()->first,
                dice.chance(1, 2) ? SendState::Failed : SendState::Accepted,
                "",
                "",
                {}};
            return send;
        }
        case 2:
            return SignEnd{
                incident->id,
                EndName("all_clear"),
                StaffId(dice.chance(1, 2) ? "mayor-1" : "clerk-1"),
                {},
                {dice.chance(1, 2) ? "desk" : "own", StaffId{}}};
        default: {
            Answer answer = BoardDriver::answer(
                people[dice.below(people.size())], words[dice.below(words.size())]
            );
            if (!incident->duties.empty() && dice.chance(1, 2)) {
                auto duty = incident->duties.begin();
                std::advance(duty, static_cast<long>(dice.below(incident->duties.size())));
                answer.ask = duty->first;
            }
            if (dice.chance(1, 4)) answer.eta = std::chrono::minutes(dice.below(60));
            return answer;
        }
    }
}

// The journal of one random incident, every step of it checked by the driver.
std::vector<Event> random_journal(std::uint64_t seed)
{
    INFO("seed " << seed);
    Dice dice(seed);
    DirectoryBuilder roster;
    for (const char* id : {"crew-1", "warden-2", "fitter-1", "chief-1"})
        if (dice.chance(1, 4)) roster.mute(id);
    BoardDriver board(rich().protocol, roster.directory, morning);
    Rules rules;
    rules.current = board.protocol().hash;
    rules.protocols[rules.current] = std::make_shared<const Protocol>(board.protocol());
    for (unsigned i = 0; i < 30; ++i) {
        if (dice.chance(1, 8))
            board.sleep_until(board.now() + std::chrono::seconds(dice.below(1200)));
        else
            board.run(std::chrono::milliseconds(dice.below(120'000)));
        const Command command = drawn(dice, board.board());
        if (std::holds_alternative<Refusal>(
                decide(rules, board.directory(), board.board(), command, board.now())
            ))
            board.refused(command);
        else
            board.feed(command);
        if (const Incident* incident = board.board().find(IncidentId("i1"));
            incident != nullptr && incident->live())
            for (const auto& [key, duty] : incident->duties)
                if (duty.life && duty.open() && key.name == DutyName("find_valve"))
                    REQUIRE(board.board().deadline());
    }
    return board.journal();
}

// The deadlines a board keeps at hand are those of its incidents.
void check_alarms(const Board& board)
{
    std::set<std::pair<Instant, IncidentId>> alarms;
    for (const auto& [id, incident] : board.incidents)
        if (const auto due = incident.deadline()) alarms.insert({*due, id});
    REQUIRE(alarms == board.alarms);
}

}  // namespace

TEST_CASE(
    "evolve: random lives are replayed to the same state at every step", "[escalation][notice-7]"
)
{
    for (std::uint64_t seed = 1; seed <= 60; ++seed) CHECK_FALSE(random_journal(seed).empty());
}

TEST_CASE("decide: the same commands make the same events", "[escalation]")
{
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const std::string first = print(random_journal(seed));
        CHECK(first == print(random_journal(seed)));
        CHECK(first != print(random_journal(seed + 100)));
    }
}

TEST_CASE("evolve: events in any order harm nothing", "[escalation]")
{
    std::vector<Event> pool;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        const auto journal = random_journal(seed);
        pool.insert(pool.end(), journal.begin(), journal.end());
    }
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        INFO("seed " << seed);
        Dice dice(seed);
        Board board;
        for (unsigned i = 0; i < 150; ++i) {
            evolve(board, pool[dice.below(pool.size())]);
            check_alarms(board);
        }
        // Whatever came of it, time still passes: every tick gets something done.
        Rules rules;
        ProtocolBuilder builder = rich();
        rules.current = builder.protocol.hash;
        rules.protocols[rules.current] = std::make_shared<const Protocol>(builder.protocol);
        const Directory directory = DirectoryBuilder().directory;
        for (unsigned i = 0; i < 40 && board.deadline(); ++i) {
            const Instant now = std::max(*board.deadline(), morning);
            const auto decision = decide(rules, directory, board, Command(Tick{}), now);
            for (const Event& event : std::get<std::vector<Event>>(decision)) evolve(board, event);
            const auto next = board.deadline();
            REQUIRE((!next || *next > now));
        }
    }
}

TEST_CASE("evolve: what speaks of something unknown changes nothing", "[escalation]")
{
    const auto journal = random_journal(3);
    Board board;
    for (const Event& event : journal) evolve(board, event);
    const Board before = board;
    const DutyKey nothing{DutyName("no_such_duty"), "x", 7};
    for (Event event : journal) {
        if (std::holds_alternative<Reported>(event) || std::holds_alternative<Adopted>(event))
            continue;
        Event strange = event;
        std::visit(
            [](auto& e) {
                if constexpr (requires { e.incident; }) e.incident = IncidentId("i9");
                if constexpr (requires { e.into; }) e.into = IncidentId("i9");
            },
            strange
        );
        evolve(board, strange);
        REQUIRE(board == before);
        // An incident that is there, and a duty, a page or a register that is not.
        const bool points = std::visit(
            [&]<class T>(T& e) {
                constexpr bool creates = std::is_same_v<T, DutyOpened> ||
                                         std::is_same_v<T, Recorded> || std::is_same_v<T, Paged>;
                if constexpr (!creates && requires { e.duty; })
                    return e.duty = nothing, true;
                else if constexpr (!creates && requires { e.page; })
                    return e.page = PageId("no_such_page"), true;
                else if constexpr (std::is_same_v<T, RegisterLeft>)
                    return e.name = RegisterName("no_such_register"), true;
                else
                    return false;
            },
            event
        );
        if (points) evolve(board, event);
        REQUIRE(board == before);
    }
}

TEST_CASE("evolve: a page list that is full makes room with what is finished", "[escalation]")
{
    Board board;
    Reported reported;
    reported.incident = IncidentId("i1");
    reported.year = 2026;
    evolve(board, reported);
    const auto page = [](unsigned number) {
        Paged out;
        out.incident = IncidentId("i1");
        out.page = PageId("i1." + std::to_string(100'000 + number));
        out.channels = channels({"radio"});
        return out;
    };
    for (unsigned i = 0; i < pages_max + 10; ++i) {
        evolve(board, page(i));
        if (i == 3) continue;  // the outbox still has this one
        evolve(
            board,
            SendFinished{
                IncidentId("i1"),
                {},
                page(i).page,
                ChannelName("radio"),
                SendState::Accepted,
                "",
                ""}
        );
    }
    const auto& pages = board.incidents.at(IncidentId("i1")).pages;
    CHECK(pages.size() == pages_max);
    CHECK(pages.contains(page(3).page));
    CHECK_FALSE(pages.contains(page(4).page));
    CHECK(board.incidents.at(IncidentId("i1")).page_count == pages_max + 10);
}

TEST_CASE("duty key: is written and read back", "[escalation]")
{
    for (const DutyKey& key :
         {DutyKey{DutyName("a"), "", 1},
          DutyKey{DutyName("a"), "b", 1},
          DutyKey{DutyName("a"), "b-1", 12},
          DutyKey{DutyName("a"), "", 2}})
        CHECK(DutyKey::parse(key.text()) == key);
    for (const char* bad : {"", "@b", "a@", "a#", "a#0", "a#x", "a#-1", "a#99999999999", "#2"})
        CHECK_FALSE(DutyKey::parse(bad));
}
