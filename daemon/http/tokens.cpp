#include "daemon/http/tokens.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

namespace shouwang::http {

namespace {

constexpr std::string_view prefix = "sw_";
constexpr std::string_view id_letters = "abcdefghjkmnpqrstvwxyz0123456789";
constexpr std::size_t id_length = 10;
constexpr std::size_t secret_length = 43;
constexpr std::size_t secret_bytes = 32;

constexpr std::array<std::pair<Role, std::string_view>, 5> role_names{{
    {Role::Admin, "admin"},
    {Role::DutyDesk, "duty_desk"},
    {Role::Responder, "responder"},
    {Role::Supervisor, "supervisor"},
    {Role::Intake, "intake"},
}};

bool is_base64url(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

}  // namespace

std::string_view name_of(Role role) noexcept
{
    for (const auto& [known, name] : role_names) {
        if (known == role) return name;
    }
    return "unknown";
}

std::optional<Role> role_named(std::string_view name) noexcept
{
    for (const auto& [role, known] : role_names) {
        if (known == name) return role;
    }
    return std::nullopt;
}

bool Identity::may_claim(std::string_view channel) const noexcept
{
    return std::find(via.begin(), via.end(), channel) != via.end();
}

std::string hash_of_secret(std::string_view secret)
{
    std::array<unsigned char, 32> hash{};
    crypto_generichash(
        hash.data(),
        hash.size(),
        reinterpret_cast<const unsigned char*>(secret.data()),
        secret.size(),
        nullptr,
        0
    );
    std::array<char, hash.size() * 2 + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return std::string(hex.data());
}

NewToken make_token(daemon::Entropy& entropy)
{
    static_assert(id_letters.size() == 32);
    NewToken token;
    std::array<std::uint8_t, id_length> bytes{};
    entropy.fill(bytes);
    for (const std::uint8_t byte : bytes) token.id += id_letters[byte % id_letters.size()];
    token.text = std::string(prefix) + token.id + "_" + daemon::random_token(entropy, secret_bytes);
    return token;
}

std::optional<std::string_view> token_id_of(std::string_view text) noexcept
{
    if (text.size() != prefix.size() + id_length + 1 + secret_length) return std::nullopt;
    if (text.substr(0, prefix.size()) != prefix) return std::nullopt;
    const std::string_view id = text.substr(prefix.size(), id_length);
    const std::string_view secret = text.substr(prefix.size() + id_length + 1);
    const bool whole = id.find_first_not_of(id_letters) == std::string_view::npos &&
                       text[prefix.size() + id_length] == '_' &&
                       std::all_of(secret.begin(), secret.end(), is_base64url);
    if (!whole) return std::nullopt;
    return id;
}

TokenStore::TokenStore(std::vector<TokenRecord> records)
{
    for (TokenRecord& record : records) {
        std::string id = record.id;
        records_.emplace(std::move(id), std::move(record));
    }
}

std::optional<Identity> TokenStore::verify(std::string_view token, escalation::Instant now) const
{
    const auto id = token_id_of(token);
    if (!id) return std::nullopt;
    const std::string hash = hash_of_secret(token);
    const auto found = records_.find(*id);
    if (found == records_.end() || found->second.hash.size() != hash.size()) return std::nullopt;
    if (sodium_memcmp(hash.data(), found->second.hash.data(), hash.size()) != 0)
        return std::nullopt;
    return bearer_of(*id, now);
}

std::optional<Identity> TokenStore::bearer_of(std::string_view id, escalation::Instant now) const
{
    const auto found = records_.find(id);
    if (found == records_.end()) return std::nullopt;
    const TokenRecord& record = found->second;
    if (record.expires_at && *record.expires_at <= now) return std::nullopt;
    Identity identity;
    identity.token_id = record.id;
    identity.role = record.role;
    identity.staff = record.staff;
    identity.via = record.via;
    return identity;
}

}  // namespace shouwang::http
