#include "daemon/real_time.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <time.h>
#include <utility>

namespace shouwang::daemon {

namespace asio = boost::asio;

namespace {

// A wall-clock timer stalls when the clock is stepped back, and a monotonic one stands still while
// the machine sleeps: so no single wait is longer than this, and then both clocks are asked again.
constexpr Span longest_doze = std::chrono::seconds(1);

Span read(clockid_t clock) noexcept
{
    timespec at{};
    // Fails only for a clock the kernel lacks; both have been there since Linux 2.6.39.
    clock_gettime(clock, &at);
    return std::chrono::duration_cast<Span>(
        std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec)
    );
}

std::string read_boot_id()
{
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
}

}  // namespace

RealTime::RealTime(asio::any_io_executor executor)
    : executor_(std::move(executor)), boot_id_(read_boot_id())
{}

Instant RealTime::now() const noexcept
{
    return Instant(read(CLOCK_REALTIME));
}

Span RealTime::boottime() const noexcept
{
    return read(CLOCK_BOOTTIME);
}

asio::awaitable<bool> RealTime::sleep_until(Instant when)
{
    for (Instant at = now(); at < when; at = now()) {
        const Span left = when - at;
        const bool rested = co_await doze(left);
        if (!rested) co_return false;
    }
    co_return true;
}

asio::awaitable<bool> RealTime::sleep_for(Span span)
{
    const Span start = boottime();
    for (Span passed{0}; passed < span; passed = boottime() - start) {
        const Span left = span - passed;
        const bool rested = co_await doze(left);
        if (!rested) co_return false;
    }
    co_return true;
}

asio::awaitable<bool> RealTime::doze(Span span)
{
    asio::steady_timer timer(executor_);
    timer.expires_after(std::min(span, longest_doze));
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return !error;
}

}  // namespace shouwang::daemon
