#pragma once

#include "escalation/incident.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Single values of events as JSON and back. Reading is total: a value of the wrong kind leaves its
// target as it was and says so, an element of the wrong kind is left out of its list.
namespace shouwang::daemon {

// The words of an enumeration, as they stand in journals: add, never change. Specialized in
// event_fields.hpp.
template <class Enum>
struct Words;

template <class T>
concept Worded = requires
{
    Words<T>::words;
};

[[nodiscard]] inline boost::json::value to_json(const std::string& text)
{
    return boost::json::value(std::string_view(text));
}

inline bool from_json(const boost::json::value& json, std::string& out)
{
    const boost::json::string* text = json.if_string();
    if (text != nullptr) out.assign(text->data(), text->size());
    return text != nullptr;
}

[[nodiscard]] boost::json::value to_json(std::same_as<bool> auto flag)
{
    return boost::json::value(flag);
}

inline bool from_json(const boost::json::value& json, bool& out)
{
    const bool* flag = json.if_bool();
    if (flag != nullptr) out = *flag;
    return flag != nullptr;
}

template <std::integral Number>
requires(!std::same_as<Number, bool>) [[nodiscard]] boost::json::value to_json(Number number)
{
    return boost::json::value(static_cast<std::int64_t>(number));
}

template <std::integral Number>
requires(!std::same_as<Number, bool>) bool from_json(const boost::json::value& json, Number& out)
{
    const std::int64_t* number = json.if_int64();
    if (number == nullptr || !std::in_range<Number>(*number)) return false;
    out = static_cast<Number>(*number);
    return true;
}

[[nodiscard]] inline boost::json::value to_json(escalation::Instant at)
{
    return to_json(std::int64_t{at.time_since_epoch().count()});
}

inline bool from_json(const boost::json::value& json, escalation::Instant& out)
{
    std::int64_t ms = 0;
    if (!from_json(json, ms)) return false;
    out = escalation::Instant(escalation::Span(ms));
    return true;
}

[[nodiscard]] inline boost::json::value to_json(escalation::Span span)
{
    return to_json(std::int64_t{span.count()});
}

inline bool from_json(const boost::json::value& json, escalation::Span& out)
{
    std::int64_t ms = 0;
    if (!from_json(json, ms)) return false;
    out = escalation::Span(ms);
    return true;
}

template <class Tag>
[[nodiscard]] boost::json::value to_json(const escalation::Name<Tag>& name)
{
    return to_json(name.text());
}

template <class Tag>
bool from_json(const boost::json::value& json, escalation::Name<Tag>& out)
{
    std::string text;
    if (!from_json(json, text)) return false;
    out = escalation::Name<Tag>(std::move(text));
    return true;
}

template <Worded Enum>
[[nodiscard]] boost::json::value to_json(Enum value)
{
    for (const auto& [candidate, word] : Words<Enum>::words)
        if (candidate == value) return boost::json::value(word);
    return boost::json::value(nullptr);
}

template <Worded Enum>
bool from_json(const boost::json::value& json, Enum& out)
{
    const boost::json::string* text = json.if_string();
    if (text == nullptr) return false;
    for (const auto& [value, word] : Words<Enum>::words) {
        if (std::string_view(text->data(), text->size()) != word) continue;
        out = value;
        return true;
    }
    return false;
}

// "S03@C05#2" where that reads back as the same key, else an object: a scope may hold any text.
[[nodiscard]] boost::json::value to_json(const escalation::DutyKey& key);
bool from_json(const boost::json::value& json, escalation::DutyKey& out);
[[nodiscard]] boost::json::value to_json(const escalation::AskRef& ref);
bool from_json(const boost::json::value& json, escalation::AskRef& out);
[[nodiscard]] boost::json::value to_json(const escalation::RungState& rung);
bool from_json(const boost::json::value& json, escalation::RungState& out);
[[nodiscard]] boost::json::value to_json(const escalation::Actor& actor);
bool from_json(const boost::json::value& json, escalation::Actor& out);

// The templates below name each other: all are declared before any is defined.
template <class T>
[[nodiscard]] boost::json::value to_json(const std::optional<T>& value);
template <class T>
bool from_json(const boost::json::value& json, std::optional<T>& out);
template <class T>
[[nodiscard]] boost::json::value to_json(const std::vector<T>& list);
template <class T>
bool from_json(const boost::json::value& json, std::vector<T>& out);
template <class T>
[[nodiscard]] boost::json::value to_json(const std::set<T>& list);
template <class T>
bool from_json(const boost::json::value& json, std::set<T>& out);
template <class Key, class T>
[[nodiscard]] boost::json::value to_json(const std::map<Key, T>& entries);
template <class Key, class T>
bool from_json(const boost::json::value& json, std::map<Key, T>& out);

template <class T>
boost::json::value to_json(const std::optional<T>& value)
{
    return value ? to_json(*value) : boost::json::value(nullptr);
}

template <class T>
bool from_json(const boost::json::value& json, std::optional<T>& out)
{
    T value{};
    if (json.is_null() || !from_json(json, value)) return json.is_null();
    out = std::move(value);
    return true;
}

template <class T>
boost::json::value to_json(const std::vector<T>& list)
{
    boost::json::array out;
    out.reserve(list.size());
    for (const T& element : list) out.push_back(to_json(element));
    return out;
}

template <class T>
bool from_json(const boost::json::value& json, std::vector<T>& out)
{
    const boost::json::array* list = json.if_array();
    if (list == nullptr) return false;
    out.clear();
    for (const boost::json::value& element : *list) {
        T value{};
        if (from_json(element, value)) out.push_back(std::move(value));
    }
    return true;
}

template <class T>
boost::json::value to_json(const std::set<T>& list)
{
    boost::json::array out;
    out.reserve(list.size());
    for (const T& element : list) out.push_back(to_json(element));
    return out;
}

template <class T>
bool from_json(const boost::json::value& json, std::set<T>& out)
{
    std::vector<T> list;
    if (!from_json(json, list)) return false;
    out = std::set<T>(list.begin(), list.end());
    return true;
}

[[nodiscard]] inline const std::string& key_text(const std::string& key)
{
    return key;
}
template <class Tag>
[[nodiscard]] const std::string& key_text(const escalation::Name<Tag>& key)
{
    return key.text();
}

template <class Key, class T>
boost::json::value to_json(const std::map<Key, T>& entries)
{
    boost::json::object out;
    out.reserve(entries.size());
    for (const auto& [key, value] : entries) out.emplace(key_text(key), to_json(value));
    return out;
}

template <class Key, class T>
bool from_json(const boost::json::value& json, std::map<Key, T>& out)
{
    const boost::json::object* entries = json.if_object();
    if (entries == nullptr) return false;
    out.clear();
    for (const auto& [key, element] : *entries) {
        T value{};
        if (!from_json(element, value)) continue;
        out.emplace(Key(std::string(key.data(), key.size())), std::move(value));
    }
    return true;
}

}  // namespace shouwang::daemon
