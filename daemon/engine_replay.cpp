#include "daemon/engine.hpp"
#include "daemon/engine_flight.hpp"
#include "daemon/event_codec.hpp"
#include "daemon/json_values.hpp"

#include <boost/json/parse.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

// The engine's beginning: everything it knows, read back from the journal.
namespace shouwang::daemon {

namespace json = boost::json;
using namespace escalation;

namespace {

json::object parse_object(const std::string& text)
{
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    boost::system::error_code error;
    json::value value = json::parse(text, error, json::storage_ptr(), options);
    return error || !value.is_object() ? json::object() : std::move(value.get_object());
}

template <class T>
void read(const json::object& object, std::string_view name, T& out)
{
    if (const json::value* value = object.if_contains(name)) from_json(*value, out);
}

}  // namespace

Replay Engine::replay(const ParseProtocol& parse)
{
    Replay counts;
    take_keys(counts);
    std::optional<SteadyWall::Mark> last;
    const auto result =
        journal_.read(1, journal::Journal::no_limit, [&](const journal::Record& record) {
            replay_record(record, parse, counts);
            last = SteadyWall::Mark{
                Instant(Span(record.wall_ms)),
                Span(record.boottime_ms),
                record.boot_id,
                journaled_ahead_};
            return true;
        });
    if (!result) throw std::runtime_error("journal: " + result.error().message());
    durable_ = journal_.head();
    next_head_ = durable_.seq;

    if (last && clock_.resume(*last) == SteadyWall::Confidence::Doubtful) {
        counts.clock_doubtful = true;
        health_.degrade(
            "clock", "not to be trusted after the reboot: pending deadlines count as due"
        );
        // Up to the last of what was promised; an hour that strikes is no promise.
        std::optional<Instant> last_promise;
        for (const auto& [due, id] : board_.alarms)
            last_promise = std::max(last_promise, board_.incidents.at(id).promised());
        if (last_promise) clock_.advance_to(*last_promise);
    }
    for (const auto& [id, incident] : board_.incidents)
        if (incident.live() && rules_.find(incident.protocol) == nullptr)
            health_.degrade(
                "incident " + id.text(), "its protocol is gone: the present one is used"
            );
    return counts;
}

void Engine::take_keys(Replay& counts)
{
    auto stored = journal_.keys();
    if (!stored) throw std::runtime_error("journal: " + stored.error().message());
    for (journal::WrappedKey& key : *stored) {
        const std::string id = key.key_id;
        if (keys_.adopt(std::move(key))) continue;
        lost_key_ids_.insert(id);
        ++counts.erased_keys;
    }
    if (!lost_key_ids_.empty())
        health_.degrade(
            "keys", "some keys do not open under this master key: is it the right one?"
        );
}

void Engine::replay_record(
    const journal::Record& record, const ParseProtocol& parse, Replay& counts
)
{
    ++counts.records;
    std::optional<std::string> sealed;
    if (record.sealed.empty()) {
        sealed.emplace();
    } else {
        sealed = keys_.open(record.key_id, record.sealed, seal_context(record.stream, record.type));
        if (keys_.holds(record.key_id)) key_ids_[record.stream] = record.key_id;
    }

    if (record.type == clock_type)
        return read(parse_object(record.open), "ahead_ms", journaled_ahead_);
    if (record.type == idempotency_type) {
        const json::object open = parse_object(record.open);
        Idempotency once("", "", "");
        IdempotencyTable::Entry entry;
        read(open, "account", once.account);
        read(open, "key", once.key);
        read(open, "body_hash", once.body_hash);
        read(open, "status", entry.reply.status);
        read(open, "location", entry.reply.location);
        read(open, "at", entry.at);
        entry.body_hash = once.body_hash;
        entry.reply.body = sealed.value_or("");
        return answered_.insert(once, std::move(entry));
    }

    const std::optional<Event> event = decode(record.type, record.open, sealed);
    if (!event) {
        ++counts.unreadable;
        return quarantine(
            record.stream,
            "record " + std::to_string(record.seq) + " of type " + record.type + " cannot be read"
        );
    }
    ++counts.events;
    evolve(board_, *event);
    for (const auto& subscriber : replay_subscribers_) subscriber(*event);
    const auto* adopted = std::get_if<Adopted>(&*event);
    if (adopted == nullptr || adopted->what != "protocol" || !parse) return;
    std::shared_ptr<const Protocol> protocol = parse(adopted->text);
    if (!protocol)
        return health_.degrade("protocol", "a journaled protocol cannot be read any more");
    rules_.protocols[adopted->hash] = std::move(protocol);
    rules_.current = adopted->hash;
}

void Engine::quarantine(const std::string& stream, const std::string& why)
{
    quarantined_.insert(stream);
    health_.degrade("incident " + stream, why);
}

}  // namespace shouwang::daemon
