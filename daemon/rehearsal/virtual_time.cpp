#include "daemon/rehearsal/virtual_time.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace shouwang::rehearsal {

namespace asio = boost::asio;

// A timer that never expires by itself: this clock cancels it when it is due, and Asio's own
// cancellation of a coroutine keeps working.
struct VirtualTime::Sleeper {
    asio::steady_timer timer;
    bool due = false;
};

std::string VirtualTime::boot_id() const
{
    return "virtual-boot-" + std::to_string(boots_);
}

asio::awaitable<bool> VirtualTime::sleep_until(Instant when)
{
    if (when <= now()) co_return true;
    const bool due = co_await sleep(civil_, when.time_since_epoch());
    co_return due;
}

asio::awaitable<bool> VirtualTime::sleep_for(Span span)
{
    if (span <= Span::zero()) co_return true;
    const bool due = co_await sleep(elapsed_, passed_ + span);
    co_return due;
}

asio::awaitable<bool> VirtualTime::sleep(Queue& queue, Span due)
{
    Sleeper sleeper{asio::steady_timer(io_, asio::steady_timer::time_point::max())};
    const Key key(due, next_arrival_++);
    queue.emplace(key, &sleeper);
    co_await sleeper.timer.async_wait(asio::as_tuple(asio::use_awaitable));
    queue.erase(key);
    co_return sleeper.due;
}

std::size_t VirtualTime::run_until(Instant end)
{
    return run([this, end] { return passed_at(end); });
}

std::size_t VirtualTime::run_for(Span span)
{
    const Span end = passed_ + span;
    return run([end] { return end; });
}

// How much time will have passed when the wall clock shows `wall`, if nobody steps it.
Span VirtualTime::passed_at(Instant wall) const noexcept
{
    return wall - start_ - offset_;
}

template <class End>
std::size_t VirtualTime::run(End end_in_passed_time)
{
    std::size_t wakings = 0;
    for (drain(); wake_first_until(end_in_passed_time()); drain()) ++wakings;
    passed_ = std::max(passed_, end_in_passed_time());
    return wakings;
}

bool VirtualTime::wake_first_until(Span end)
{
    // A civil deadline that a step of the clock has overtaken is due now, not in the past.
    Queue* queue = nullptr;
    std::pair<Span, std::uint64_t> first(end, next_arrival_);
    for (Queue* candidate : {&civil_, &elapsed_}) {
        if (candidate->empty()) continue;
        const auto& [due, arrival] = candidate->begin()->first;
        const Span passed = candidate == &civil_ ? passed_at(Instant(due)) : due;
        const std::pair<Span, std::uint64_t> turn(std::max(passed, passed_), arrival);
        if (turn >= first) continue;
        first = turn;
        queue = candidate;
    }
    if (!queue) return false;

    passed_ = first.first;
    Sleeper& sleeper = *queue->begin()->second;
    queue->erase(queue->begin());
    sleeper.due = true;
    sleeper.timer.cancel();
    return true;
}

void VirtualTime::drain()
{
    io_.restart();
    while (io_.poll() != 0) {}
}

void VirtualTime::reboot() noexcept
{
    uptime_ = -passed_;
    ++boots_;
}

}  // namespace shouwang::rehearsal
