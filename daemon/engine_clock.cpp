#include "daemon/engine.hpp"
#include "daemon/engine_flight.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

// The engine's deadlines: one timer for the earliest of all, and a heartbeat that looks twice a
// second whatever the timer does.
namespace shouwang::daemon {

namespace asio = boost::asio;
using namespace escalation;
using namespace std::chrono_literals;

namespace {

constexpr Span beat_every = 500ms;
// A journal that takes longer than this is degraded: people are paged from memory meanwhile.
constexpr Span slow_commit = 2s;
constexpr Span probe_every = 1s;
// A tick serves 64 incidents; more rounds at one instant mean that deadlines do not move.
constexpr unsigned rounds_max = 10'000;

}  // namespace

void Engine::start()
{
    beat_at_ = time_.boottime();
    heart_ = std::make_shared<asio::cancellation_signal>();
    for (const auto& subscriber : start_subscribers_) subscriber();
    auto beating = beat();
    asio::co_spawn(
        executor_,
        std::move(beating),
        asio::bind_cancellation_slot(
            heart_->slot(),
            [heart = heart_](std::exception_ptr fault) {
                // A defect of the engine itself: ends the loop's run, and with it the process.
                if (fault) std::rethrow_exception(fault);
            }
        )
    );
}

asio::awaitable<void> Engine::beat()
{
    for (bool rested = true; rested && !stopped_;) {
        beat_at_ = time_.boottime();
        watch_the_journal();
        realign_when_quiet();
        run_due();
        auto rest = time_.sleep_for(beat_every);
        rested = co_await std::move(rest);
    }
}

void Engine::watch_the_journal()
{
    if (mode_ == Mode::Dead) return;
    const Span now = time_.boottime();
    if (mode_ == Mode::Full && now - probed_at_ >= probe_every) {
        flush();
        probed_at_ = now;
    }
    const bool late = !flights_.empty() && now - flights_.front()->queued_at > slow_commit;
    if (late && !in_memory()) {
        slow_ = true;
        health_.degrade("disk", "commits take longer than 2 s: paging from memory");
        release_all_from_memory();
    } else if (!late && slow_) {
        slow_ = false;
        health_.recover("disk");
    }
    if (journal_.space_state() == journal::SpaceState::BallastUsed)
        health_.degrade("disk space", "the journal spent its reserve: make room");
    else if (journal_.space_state() == journal::SpaceState::Ok)
        health_.recover("disk space");
}

// With nothing pending, nothing can become early or late by taking over the wall clock.
void Engine::realign_when_quiet()
{
    const bool pending =
        std::any_of(board_.alarms.begin(), board_.alarms.end(), [&](const auto& alarm) {
            return board_.incidents.at(alarm.second).promised().has_value();
        });
    if (pending || !flights_.empty()) return;
    if (std::chrono::abs(clock_.ahead()) > 50ms) {
        spdlog::warn("the wall clock was stepped by {} ms", -clock_.ahead().count());
        clock_.realign();
    }
    health_.recover("clock");
}

void Engine::arm()
{
    if (stopped_ || mode_ == Mode::Dead) return;
    const std::optional<Instant> next = next_deadline();
    if (next == armed_for_) return;
    armed_for_ = next;
    if (alarm_) std::exchange(alarm_, nullptr)->emit(asio::cancellation_type::terminal);
    if (!next) return;

    const auto alarm = std::make_shared<asio::cancellation_signal>();
    alarm_ = alarm;
    auto rest = time_.sleep_for(*next - clock_.now());
    auto on_alarm =
        [this, alive = std::weak_ptr(alive_), alarm](std::exception_ptr fault, bool due) {
            if (fault) std::rethrow_exception(fault);
            if (!due || alive.expired() || alarm_ != alarm) return;
            alarm_.reset();
            armed_for_.reset();
            run_due();
        };
    auto spawn = [this,
                  alive = std::weak_ptr(alive_),
                  alarm,
                  rest = std::move(rest),
                  on_alarm = std::move(on_alarm)]() mutable {
        if (alive.expired() || alarm_ != alarm) return;
        asio::co_spawn(
            executor_,
            std::move(rest),
            asio::bind_cancellation_slot(alarm->slot(), std::move(on_alarm))
        );
    };
    // Posted, because a deadline that is due already must not be served inside of the command that
    // set it.
    asio::post(executor_, std::move(spawn));
}

// Serves everything that is due, and arms the timer for what comes next.
void Engine::run_due()
{
    if (stopped_ || mode_ == Mode::Dead) return;
    for (unsigned round = 0; round < rounds_max; ++round) {
        const Instant now = clock_.now();
        const std::optional<Instant> due = next_deadline();
        if (!due || *due > now) {
            health_.recover("deadlines");
            return arm();
        }
        if (!tick(now)) break;
    }
    // Not armed: the heartbeat tries again, and `working` tells the watchdog.
    health_.degrade("deadlines", "something is due and does not move");
}

// Serves one round. False when nothing came of it.
bool Engine::tick(Instant at)
{
    // No protocol, no ladder: wait for the first one.
    if (rules_.find(rules_.current) == nullptr) return false;
    if (!poisoned_.empty()) return tick_one_by_one(at);
    std::vector<Event> events;
    try {
        Decision decision = decide(rules_, *directory_, board_, Tick{}, at);
        if (auto* decided = std::get_if<std::vector<Event>>(&decision))
            events = std::move(*decided);
    } catch (const std::exception& fault) {
        spdlog::critical("a tick failed: {}", fault.what());
    }
    if (events.empty()) return tick_one_by_one(at);
    const std::optional<Instant> before = next_deadline();
    for (const Event& event : events) fold(event);
    commit(std::move(events), std::nullopt, Reply{}, false);
    const std::optional<Instant> after = next_deadline();
    return after != before || tick_one_by_one(at);
}

// An incident that the core fails on must not hold up the others: each due one is served on a
// board of its own, and one that fails again and again is left out, loudly.
bool Engine::tick_one_by_one(Instant at)
{
    std::vector<IncidentId> due;
    for (const auto& [instant, id] : board_.alarms)
        if (instant <= at && !poisoned_.contains(id)) due.push_back(id);
    bool moved = false;
    for (const IncidentId& id : due) {
        const Incident& incident = board_.incidents.at(id);
        const std::optional<Instant> before = incident.deadline();
        Board single;
        single.incidents[id] = incident;
        single.alarms = {{*before, id}};
        try {
            Decision decision = decide(rules_, *directory_, single, Tick{}, at);
            std::vector<Event> events = std::move(std::get<std::vector<Event>>(decision));
            for (const Event& event : events) fold(event);
            commit(std::move(events), std::nullopt, Reply{}, false);
        } catch (const std::exception& fault) {
            spdlog::critical("incident {}: the engine failed on it: {}", id.text(), fault.what());
        }
        if (board_.incidents.at(id).deadline() != before) {
            moved = true;
            continue;
        }
        poisoned_[id] += 1;
        health_.degrade("incident " + id.text(), "its deadlines do not move: page by hand");
    }
    return moved;
}

// The earliest deadline of all that can be served.
std::optional<Instant> Engine::next_deadline() const
{
    for (const auto& [instant, id] : board_.alarms)
        if (!poisoned_.contains(id)) return instant;
    return std::nullopt;
}

Span Engine::overdue() const
{
    const std::optional<Instant> due = next_deadline();
    return due ? std::max(Span::zero(), clock_.now() - *due) : Span::zero();
}

bool Engine::working() const
{
    if (stopped_ || mode_ == Mode::Dead) return false;
    return time_.boottime() - beat_at_ < 1s && overdue() <= 2s;
}

}  // namespace shouwang::daemon
