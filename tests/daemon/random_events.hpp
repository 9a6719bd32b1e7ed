#pragma once

#include "daemon/event_fields.hpp"
#include "tests/support/dice.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Events with every described field filled by chance, and their comparison field by field.
namespace shouwang::test {

using daemon::describe;
using escalation::Event;

// Fills whatever describe() shows it.
class Filler {
public:
    // `plain`: readable words only, for files that people look at.
    Filler(Dice& dice, bool plain) : dice_(dice), plain_(plain) {}

    void open(std::string_view, auto& field) { fill(field); }
    void sealed(std::string_view, auto& field) { fill(field); }
    void identity(std::string_view, std::string_view, auto& field) { fill(field); }
    void part(std::string_view, auto& composite) { describe(*this, composite); }
    template <class T>
    void parts(std::string_view, std::vector<T>& composites)
    {
        for (auto left = count(); left != 0; --left) describe(*this, composites.emplace_back());
    }

    void fill(std::string& out)
    {
        static constexpr auto words = std::to_array<std::string_view>(
            {"alpha", "bravo", "charlie", "delta-7", "7号楼4层", "南岭"}
        );
        static constexpr auto traps = std::to_array<std::string_view>(
            {"",
             "a#2",
             "S03@C05#9",
             "\"quoted\\",
             "line\nbreak\x01",
             "\xff\xfe not utf-8",
             "[erased]"}
        );
        if (plain_ || dice_.chance(1, 2))
            out = words[dice_.below(words.size())];
        else
            out = traps[dice_.below(traps.size())];
    }
    void fill(bool& out) { out = dice_.chance(1, 2); }
    void fill(int& out) { out = static_cast<int>(dice_.below(4000)) - 1000; }
    void fill(unsigned& out) { out = static_cast<unsigned>(dice_.next()); }
    void fill(escalation::Span& out)
    {
        out = escalation::Span(static_cast<std::int64_t>(dice_.below(1'000'000)) - 1000);
    }
    void fill(escalation::Instant& out)
    {
        out = escalation::Instant(escalation::Span(
            static_cast<std::int64_t>(1'790'000'000'000 + dice_.below(1'000'000'000'000))
        ));
    }
    template <class Tag>
    void fill(escalation::Name<Tag>& out)
    {
        std::string text;
        fill(text);
        out = escalation::Name<Tag>(std::move(text));
    }
    template <daemon::Worded Enum>
    void fill(Enum& out)
    {
        out = daemon::Words<Enum>::words[dice_.below(daemon::Words<Enum>::words.size())].first;
    }
    void fill(escalation::DutyKey& out)
    {
        fill(out.name);
        fill(out.scope);
        out.generation = 1 + static_cast<unsigned>(dice_.below(3));
    }
    void fill(escalation::AskRef& out)
    {
        fill(out.duty);
        fill(out.attempt);
    }
    void fill(escalation::RungState& out)
    {
        fill(out.level);
        fill(out.due);
        fill(out.reached);
    }
    void fill(escalation::Actor& out)
    {
        fill(out.account);
        fill(out.staff);
    }
    template <class T>
    void fill(std::optional<T>& out)
    {
        out.reset();
        if (plain_ || dice_.chance(1, 2)) fill(out.emplace());
    }
    template <class T>
    void fill(std::vector<T>& out)
    {
        for (auto left = count(); left != 0; --left) fill(out.emplace_back());
    }
    template <class T>
    void fill(std::set<T>& out)
    {
        for (auto left = count(); left != 0; --left) {
            T element;
            fill(element);
            out.insert(std::move(element));
        }
    }
    template <class Key, class T>
    void fill(std::map<Key, T>& out)
    {
        for (auto left = count(); left != 0; --left) {
            Key key;
            fill(key);
            fill(out[key]);
        }
    }

private:
    std::uint64_t count() { return plain_ ? 2 : dice_.below(4); }

    Dice& dice_;
    bool plain_;
};

template <std::size_t Index>
Event random_event_of(Dice& dice, bool plain)
{
    std::variant_alternative_t<Index, Event> event;
    Filler filler(dice, plain);
    // What an Adopted describes depends on what it is about.
    if constexpr (std::is_same_v<decltype(event), escalation::Adopted>) {
        event.what = dice.chance(1, 2) ? "roster" : "protocol";
        const std::string what = event.what;
        describe(filler, event);
        event.what = what;
    } else {
        describe(filler, event);
        if (event.incident.empty()) event.incident = escalation::IncidentId("01HINCIDENT");
    }
    return event;
}

// One event of every alternative.
inline std::vector<Event> random_events(Dice& dice, bool plain = false)
{
    return [&]<std::size_t... Index>(std::index_sequence<Index...>)
    {
        return std::vector<Event>{random_event_of<Index>(dice, plain)...};
    }
    (std::make_index_sequence<std::variant_size_v<Event>>());
}

// Where the described fields of an event lie.
class FieldMap {
public:
    struct Field {
        const void* at = nullptr;
        std::size_t size = 0;
        std::size_t alignment = 1;
    };
    template <class T>
    void open(std::string_view, const T& field)
    {
        fields.push_back({&field, sizeof(T), alignof(T)});
    }
    void sealed(std::string_view name, const auto& field) { open(name, field); }
    void identity(std::string_view, std::string_view name, const auto& field) { open(name, field); }
    void part(std::string_view name, const auto& field) { open(name, field); }
    void parts(std::string_view name, const auto& field) { open(name, field); }

    std::vector<Field> fields;
};

// Compares an event with the one whose fields `other` lists, member by member.
class FieldCompare {
public:
    explicit FieldCompare(const FieldMap& other) : other_(other) {}
    template <class T>
    void open(std::string_view name, const T& field)
    {
        if (!(*static_cast<const T*>(other_.fields.at(next_++).at) == field)) different += name;
    }
    void sealed(std::string_view name, const auto& field) { open(name, field); }
    void identity(std::string_view, std::string_view name, const auto& field) { open(name, field); }
    void part(std::string_view name, const auto& field) { open(name, field); }
    void parts(std::string_view name, const auto& field) { open(name, field); }

    std::string different;  // the names of the fields that differ

private:
    const FieldMap& other_;
    std::size_t next_ = 0;
};

struct Differ {
    const Event& other;
    template <class T>
    std::string operator()(const T& event) const
    {
        const T* same_type = std::get_if<T>(&other);
        if (same_type == nullptr) return "another type";
        FieldMap fields;
        describe(fields, *same_type);
        FieldCompare compare(fields);
        describe(compare, event);
        return compare.different;
    }
};

// The fields in which two events differ; empty when they are equal.
inline std::string difference(const Event& a, const Event& b)
{
    return std::visit(Differ{b}, a);
}

}  // namespace shouwang::test
