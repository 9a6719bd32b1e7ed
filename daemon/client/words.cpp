#include "daemon/client/words.hpp"

#include "daemon/http/instant_text.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace shouwang::client {

namespace {

constexpr std::chrono::hours ahead_of_utc{8};

bool is_continuation(char byte) noexcept
{
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// U+0080 to U+009F, U+2028 to U+202E and U+2066 to U+2069: what terminals obey and readers miss.
bool is_hidden(std::string_view letter) noexcept
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(letter[i]); };
    if (letter.size() == 2) return byte(0) == 0xC2 && byte(1) < 0xA0;
    if (letter.size() != 3 || byte(0) != 0xE2) return false;
    return (byte(1) == 0x80 && byte(2) >= 0xA8 && byte(2) <= 0xAE) ||
           (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9);
}

}  // namespace

Language language_of(
    const std::vector<std::string>& arguments,
    const std::function<std::string(const char*)>& environment
)
{
    constexpr std::string_view option = "--lang";
    std::string chosen;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == option && i + 1 < arguments.size()) chosen = arguments[i + 1];
        if (argument.starts_with("--lang=")) chosen = argument.substr(option.size() + 1);
    }
    for (const char* const name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (chosen.empty()) chosen = environment(name);
    return chosen.starts_with("en") ? Language::English : Language::Chinese;
}

std::string printable(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        std::size_t length = 1;
        while (length < text.size() && length < 4 && is_continuation(text[length])) ++length;
        const std::string_view letter = text.substr(0, length);
        const auto first = static_cast<unsigned char>(letter.front());
        const bool control = first < 0x20 || first == 0x7F || is_hidden(letter);
        if (control)
            out += ' ';
        else
            out += letter;
        text.remove_prefix(length);
    }
    return out;
}

std::string local_time(escalation::Instant at)
{
    const auto local = std::chrono::floor<std::chrono::seconds>(at + ahead_of_utc);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(local - day);
    std::array<char, 32> text{};
    std::snprintf(
        text.data(),
        text.size(),
        "%02u-%02u %02d:%02d:%02d",
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()),
        static_cast<int>(clock.seconds().count())
    );
    return text.data();
}

std::string local_time(std::string_view rfc3339)
{
    const auto at = http::parse_rfc3339(rfc3339);
    return at ? local_time(*at) : printable(rfc3339);
}

std::optional<escalation::Instant> parse_time(std::string_view text)
{
    if (const auto at = http::parse_rfc3339(text)) return at;
    std::string local(text);
    if (local.size() == std::string_view("2026-10-10 02:17").size()) local += ":00";
    if (local.size() != std::string_view("2026-10-10 02:17:40").size()) return std::nullopt;
    if (local[10] == ' ') local[10] = 'T';
    return http::parse_rfc3339(local + "+08:00");
}

}  // namespace shouwang::client
