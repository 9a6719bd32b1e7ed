#pragma once

#include "daemon/time_source.hpp"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace shouwang::rehearsal {

using daemon::Instant;
using daemon::Span;

// Time that moves only when nothing is left to do at the present instant.
//
// Sleepers wake in order of (instant due, order of arrival); the second half is counted over the
// whole clock, so two sleepers due together never race and a run repeats exactly. Everything that
// waits under it must run on `io`, which outlives this object's use. Boottime advances with each
// run; the wall clock stands at start + boottime + offset, and the offset can be stepped.
class VirtualTime final : public daemon::TimeSource {
public:
    VirtualTime(boost::asio::io_context& io, Instant start) : io_(io), start_(start) {}

    [[nodiscard]] Instant now() const noexcept override { return start_ + passed_ + offset_; }
    [[nodiscard]] Span boottime() const noexcept override { return uptime_ + passed_; }
    [[nodiscard]] std::string boot_id() const override;
    [[nodiscard]] boost::asio::awaitable<bool> sleep_until(Instant when) override;
    [[nodiscard]] boost::asio::awaitable<bool> sleep_for(Span span) override;

    // Runs everything due up to and including `end` on the wall clock, then stands there. A step
    // of the wall clock on the way moves the end with it. Returns how many sleepers woke.
    std::size_t run_until(Instant end);

    // The same, by time passed.
    std::size_t run_for(Span span);

    // Sets the wall clock against the time that has passed since the start. Civil deadlines
    // follow, elapsed ones do not notice.
    void set_wall_offset(Span offset) noexcept { offset_ = offset; }
    [[nodiscard]] Span wall_offset() const noexcept { return offset_; }

    // What a reboot does to clocks: a new boot id, and boottime from zero. Requires: no sleepers.
    void reboot() noexcept;

    [[nodiscard]] std::size_t sleepers() const noexcept { return civil_.size() + elapsed_.size(); }

private:
    struct Sleeper;
    // Keyed by what the sleeper waits for: a wall instant, or time passed since the start.
    using Key = std::pair<Span, std::uint64_t>;
    using Queue = std::map<Key, Sleeper*>;

    [[nodiscard]] boost::asio::awaitable<bool> sleep(Queue& queue, Span due);
    [[nodiscard]] Span passed_at(Instant wall) const noexcept;
    template <class End>
    std::size_t run(End end_in_passed_time);
    bool wake_first_until(Span end);
    void drain();

    boost::asio::io_context& io_;
    Instant start_;
    Span passed_{0};
    Span offset_{0};
    Span uptime_{0};
    std::uint64_t boots_ = 1;
    std::uint64_t next_arrival_ = 0;
    Queue civil_;
    Queue elapsed_;
};

}  // namespace shouwang::rehearsal
