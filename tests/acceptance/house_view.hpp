#pragma once

#include "tests/acceptance/house.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// What a story reads out of the daemon's answers, and the errands that several stories share.
namespace shouwang::test {

// The report most stories begin with: a known student, in danger, in a dormitory.
[[nodiscard]] boost::json::object red_alarm();
inline constexpr std::string_view student_name = "林示例02";

// Opens one through the duty desk and returns its id. Fails the test when it is not 201.
std::string open_alarm(House& house, const boost::json::object& report);

[[nodiscard]] boost::json::object view(House& house, const std::string& incident);
// Throws when there is none of that key.
[[nodiscard]] boost::json::object duty_in(const boost::json::object& view, std::string_view key);

// The incident's events of one type, from its timeline, oldest first: {seq, at, body …}.
[[nodiscard]] std::vector<boost::json::object> events(
    House& house, const std::string& incident, std::string_view type
);
[[nodiscard]] std::string text_of(const boost::json::object& object, std::string_view name);
[[nodiscard]] std::int64_t number_of(const boost::json::object& object, std::string_view name);

// The duty desk passes on what somebody said on the telephone.
HttpReply answer_for(
    House& house,
    const std::string& incident,
    const std::string& staff,
    const std::string& word,
    const std::string& ask
);

// Answers, confirms and records until nothing is open any more but what only signatures end.
void end_every_duty(House& house, const std::string& incident);
// All of that, the commander's signature, and what is owed in aftercare.
void stand_down(House& house, const std::string& incident);

// The path of the link in this person's newest page; waits for the first.
[[nodiscard]] std::string link_of(House& house, const std::string& staff);
// The value of the first hidden field of that name; empty when there is none.
[[nodiscard]] std::string hidden_field(const std::string& html, const std::string& name);
// Sends a form as a page's button does.
HttpReply press(House& house, const std::string& target, const std::string& form);

// The codes of `missing` in a problem.
[[nodiscard]] std::vector<std::string> missing_codes(const HttpReply& problem);
// The pointers of `errors` in a problem.
[[nodiscard]] std::vector<std::string> error_pointers(const HttpReply& problem);

}  // namespace shouwang::test
