#pragma once

#include "daemon/http/response.hpp"
#include "escalation/incident.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace shouwang::http {

// Parses a request's body as one JSON object; nullopt with the fault added when it is not.
[[nodiscard]] std::optional<boost::json::object> parse_object(
    std::string_view body, std::vector<InputFault>& faults
);

// Takes the members of a JSON object one by one and collects every fault on the way: a wrong kind,
// a missing member, and at the end each member nobody asked for.
class BodyReader {
public:
    // `object` and `faults` outlive the reader.
    BodyReader(
        const boost::json::object& object, std::string pointer, std::vector<InputFault>& faults
    )
        : object_(object), pointer_(std::move(pointer)), faults_(faults)
    {}

    // Empty when absent or null.
    [[nodiscard]] std::string text(std::string_view name);
    // A fault when absent or empty.
    [[nodiscard]] std::string needed_text(std::string_view name);
    [[nodiscard]] std::optional<std::int64_t> number(
        std::string_view name, std::int64_t min, std::int64_t max
    );
    [[nodiscard]] std::optional<escalation::Instant> instant(std::string_view name);
    // One of `words`; the first when absent.
    [[nodiscard]] std::string word(
        std::string_view name, const std::vector<std::string_view>& words
    );
    [[nodiscard]] const boost::json::object* object(std::string_view name);
    [[nodiscard]] const boost::json::array* array(std::string_view name, std::size_t max);
    // {"name": "word" | ["word", …] | number}; "unknown" is the empty value.
    [[nodiscard]] std::map<escalation::FactName, escalation::FactValue> facts(std::string_view name
    );
    [[nodiscard]] std::map<std::string, std::string> texts(std::string_view name);

    // Reads a member that is an object itself; its faults are told with their whole pointer.
    [[nodiscard]] BodyReader within(std::string_view name, const boost::json::object& object) const
    {
        return {object, pointer_to(name), faults_};
    }

    // To be called last: whatever was not asked for is a fault.
    void finish();
    void fault(std::string_view name, std::string detail);
    [[nodiscard]] std::string pointer_to(std::string_view name) const;

private:
    [[nodiscard]] const boost::json::value* take(std::string_view name);

    const boost::json::object& object_;
    std::string pointer_;
    std::vector<InputFault>& faults_;
    std::set<std::string, std::less<>> taken_;
};

}  // namespace shouwang::http
