#include "daemon/engine.hpp"

#include "tests/daemon/engine_world.hpp"

using namespace shouwang;
using namespace shouwang::test;
using daemon::Idempotency;
using daemon::KeyReused;
using daemon::Refused;
using daemon::Replayed;
using daemon::Unavailable;

TEST_CASE("engine: a reply is given only when its batch is durable", "[daemon][engine]")
{
    World world;
    world.start();
    world.journal.hold_handlers(true);
    const auto opened = world.open("I1");
    CHECK_FALSE(opened.done());
    CHECK(world.sms.deliveries().empty());
    const std::size_t told = world.durable_seqs.size();

    world.journal.hold_handlers(false);
    world.drain();
    REQUIRE(opened.done());
    const auto& accepted = std::get<Accepted>(*opened);
    CHECK(accepted.reply.status == 201);
    CHECK(accepted.last_seq - accepted.first_seq + 1 == accepted.events.size());
    CHECK(world.durable_seqs.size() > told);
    CHECK(world.sms.deliveries().size() == 1);
}

TEST_CASE("engine: a refusal waits for what was folded before it", "[daemon][engine]")
{
    World world;
    world.start();
    world.journal.hold_handlers(true);
    const auto opened = world.open("I1");
    const auto refused = world.answer("I1", "nobody", "going");
    auto read = world.spawn([](daemon::Engine& engine) -> boost::asio::awaitable<Outcome> {
        auto settled = engine.settled();
        co_await std::move(settled);
        co_return Outcome(Accepted{});
    }(world.engine));
    world.drain();
    CHECK_FALSE(refused.done());
    CHECK_FALSE(read.done());

    world.journal.hold_handlers(false);
    world.drain();
    CHECK(std::holds_alternative<Refused>(*refused));
    CHECK(read.done());
}

TEST_CASE("engine: durable events are told in order, each once, with the chain", "[daemon][engine]")
{
    World world;
    world.start();
    std::vector<std::pair<std::uint64_t, journal::Hash>> told;
    world.engine.on_durable([&](const daemon::Durable& durable) {
        told.emplace_back(durable.seq, durable.hash);
    });
    const auto opened = world.open("I1", Idempotency("a", "k", "h"));
    world.time.run_for(10min);
    REQUIRE(told.size() > 10);
    const auto& records = world.journal.content().records;
    for (std::size_t i = 0; i < told.size(); ++i) {
        if (i != 0) CHECK(told[i].first > told[i - 1].first);
        CHECK(records.at(told[i].first - 1).hash == told[i].second);
        CHECK(records.at(told[i].first - 1).type != "idempotency");
    }
}

TEST_CASE("engine: rungs are reached at their instant, to the millisecond", "[daemon][engine]")
{
    World world;
    world.start();
    world.time.run_for(1234ms);
    const auto opened = world.open("I1");
    world.time.run_for(120s - 1ms);
    CHECK(world.rungs("I1")[0] == day + 1234ms);
    CHECK_FALSE(world.rungs("I1")[1]);
    world.time.run_for(1ms);
    CHECK(world.rungs("I1")[1] == day + 1234ms + 120s);
}

TEST_CASE("engine: a step of the wall clock moves no rung", "[daemon][engine]")
{
    const Span step = GENERATE(Span(1h), Span(-1h));
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(60s);
    world.time.set_wall_offset(step);
    world.time.run_for(60s - 1ms);
    CHECK_FALSE(world.rungs("I1")[1]);
    world.time.run_for(1ms);
    CHECK(world.rungs("I1")[1] == day + 120s);
    CHECK(world.engine.working());
}

TEST_CASE("engine: with nothing pending it takes the wall clock over again", "[daemon][engine]")
{
    World world;
    world.start();
    world.time.set_wall_offset(1h);
    world.time.run_for(1s);
    CHECK(world.engine.now() == world.time.now());
}

