#include "daemon/engine.hpp"
#include "tests/daemon/engine_world.hpp"

using namespace shouwang;
using namespace shouwang::test;
using daemon::Idempotency;
using daemon::Replayed;
using daemon::Unavailable;

TEST_CASE("engine: with a full journal running incidents go on from memory", "[daemon][full]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.journal.set_full(true);
    world.time.run_for(120s);
    CHECK(world.rungs("I1")[1] == day + 120s);
    CHECK(world.sms.deliveries().size() == 2);
    CHECK(world.health.degraded().contains("journal"));

    const auto turned_away = world.open("I2");
    CHECK(std::holds_alternative<Unavailable>(*turned_away));
    CHECK(world.engine.board().find(IncidentId("I2")) == nullptr);
    CHECK(world.metrics.commands_turned_away == 1);

    const auto going = world.answer("I1", "p-1", "going");
    CHECK(std::get<Accepted>(*going).unjournaled);
    CHECK_FALSE(world.fatal);
}

TEST_CASE("engine: with space again all of it is journaled, in order", "[daemon][engine][full]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.journal.set_full(true);
    world.time.run_for(7min);
    const auto going = world.answer("I1", "p-1", "going");
    CHECK(world.engine.waiting() > 0);
    const std::size_t sent = world.sms.deliveries().size();
    const std::size_t released = world.released.size();

    world.journal.set_full(false);
    world.time.run_for(2s);
    CHECK(world.engine.waiting() == 0);
    CHECK_FALSE(world.health.degraded().contains("journal"));
    CHECK(world.released.size() == released);
    CHECK(world.sms.deliveries().size() == sent);
    const auto next = world.open("I2");
    CHECK(std::holds_alternative<Accepted>(*next));
    const escalation::Board live = world.engine.board();
    const auto after = restart(world);
    CHECK(after->engine.board() == live);
}

TEST_CASE("engine: the command that met the full disk is not promised", "[daemon][engine][full]")
{
    World world;
    world.start();
    world.journal.set_full(true);
    const auto opened = world.open("I1", Idempotency("acc", "k", "body"));
    CHECK(std::holds_alternative<Unavailable>(*opened));
    const auto meanwhile = world.open("I1b", Idempotency("acc", "k", "body"));
    CHECK(std::holds_alternative<Unavailable>(*meanwhile));
    // It was folded, so its people are paged: in doubt too often.
    CHECK(world.sms.deliveries().size() == 1);
    world.journal.set_full(false);
    world.time.run_for(2s);
    const auto again = world.open("I1c", Idempotency("acc", "k", "body"));
    CHECK(std::holds_alternative<Replayed>(*again));
    CHECK(world.engine.board().incidents.size() == 1);
}

TEST_CASE(
    "engine: a commit of unknown outcome ends the process, promising nothing", "[daemon][fatal]"
)
{
    const auto kept = GENERATE(journal::MemoryJournal::Kept::No, journal::MemoryJournal::Kept::Yes);
    World world;
    world.start();
    const auto before = world.open("I1");
    world.journal.fail_next_commit(kept);
    const auto opened = world.open("I2");
    CHECK(std::holds_alternative<Unavailable>(*opened));
    CHECK(world.fatal);
    CHECK_FALSE(world.engine.working());
    const auto later = world.open("I3");
    CHECK(std::holds_alternative<Unavailable>(*later));

    const auto after = restart(world);
    CHECK(after->engine.board().find(IncidentId("I1")) != nullptr);
    const bool there = after->engine.board().find(IncidentId("I2")) != nullptr;
    CHECK(there == (kept == journal::MemoryJournal::Kept::Yes));
    CHECK(after->engine.board().find(IncidentId("I3")) == nullptr);
}

TEST_CASE("engine: a slow disk degrades loudly and keeps nobody from being paged", "[daemon][slow]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.journal.hold_commits(true);
    world.time.run_for(119s);
    CHECK(world.sms.deliveries().size() == 1);
    world.time.run_for(4s);
    CHECK(world.sms.deliveries().size() == 2);
    CHECK(world.health.degraded().contains("disk"));
    CHECK(world.engine.working());
    const auto turned_away = world.open("I2");
    CHECK(std::holds_alternative<Unavailable>(*turned_away));

    world.journal.hold_commits(false);
    world.time.run_for(1s);
    CHECK_FALSE(world.health.degraded().contains("disk"));
    CHECK(world.engine.waiting() == 0);
    CHECK(world.sms.deliveries().size() == 2);
}

TEST_CASE("engine: more commands than can wait are turned away", "[daemon][engine][bounded]")
{
    World world;
    world.start();
    world.journal.hold_commits(true);
    std::vector<Pending<Outcome>> pending;
    for (int i = 0; i < 1100; ++i) pending.push_back(world.open("I" + std::to_string(i)));
    CHECK(std::holds_alternative<Unavailable>(*pending.back()));
    CHECK(world.engine.waiting() <= 1100);
    world.journal.hold_commits(false);
    world.drain();
    CHECK(std::holds_alternative<Accepted>(*pending.front()));
}
