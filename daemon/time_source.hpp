#pragma once

#include "escalation/types.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace shouwang::daemon {

using escalation::Instant;
using escalation::Span;

// The only door to time. The daemon owns one; nothing else may name a std::chrono clock.
//
// Two kinds of waiting, because the wall clock may be stepped while somebody waits: an elapsed one
// (sleep_for: neither early nor late) and a civil one (sleep_until: follows the corrected clock).
// Both return true when due and false when the waiting coroutine was cancelled. A source outlives
// every sleeper.
class TimeSource {
public:
    virtual ~TimeSource() = default;

    // The wall clock, UTC. It may jump both ways between two calls.
    [[nodiscard]] virtual Instant now() const noexcept = 0;

    // Time since the machine started, its sleep included. Never goes back within one boot.
    [[nodiscard]] virtual Span boottime() const noexcept = 0;

    // Two boottimes are comparable only under equal boot ids. Empty: the system does not tell; it
    // then equals nothing, not even another empty one.
    [[nodiscard]] virtual std::string boot_id() const = 0;

    // Due once the wall clock stands at `when` or later: at once if it does already. A step of
    // the wall clock is noticed within a second.
    [[nodiscard]] virtual boost::asio::awaitable<bool> sleep_until(Instant when) = 0;

    // Due once boottime has advanced by `span`, whatever happens to the wall clock.
    [[nodiscard]] virtual boost::asio::awaitable<bool> sleep_for(Span span) = 0;
};

}  // namespace shouwang::daemon
