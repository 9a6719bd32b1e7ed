#include "daemon/engine.hpp"

#include "daemon/engine_flight.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace shouwang::daemon {

namespace asio = boost::asio;
using namespace escalation;

namespace {

// More than this means the disk has been stuck for seconds: then it is right to turn people away.
constexpr std::size_t commands_waiting_max = 1024;

// Who a command comes from, and whether it would promise something new.
enum class Origin { Opening, Outside, Inside };

struct OriginOf {
    Origin operator()(const Report&) const { return Origin::Opening; }
    Origin operator()(const Triage&) const { return Origin::Opening; }
    Origin operator()(const Answer&) const { return Origin::Outside; }
    Origin operator()(const SetFacts&) const { return Origin::Outside; }
    Origin operator()(const AddRecord&) const { return Origin::Outside; }
    Origin operator()(const SignEnd&) const { return Origin::Outside; }
    Origin operator()(const AddSubject&) const { return Origin::Outside; }
    Origin operator()(const Identify&) const { return Origin::Outside; }
    Origin operator()(const SetPlace&) const { return Origin::Outside; }
    Origin operator()(const TakeOver&) const { return Origin::Outside; }
    Origin operator()(const Waive&) const { return Origin::Outside; }
    Origin operator()(const AddNote&) const { return Origin::Outside; }
    Origin operator()(const Reopen&) const { return Origin::Outside; }
    Origin operator()(const SwitchProtocol&) const { return Origin::Outside; }
    Origin operator()(const Merge&) const { return Origin::Outside; }
    Origin operator()(const Split&) const { return Origin::Outside; }
    Origin operator()(const KeepApart&) const { return Origin::Outside; }
    Origin operator()(const StartSend&) const { return Origin::Inside; }
    Origin operator()(const FinishSend&) const { return Origin::Inside; }
    Origin operator()(const Adopt&) const { return Origin::Inside; }
    Origin operator()(const Tick&) const { return Origin::Inside; }
};

Origin origin_of(const Command& command)
{
    return std::visit(OriginOf{}, command);
}

}  // namespace

Engine::Engine(
    asio::any_io_executor executor,
    TimeSource& time,
    journal::Journal& journal,
    journal::KeyRing& keys,
    Health& health,
    Metrics& metrics,
    Fatal fatal
)
    : executor_(std::move(executor)),
      time_(time),
      journal_(journal),
      keys_(keys),
      health_(health),
      metrics_(metrics),
      fatal_(std::move(fatal)),
      clock_(time),
      directory_(std::make_shared<const Directory>())
{
    durable_ = journal_.head();
    next_head_ = durable_.seq;
}

Engine::~Engine() = default;

void Engine::stop()
{
    if (stopped_) return;
    stopped_ = true;
    if (alarm_) alarm_->emit(asio::cancellation_type::terminal);
    if (heart_) heart_->emit(asio::cancellation_type::terminal);
    for (const FlightPtr& flight : flights_) wake(*flight);
}

asio::awaitable<Outcome> Engine::submit(Command command)
{
    auto outcome = submit(std::move(command), std::nullopt, Render());
    return outcome;
}

asio::awaitable<Outcome> Engine::submit(
    Command command, std::optional<Idempotency> once, Render render
)
{
    if (once) {
        const IdempotencyTable::Entry* known = answered_.find(*once);
        if (known != nullptr) {
            if (known->body_hash != once->body_hash) co_return Outcome(KeyReused{});
            auto repeated = repeat(*known);
            Outcome outcome = co_await std::move(repeated);
            co_return outcome;
        }
    }
    if (std::optional<std::string> reason = reason_to_turn_away(command)) {
        ++metrics_.commands_turned_away;
        co_return Outcome(Unavailable{std::move(*reason)});
    }

    Decision decision = decide(rules_, *directory_, board_, command, clock_.now());
    if (auto* refusal = std::get_if<Refusal>(&decision)) {
        co_await settled();
        co_return Outcome(Refused{std::move(*refusal)});
    }
    Accepted accepted;
    accepted.events = std::move(std::get<std::vector<Event>>(decision));
    for (const Event& event : accepted.events) fold(event);
    if (render) accepted.reply = render(board_, accepted.events);
    const bool opening = origin_of(command) == Origin::Opening;
    const FlightPtr flight = commit(accepted.events, once, accepted.reply, opening);
    arm();
    if (!flight) {
        co_await settled();
        co_return Outcome(std::move(accepted));
    }

    co_await wait(flight);
    if (!flight->durable && (opening || !flight->released)) {
        ++metrics_.commands_turned_away;
        co_return Outcome(Unavailable{"the journal cannot be written"});
    }
    accepted.unjournaled = !flight->durable;
    accepted.first_seq = flight->first_seq;
    accepted.last_seq = flight->last_seq;
    co_return Outcome(std::move(accepted));
}

// The command came before, and may still be on its way to the disk.
asio::awaitable<Outcome> Engine::repeat(IdempotencyTable::Entry entry)
{
    if (entry.flight) {
        const auto flight = std::static_pointer_cast<Flight>(entry.flight);
        co_await wait(flight);
        if (!flight->durable && (flight->opening || !flight->released))
            co_return Outcome(Unavailable{"the journal cannot be written"});
    }
    co_return Outcome(Replayed{std::move(entry.reply)});
}

