#pragma once

#include "daemon/journal/journal.hpp"
#include "daemon/journal/sealing.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace shouwang::daemon {

// The text of the protocol, settings or roster that was adopted last, read from the whole journal;
// nullopt when none was. A roster is sealed and comes back empty without `keys`. Throws
// std::runtime_error when the journal cannot be read.
[[nodiscard]] std::optional<std::string> last_adopted_text(
    const journal::Journal& journal, std::string_view what, const journal::KeyRing* keys
);

}  // namespace shouwang::daemon
