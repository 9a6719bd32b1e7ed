#pragma once

#include "daemon/time_source.hpp"
#include "escalation/incident.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace shouwang::daemon {

// The idempotency key: the same for every attempt, and after every crash.
[[nodiscard]] inline std::string send_key(
    const escalation::PageId& page, const escalation::ChannelName& channel
)
{
    return page.text() + "/" + channel.text();
}

// One page on one channel, until it is accepted, failed for good or dropped.
struct SendJob {
    escalation::IncidentId incident;
    escalation::PageId page;
    escalation::ChannelName channel;
    bool first = true;  // somebody's first page of a duty; repeats and attempts wait behind those
    Span queued_at{};   // boottime
    std::size_t target = 0;  // which address at which provider is next
    unsigned failed_on_target = 0;
    unsigned attempts = 0;
    bool possible_repeat = false;  // an attempt may have arrived without our knowing
    bool fell_over = false;        // a further channel was put in already
    bool running = false;          // not in the queue: being sent, or waiting to be tried again
    bool unknown = false;          // one attempt ended without anybody knowing how

    [[nodiscard]] std::string key() const { return send_key(page, channel); }
};

using SendJobPtr = std::shared_ptr<SendJob>;

// What waits for one channel. First pages go before all others; among them incidents take turns,
// so that a thousand pages of one never keep another's first page waiting.
class OutboxQueue {
public:
    void push(SendJobPtr job);
    // To be tried again at once: before the others of its incident.
    void push_front(SendJobPtr job);
    // nullptr when nothing waits.
    [[nodiscard]] SendJobPtr pop();
    // Takes out the page that may best be spared: the oldest that is not a first one. nullptr when
    // there are only first ones.
    [[nodiscard]] SendJobPtr pop_oldest_repeat();
    void for_each(const std::function<void(const SendJobPtr&)>& visit) const;
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    // Turns are taken in the order of `turns`; an incident stands in it while it has jobs.
    struct Lane {
        std::deque<escalation::IncidentId> turns;
        std::map<escalation::IncidentId, std::deque<SendJobPtr>> jobs;
    };
    static void put(Lane& lane, SendJobPtr job, bool in_front);
    static SendJobPtr take(Lane& lane);

    Lane first_;
    Lane others_;
    std::size_t size_ = 0;
};

// Keeps away from a provider that fails: open after three failures in 30 s, then one probe every
// 10 s until one succeeds. Times are boottime.
class Breaker {
public:
    static constexpr std::size_t failures_to_open = 3;
    static constexpr Span failures_within = std::chrono::seconds(30);
    static constexpr Span probe_every = std::chrono::seconds(10);

    // Whether one attempt may be made now; that of an open breaker is its probe.
    [[nodiscard]] bool try_pass(Span now);
    [[nodiscard]] bool open() const noexcept { return open_; }
    // When the next probe is allowed. Requires: open().
    [[nodiscard]] Span next_probe() const noexcept { return next_probe_; }
    void succeeded();
    void failed(Span now);

private:
    std::deque<Span> failures_;
    bool open_ = false;
    Span next_probe_{};
};

}  // namespace shouwang::daemon
