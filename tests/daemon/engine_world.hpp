#pragma once

#include "daemon/auditor.hpp"
#include "daemon/engine.hpp"
#include "daemon/journal/memory_journal.hpp"
#include "daemon/outbox.hpp"
#include "daemon/rehearsal/scripted_notifier.hpp"
#include "daemon/rehearsal/seeded_entropy.hpp"
#include "daemon/rehearsal/virtual_time.hpp"
#include "tests/daemon/gas_leak.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// A whole daemon without sockets, threads or waiting: engine, outbox and an in-memory journal under
// virtual time.
namespace shouwang::test {

using namespace escalation;
using namespace std::chrono_literals;
using daemon::Accepted;
using daemon::Outcome;

inline const Instant day = std::chrono::sys_days(std::chrono::October / 10 / 2026);

// What a coroutine came to, once it did.
template <class T>
class Pending {
public:
    Pending(boost::asio::io_context& io, boost::asio::awaitable<T> work)
    {
        boost::asio::co_spawn(
            io,
            std::move(work),
            [state = state_](std::exception_ptr fault, T value) {
                if (fault) std::rethrow_exception(fault);
                *state = std::move(value);
            }
        );
    }
    [[nodiscard]] bool done() const { return state_->has_value(); }
    [[nodiscard]] const T& operator*() const
    {
        REQUIRE(done());
        return **state_;
    }
    [[nodiscard]] const T* operator->() const { return &**this; }

private:
    std::shared_ptr<std::optional<T>> state_ = std::make_shared<std::optional<T>>();
};

class World {
public:
    explicit World(Instant start = day) : World(start, {}, {}) {}

    // The machine with what its disk held. `uptime`: how long it has been running.
    World(Instant start, Span uptime, journal::MemoryJournal::Content content)
        : time((io.restart(), io), start),
          started_at_(start),
          journal((time.run_for(uptime), io.get_executor()), std::move(content)),
          keys(master(entropy), entropy),
          engine(
              io.get_executor(),
              time,
              journal,
              keys,
              health,
              metrics,
              [this](const std::string& reason) { fatal = reason; }
          ),
          auditor(io.get_executor(), engine, time, health, metrics),
          sms(time),
          sms_2(time),
          wecom(time)
    {
        engine.on_durable([this](const daemon::Durable& durable) {
            durable_seqs.push_back(durable.seq);
        });
        engine.on_release([this](const Event& event) { released.push_back(event); });
        replayed = engine.replay([](const std::string& text) {
            return text == "gas" ? gas_leak() : nullptr;
        });
    }

    [[nodiscard]] daemon::Routes routes()
    {
        daemon::Routes out;
        if (first_provider) out.providers[ChannelName("sms")].push_back({"sms-1", &sms});
        if (second_provider) out.providers[ChannelName("sms")].push_back({"sms-2", &sms_2});
        out.providers[ChannelName("wecom")] = {{"wecom", &wecom}};
        out.fall_over = {ChannelName("wecom"), ChannelName("sms")};
        return out;
    }

    // Puts protocol and roster in force and starts everything.
    void start()
    {
        outbox.emplace(
            io.get_executor(),
            engine,
            time,
            entropy,
            health,
            routes(),
            [](const Incident& incident, const Page&, const ChannelName&, const daemon::Attempt&) {
                return daemon::MessageContent{incident.code, "{}"};
            }
        );
        outbox->resume();
        drain();
        auto protocol = spawn(engine.adopt_protocol(gas_leak(), "gas"));
        auto roster = spawn(engine.adopt_roster(plant(), "plant", "roster"));
        drain();
        engine.start();
        drain();
    }

    Pending<Outcome> spawn(boost::asio::awaitable<Outcome> work) { return {io, std::move(work)}; }

    Pending<Outcome> open(
        const std::string& id,
        std::optional<daemon::Idempotency> once = {},
        escalation::Kind kind = escalation::Kind::Real
    )
    {
        Report report;
        report.kind = kind;
        report.id = IncidentId(id);
        report.via = "phone";
        report.callback = "199-0000-0009";
        report.text = "气味";
        auto pending = spawn(engine.submit(
            Command(report),
            std::move(once),
            [](const escalation::Board&, const std::vector<Event>& events) {
                return daemon::Reply{201, "/x", std::to_string(events.size())};
            }
        ));
        drain();
        return pending;
    }

    Pending<Outcome> answer(const std::string& id, const char* staff, const char* word)
    {
        Answer answer;
        answer.incident = IncidentId(id);
        answer.staff = StaffId(staff);
        answer.word = Word(word);
        auto pending = spawn(engine.submit(Command(answer)));
        drain();
        return pending;
    }

    void drain() { time.run_for(0ms); }

    [[nodiscard]] const Incident& incident(const std::string& id) const
    {
        const Incident* found = engine.board().find(IncidentId(id));
        REQUIRE(found != nullptr);
        return *found;
    }

    // The instants at which the rungs of the incident's duty were reached.
    [[nodiscard]] std::vector<std::optional<Instant>> rungs(const std::string& id) const
    {
        std::vector<std::optional<Instant>> out;
        for (const auto& [key, duty] : incident(id).duties)
            for (const RungState& rung : duty.rungs) out.push_back(rung.reached);
        return out;
    }

    [[nodiscard]] std::size_t count(const std::string& type) const
    {
        std::size_t out = 0;
        for (const journal::Record& record : journal.content().records)
            if (record.type == type) ++out;
        return out;
    }

    // The process dies now. What the next one finds.
    journal::MemoryJournal::Content kill()
    {
        journal.crash();
        auditor.stop();
        engine.stop();
        if (outbox) outbox->stop();
        return journal.content();
    }
    // How long the machine has been up.
    [[nodiscard]] Span uptime() const { return time.boottime(); }
    [[nodiscard]] Instant started_at() const { return started_at_; }

    // First, because it is destroyed last: suspended coroutines die with it.
    boost::asio::io_context io;
    rehearsal::VirtualTime time;
    Instant started_at_;
    rehearsal::SeededEntropy entropy{7};
    journal::MemoryJournal journal;
    journal::KeyRing keys;
    daemon::Health health;
    daemon::Metrics metrics;
    std::optional<std::string> fatal;
    daemon::Engine engine;
    daemon::Auditor auditor;
    rehearsal::ScriptedNotifier sms;
    rehearsal::ScriptedNotifier sms_2;
    rehearsal::ScriptedNotifier wecom;
    bool first_provider = true;
    bool second_provider = false;
    std::optional<daemon::Outbox> outbox;
    daemon::Replay replayed;
    std::vector<std::uint64_t> durable_seqs;
    std::vector<Event> released;

private:
    // The same for every world: a restart finds its keys.
    static journal::MasterKey master(daemon::Entropy&)
    {
        rehearsal::SeededEntropy fixed(1);
        return journal::MasterKey::generate(fixed);
    }
};

// The same machine with a new process: the clocks go on.
inline std::unique_ptr<World> restart(World& before, Span away = {})
{
    auto content = before.kill();
    auto after =
        std::make_unique<World>(before.started_at(), before.uptime() + away, std::move(content));
    after->time.set_wall_offset(before.time.wall_offset());
    return after;
}

}  // namespace shouwang::test
