#include "tests/acceptance/small_disk.hpp"

#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/kill_history.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace js = boost::json;

namespace {

const std::string incidents = "/api/v1/incidents";

// One alarm after the other, each of some size.
class Alarms {
public:
    explicit Alarms(House& house) : house_(house) {}

    HttpReply raise(std::size_t text_bytes = 1000)
    {
        const js::object alarm{
            {"via", "hotline"},
            {"callback", "199-0000-0099"},
            {"text", std::string(text_bytes, 'x')},
            {"ref", "disk-" + std::to_string(++number_)}};
        const HttpReply reply = house_.post(house_.desk(), incidents, alarm);
        REQUIRE((reply.status == 201 || reply.status == 503));
        if (reply.status == 201 && reply.header("shouwang-unjournaled").empty())
            taken.push_back(text_of(reply.json(), "id"));
        return reply;
    }

    std::vector<std::string> taken;  // and promised to be durable

private:
    House& house_;
    int number_ = 0;
};

HttpReply ready(House& house)
{
    return house.call(HttpCall("GET", "/readyz"));
}

bool degraded(const HttpReply& ready, const std::string& name)
{
    return ready.json().at("degraded").as_object().contains(name);
}

// Waits until the daemon's log says so.
bool hears(House& house, const std::string& words)
{
    return house.wait([&] { return house.daemon().said().find(words) != std::string::npos; });
}

bool told(const House& house, const std::string& incident, const std::string& staff)
{
    return std::any_of(house.arrivals.begin(), house.arrivals.end(), [&](const Arrival& arrival) {
        return arrival.text("incident") == incident && arrival.recipient() == staff;
    });
}

}  // namespace

TEST_CASE("acceptance: the ballast is there when a real disk is full", "[acceptance]")
{
    House house(short_ladders());
    const SmallDisk disk(house.file("data"), 8);
    if (!disk.why_not().empty()) {
        WARN("SKIPPED, nothing was tested: a full disk needs root and tmpfs; " + disk.why_not());
        return;
    }
    const fs::path ballast = house.file("data") / "journal.db.ballast";
    house.ballast_mib = 2;
    house.start();
    REQUIRE(fs::file_size(ballast) == 2U << 20U);
    Alarms alarms(house);
    CHECK(alarms.raise().status == 201);

    // Full: the reserve is given up, and nobody outside notices.
    disk.fill();
    for (int i = 0; i < 100 && fs::exists(ballast); ++i) CHECK(alarms.raise().status == 201);
    CHECK_FALSE(fs::exists(ballast));
    CHECK(alarms.raise().status == 201);
    REQUIRE(hears(house, "degraded: disk space"));
    CHECK(ready(house).status == 200);
    CHECK(degraded(ready(house), "disk space"));

    // Full again: alarms are turned away with the numbers to call, and what runs goes on.
    disk.fill();
    HttpReply refused;
    for (int i = 0; i < 100 && (refused.status != 503 || ready(house).status != 503); ++i) {
        const HttpReply reply = alarms.raise(refused.status == 0 ? 3000 : 1);
        if (reply.status == 503) refused = reply;
    }
    INFO(refused.body);
    CHECK(refused.status == 503);
    CHECK(text_of(refused.json(), "detail").find("0000-1111110") != std::string::npos);
    CHECK_FALSE(ready(house).json().at("journal_writable").as_bool());
    CHECK(house.call(HttpCall("GET", "/healthz")).status == 200);
    REQUIRE(alarms.taken.size() >= 2);
    const std::string running = alarms.taken.back();
    CHECK(house.wait([&] { return told(house, running, "dm-h"); }, 10s));

    // Room again: it goes on by itself, and a start puts the reserve back.
    disk.make_room();
    REQUIRE(hears(house, "recovered: journal"));
    CHECK(ready(house).status == 200);
    CHECK(alarms.raise().status == 201);
    REQUIRE(house.quiet_for(1500ms));
    CHECK(house.stop() == 0);
    house.start();
    CHECK(fs::file_size(ballast) == 2U << 20U);
    CHECK_FALSE(degraded(ready(house), "disk space"));
    for (const std::string& id : alarms.taken)
        CHECK(house.get(house.desk(), incidents + "/" + id).status == 200);
    CHECK(house.stop() == 0);
    const KillHistory history = read_history(house);
    CHECK(history.chain == "");
    for (const std::string& id : alarms.taken) CHECK(history.codes.contains(id));
}
