#pragma once

#include "daemon/entropy.hpp"
#include "daemon/time_source.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace shouwang::http {

struct SessionLimits {
    std::chrono::milliseconds idle = std::chrono::minutes(30);
    std::chrono::milliseconds absolute = std::chrono::hours(12);
    std::size_t sessions_max = 1024;
    std::size_t sessions_per_token_max = 32;
};

// The browsers that have traded a token for a cookie. Kept in memory only, and by hash: a restart
// ends them all. When there is no room, the one longest idle makes it: first among the same
// token's, so that one token cannot push out the others.
class SessionStore {
public:
    SessionStore(
        daemon::TimeSource& time, daemon::Entropy& entropy, SessionLimits limits = SessionLimits()
    )
        : time_(time), entropy_(entropy), limits_(limits)
    {}

    struct Session {
        std::string key;  // hash of the cookie: names the session without opening it
        std::string token_id;
    };

    // Begins a session and returns the value of its cookie: 256 random bits, told only here.
    [[nodiscard]] std::string open(std::string_view token_id);

    // The session of a cookie; its idle time begins anew.
    [[nodiscard]] std::optional<Session> use(std::string_view cookie);

    // The same by key: an open live stream is use, too.
    [[nodiscard]] bool use_key(std::string_view key);

    void close(std::string_view cookie);

    [[nodiscard]] std::size_t size() const noexcept { return sessions_.size(); }

private:
    // Both by boottime: a step of the wall clock neither ends nor prolongs a session.
    struct Entry {
        std::string token_id;
        daemon::Span opened;
        daemon::Span used;
    };
    using Entries = std::map<std::string, Entry, std::less<>>;

    void drop_expired();
    void make_room(std::string_view token_id);
    [[nodiscard]] bool expired(const Entry& entry) const;

    daemon::TimeSource& time_;
    daemon::Entropy& entropy_;
    SessionLimits limits_;
    Entries sessions_;
};

}  // namespace shouwang::http
