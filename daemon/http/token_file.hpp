#pragma once

#include "daemon/entropy.hpp"
#include "daemon/http/tokens.hpp"

#include <boost/system/result.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace shouwang::http {

// What is wrong with a token file: a JSON pointer into it (empty for the file as a whole), and what
// would be right. Never a hash.
struct TokenFault {
    std::string pointer;
    std::string detail;
};

// All faults at once.
struct TokenFaults {
    std::vector<TokenFault> faults;
};

template <class T>
using TokenResult = boost::system::result<T, TokenFaults>;

// Reads every token, or says all that is wrong: bad JSON, unknown keys, words or times, an id
// twice, or a file that somebody else could read or write. A file that is not there has no tokens.
[[nodiscard]] TokenResult<std::vector<TokenRecord>> load_tokens(const std::filesystem::path& path);

// What a new token is to be for.
struct TokenGrant {
    Role role = Role::Intake;
    std::optional<escalation::StaffId> staff;
    std::vector<std::string> via;
    std::string note;
    std::optional<escalation::Instant> expires_at;
};

// Writes a new token into the file (mode 0600, made if it is not there) and returns it: the only
// time its secret is to be had. The file is replaced whole and synced before this returns; two
// programs at once lose nothing of each other's.
[[nodiscard]] TokenResult<NewToken> add_token(
    const std::filesystem::path& path,
    const TokenGrant& grant,
    daemon::Entropy& entropy,
    escalation::Instant now
);

// Takes a token out of the file. False: there is none of that id.
[[nodiscard]] TokenResult<bool> revoke_token(
    const std::filesystem::path& path, std::string_view id
);

}  // namespace shouwang::http
