#include "daemon/engine.hpp"
#include "daemon/engine_flight.hpp"
#include "daemon/event_codec.hpp"
#include "daemon/journal/hash_chain.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

// The engine's way to the journal: batches, what a full or a slow journal does, and who is told.
namespace shouwang::daemon {

namespace json = boost::json;
using namespace escalation;

namespace {

// Days of paging. Beyond it the records of single sends are no longer kept: after a restart the
// worst is a message sent twice.
constexpr std::size_t backlog_max = 100'000;

// Jitter between reading two clocks is less than this; a step of a clock is more.
constexpr Span clock_step_min{50};

bool only_about_sending(const std::vector<Event>& events)
{
    return std::all_of(events.begin(), events.end(), [](const Event& event) {
        return std::holds_alternative<SendStarted>(event) ||
               std::holds_alternative<SendFinished>(event);
    });
}

}  // namespace

// Queues what was folded. Nothing when there is nothing to write.
Engine::FlightPtr Engine::commit(
    std::vector<Event> events,
    const std::optional<Idempotency>& once,
    const Reply& reply,
    bool opening
)
{
    if (events.empty() && !once) return nullptr;
    auto flight = std::make_shared<Flight>();
    flight->batch = make_batch(events, once, reply);
    const std::size_t extra = once ? 1 : 0;
    flight->first_event = flight->batch.drafts.size() - events.size() - extra;
    flight->events = std::move(events);
    flight->once = once;
    flight->wall = Instant(Span(flight->batch.drafts.front().wall_ms));
    flight->queued_at = time_.boottime();
    flight->opening = opening;
    if (once) answered_.insert(*once, {once->body_hash, reply, flight, clock_.now()});

    const bool dropped = flights_.size() >= backlog_max && only_about_sending(flight->events);
    if (!dropped) flights_.push_back(flight);
    if (in_memory()) release(*flight);
    flush();
    return flight;
}

journal::Batch Engine::make_batch(
    const std::vector<Event>& events, const std::optional<Idempotency>& once, const Reply& reply
)
{
    journal::Batch batch;
    journal::Draft stamp;
    stamp.wall_ms = time_.now().time_since_epoch().count();
    stamp.boottime_ms = time_.boottime().count();
    stamp.boot_id = time_.boot_id();

    const Span ahead = clock_.ahead();
    if (std::chrono::abs(ahead - journaled_ahead_) > clock_step_min) {
        journal::Draft draft = stamp;
        draft.stream = settings_stream;
        draft.type = clock_type;
        draft.open = json::serialize(json::object({{"ahead_ms", ahead.count()}}));
        batch.drafts.push_back(std::move(draft));
        journaled_ahead_ = ahead;
    }
    std::string stream = settings_stream;
    for (const Event& event : events) {
        const EncodedEvent encoded = encode(event);
        journal::Draft draft = stamp;
        const IncidentId& incident = incident_of(event);
        draft.stream = incident.empty() ? settings_stream : incident.text();
        draft.type = encoded.type;
        draft.open = encoded.open;
        if (stream == settings_stream) stream = draft.stream;
        seal_into(batch, std::move(draft), encoded.sealed);
    }
    if (once) {
        journal::Draft draft = stamp;
        draft.stream = stream;
        draft.type = idempotency_type;
        draft.open = json::serialize(json::object(
            {{"account", once->account},
             {"key", once->key},
             {"body_hash", once->body_hash},
             {"status", reply.status},
             {"location", reply.location},
             {"at", clock_.now().time_since_epoch().count()}}
        ));
        seal_into(batch, std::move(draft), reply.body);
    }
    return batch;
}

void Engine::seal_into(journal::Batch& batch, journal::Draft draft, const std::string& plain)
{
    if (!plain.empty()) {
        draft.key_id = key_for(draft.stream, batch);
        draft.sealed = keys_.seal(draft.key_id, plain, seal_context(draft.stream, draft.type));
    }
    batch.drafts.push_back(std::move(draft));
}

// The key of a stream; made with the first record that needs it.
std::string Engine::key_for(const std::string& stream, journal::Batch& batch)
{
    const auto known = key_ids_.find(stream);
    if (known != key_ids_.end() && keys_.holds(known->second)) return known->second;
    std::string id = stream;
    for (unsigned n = 2; keys_.holds(id) || lost_key_ids_.contains(id); ++n)
        id = stream + "/" + std::to_string(n);
    batch.keys.push_back(keys_.create(id));
    key_ids_[stream] = id;
    return id;
}

// Hands the journal whatever it has room for, in order. While it is full, one batch at a time
// tries whether there is room again (watch_the_journal).
void Engine::flush()
{
    if (stopped_ || mode_ == Mode::Dead) return;
    const bool probing = mode_ == Mode::Full;
    if (probing && (sent_ != 0 || probed_at_ == time_.boottime())) return;
    while (sent_ < flights_.size() && journal_.has_room()) {
        const FlightPtr flight = flights_[sent_];
        const std::uint64_t expected_head = next_head_;
        flight->sent = true;
        ++sent_;
        next_head_ += flight->batch.drafts.size();
        journal_.append(
            flight->batch,
            expected_head,
            [this, alive = std::weak_ptr(alive_), flight](journal::AppendResult result) {
                if (!alive.expired()) on_appended(flight, std::move(result));
            }
        );
        if (probing) return;
    }
}

void Engine::on_appended(const FlightPtr& flight, journal::AppendResult result)
{
    if (mode_ == Mode::Dead) return;
    --sent_;
    if (result) return on_success(flight, *result);
    if (stopped_) return;
    if (result.error() != journal::Errc::Full) return die(result.error().message());
    // Every batch that was on its way failed with this one: they are sent again, in order.
    flight->sent = false;
    next_head_ = durable_.seq;
    mode_ = Mode::Full;
    probed_at_ = time_.boottime();
    health_.degrade("journal", "full: nothing new is taken, running incidents go on unjournaled");
    release_all_from_memory();
}

void Engine::on_success(const FlightPtr& flight, const journal::Appended& appended)
{
    if (flights_.empty() || flights_.front() != flight)
        throw std::logic_error("the journal finished its batches out of order");
    flights_.pop_front();
    flight->durable = true;
    flight->first_seq = appended.first_seq;
    flight->last_seq = appended.last_seq;
    if (mode_ == Mode::Full) {
        mode_ = Mode::Normal;
        health_.recover("journal");
    }
    if (flight->once)
        if (IdempotencyTable::Entry* entry = answered_.find(*flight->once)) entry->flight.reset();
    tell_durable(*flight, appended);
    durable_ = {appended.last_seq, appended.hash};
    release(*flight);
    wake(*flight);
    flight->batch = {};
    flush();
}

// Nobody may be told anything any more: what the disk holds is known after the next start only.
void Engine::die(const std::string& reason)
{
    mode_ = Mode::Dead;
    spdlog::critical("the journal failed ({}): stopping, the next start will replay", reason);
    health_.degrade("journal", reason);
    for (const FlightPtr& flight : flights_) wake(*flight);
    if (fatal_) fatal_(reason);
}

// Lets whoever acts on events have them, once.
void Engine::release(Flight& flight)
{
    if (flight.released) return;
    flight.released = true;
    for (const Event& event : flight.events)
        for (const auto& subscriber : release_subscribers_) subscriber(event);
}

void Engine::release_all_from_memory()
{
    const std::deque<FlightPtr> waiting = flights_;
    for (const FlightPtr& flight : waiting) {
        release(*flight);
        wake(*flight);
    }
}

void Engine::tell_durable(const Flight& flight, const journal::Appended& appended)
{
    if (durable_subscribers_.empty()) return;
    journal::Head head = durable_;
    const std::size_t end = flight.first_event + flight.events.size();
    for (std::size_t i = 0; i < end; ++i) {
        const journal::Record record = journal::chain(head, flight.batch.drafts[i]);
        head = {record.seq, record.hash};
        if (i < flight.first_event) continue;
        const Durable durable{
            appended.first_seq + i,
            flight.wall,
            flight.events[i - flight.first_event],
            record.hash};
        for (const auto& subscriber : durable_subscribers_) subscriber(durable);
    }
}

}  // namespace shouwang::daemon
