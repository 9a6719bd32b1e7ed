#pragma once

#include "daemon/time_source.hpp"
#include "notifiers/notifier.hpp"

#include <deque>
#include <string>
#include <vector>

namespace shouwang::rehearsal {

// A provider that sends nothing and says what it is told to say: for rehearsal and tests.
class ScriptedNotifier final : public notifiers::Notifier {
public:
    struct Delivery {
        daemon::Instant at{};  // when the provider got it
        notifiers::Message message;
    };

    // Accepts everything at once until told otherwise. Requires: `time` outlives the notifier.
    explicit ScriptedNotifier(daemon::TimeSource& time) : time_(time) {}

    [[nodiscard]] boost::asio::awaitable<notifiers::Receipt> deliver(notifiers::Message message
    ) override;

    // From now on every message ends with `verdict`.
    void answer_always(notifiers::Verdict verdict) { always_.verdict = verdict; }
    // The next message, and after it each further one that is queued here, ends as given.
    void answer_next(notifiers::Receipt receipt) { next_.push_back(std::move(receipt)); }
    // How long the provider takes to answer, from now on.
    void take(daemon::Span span) { takes_ = span; }

    // Everything that reached the provider, in order, whatever it answered.
    [[nodiscard]] const std::vector<Delivery>& deliveries() const noexcept { return deliveries_; }
    // How many of them are being answered at this moment.
    [[nodiscard]] std::size_t in_hand() const noexcept { return in_hand_; }
    [[nodiscard]] std::size_t in_hand_max() const noexcept { return in_hand_max_; }

private:
    daemon::TimeSource& time_;
    notifiers::Receipt always_{notifiers::Verdict::Accepted, "", "", {}};
    std::deque<notifiers::Receipt> next_;
    daemon::Span takes_{};
    std::vector<Delivery> deliveries_;
    std::size_t in_hand_ = 0;
    std::size_t in_hand_max_ = 0;
};

}  // namespace shouwang::rehearsal
