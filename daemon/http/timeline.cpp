#include "daemon/http/timeline.hpp"

#include "daemon/engine_flight.hpp"
#include "daemon/event_codec.hpp"
#include "daemon/http/instant_text.hpp"
#include "daemon/http/sight.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;

namespace {

// Records that are the engine's own bookkeeping, and no event.
bool is_event(const std::string& type)
{
    const auto& types = daemon::event_types();
    return std::find(types.begin(), types.end(), type) != types.end();
}

js::object object_of(std::string_view text)
{
    js::error_code error;
    js::value value = js::parse(js::string_view(text.data(), text.size()), error);
    return !error && value.is_object() ? std::move(value.get_object()) : js::object{};
}

std::string hex(const journal::Hash& hash)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const std::uint8_t byte : hash) {
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

escalation::Instant wall(std::int64_t ms)
{
    return escalation::Instant(escalation::Span(ms));
}

std::string live_data(
    std::uint64_t seq, escalation::Instant at, const std::string& stream, js::object body
)
{
    return js::serialize(js::object{
        {"seq", seq}, {"at", to_rfc3339(at)}, {"incident", stream}, {"body", std::move(body)}});
}

}  // namespace

Timeline::Timeline(
    const daemon::Engine& engine, const journal::Journal& journal, const journal::KeyRing& keys
)
    : engine_(engine), journal_(journal), keys_(keys)
{
    const auto read =
        journal_.read(1, journal::Journal::no_limit, [&](const journal::Record& record) {
            if (is_event(record.type)) seqs_[record.stream].push_back(record.seq);
            return true;
        });
    if (!read) throw std::runtime_error("the journal cannot be read: " + read.error().message());
}

LiveEvent Timeline::add(const daemon::Durable& durable)
{
    const daemon::EncodedEvent encoded = daemon::encode(durable.event);
    const escalation::IncidentId& incident = escalation::incident_of(durable.event);
    const std::string stream = incident.empty() ? "settings" : incident.text();
    seqs_[stream].push_back(durable.seq);
    return {
        durable.seq,
        std::string(encoded.type),
        live_data(durable.seq, durable.wall, incident.text(), object_of(encoded.open)),
        audience_of(engine_.board().find(incident))};
}

js::array Timeline::of(
    const escalation::IncidentId& incident, std::uint64_t after, std::size_t max, bool personal
) const
{
    js::array out;
    const auto found = seqs_.find(incident.text());
    if (found == seqs_.end()) return out;
    auto next = std::upper_bound(found->second.begin(), found->second.end(), after);
    for (; next != found->second.end() && out.size() < max; ++next) {
        const auto read = journal_.read(*next, 1, [&](const journal::Record& record) {
            js::object body = object_of(record.open);
            if (personal && !record.sealed.empty()) {
                const auto plain = keys_.open(
                    record.key_id, record.sealed, daemon::seal_context(record.stream, record.type)
                );
                for (auto& [key, value] : object_of(plain.value_or("{}")))
                    body.insert_or_assign(key, value);
            }
            out.push_back(js::object{
                {"seq", record.seq},
                {"at", to_rfc3339(wall(record.wall_ms))},
                {"type", record.type},
                {"body", std::move(body)},
                {"hash", hex(record.hash)}});
            return true;
        });
        if (!read) break;
    }
    return out;
}

std::optional<LiveEvent> Timeline::live(const journal::Record& record) const
{
    if (!is_event(record.type)) return std::nullopt;
    const bool settings = record.stream == "settings";
    const std::string incident = settings ? std::string() : record.stream;
    return LiveEvent{
        record.seq,
        record.type,
        live_data(record.seq, wall(record.wall_ms), incident, object_of(record.open)),
        audience_of(engine_.board().find(escalation::IncidentId(incident)))};
}

std::optional<std::vector<LiveEvent>> Timeline::replay(std::uint64_t after, std::size_t max) const
{
    std::vector<LiveEvent> out;
    const auto read =
        journal_.read(after + 1, journal::Journal::no_limit, [&](const journal::Record& record) {
            if (auto event = live(record)) out.push_back(std::move(*event));
            return out.size() < max;
        });
    if (!read) return std::nullopt;
    return out;
}

}  // namespace shouwang::http
