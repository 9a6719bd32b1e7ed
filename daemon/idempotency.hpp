#pragma once

#include "daemon/time_source.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace shouwang::daemon {

// What a caller sends so that a command repeated by a retry happens once. Keys of different
// accounts never meet.
struct Idempotency {
    Idempotency(std::string account_id, std::string chosen_key, std::string hash_of_body)
        : account(std::move(account_id)),
          key(std::move(chosen_key)),
          body_hash(std::move(hash_of_body))
    {}
    std::string account;
    std::string key;
    std::string body_hash;
};

// What the first of them was answered with.
struct Reply {
    unsigned status = 0;
    std::string location;  // of what was made; empty: nothing
    std::string body;      // personal
    friend bool operator==(const Reply&, const Reply&) = default;
};

// The answers of the last day, in memory: the fold of the journal's `idempotency` records. Beyond
// a day or the bound the oldest goes, and its key could be used anew.
class IdempotencyTable {
public:
    static constexpr Span kept_for = std::chrono::hours(24);
    static constexpr std::size_t entries_max = 10'000;

    struct Entry {
        std::string body_hash;
        Reply reply;
        std::shared_ptr<void> flight;  // the batch that carries it, until that is durable
        Instant at{};
    };

    void insert(const Idempotency& once, Entry entry)
    {
        Key key(once.account, once.key);
        const Instant at = entry.at;
        if (!entries_.insert_or_assign(key, std::move(entry)).second) return;
        by_age_.push_back(std::move(key));
        while (by_age_.size() > entries_max || too_old(at)) {
            entries_.erase(by_age_.front());
            by_age_.pop_front();
        }
    }

    [[nodiscard]] Entry* find(const Idempotency& once)
    {
        const auto found = entries_.find(Key(once.account, once.key));
        return found == entries_.end() ? nullptr : &found->second;
    }

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    using Key = std::pair<std::string, std::string>;

    [[nodiscard]] bool too_old(Instant at) const
    {
        const auto oldest = entries_.find(by_age_.front());
        return oldest == entries_.end() || at - oldest->second.at > kept_for;
    }

    std::map<Key, Entry> entries_;
    std::deque<Key> by_age_;
};

}  // namespace shouwang::daemon
