#include "notifiers/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace shouwang::notifiers {

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value)
{
    constexpr std::uint32_t seconds_max = 86'400;
    std::uint32_t seconds = 0;
    const char* const end = value.data() + value.size();
    const auto [stopped, fault] = std::from_chars(value.data(), end, seconds);
    if (stopped != end || value.empty()) return std::nullopt;
    if (fault == std::errc::result_out_of_range) seconds = seconds_max;
    return std::chrono::seconds(std::min(seconds, seconds_max));
}

}  // namespace shouwang::notifiers
