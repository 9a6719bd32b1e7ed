#include "daemon/rehearsal/virtual_time.hpp"

#include "daemon/real_time.hpp"
#include "tests/daemon/http/loopback.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace shouwang;
using namespace std::chrono_literals;
using daemon::Instant;
using daemon::Span;
using daemon::TimeSource;
using rehearsal::VirtualTime;
using test::night;

namespace {

namespace asio = boost::asio;

using Log = std::vector<std::string>;

asio::awaitable<void> wait_until(TimeSource& time, Instant when, std::string name, Log& log)
{
    const bool due = co_await time.sleep_until(when);
    log.push_back(name + (due ? "" : " cancelled"));
}

asio::awaitable<void> wait_for(TimeSource& time, Span span, std::string name, Log& log)
{
    const bool due = co_await time.sleep_for(span);
    log.push_back(name + (due ? "" : " cancelled"));
}

void spawn(asio::io_context& io, asio::awaitable<void> task)
{
    asio::co_spawn(io, std::move(task), [](std::exception_ptr) {});
}

struct Stage {
    asio::io_context io;
    VirtualTime time{io, night};
    Log log;
};

}  // namespace

TEST_CASE("virtual time: sleepers wake by instant, and by arrival at one instant", "[daemon][time]")
{
    Stage s;
    spawn(s.io, wait_for(s.time, 3s, "late", s.log));
    spawn(s.io, wait_until(s.time, night + 2s, "civil first", s.log));
    spawn(s.io, wait_for(s.time, 2s, "elapsed second", s.log));
    spawn(s.io, wait_until(s.time, night + 2s, "civil third", s.log));
    spawn(s.io, wait_until(s.time, night, "at once", s.log));
    CHECK(s.time.run_until(night + 1999ms) == 0);
    CHECK(s.log == Log{"at once"});
    CHECK(s.time.run_until(night + 2s) == 3);
    CHECK(s.log == Log{"at once", "civil first", "elapsed second", "civil third"});
    CHECK(s.time.now() == night + 2s);
    CHECK(s.time.boottime() == 2s);
    CHECK(s.time.run_for(1s) == 1);
    CHECK(s.log.back() == "late");
    CHECK(s.time.sleepers() == 0);
}

TEST_CASE("virtual time: a step back delays civil deadlines and no others", "[daemon][time]")
{
    Stage s;
    spawn(s.io, wait_until(s.time, night + 10s, "civil", s.log));
    spawn(s.io, wait_for(s.time, 10s, "elapsed", s.log));
    s.time.run_for(5s);
    s.time.set_wall_offset(-1h);
    CHECK(s.time.now() == night + 5s - 1h);
    s.time.run_for(5s);
    CHECK(s.log == Log{"elapsed"});
    s.time.run_until(night + 10s - 1ms);
    CHECK(s.log == Log{"elapsed"});
    s.time.run_until(night + 10s);
    CHECK(s.log == Log{"elapsed", "civil"});
    CHECK(s.time.boottime() == 1h + 10s);
}

TEST_CASE(
    "virtual time: a step forward makes civil deadlines due at once, in their order",
    "[daemon][time]"
)
{
    Stage s;
    spawn(s.io, wait_until(s.time, night + 20s, "second", s.log));
    spawn(s.io, wait_until(s.time, night + 10s, "first", s.log));
    spawn(s.io, wait_for(s.time, 10s, "elapsed", s.log));
    s.time.run_for(0s);
    s.time.set_wall_offset(1h);
    CHECK(s.time.run_for(0s) == 2);
    CHECK(s.log == Log{"first", "second"});
    s.time.run_for(10s);
    CHECK(s.log.back() == "elapsed");
}

TEST_CASE("virtual time: a cancelled sleeper returns false and is forgotten", "[daemon][time]")
{
    Stage s;
    asio::cancellation_signal signal;
    asio::co_spawn(
        s.io,
        wait_for(s.time, 1h, "sleeper", s.log),
        asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr) {})
    );
    s.time.run_for(1s);
    CHECK(s.time.sleepers() == 1);
    signal.emit(asio::cancellation_type::terminal);
    s.time.run_for(1s);
    CHECK(s.log == Log{"sleeper cancelled"});
    CHECK(s.time.sleepers() == 0);
}

TEST_CASE("virtual time: a reboot has a new id and counts from zero", "[daemon][time]")
{
    Stage s;
    const std::string first = s.time.boot_id();
    s.time.run_for(10s);
    s.time.reboot();
    CHECK(s.time.boot_id() != first);
    CHECK(s.time.boottime() == 0s);
    s.time.run_for(3s);
    CHECK(s.time.boottime() == 3s);
    CHECK(s.time.now() == night + 13s);
}

// The machine's clock is the thing under test here; nothing is measured against it.
TEST_CASE("real time: sleepers wake when due, and not when cancelled", "[daemon][time]")
{
    asio::io_context io;
    daemon::RealTime time(io.get_executor());
    Log log;
    const Span before = time.boottime();
    CHECK(before > 0s);
    CHECK(time.now() > night - 24h * 365 * 20);
    asio::cancellation_signal signal;
    asio::co_spawn(
        io,
        wait_until(time, time.now() + 24h, "never", log),
        asio::bind_cancellation_slot(signal.slot(), [](std::exception_ptr) {})
    );
    spawn(io, wait_for(time, 20ms, "elapsed", log));
    spawn(io, wait_until(time, time.now() - 1s, "past", log));
    while (log.size() < 2) io.run_one();
    CHECK(log == Log{"past", "elapsed"});
    CHECK(time.boottime() - before >= 20ms);
    signal.emit(asio::cancellation_type::terminal);
    io.run();
    CHECK(log.back() == "never cancelled");
}
