#include "daemon/http/timeline.hpp"

#include "daemon/engine_flight.hpp"
#include "daemon/event_codec.hpp"
#include "daemon/http/instant_text.hpp"
#include "daemon/http/sight.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;

namespace {

constexpr std::uint64_t read_at_once = 128;

// Records that are the engine's own bookkeeping, and no event.
bool is_event(const std::string& type)
{
    const auto& types = daemon::event_types();
    return std::find(types.begin(), types.end(), type) != types.end();
}

// Events that put somebody among those whom an incident concerns.
bool asks(std::string_view type)
{
    return type == "asked" || type == "answered" || type == "register_entered";
}

js::object object_of(std::string_view text)
{
    js::error_code error;
    js::value value = js::parse(js::string_view(text.data(), text.size()), error);
    return !error && value.is_object() ? std::move(value.get_object()) : js::object{};
}

// Puts what is personal back where the codec took it out: into composites, and into those of a
// list by their places. The depth is that of our own events.
void unite(js::value& open, const js::value& sealed)
{
    if (open.is_object() && sealed.is_object()) {
        for (const auto& [key, value] : sealed.get_object()) {
            const auto [at, fresh] = open.get_object().emplace(key, value);
            if (!fresh) unite(at->value(), value);
        }
    } else if (open.is_array() && sealed.is_array() && open.get_array().size() == sealed.get_array().size()) {
        for (std::size_t i = 0; i < sealed.get_array().size(); ++i)
            unite(open.get_array()[i], sealed.get_array()[i]);
    } else {
        open = sealed;
    }
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

Timeline::Timeline(const journal::Journal& journal, const journal::KeyRing& keys)
    : journal_(journal), keys_(keys)
{
    const auto read =
        journal_.read(1, journal::Journal::no_limit, [&](const journal::Record& record) {
            if (is_event(record.type))
                note(
                    record.stream,
                    record.seq,
                    record.type,
                    asks(record.type) ? object_of(record.open) : js::object{}
                );
            return true;
        });
    if (!read) throw std::runtime_error("the journal cannot be read: " + read.error().message());
}

void Timeline::note(
    const std::string& name, std::uint64_t seq, const std::string& type, const js::object& open
)
{
    Stream& stream = streams_[name];
    stream.seqs.push_back(seq);
    if (!asks(type)) return;
    const js::value* staff = open.if_contains("staff");
    if (staff != nullptr && staff->is_string())
        stream.asked_at.emplace(escalation::StaffId(std::string_view(staff->get_string())), seq);
}

std::string Timeline::audience(const std::string& name, std::uint64_t seq) const
{
    std::vector<escalation::StaffId> asked;
    if (const auto found = streams_.find(name); found != streams_.end())
        for (const auto& [staff, since] : found->second.asked_at)
            if (since <= seq) asked.push_back(staff);
    return audience_of(asked);
}

LiveEvent Timeline::add(const daemon::Durable& durable)
{
    const daemon::EncodedEvent encoded = daemon::encode(durable.event);
    const escalation::IncidentId& incident = escalation::incident_of(durable.event);
    const std::string stream = incident.empty() ? "settings" : incident.text();
    const std::string type(encoded.type);
    js::object open = object_of(encoded.open);
    note(stream, durable.seq, type, open);
    return {
        durable.seq,
        type,
        live_data(durable.seq, durable.wall, incident.text(), std::move(open)),
        audience(stream, durable.seq)};
}

js::array Timeline::of(
    const escalation::IncidentId& incident, std::uint64_t after, std::size_t max, bool personal
) const
{
    js::array out;
    const auto found = streams_.find(incident.text());
    if (found == streams_.end()) return out;
    const auto& seqs = found->second.seqs;
    const auto show = [&](const journal::Record& record) {
        if (record.stream != incident.text() || !is_event(record.type)) return true;
        js::value body = object_of(record.open);
        if (personal && !record.sealed.empty()) {
            const auto plain = keys_.open(
                record.key_id, record.sealed, daemon::seal_context(record.stream, record.type)
            );
            unite(body, object_of(plain.value_or("{}")));
        }
        out.push_back(js::object{
            {"seq", record.seq},
            {"at", to_rfc3339(wall(record.wall_ms))},
            {"type", record.type},
            {"body", std::move(body)},
            {"hash", hex(record.hash)}});
        return out.size() < max;
    };
    // What stands close together is read at once; what is other streams' is passed over.
    auto first = std::upper_bound(seqs.begin(), seqs.end(), after);
    while (first != seqs.end() && out.size() < max) {
        auto next = std::next(first);
        while (next != seqs.end() && *next - *first < read_at_once) ++next;
        const auto read = journal_.read(*first, *std::prev(next) - *first + 1, show);
        if (!read) break;
        first = next;
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
        audience(record.stream, record.seq)};
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
