#pragma once

#include "escalation/directory.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// What single fields of the roster look like. Pure; nullopt always means "not that shape".
namespace shouwang::config {

// `2026-10-04`, and `2026/10/4` as Excel rewrites it. Years 1900 to 2199.
[[nodiscard]] std::optional<escalation::Day> parse_day(std::string_view text);

struct LocalTime {
    std::chrono::sys_time<std::chrono::minutes> at;  // on the local clock, not UTC
    bool has_clock = false;                          // false: a day alone, `at` is its midnight
};

// A day, or a day and `17:30`; whole seconds are accepted when they are zero, and 24:00 is the
// midnight that ends the day.
[[nodiscard]] std::optional<LocalTime> parse_local_time(std::string_view text);

// A number without sign, at most `max`.
[[nodiscard]] std::optional<unsigned> parse_number(std::string_view text, unsigned max);

// Ids travel in URLs and logs: letters, digits, "-", "_" and ".", at most 64.
[[nodiscard]] bool is_id(std::string_view text);
// A word of the protocol file: lower-case letters, digits and "_", a letter first.
[[nodiscard]] bool is_role_name(std::string_view text);

// Eleven digits of a mainland mobile number; blanks, dashes and +86 are taken off.
[[nodiscard]] std::optional<std::string> parse_mobile(std::string_view text);
// Area code and number as digits, or an internal short number of three to six digits.
[[nodiscard]] std::optional<std::string> parse_landline(std::string_view text);
// Police, fire, ambulance, traffic police: a person calls these, never the daemon, so nobody on
// the roster may have one as their own number.
[[nodiscard]] bool is_emergency_number(std::string_view text);
// A number abroad: "+", then 6 to 15 digits.
[[nodiscard]] std::optional<std::string> parse_foreign(std::string_view text);

[[nodiscard]] bool is_email(std::string_view text);
[[nodiscard]] bool is_url(std::string_view text);

// Code points of valid UTF-8.
[[nodiscard]] std::size_t characters(std::string_view text);

}  // namespace shouwang::config