TEST_CASE("engine: the same key and body is answered as the first time", "[daemon][engine]")
{
    World world;
    world.start();
    const auto first = world.open("I1", Idempotency("acc", "k", "body"));
    const auto again = world.open("I2", Idempotency("acc", "k", "body"));
    const auto& reply = std::get<Accepted>(*first).reply;
    CHECK(std::get<Replayed>(*again).reply == reply);
    CHECK(world.engine.board().incidents.size() == 1);

    const auto other_body = world.open("I3", Idempotency("acc", "k", "other"));
    CHECK(std::holds_alternative<KeyReused>(*other_body));
    const auto other_account = world.open("I4", Idempotency("acc-2", "k", "other"));
    CHECK(std::holds_alternative<Accepted>(*other_account));
}

TEST_CASE("engine: two requests with one key at once open one incident", "[daemon][engine]")
{
    World world;
    world.start();
    world.journal.hold_commits(true);
    const auto first = world.open("I1", Idempotency("acc", "k", "body"));
    const auto second = world.open("I2", Idempotency("acc", "k", "body"));
    CHECK_FALSE(second.done());
    world.journal.hold_commits(false);
    world.drain();
    CHECK(std::holds_alternative<Accepted>(*first));
    CHECK(std::holds_alternative<Replayed>(*second));
    CHECK(world.engine.board().incidents.size() == 1);
}

TEST_CASE("engine: nothing personal is written in the clear", "[daemon][engine]")
{
    World world;
    world.start();
    const auto opened = world.open("I1", Idempotency("acc", "k", "body"));
    world.time.run_for(1min);
    for (const journal::Record& record : world.journal.content().records) {
        CHECK(record.open.find("199-0000") == std::string::npos);
        CHECK(record.open.find("气味") == std::string::npos);
        CHECK(record.sealed.find("199-0000") == std::string::npos);
    }
    CHECK(world.count("reported") == 1);
    CHECK(world.count("idempotency") == 1);
}

TEST_CASE("engine: what is adopted already is not adopted again", "[daemon][engine]")
{
    World world;
    world.start();
    CHECK(world.count("adopted") == 2);
    const auto again = world.spawn(world.engine.adopt_protocol(gas_leak(), "gas"));
    world.drain();
    CHECK(std::get<Accepted>(*again).events.empty());
    CHECK(world.count("adopted") == 2);
}

TEST_CASE("engine: before a protocol is in force nothing is promised", "[daemon][engine]")
{
    World world;
    const auto opened = world.open("I1");
    CHECK(std::holds_alternative<Unavailable>(*opened));
}

TEST_CASE(
    "engine: the watchdog is fed by a loop that turns, and by nothing else", "[daemon][engine]"
)
{
    World world;
    world.start();
    world.time.run_for(10s);
    CHECK(world.engine.working());
    world.engine.stop();
    world.time.run_for(2s);
    CHECK_FALSE(world.engine.working());
}

TEST_CASE("engine: a stopped engine ends every wait", "[daemon][engine]")
{
    World world;
    world.start();
    world.journal.hold_commits(true);
    const auto opened = world.open("I1");
    CHECK_FALSE(opened.done());
    world.engine.stop();
    world.drain();
    CHECK(std::holds_alternative<Unavailable>(*opened));
}

TEST_CASE("engine: a drill is counted apart from what is real", "[daemon][engine][check-22]")
{
    World world;
    world.start();
    const auto opened = world.open("I1", {}, escalation::Kind::Drill);
    world.time.run_for(121s);
    CHECK(world.metrics.incidents_opened == 0);
    CHECK(world.metrics.pages_queued == 0);
    CHECK(world.metrics.exercises_opened == 1);
    CHECK(world.metrics.exercise_pages_queued == world.sms.deliveries().size());
    CHECK(world.engine.live_incidents() == 0);
}

TEST_CASE("engine: what happens is counted", "[daemon][engine]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(121s);
    CHECK(world.metrics.incidents_opened == 1);
    CHECK(world.metrics.pages_queued == world.sms.deliveries().size());
    CHECK(world.metrics.sends_accepted == world.sms.deliveries().size());
    CHECK(world.metrics.deadlines_late == 0);
    CHECK(world.engine.live_incidents() == 1);
}
