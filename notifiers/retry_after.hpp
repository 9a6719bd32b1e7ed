#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace shouwang::notifiers {

// A Retry-After header given in seconds, at most a day. The form with a date is not taken, since it
// means nothing without a clock: absent, malformed and dated are all nullopt.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view value);

}  // namespace shouwang::notifiers
