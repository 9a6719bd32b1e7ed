#pragma once

#include "notifiers/notifier.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace shouwang::notifiers {

// What one pretended phone shows of one message.
struct HandsetEntry {
    std::uint64_t serial = 0;  // order of arrival over all handsets, from 1
    std::string channel;
    std::string key;
    std::string text;
    std::string payload;           // JSON, for the reply keys
    std::int64_t at = 0;           // Unix seconds of the first arrival
    std::int64_t last_at = 0;      // of the latest
    std::uint32_t arrivals = 1;    // more than 1: repeats under the same key, shown once
    bool possible_repeat = false;  // the sender said so itself
};

// The phones of the demonstration: the newest messages of each address, in memory and bounded.
// Used from the loop's thread alone.
class HandsetWall {
public:
    static constexpr std::size_t entries_per_address_max = 50;
    static constexpr std::size_t addresses_max = 2000;

    // Called after each arrival, repeats too. Must not throw, and must not use the wall.
    using Hook = std::function<void(const std::string& address, const HandsetEntry& entry)>;

    HandsetWall() = default;
    explicit HandsetWall(Hook on_arrival) : on_arrival_(std::move(on_arrival)) {}

    // The same key again on the same channel and address marks the entry instead of adding one.
    // Beyond the bounds the oldest entry of an address goes, and the address that has been quiet
    // for longest. Returns the entry's serial.
    std::uint64_t arrive(const std::string& channel, const Message& message);

    // Oldest first. Empty for an address that received nothing.
    [[nodiscard]] std::vector<HandsetEntry> entries(const std::string& address) const;
    [[nodiscard]] std::map<std::string, std::vector<HandsetEntry>> snapshot() const;

private:
    struct Handset {
        std::deque<HandsetEntry> entries;
        std::uint64_t touched = 0;
    };

    Handset& handset_of(const std::string& address);

    Hook on_arrival_;
    std::uint64_t serial_ = 0;
    std::uint64_t touches_ = 0;
    std::map<std::string, Handset> handsets_;
    std::map<std::uint64_t, std::string> by_touch_;
};

// One channel (sms, voice, wecom) of a demonstration daemon: everything is accepted, nothing leaves
// the process, and the wall shows it.
class DemoHandset final : public Notifier {
public:
    // Requires: `wall` outlives the notifier.
    DemoHandset(HandsetWall& wall, std::string channel) : wall_(wall), channel_(std::move(channel))
    {}

    [[nodiscard]] boost::asio::awaitable<Receipt> deliver(Message message) override;

private:
    HandsetWall& wall_;
    std::string channel_;
};

}  // namespace shouwang::notifiers
