#include "daemon/engine.hpp"
#include "tests/daemon/engine_world.hpp"

using namespace shouwang;
using namespace shouwang::test;
using daemon::Idempotency;
using daemon::KeyReused;
using daemon::Replayed;

TEST_CASE("engine: a replay is the state, and tells nobody", "[daemon][engine][restart]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(7min);
    const auto going = world.answer("I1", "p-1", "going");
    const escalation::Board before = world.engine.board();

    const auto after = restart(world);
    CHECK(after->engine.board() == before);
    CHECK(after->durable_seqs.empty());
    CHECK(after->released.empty());
    CHECK(after->replayed.unreadable == 0);
    CHECK(after->replayed.records == world.journal.content().records.size());
    CHECK(after->engine.rules().current == gas_leak()->hash);
    CHECK(after->health.degraded().empty());
}

TEST_CASE("engine: a restart moves no deadline", "[daemon][engine][restart]")
{
    const Span step = GENERATE(Span(0h), Span(1h), Span(-1h));
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(30s);
    world.time.set_wall_offset(step);
    world.time.run_for(30s);
    const auto noted = world.answer("I1", "p-1", "received");  // a record after the step

    const auto after = restart(world, 20s);
    after->start();
    after->time.run_for(40s - 1ms);
    CHECK_FALSE(after->rungs("I1")[1]);
    after->time.run_for(1ms);
    CHECK(after->rungs("I1")[1] == day + 120s);
}

TEST_CASE("engine: what became due while it was away happens at once, marked", "[daemon][restart]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(10s);
    const auto after = restart(world, 4min);
    after->start();
    CHECK(after->rungs("I1")[1] == day + 10s + 4min);
    CHECK(after->metrics.deadlines_late >= 1);
    CHECK(after->engine.overdue() == 0s);
}

TEST_CASE(
    "engine: a crash before the commit loses nothing that was acknowledged", "[daemon][restart]"
)
{
    World world;
    world.start();
    const auto kept = world.open("I1");
    world.journal.hold_commits(true);
    const auto lost = world.open("I2");
    CHECK_FALSE(lost.done());
    const auto after = restart(world);
    CHECK(after->engine.board().find(IncidentId("I1")) != nullptr);
    CHECK(after->engine.board().find(IncidentId("I2")) == nullptr);
    after->start();
    const auto again = after->open("I2");
    CHECK(std::holds_alternative<Accepted>(*again));
}

TEST_CASE("engine: an idempotency key is remembered over a restart", "[daemon][engine][restart]")
{
    World world;
    world.start();
    const auto first = world.open("I1", Idempotency("acc", "k", "body"));
    const auto after = restart(world);
    after->start();
    const auto again = after->open("I2", Idempotency("acc", "k", "body"));
    CHECK(std::get<Replayed>(*again).reply == std::get<Accepted>(*first).reply);
    const auto other = after->open("I3", Idempotency("acc", "k", "other"));
    CHECK(std::holds_alternative<KeyReused>(*other));
    CHECK(after->engine.board().incidents.size() == 1);
}

TEST_CASE(
    "engine: after a reboot with a doubtful clock, what is pending is due", "[daemon][restart]"
)
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(30s);
    auto content = world.kill();
    for (auto& record : content.records) record.boot_id = "the-boot-before";
    // The clock of the machine fell back to long ago.
    World after(day - 1000h, {}, std::move(content));
    CHECK(after.replayed.clock_doubtful);
    CHECK(after.health.degraded().contains("clock"));
    after.start();
    CHECK(after.rungs("I1")[1]);
    CHECK(after.engine.now() >= day + 120s);
}

TEST_CASE("engine: after a reboot with a good clock deadlines stay", "[daemon][engine][restart]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(30s);
    auto content = world.kill();
    for (auto& record : content.records) record.boot_id = "the-boot-before";
    World after(day + 60s, {}, std::move(content));
    CHECK_FALSE(after.replayed.clock_doubtful);
    after.start();
    after.time.run_for(60s - 1ms);
    CHECK_FALSE(after.rungs("I1")[1]);
    after.time.run_for(1ms);
    CHECK(after.rungs("I1")[1] == day + 120s);
}

TEST_CASE("engine: a record it cannot read is quarantined, and paging goes on", "[daemon][restart]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    const auto other = world.open("I2");
    auto content = world.kill();
    for (auto& record : content.records)
        if (record.stream == "I1" && record.type == "asked") record.type = "from_the_future";
    World after(day, world.uptime(), std::move(content));
    CHECK(after.replayed.unreadable == 1);
    CHECK(after.engine.quarantined() == std::set<std::string>{"I1"});
    CHECK(after.health.degraded().contains("incident I1"));
    after.start();
    after.time.run_for(120s);
    CHECK(after.rungs("I1")[1]);
    CHECK(after.rungs("I2")[1]);
}

TEST_CASE("engine: an incident whose key was destroyed still folds", "[daemon][engine][restart]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(10s);
    REQUIRE(world.journal.destroy_key("I1").value());
    const auto after = restart(world);
    CHECK(after->replayed.unreadable == 0);
    CHECK(after->incident("I1").callback.empty());
    CHECK(after->incident("I1").code == world.incident("I1").code);
    after->start();
    after->time.run_for(110s);
    CHECK(after->rungs("I1")[1] == day + 120s);
}
