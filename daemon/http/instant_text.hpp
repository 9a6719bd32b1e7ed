#pragma once

#include "escalation/types.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace shouwang::http {

// "2026-10-09T18:17:40.000Z": how every time is written in JSON.
[[nodiscard]] std::string to_rfc3339(escalation::Instant at);

// Any RFC 3339 date-time with its offset, years 1970 to 9999; digits after the millisecond are
// dropped. Nothing for anything else, a leap second included.
[[nodiscard]] std::optional<escalation::Instant> parse_rfc3339(std::string_view text);

// "Fri, 09 Oct 2026 18:17:40 GMT", as HTTP's own headers want it.
[[nodiscard]] std::string to_http_date(escalation::Instant at);

}  // namespace shouwang::http
