#include "daemon/http/sessions.hpp"

#include "daemon/rehearsal/seeded_entropy.hpp"
#include "tests/daemon/http/loopback.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace shouwang;
using namespace std::chrono_literals;
using http::SessionLimits;
using http::SessionStore;

namespace {

struct Stage {
    boost::asio::io_context io;
    rehearsal::VirtualTime time{io, test::night};
    rehearsal::SeededEntropy entropy{1};
};

}  // namespace

TEST_CASE("sessions: a cookie opens its own session and no other text does", "[daemon][http]")
{
    Stage stage;
    SessionStore sessions(stage.time, stage.entropy);
    const std::string cookie = sessions.open("abc");
    CHECK(cookie.size() == 43);
    CHECK(sessions.open("abc") != cookie);
    REQUIRE(sessions.use(cookie));
    CHECK(sessions.use(cookie)->token_id == "abc");
    CHECK_FALSE(sessions.use(sessions.use(cookie)->key));
    CHECK_FALSE(sessions.use(""));
    sessions.close(cookie);
    CHECK_FALSE(sessions.use(cookie));
    CHECK(sessions.size() == 1);
}

TEST_CASE(
    "sessions: one ends after 30 idle minutes, and after 12 hours however used", "[daemon][http]"
)
{
    Stage stage;
    SessionStore sessions(stage.time, stage.entropy);
    const std::string idle = sessions.open("abc");
    const std::string busy = sessions.open("abc");
    for (auto passed = 0min; passed < 12h - 29min; passed += 29min) {
        stage.time.run_for(29min);
        REQUIRE(sessions.use(busy));
    }
    CHECK_FALSE(sessions.use(idle));
    stage.time.run_for(29min);
    CHECK_FALSE(sessions.use(busy));
    CHECK(sessions.size() == 0);

    const std::string last = sessions.open("abc");
    stage.time.run_for(30min - 1ms);
    CHECK(sessions.use_key(sessions.use(last)->key));
    stage.time.run_for(30min);
    CHECK_FALSE(sessions.use(last));
}

TEST_CASE("sessions: a step of the wall clock neither ends nor prolongs one", "[daemon][http]")
{
    Stage stage;
    SessionStore sessions(stage.time, stage.entropy);
    const std::string cookie = sessions.open("abc");
    stage.time.set_wall_offset(48h);
    CHECK(sessions.use(cookie));
    stage.time.set_wall_offset(-48h);
    stage.time.run_for(31min);
    CHECK_FALSE(sessions.use(cookie));
}

TEST_CASE(
    "sessions: one token's sessions push out each other, not those of others", "[daemon][http]"
)
{
    Stage stage;
    SessionLimits limits;
    limits.sessions_per_token_max = 2;
    limits.sessions_max = 4;
    SessionStore sessions(stage.time, stage.entropy, limits);
    std::vector<std::string> cookies;
    const auto open = [&](const char* token) {
        stage.time.run_for(1s);
        cookies.push_back(sessions.open(token));
    };
    open("abc");
    open("abc");
    open("other");
    stage.time.run_for(1s);
    CHECK(sessions.use(cookies[0]));  // so that the second is the longest idle
    open("abc");
    CHECK(sessions.use(cookies[0]));
    CHECK_FALSE(sessions.use(cookies[1]));
    stage.time.run_for(1s);
    CHECK(sessions.use(cookies[0]));
    CHECK(sessions.use(cookies[2]));
    open("third");
    CHECK(sessions.size() == 4);
    open("fourth");
    CHECK(sessions.size() == 4);
    CHECK_FALSE(sessions.use(cookies[3]));
}
