#include "daemon/steady_wall.hpp"

#include "daemon/rehearsal/virtual_time.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

using namespace shouwang::daemon;
using shouwang::rehearsal::VirtualTime;
using namespace std::chrono_literals;

namespace {

const Instant day = std::chrono::sys_days(std::chrono::October / 10 / 2026);

}  // namespace

TEST_CASE("steady wall: a step of the wall clock is not noticed", "[daemon][time]")
{
    boost::asio::io_context io;
    VirtualTime time(io, day);
    SteadyWall wall(time);
    time.run_for(10s);
    time.set_wall_offset(-1h);
    time.run_for(10s);
    CHECK(wall.now() == day + 20s);
    CHECK(wall.ahead() == 1h);
    wall.realign();
    CHECK(wall.now() == time.now());
    CHECK(wall.ahead() == 0h);
}

TEST_CASE("steady wall: a restart within one boot goes on exactly", "[daemon][time]")
{
    boost::asio::io_context io;
    VirtualTime time(io, day);
    time.run_for(100s);
    const SteadyWall::Mark last{day + 40s, time.boottime() - 10s, time.boot_id(), 50s};
    SteadyWall wall(time);
    CHECK(wall.resume(last) == SteadyWall::Confidence::SameBoot);
    CHECK(wall.now() == day + 100s);
}

TEST_CASE("steady wall: after a reboot the wall clock tells, unless it cannot", "[daemon][time]")
{
    boost::asio::io_context io;
    VirtualTime time(io, day);
    SteadyWall wall(time);
    SECTION("plausible")
    {
        const auto got = wall.resume({day - 5min, 1h, "another-boot", 0s});
        CHECK(got == SteadyWall::Confidence::Rebooted);
        CHECK(wall.now() == day);
    }
    SECTION("before the last record")
    {
        const auto got = wall.resume({day + 1s, 1h, "another-boot", 0s});
        CHECK(got == SteadyWall::Confidence::Doubtful);
        CHECK(wall.now() == day + 1s);
    }
    SECTION("long after it")
    {
        const auto got = wall.resume({day - 169h, 1h, "another-boot", 0s});
        CHECK(got == SteadyWall::Confidence::Doubtful);
    }
    SECTION("a boot without an id equals no other")
    {
        const auto got = wall.resume({day - 5min, 0s, "", 0s});
        CHECK(got == SteadyWall::Confidence::Rebooted);
    }
}

TEST_CASE("steady wall: it jumps forward and never back", "[daemon][time]")
{
    boost::asio::io_context io;
    VirtualTime time(io, day);
    SteadyWall wall(time);
    wall.advance_to(day + 1h);
    CHECK(wall.now() == day + 1h);
    wall.advance_to(day);
    CHECK(wall.now() == day + 1h);
}
