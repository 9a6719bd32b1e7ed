#include "daemon/http/failure_limit.hpp"

#include "tests/daemon/http/loopback.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace shouwang;
using namespace std::chrono_literals;

TEST_CASE("failure limit: a key has its share in each window", "[daemon][http]")
{
    boost::asio::io_context io;
    rehearsal::VirtualTime time(io, test::night);
    http::FailureLimit failures(time, 3, 1min);
    for (int i = 0; i < 3; ++i) CHECK_FALSE(failures.fail("a"));
    CHECK(failures.fail("a"));
    CHECK_FALSE(failures.fail("b"));
    time.run_for(1min);
    CHECK_FALSE(failures.fail("a"));
}

TEST_CASE(
    "failure limit: it keeps a bounded number of keys and forgets the oldest", "[daemon][http]"
)
{
    boost::asio::io_context io;
    rehearsal::VirtualTime time(io, test::night);
    http::FailureLimit failures(time, 1, 1min, 10);
    for (int i = 0; i < 100; ++i) {
        time.run_for(1ms);
        CHECK_FALSE(failures.fail(std::to_string(i)));
    }
    CHECK(failures.keys() == 10);
    CHECK(failures.fail("99"));
    CHECK(failures.fail("90"));
    CHECK_FALSE(failures.fail("89"));
}
