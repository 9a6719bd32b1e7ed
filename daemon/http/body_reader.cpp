#include "daemon/http/body_reader.hpp"

#include "daemon/http/instant_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;

namespace {

constexpr std::size_t depth_max = 16;
constexpr std::size_t members_max = 64;
constexpr std::size_t set_values_max = 16;

std::string escaped(std::string_view name)
{
    std::string out;
    for (const char c : name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

std::optional<std::string> word_of(const js::value& value)
{
    if (const auto* text = value.if_string()) return std::string(text->data(), text->size());
    if (const auto* number = value.if_int64()) return std::to_string(*number);
    return std::nullopt;
}

std::optional<escalation::FactValue> fact_of(const js::value& value)
{
    if (value.is_null()) return escalation::FactValue{};
    if (const auto* list = value.if_array()) {
        escalation::FactValue out;
        if (list->size() > set_values_max) return std::nullopt;
        for (const js::value& element : *list) {
            auto word = word_of(element);
            if (!word) return std::nullopt;
            out.push_back(std::move(*word));
        }
        return out;
    }
    auto word = word_of(value);
    if (!word) return std::nullopt;
    if (*word == "unknown") return escalation::FactValue{};
    return escalation::FactValue{std::move(*word)};
}

}  // namespace

std::optional<js::object> parse_object(std::string_view body, std::vector<InputFault>& faults)
{
    js::parse_options options;
    options.max_depth = depth_max;
    js::error_code error;
    js::value value = js::parse(js::string_view(body.data(), body.size()), error, {}, options);
    if (error) {
        faults.push_back({"", "the body is not valid JSON in UTF-8: " + error.message()});
        return std::nullopt;
    }
    if (!value.is_object()) {
        faults.push_back({"", "the body is to be one JSON object"});
        return std::nullopt;
    }
    return std::move(value.get_object());
}

std::string BodyReader::pointer_to(std::string_view name) const
{
    return pointer_ + "/" + escaped(name);
}

void BodyReader::fault(std::string_view name, std::string detail)
{
    faults_.push_back({pointer_to(name), std::move(detail)});
}

const js::value* BodyReader::take(std::string_view name)
{
    taken_.insert(std::string(name));
    const js::value* value = object_.if_contains(js::string_view(name.data(), name.size()));
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::string BodyReader::text(std::string_view name)
{
    const js::value* value = take(name);
    if (value == nullptr) return {};
    if (const auto* found = value->if_string()) return {found->data(), found->size()};
    fault(name, "a string");
    return {};
}

std::string BodyReader::needed_text(std::string_view name)
{
    const js::value* value = take(name);
    if (value != nullptr && value->is_string() && !value->get_string().empty()) return text(name);
    fault(name, "a string that is not empty");
    return {};
}

std::optional<std::int64_t> BodyReader::number(
    std::string_view name, std::int64_t min, std::int64_t max
)
{
    const js::value* value = take(name);
    if (value == nullptr) return std::nullopt;
    const auto* found = value->if_int64();
    if (found != nullptr && *found >= min && *found <= max) return *found;
    fault(name, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
}

std::optional<escalation::Instant> BodyReader::instant(std::string_view name)
{
    const std::string found = text(name);
    if (found.empty()) return std::nullopt;
    const auto at = parse_rfc3339(found);
    if (!at) fault(name, "a time as in RFC 3339, such as 2026-10-10T02:17:40+08:00");
    return at;
}

std::string BodyReader::word(std::string_view name, const std::vector<std::string_view>& words)
{
    const js::value* value = take(name);
    if (value == nullptr) return std::string(words.front());
    if (const auto* found = value->if_string()) {
        const std::string_view given(found->data(), found->size());
        if (std::find(words.begin(), words.end(), given) != words.end()) return std::string(given);
    }
    std::string detail = "one of ";
    for (std::size_t i = 0; i < words.size(); ++i)
        detail += (i == 0 ? "" : ", ") + std::string(words[i]);
    fault(name, std::move(detail));
    return std::string(words.front());
}

const js::object* BodyReader::object(std::string_view name)
{
    const js::value* value = take(name);
    if (value == nullptr) return nullptr;
    if (!value->is_object()) fault(name, "an object");
    return value->if_object();
}

const js::array* BodyReader::array(std::string_view name, std::size_t max)
{
    const js::value* value = take(name);
    if (value == nullptr) return nullptr;
    if (!value->is_array() || value->get_array().size() > max) {
        fault(name, "an array of at most " + std::to_string(max));
        return nullptr;
    }
    return &value->get_array();
}

std::map<escalation::FactName, escalation::FactValue> BodyReader::facts(std::string_view name)
{
    std::map<escalation::FactName, escalation::FactValue> out;
    const js::object* found = object(name);
    if (found == nullptr) return out;
    if (found->size() > members_max) {
        fault(name, "at most " + std::to_string(members_max) + " members");
        return out;
    }
    for (const auto& [key, value] : *found) {
        const std::string fact(key.data(), key.size());
        auto read = fact_of(value);
        if (read)
            out[escalation::FactName(fact)] = std::move(*read);
        else
            faults_.push_back({pointer_to(name) + "/" + escaped(fact), "a word or a list of words"}
            );
    }
    return out;
}

std::map<std::string, std::string> BodyReader::texts(std::string_view name)
{
    std::map<std::string, std::string> out;
    const js::object* found = object(name);
    if (found == nullptr) return out;
    if (found->size() > members_max) {
        fault(name, "at most " + std::to_string(members_max) + " members");
        return out;
    }
    for (const auto& [key, value] : *found) {
        const std::string field(key.data(), key.size());
        auto read = word_of(value);
        if (read)
            out[field] = std::move(*read);
        else
            faults_.push_back({pointer_to(name) + "/" + escaped(field), "a string"});
    }
    return out;
}

void BodyReader::finish()
{
    for (const auto& [key, value] : object_) {
        const std::string_view name(key.data(), key.size());
        if (taken_.find(name) == taken_.end()) fault(name, "no such member");
    }
}

}  // namespace shouwang::http
