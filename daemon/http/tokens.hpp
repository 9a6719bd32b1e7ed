#pragma once

#include "daemon/entropy.hpp"
#include "escalation/types.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shouwang::http {

// What the bearer of a token may do; which routes each may use is decided with the routes.
enum class Role { Admin, DutyDesk, Responder, Supervisor, Intake };

[[nodiscard]] std::string_view name_of(Role role) noexcept;
[[nodiscard]] std::optional<Role> role_named(std::string_view name) noexcept;

// Who is asking, as far as the daemon knows.
struct Identity {
    std::string token_id;
    Role role = Role::Intake;
    std::optional<escalation::StaffId> staff;
    std::vector<std::string> via;  // the reporting channels it may claim
    std::string session;  // hash of the session's cookie; empty for a bearer of the token itself

    [[nodiscard]] bool may_claim(std::string_view channel) const noexcept;
};

// A token as it is kept: its secret is not in it.
struct TokenRecord {
    std::string id;
    std::string hash;  // see hash_of_secret, of the whole token
    Role role = Role::Intake;
    std::optional<escalation::StaffId> staff;
    std::vector<std::string> via;
    std::string note;
    escalation::Instant created_at;
    std::optional<escalation::Instant> expires_at;
};

// BLAKE2b-256 in hex. Enough without salt or stretching for secrets of 256 random bits, and for
// nothing less.
[[nodiscard]] std::string hash_of_secret(std::string_view secret);

// "sw_<id>_<secret>": ten lower-case letters or digits that may be shown and logged, then 43
// letters of base64url that may not.
struct NewToken {
    std::string id;
    std::string text;
};
[[nodiscard]] NewToken make_token(daemon::Entropy& entropy);

// The id of something shaped like a token, right or wrong; nothing for any other text.
[[nodiscard]] std::optional<std::string_view> token_id_of(std::string_view text) noexcept;

// The tokens in force, in memory.
class TokenStore {
public:
    TokenStore() = default;
    explicit TokenStore(std::vector<TokenRecord> records);

    // The bearer, if the token is whole, known, right and has not expired. Takes as long for a
    // wrong secret as for a right one.
    [[nodiscard]] std::optional<Identity> verify(std::string_view token, escalation::Instant now)
        const;

    // The same without the secret, for sessions begun with it.
    [[nodiscard]] std::optional<Identity> bearer_of(std::string_view id, escalation::Instant now)
        const;

    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }

private:
    std::map<std::string, TokenRecord, std::less<>> records_;
};

}  // namespace shouwang::http
