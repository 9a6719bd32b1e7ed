#include "config/roster_fields.hpp"

#include <algorithm>
#include <charconv>

namespace shouwang::config {

namespace {

using namespace std::chrono_literals;

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool all_digits(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Takes `text` up to `mark` off its front; nullopt when the mark is missing.
std::optional<std::string_view> take(std::string_view& text, char mark)
{
    const auto at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const auto front = text.substr(0, at);
    text.remove_prefix(at + 1);
    return front;
}

std::optional<unsigned> digits(std::string_view text, std::size_t min, std::size_t max)
{
    if (text.size() < min || text.size() > max) return std::nullopt;
    return parse_number(text, 9999);
}

// Numbers as people write them: blanks, dashes and brackets mean nothing.
std::string without_marks(std::string_view text)
{
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '-' && c != '(' && c != ')') out += c;
    return out;
}

std::optional<std::chrono::minutes> parse_clock(std::string_view text)
{
    const auto hour_text = take(text, ':');
    if (!hour_text) return std::nullopt;
    const auto hour = digits(*hour_text, 1, 2);
    const auto minute = digits(text.substr(0, 2), 2, 2);
    text.remove_prefix(std::min<std::size_t>(text.size(), 2));
    if (!hour || !minute || *minute > 59 || (!text.empty() && text != ":00")) return std::nullopt;
    const auto clock = std::chrono::hours(*hour) + std::chrono::minutes(*minute);
    if (clock > 24h) return std::nullopt;
    return clock;
}

}  // namespace

std::optional<unsigned> parse_number(std::string_view text, unsigned max)
{
    if (!all_digits(text)) return std::nullopt;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value > max) return std::nullopt;
    return value;
}

std::optional<escalation::Day> parse_day(std::string_view text)
{
    const char mark = text.find('/') == std::string_view::npos ? '-' : '/';
    const auto year_text = take(text, mark);
    const auto month_text = take(text, mark);
    if (!year_text || !month_text) return std::nullopt;
    const auto year = digits(*year_text, 4, 4);
    const auto month = digits(*month_text, 1, 2);
    const auto day = digits(text, 1, 2);
    if (!year || !month || !day || *year < 1900 || *year > 2199) return std::nullopt;
    const std::chrono::year_month_day date(
        std::chrono::year(static_cast<int>(*year)),
        std::chrono::month(*month),
        std::chrono::day(*day)
    );
    if (!date.ok()) return std::nullopt;
    return escalation::Day(date);
}

std::optional<LocalTime> parse_local_time(std::string_view text)
{
    const auto gap = text.find_first_of(" T");
    const auto day = parse_day(text.substr(0, gap));
    if (!day) return std::nullopt;
    if (gap == std::string_view::npos) return LocalTime{*day, false};
    const auto clock = parse_clock(text.substr(gap + 1));
    if (!clock) return std::nullopt;
    return LocalTime{*day + *clock, true};
}

bool is_id(std::string_view text)
{
    const auto fits = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
               c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fits);
}

bool is_role_name(std::string_view text)
{
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto fits = [&](char c) { return letter(c) || is_digit(c) || c == '_'; };
    return !text.empty() && text.size() <= 64 && letter(text.front()) &&
           std::all_of(text.begin(), text.end(), fits);
}

std::optional<std::string> parse_mobile(std::string_view text)
{
    std::string number = without_marks(text);
    if (number.starts_with("+86")) number.erase(0, 3);
    if (number.size() != 11 || !all_digits(number) || number[0] != '1' || number[1] < '3')
        return std::nullopt;
    return number;
}

std::optional<std::string> parse_landline(std::string_view text)
{
    std::string number = without_marks(text);
    if (!all_digits(number)) return std::nullopt;
    const bool internal = number.size() >= 3 && number.size() <= 6 && number[0] != '0';
    const bool with_area = number.size() >= 10 && number.size() <= 12 && number[0] == '0';
    if ((!internal && !with_area) || is_emergency_number(number)) return std::nullopt;
    return number;
}

bool is_emergency_number(std::string_view text)
{
    const std::string number = without_marks(text);
    return number == "110" || number == "119" || number == "120" || number == "122";
}

std::optional<std::string> parse_foreign(std::string_view text)
{
    std::string number = without_marks(text);
    if (number.size() < 7 || number.size() > 16 || number[0] != '+' ||
        !all_digits(std::string_view(number).substr(1)))
        return std::nullopt;
    return number;
}

bool is_email(std::string_view text)
{
    const auto at = text.find('@');
    const auto plain = [](char c) { return c > ' ' && c < 0x7F; };
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), plain);
}

bool is_url(std::string_view text)
{
    const auto plain = [](char c) { return c > ' ' && c < 0x7F; };
    const std::size_t scheme = text.starts_with("https://")  ? 8
                               : text.starts_with("http://") ? 7
                                                             : 0;
    return scheme != 0 && text.size() > scheme && std::all_of(text.begin(), text.end(), plain);
}

std::size_t characters(std::string_view text)
{
    const auto leads = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), leads));
}

}  // namespace shouwang::config
