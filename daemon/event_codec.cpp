#include "daemon/event_codec.hpp"

#include "daemon/event_fields.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace shouwang::daemon {

namespace json = boost::json;
using escalation::Event;

namespace {

// Collects an event's fields into its two halves.
class Writer {
public:
    template <class T>
    void open(std::string_view name, const T& field)
    {
        open_.emplace(name, to_json(field));
    }
    template <class T>
    void sealed(std::string_view name, const T& field)
    {
        if (field != T{}) sealed_.emplace(name, to_json(field));
    }
    void identity(std::string_view known, std::string_view name, const escalation::StudentId& id)
    {
        open_.emplace(known, !id.empty());
        sealed(name, id);
    }
    template <class T>
    void part(std::string_view name, const T& composite)
    {
        Writer inner;
        describe(inner, composite);
        open_.emplace(name, std::move(inner.open_));
        if (!inner.sealed_.empty()) sealed_.emplace(name, std::move(inner.sealed_));
    }
    // Both halves list the composites in the same order, so each finds its other half again.
    template <class T>
    void parts(std::string_view name, const std::vector<T>& composites)
    {
        json::array open;
        json::array sealed;
        bool personal = false;
        for (const T& composite : composites) {
            Writer inner;
            describe(inner, composite);
            personal = personal || !inner.sealed_.empty();
            open.push_back(std::move(inner.open_));
            sealed.push_back(std::move(inner.sealed_));
        }
        open_.emplace(name, std::move(open));
        if (personal) sealed_.emplace(name, std::move(sealed));
    }

    [[nodiscard]] std::string open_text() const { return json::serialize(open_); }
    [[nodiscard]] std::string sealed_text() const
    {
        return sealed_.empty() ? std::string() : json::serialize(sealed_);
    }

private:
    json::object open_;
    json::object sealed_;
};

// Fills an event from its two halves; either may be nullptr.
class Reader {
public:
    Reader(const json::object* open, const json::object* sealed) : open_(open), sealed_(sealed) {}

    template <class T>
    void open(std::string_view name, T& field)
    {
        if (const json::value* value = find(open_, name)) from_json(*value, field);
    }
    template <class T>
    void sealed(std::string_view name, T& field)
    {
        if (const json::value* value = find(sealed_, name)) from_json(*value, field);
    }
    void identity(std::string_view known, std::string_view name, escalation::StudentId& id)
    {
        bool identified = false;
        open(known, identified);
        if (identified) id = escalation::StudentId(erased);
        sealed(name, id);
    }
    template <class T>
    void part(std::string_view name, T& composite)
    {
        Reader inner(object(find(open_, name)), object(find(sealed_, name)));
        describe(inner, composite);
    }
    template <class T>
    void parts(std::string_view name, std::vector<T>& composites)
    {
        const json::value* open_list = find(open_, name);
        if (open_list == nullptr || !open_list->is_array()) return;
        const json::value* sealed_list = find(sealed_, name);
        const json::array none;
        const json::array& sealed =
            sealed_list != nullptr && sealed_list->is_array() ? sealed_list->get_array() : none;
        std::size_t index = 0;
        for (const json::value& element : open_list->get_array()) {
            const json::value* other = index < sealed.size() ? &sealed[index] : nullptr;
            Reader inner(object(&element), object(other));
            describe(inner, composites.emplace_back());
            ++index;
        }
    }

private:
    static const json::value* find(const json::object* half, std::string_view name)
    {
        return half == nullptr ? nullptr : half->if_contains(name);
    }
    static const json::object* object(const json::value* value)
    {
        return value == nullptr ? nullptr : value->if_object();
    }

    const json::object* open_;
    const json::object* sealed_;
};

template <class Type>
Event read_as(const json::object* open, const json::object* sealed)
{
    Type event;
    Reader reader(open, sealed);
    describe(reader, event);
    return event;
}

struct TypeEntry {
    std::string_view type;
    Event (*read)(const json::object* open, const json::object* sealed);
};

// One entry for each alternative: an event without a description does not compile, one without a
// name falls to the assertion below.
template <std::size_t... Index>
constexpr auto make_entries(std::index_sequence<Index...>)
{
    return std::array{TypeEntry{
        type_name<std::variant_alternative_t<Index, Event>>,
        &read_as<std::variant_alternative_t<Index, Event>>}...};
}

constexpr auto entries = make_entries(std::make_index_sequence<std::variant_size_v<Event>>());

constexpr bool every_type_has_a_name_of_its_own()
{
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].type.empty()) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (entries[i].type == entries[j].type) return false;
    }
    return true;
}
static_assert(every_type_has_a_name_of_its_own(), "a new event needs its type_name");

struct Encode {
    template <class Type>
    EncodedEvent operator()(const Type& event) const
    {
        Writer writer;
        describe(writer, event);
        return {type_name<Type>, writer.open_text(), writer.sealed_text()};
    }
};

// The bytes are as they were written, so text that is not UTF-8 comes back as it was.
json::value parse(std::string_view text)
{
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    boost::system::error_code error;
    json::value value = json::parse(text, error, json::storage_ptr(), options);
    return error ? json::value() : value;
}

}  // namespace

EncodedEvent encode(const Event& event)
{
    return std::visit(Encode{}, event);
}

std::optional<Event> decode(
    std::string_view type, std::string_view open, std::optional<std::string_view> sealed
)
{
    const auto* entry = std::find_if(entries.begin(), entries.end(), [&](const TypeEntry& each) {
        return each.type == type;
    });
    if (entry == entries.end()) return std::nullopt;

    const json::value open_value = parse(open);
    if (!open_value.is_object()) return std::nullopt;
    const json::value sealed_value = sealed ? parse(*sealed) : json::value();
    Event event = entry->read(&open_value.get_object(), sealed_value.if_object());
    const bool homeless = escalation::incident_of(event).empty() &&
                          !std::holds_alternative<escalation::Adopted>(event);
    if (homeless) return std::nullopt;
    return event;
}

const std::array<std::string_view, std::variant_size_v<Event>>& event_types()
{
    static const auto types = [] {
        std::array<std::string_view, entries.size()> out{};
        for (std::size_t i = 0; i < entries.size(); ++i) out[i] = entries[i].type;
        return out;
    }();
    return types;
}

}  // namespace shouwang::daemon
