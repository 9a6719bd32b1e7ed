#pragma once

#include "escalation/types.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How the program speaks to people.
namespace shouwang::client {

enum class Language { Chinese, English };

// --lang if it is there; else English where LC_ALL, LC_MESSAGES or LANG (the first that is set)
// begins with "en"; else Chinese, which is what the people on duty read. Known before the command
// line is read, because its help is in it too.
[[nodiscard]] Language language_of(
    const std::vector<std::string>& arguments,
    const std::function<std::string(const char*)>& environment
);

class Words {
public:
    explicit Words(Language language) noexcept : language_(language) {}

    [[nodiscard]] std::string operator()(std::string_view chinese, std::string_view english) const
    {
        return std::string(language_ == Language::Chinese ? chinese : english);
    }

private:
    Language language_;
};

// Text of others made fit for a terminal: on one line, without control characters and marks that
// reorder what is read. An anonymous report must not drive the screen of whoever reads it.
[[nodiscard]] std::string printable(std::string_view text);

// "10-10 02:17:40" by the clocks of mainland China, which are one and know no summer time. What is
// no RFC 3339 time is given back, printable.
[[nodiscard]] std::string local_time(std::string_view rfc3339);
[[nodiscard]] std::string local_time(escalation::Instant at);

// An RFC 3339 time, or "2026-10-10 02:17" and "2026-10-10 02:17:40" by the same clocks; nothing for
// anything else.
[[nodiscard]] std::optional<escalation::Instant> parse_time(std::string_view text);

}  // namespace shouwang::client
