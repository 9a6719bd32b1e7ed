#include "daemon/auditor.hpp"

#include "tests/daemon/engine_world.hpp"

#include <algorithm>

using namespace shouwang;
using namespace shouwang::test;
using notifiers::Verdict;
using Missed = daemon::Finding::Kind;

namespace {

// Until then whatever is missed for `grace` has been found: an audit comes every ten seconds.
constexpr Span found_within(Span grace)
{
    return grace + daemon::Auditor::every;
}

std::vector<Missed> kinds(const daemon::Auditor& auditor)
{
    std::vector<Missed> out;
    for (const daemon::Finding& finding : auditor.missing()) out.push_back(finding.kind);
    return out;
}

bool shouts(const World& world)
{
    return world.health.degraded().contains("auditor");
}

// A clock that nobody is woken by any more: what a timer that never fires does to whoever waits.
class DeafTime final : public daemon::TimeSource {
public:
    explicit DeafTime(daemon::TimeSource& time) : time_(time) {}
    [[nodiscard]] Instant now() const noexcept override { return time_.now(); }
    [[nodiscard]] Span boottime() const noexcept override { return time_.boottime(); }
    [[nodiscard]] std::string boot_id() const override { return time_.boot_id(); }
    [[nodiscard]] boost::asio::awaitable<bool> sleep_until(Instant when) override
    {
        return time_.sleep_until(deaf ? when + 10'000h : when);
    }
    [[nodiscard]] boost::asio::awaitable<bool> sleep_for(Span span) override
    {
        return time_.sleep_for(deaf ? span + 10'000h : span);
    }

    bool deaf = false;

private:
    daemon::TimeSource& time_;
};

}  // namespace

TEST_CASE("auditor: an alarm that climbs for hours gives it nothing to say", "[daemon][audit]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(3h);
    CHECK(world.incident("I1").page_count > 20);
    CHECK_FALSE(shouts(world));
    CHECK(world.auditor.age() <= daemon::Auditor::every);
    CHECK(world.metrics.audit_sends_missed == 0);
}

TEST_CASE("auditor: a page that the outbox loses is shouted about", "[daemon][audit]")
{
    World world;
    world.start();
    world.outbox->stop();  // it starts nothing more, and tells nobody
    const auto opened = world.open("I1");
    world.time.run_for(daemon::AuditLedger::start_within);
    CHECK_FALSE(shouts(world));
    world.time.run_for(daemon::Auditor::every);
    CHECK(kinds(world.auditor) == std::vector{Missed::NotStarted});
    CHECK(shouts(world));
    CHECK(world.metrics.audit_sends_missed == 1);
    world.time.run_for(30s);
    CHECK(world.metrics.audit_sends_missed == 1);  // each thing once
    const auto going = world.answer("I1", "p-1", "going");
    world.time.run_for(daemon::Auditor::every);
    CHECK_FALSE(shouts(world));
}

TEST_CASE("auditor: a send that never comes back is shouted about", "[daemon][audit]")
{
    World world;
    world.start();
    world.sms.take(10min);
    const auto opened = world.open("I1");
    world.time.run_for(found_within(daemon::AuditLedger::receipt_within));
    CHECK(kinds(world.auditor) == std::vector{Missed::NoReceipt});
}

TEST_CASE("auditor: an engine whose timers never fire is shouted about", "[daemon][audit]")
{
    World world;
    DeafTime time(world.time);
    journal::MemoryJournal journal(world.io.get_executor());
    daemon::Engine engine(
        world.io.get_executor(), time, journal, world.keys, world.health, world.metrics, {}
    );
    daemon::Auditor auditor(
        world.io.get_executor(), engine, world.time, world.health, world.metrics
    );
    const auto protocol = world.spawn(engine.adopt_protocol(gas_leak(), "gas"));
    const auto roster = world.spawn(engine.adopt_roster(plant(), "plant", "roster"));
    world.drain();
    engine.start();
    world.drain();
    time.deaf = true;
    world.time.run_for(1s);
    Report report;
    report.id = IncidentId("I1");
    report.via = "phone";
    report.callback = "199-0000-0009";
    const auto opened = world.spawn(engine.submit(Command(report)));
    world.drain();
    REQUIRE(opened.done());
    world.time.run_for(120s + found_within(daemon::AuditLedger::deadline_grace));
    const auto found = kinds(auditor);
    CHECK(std::count(found.begin(), found.end(), Missed::Rung) == 1);
    CHECK(world.metrics.audit_deadlines_missed == 1);
    CHECK(world.health.degraded().at("auditor").find("R0001") != std::string::npos);
}

TEST_CASE("auditor: it knows after a restart what was promised before it", "[daemon][audit]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    const auto after = restart(world, 5min);
    CHECK(after->auditor.ledger().incidents() == 1);
    after->start();
    after->outbox->stop();
    after->time.run_for(found_within(daemon::AuditLedger::start_within));
    CHECK_FALSE(shouts(*after));  // what was overdue was sent at the start
    after->time.run_for(5min);
    CHECK(shouts(*after));
}

TEST_CASE("auditor: what cannot be known yet is no ground to shout", "[daemon][audit]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.journal.set_full(true);
    world.time.run_for(10min);
    CHECK(world.incident("I1").page_count > 2);  // from memory
    CHECK_FALSE(shouts(world));
    CHECK(world.auditor.age() > 5min);
    world.journal.set_full(false);
    world.time.run_for(30s);
    CHECK_FALSE(shouts(world));
    CHECK(world.auditor.age() <= daemon::Auditor::every);
}

TEST_CASE("auditor: an outage of all providers is not what it shouts about", "[daemon][audit]")
{
    World world;
    world.start();
    const auto verdict =
        GENERATE(Verdict::Retry, Verdict::Switch, Verdict::Alarm, Verdict::Unknown);
    for (rehearsal::ScriptedNotifier* notifier : {&world.sms, &world.wecom}) {
        notifier->answer_always(verdict);
        notifier->take(5s);
    }
    for (int n = 0; n < 30; ++n) {
        const auto opened = world.open("I" + std::to_string(n));
        world.time.run_for(1s);
        REQUIRE_FALSE(shouts(world));
    }
    for (int n = 0; n < 120; ++n) {
        world.time.run_for(10s);
        REQUIRE_FALSE(shouts(world));
    }
}

TEST_CASE("auditor: a wave of alarms through a slow provider is not either", "[daemon][audit]")
{
    World world;
    world.start();
    world.sms.take(5s);
    world.wecom.take(5s);
    for (int n = 0; n < 200; ++n) const auto opened = world.open("I" + std::to_string(n));
    for (int n = 0; n < 60; ++n) {
        world.time.run_for(10s);
        REQUIRE_FALSE(shouts(world));
    }
}

// With nothing pending the engine takes over the stepped clock while a send is on its way.
TEST_CASE("auditor: a stepped clock is not either", "[daemon][audit]")
{
    World world;
    world.start();
    const Span step = GENERATE(Span(1h), Span(-1h));
    world.sms.take(4s);
    world.time.run_for(8s);
    const auto opened = world.open("I1");
    const auto going = world.answer("I1", "p-1", "going");
    world.time.set_wall_offset(step);
    world.time.run_for(2s);
    CHECK(world.auditor.age() == 0s);
    CHECK(world.count("send_finished") == 0);
    CHECK_FALSE(shouts(world));
    const auto second = world.open("I2");
    for (int n = 0; n < 60; ++n) {
        world.time.run_for(10s);
        REQUIRE_FALSE(shouts(world));
    }
}

// Those that were being sent when the process died come last in the queue of the next one.
TEST_CASE("auditor: what a dead process was sending is not missed", "[daemon][audit]")
{
    World world;
    world.start();
    world.sms.take(5s);
    for (int n = 99; n >= 0; --n) const auto opened = world.open("I" + std::to_string(100 + n));
    world.time.run_for(1s);
    const auto after = restart(world, 5min);
    after->sms.take(5s);
    after->start();
    daemon::Routes no_other = after->routes();
    no_other.fall_over.clear();
    after->outbox->reroute(no_other);
    for (int n = 0; n < 60; ++n) {
        after->time.run_for(10s);
        REQUIRE_FALSE(shouts(*after));
    }
}
