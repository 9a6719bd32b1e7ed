#include "daemon/http/instant_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace shouwang::http {

namespace chrono = std::chrono;
using escalation::Instant;
using escalation::Span;

namespace {

// The parts of an instant as UTC calendar fields.
struct Fields {
    explicit Fields(Instant at) : day(chrono::floor<chrono::days>(at)), date(day), time(at - day) {}
    chrono::sys_days day;
    chrono::year_month_day date;
    chrono::hh_mm_ss<Span> time;
};

// Reads exactly `digits` decimal digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t digits)
{
    if (text.size() < digits) return std::nullopt;
    const std::string_view part = text.substr(0, digits);
    if (part.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    int number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, std::string_view any_of)
{
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<chrono::sys_days> take_date(std::string_view& text)
{
    const auto year = take_number(text, 4);
    if (!year || *year < 1970 || !take(text, "-")) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take(text, "-")) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day) return std::nullopt;
    const chrono::year_month_day date(
        chrono::year(*year),
        chrono::month(static_cast<unsigned>(*month)),
        chrono::day(static_cast<unsigned>(*day))
    );
    if (!date.ok()) return std::nullopt;
    return chrono::sys_days(date);
}

std::optional<chrono::minutes> take_hours_and_minutes(std::string_view& text)
{
    const auto hours = take_number(text, 2);
    if (!hours || *hours > 23 || !take(text, ":")) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *minutes > 59) return std::nullopt;
    return chrono::hours(*hours) + chrono::minutes(*minutes);
}

std::optional<Span> take_seconds(std::string_view& text)
{
    const auto seconds = take_number(text, 2);
    if (!seconds || *seconds > 59) return std::nullopt;
    Span span = chrono::seconds(*seconds);
    if (!take(text, ".")) return span;

    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return std::nullopt;
    Span unit{100};
    for (const char digit : text.substr(0, std::min<std::size_t>(digits, 3))) {
        span += unit * (digit - '0');
        unit /= 10;
    }
    text.remove_prefix(digits);
    return span;
}

std::optional<chrono::minutes> take_offset(std::string_view& text)
{
    if (take(text, "Zz")) return chrono::minutes(0);
    const bool west = !text.empty() && text.front() == '-';
    if (!take(text, "+-")) return std::nullopt;
    const auto span = take_hours_and_minutes(text);
    if (!span) return std::nullopt;
    return west ? -*span : *span;
}

}  // namespace

std::string to_rfc3339(Instant at)
{
    const Fields f(at);
    std::array<char, 64> out{};
    const int length = std::snprintf(
        out.data(),
        out.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(f.date.year()),
        static_cast<unsigned>(f.date.month()),
        static_cast<unsigned>(f.date.day()),
        static_cast<int>(f.time.hours().count()),
        static_cast<int>(f.time.minutes().count()),
        static_cast<int>(f.time.seconds().count()),
        static_cast<int>(f.time.subseconds().count())
    );
    return std::string(out.data(), static_cast<std::size_t>(length));
}

std::optional<Instant> parse_rfc3339(std::string_view text)
{
    const auto day = take_date(text);
    if (!day || !take(text, "Tt ")) return std::nullopt;
    const auto minutes = take_hours_and_minutes(text);
    if (!minutes || !take(text, ":")) return std::nullopt;
    const auto seconds = take_seconds(text);
    if (!seconds) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    return Instant(*day) + *minutes + *seconds - *offset;
}

std::string to_http_date(Instant at)
{
    static constexpr std::array<const char*, 7> days{
        "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> months{
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Fields f(at);
    std::array<char, 64> out{};
    const int length = std::snprintf(
        out.data(),
        out.size(),
        "%s, %02u %s %04d %02d:%02d:%02d GMT",
        days[chrono::weekday(f.day).c_encoding()],
        static_cast<unsigned>(f.date.day()),
        months[static_cast<unsigned>(f.date.month()) - 1],
        static_cast<int>(f.date.year()),
        static_cast<int>(f.time.hours().count()),
        static_cast<int>(f.time.minutes().count()),
        static_cast<int>(f.time.seconds().count())
    );
    return std::string(out.data(), static_cast<std::size_t>(length));
}

}  // namespace shouwang::http
