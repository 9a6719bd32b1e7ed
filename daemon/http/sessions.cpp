#include "daemon/http/sessions.hpp"

#include "daemon/http/tokens.hpp"

#include <utility>

namespace shouwang::http {

namespace {

constexpr std::size_t cookie_bytes = 32;

}  // namespace

std::string SessionStore::open(std::string_view token_id)
{
    drop_expired();
    make_room(token_id);
    std::string cookie = daemon::random_token(entropy_, cookie_bytes);
    Entry entry;
    entry.token_id = token_id;
    entry.opened = time_.boottime();
    entry.used = entry.opened;
    sessions_.insert_or_assign(hash_of_secret(cookie), std::move(entry));
    return cookie;
}

// Looked up by hash: how long that takes tells nothing about any cookie.
std::optional<SessionStore::Session> SessionStore::use(std::string_view cookie)
{
    const std::string key = hash_of_secret(cookie);
    if (!use_key(key)) return std::nullopt;
    Session session;
    session.key = key;
    session.token_id = sessions_.find(key)->second.token_id;
    return session;
}

bool SessionStore::use_key(std::string_view key)
{
    const auto found = sessions_.find(key);
    if (found == sessions_.end()) return false;
    if (expired(found->second)) {
        sessions_.erase(found);
        return false;
    }
    found->second.used = time_.boottime();
    return true;
}

void SessionStore::close(std::string_view cookie)
{
    sessions_.erase(hash_of_secret(cookie));
}

bool SessionStore::expired(const Entry& entry) const
{
    const daemon::Span now = time_.boottime();
    return now - entry.used >= limits_.idle || now - entry.opened >= limits_.absolute;
}

void SessionStore::drop_expired()
{
    std::erase_if(sessions_, [this](const auto& session) { return expired(session.second); });
}

void SessionStore::make_room(std::string_view token_id)
{
    const auto longest_idle = [this](auto&& counts) {
        auto oldest = sessions_.end();
        std::size_t number = 0;
        for (auto entry = sessions_.begin(); entry != sessions_.end(); ++entry) {
            if (!counts(entry->second)) continue;
            ++number;
            const bool older =
                oldest == sessions_.end() || entry->second.used < oldest->second.used;
            if (older) oldest = entry;
        }
        return std::pair(oldest, number);
    };
    const auto [own, owned] =
        longest_idle([token_id](const Entry& entry) { return entry.token_id == token_id; });
    if (owned >= limits_.sessions_per_token_max) sessions_.erase(own);
    const auto [any, all] = longest_idle([](const Entry&) { return true; });
    if (all >= limits_.sessions_max) sessions_.erase(any);
}

}  // namespace shouwang::http
