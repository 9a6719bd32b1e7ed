#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/kill_history.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;

namespace {

const std::string incidents = "/api/v1/incidents";

js::object alarm(int number, bool long_text)
{
    return {
        {"via", "hotline"},
        {"callback", "199-0000-0099"},
        {"text", std::string(long_text ? 3000 : 1, 'x')},
        {"ref", "disk-" + std::to_string(number)}};
}

}  // namespace

TEST_CASE(
    "acceptance: a full disk turns new alarms away with a telephone number and loses none",
    "[acceptance]"
)
{
    House house(short_ladders());
    house.journal_pages_max = 60;  // 240 KiB
    house.start();
    std::vector<std::string> taken;
    HttpReply refused;
    HttpReply ready;
    // The last pages may still take something small, and what runs writes as well: until an alarm
    // is turned away and nothing else finds room either.
    for (int i = 0; i < 1000 && (ready.status != 503 || refused.status != 503); ++i) {
        const HttpReply reply = house.post(house.desk(), incidents, alarm(i, refused.status == 0));
        REQUIRE((reply.status == 201 || reply.status == 503));
        if (reply.status == 503)
            refused = reply;
        else if (reply.header("shouwang-unjournaled").empty())
            taken.push_back(text_of(reply.json(), "id"));
        ready = house.call(HttpCall("GET", "/readyz"));
    }
    REQUIRE(taken.size() >= 3);
    INFO(refused.body);
    CHECK(refused.status == 503);
    CHECK(text_of(refused.json(), "detail").find("0000-1111110") != std::string::npos);
    CHECK(ready.status == 503);
    CHECK_FALSE(ready.json().at("journal_writable").as_bool());

    // It goes on: what runs is still told to people, and the door still answers.
    CHECK(house.get(house.desk(), incidents + "/" + taken.back()).status == 200);
    CHECK(house.call(HttpCall("GET", "/healthz")).status == 200);
    const auto last_rung_told = [&] {
        for (const Arrival& arrival : house.arrivals)
            if (arrival.text("incident") == taken.back() && arrival.recipient() == "dm-h")
                return true;
        return false;
    };
    CHECK(house.wait(last_rung_told, 10s));

    // With room again, nothing that was promised is missing.
    SECTION("stopped in order")
    {
        house.stop();
    }
    SECTION("killed")
    {
        house.kill();
    }
    house.journal_pages_max = 0;
    house.start();
    for (const std::string& id : taken)
        CHECK(house.get(house.desk(), incidents + "/" + id).status == 200);
    CHECK(house.call(HttpCall("GET", "/readyz")).status == 200);
    const HttpReply again = house.post(house.desk(), incidents, alarm(1000, true));
    CHECK(again.status == 201);
    REQUIRE(house.quiet_for(1500ms));
    CHECK(house.stop() == 0);
    const KillHistory history = read_history(house);
    CHECK(history.chain == "");
    for (const std::string& id : taken) CHECK(history.codes.contains(id));
}
