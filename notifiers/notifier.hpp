#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace shouwang::notifiers {

// One message to one address, rendered by the caller: a notifier knows nothing of incidents.
//
// A class with a constructor, not an aggregate: g++ 12 destroys aggregate temporaries twice inside
// an expression with co_await.
class Message {
public:
    // `key` is the same on every retry, so that a provider that can drop repeats does.
    // `payload` is the JSON object a machine receives (the webhook); people receive `text`.
    // `at` is the instant of this attempt in Unix seconds: notifiers read no clock.
    // `attempt` counts from 1. `possible_repeat`: an earlier attempt under this key may have
    // arrived, as after a crash between sending and recording the receipt.
    Message(
        std::string key,
        std::string address,
        std::string text,
        std::string payload,
        std::int64_t at,
        std::uint32_t attempt = 1,
        bool possible_repeat = false
    )
        : key_(std::move(key)),
          address_(std::move(address)),
          text_(std::move(text)),
          payload_(std::move(payload)),
          at_(at),
          attempt_(attempt),
          possible_repeat_(possible_repeat)
    {}

    [[nodiscard]] const std::string& key() const noexcept { return key_; }
    [[nodiscard]] const std::string& address() const noexcept { return address_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const std::string& payload() const noexcept { return payload_; }
    [[nodiscard]] std::int64_t at() const noexcept { return at_; }
    [[nodiscard]] std::uint32_t attempt() const noexcept { return attempt_; }
    [[nodiscard]] bool possible_repeat() const noexcept { return possible_repeat_; }

private:
    std::string key_;
    std::string address_;
    std::string text_;
    std::string payload_;
    std::int64_t at_;
    std::uint32_t attempt_;
    bool possible_repeat_;
};

// What the provider made of a message, as what the sender should do next.
// Accepted is not delivered, and delivered is not read: only a person's answer is that.
enum class Verdict {
    Accepted,  // the provider took the message
    Retry,     // the same channel may be tried again: bounded, jittered, not before `retry_after`
    Switch,    // repeating cannot help this person: take their next address or channel now
    Alarm,     // as Switch, and tell the operator: every later message would fail as well
    Unknown,   // it may or may not go out: go on as Switch and let a late receipt settle it
};

struct Receipt {
    Verdict verdict = Verdict::Unknown;

    // For the log and the incident page. Never the message text, an address or a secret, and
    // never words of the provider's, which might quote one of them.
    std::string detail;

    // What the provider calls the message, where it says so.
    std::string provider_id;

    // The provider's own wish, with Retry alone. Already bounded, but the page's span is shorter.
    std::optional<std::chrono::milliseconds> retry_after;
};

class Notifier {
public:
    virtual ~Notifier() = default;

    // Hands `message` to the provider once. Whatever the network or the provider does comes back
    // as a receipt; an exception out of here is a bug in the notifier.
    // Requires: the notifier outlives the awaitable.
    [[nodiscard]] virtual boost::asio::awaitable<Receipt> deliver(Message message) = 0;
};

}  // namespace shouwang::notifiers