std::optional<std::string> Engine::reason_to_turn_away(const Command& command) const
{
    if (stopped_ || mode_ == Mode::Dead) return "the daemon is about to stop";
    const Origin origin = origin_of(command);
    if (origin == Origin::Inside) return std::nullopt;
    if (rules_.find(rules_.current) == nullptr) return "no protocol is in force";
    if (in_memory())
        return origin == Origin::Opening ? std::optional("the journal cannot be written")
                                         : std::nullopt;
    if (flights_.size() >= commands_waiting_max) return "too many commands are waiting";
    return std::nullopt;
}

asio::awaitable<void> Engine::settled()
{
    if (flights_.empty()) co_return;
    const FlightPtr last = flights_.back();
    co_await wait(last);
}

// Returns when the flight is durable or released, or when that will not happen any more.
asio::awaitable<void> Engine::wait(FlightPtr flight)
{
    if (flight->durable || flight->released || stopped_ || mode_ == Mode::Dead) co_return;
    const auto timer =
        std::make_shared<asio::steady_timer>(executor_, asio::steady_timer::time_point::max());
    flight->waiters.push_back(timer);
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
}

void Engine::wake(Flight& flight)
{
    const auto waiters = std::exchange(flight.waiters, {});
    for (const auto& waiter : waiters) waiter->cancel();
}

asio::awaitable<Outcome> Engine::adopt_protocol(
    std::shared_ptr<const Protocol> protocol, std::string text
)
{
    Adopt command{"protocol", protocol->name, protocol->hash, std::move(text)};
    rules_.protocols[protocol->hash] = std::move(protocol);
    auto outcome = adopt(std::move(command));
    return outcome;
}

asio::awaitable<Outcome> Engine::adopt_roster(
    std::shared_ptr<const Directory> directory, std::string name, std::string text
)
{
    Adopt command{"roster", std::move(name), directory->version, std::move(text)};
    offered_directory_ = std::move(directory);
    auto outcome = adopt(std::move(command));
    return outcome;
}

asio::awaitable<Outcome> Engine::adopt_settings(
    std::string name, std::string hash, std::string text
)
{
    Adopt command{"settings", std::move(name), std::move(hash), std::move(text)};
    auto outcome = adopt(std::move(command));
    return outcome;
}

asio::awaitable<Outcome> Engine::adopt(Adopt command)
{
    const Adopted as_before{clock_.now(), command.what, command.name, command.hash, ""};
    const auto journaled = board_.adopted.find(command.what);
    if (journaled != board_.adopted.end() && journaled->second.hash == command.hash)
        remember_adopted(as_before);
    auto submitted = submit(Command(std::move(command)));
    Outcome outcome = co_await std::move(submitted);
    co_return outcome;
}

// Puts in force what the event names. What was offered under another hash is another's.
void Engine::remember_adopted(const Adopted& adopted)
{
    if (adopted.what == "protocol" && rules_.find(adopted.hash) != nullptr)
        rules_.current = adopted.hash;
    if (adopted.what == "roster" && offered_directory_ &&
        offered_directory_->version == adopted.hash)
        directory_ = std::exchange(offered_directory_, nullptr);
}

namespace {

// Counts what happens, as it happens; a replay counts nothing.
// A drill and a roll-call are no part of what happens at the university; how promptly they are sent
// is.
void count(Metrics& metrics, const Board& board, const Event& event)
{
    const Incident* incident = board.find(incident_of(event));
    const bool exercise = incident != nullptr && incident->kind != Kind::Real;

    const auto late = [&](Span by) {
        if (by > std::chrono::seconds(1)) ++metrics.deadlines_late;
    };
    if (std::holds_alternative<Opened>(event))
        ++(exercise ? metrics.exercises_opened : metrics.incidents_opened);
    if (std::holds_alternative<Paged>(event))
        ++(exercise ? metrics.exercise_pages_queued : metrics.pages_queued);
    if (const auto* rung = std::get_if<RungReached>(&event)) late(rung->late_by);
    if (const auto* repeat = std::get_if<RepeatReached>(&event)) late(repeat->late_by);
    if (const auto* sent = std::get_if<SendFinished>(&event))
        ++(sent->state == SendState::Accepted ? metrics.sends_accepted : metrics.sends_failed);
}

}  // namespace

void Engine::fold(const Event& event)
{
    evolve(board_, event);
    count(metrics_, board_, event);
    poisoned_.erase(incident_of(event));  // whatever was wrong with it may be over
    if (const auto* adopted = std::get_if<Adopted>(&event)) remember_adopted(*adopted);
}

void Engine::on_start(std::function<void()> subscriber)
{
    start_subscribers_.push_back(std::move(subscriber));
}

void Engine::on_replay(std::function<void(const Event&)> subscriber)
{
    replay_subscribers_.push_back(std::move(subscriber));
}

void Engine::on_durable(std::function<void(const Durable&)> subscriber)
{
    durable_subscribers_.push_back(std::move(subscriber));
}

void Engine::on_release(std::function<void(const Event&)> subscriber)
{
    release_subscribers_.push_back(std::move(subscriber));
}

Instant Engine::durable_until() const
{
    const Instant now = clock_.now();
    return flights_.empty() ? now : now - (time_.boottime() - flights_.front()->queued_at);
}

std::size_t Engine::live_incidents() const
{
    const auto live =
        std::count_if(board_.incidents.begin(), board_.incidents.end(), [](const auto& entry) {
            return entry.second.live() && entry.second.kind == Kind::Real;
        });
    return static_cast<std::size_t>(live);
}

}  // namespace shouwang::daemon
