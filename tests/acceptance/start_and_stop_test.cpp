#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/live_reader.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <string>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;

namespace {

constexpr int bad_configuration = 78;

void write(const House& house, const std::string& name, const std::string& text)
{
    std::ofstream stream(house.file(name), std::ios::binary);
    stream << text;
    REQUIRE(stream.flush());
}

std::vector<std::string> checking(const House& house)
{
    auto arguments = house.arguments();
    arguments.push_back("--check-config");
    return arguments;
}

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("acceptance: told to stop, it stops soon and in order", "[acceptance]")
{
    House house(notice_safe(1));
    house.start();
    const std::string id = open_alarm(house, red_alarm());
    // Readers of the live stream, who never leave by themselves, and pages under way.
    LiveReader reader(house.io, house.desk());
    reader.connect(house.daemon().port());
    REQUIRE(house.wait([&] { return !reader.seen().empty(); }));
    const Instant asked = House::now();
    CHECK(house.stop() == 0);
    CHECK(House::now() - asked < 7s);
    CHECK(house.wait([&] { return reader.ended(); }));

    house.start();
    CHECK(text_of(view(house, id), "level") == "red");
    CHECK(house.stop() == 0);
}

TEST_CASE("acceptance: a broken file does not stop a start, and is shouted about", "[acceptance]")
{
    const std::string good = notice_safe(1);
    House house(good);
    house.start();
    const std::string id = open_alarm(house, red_alarm());
    const std::string hash = text_of(view(house, id).at("protocol").as_object(), "hash");
    CHECK(house.stop() == 0);

    std::string what;
    SECTION("the protocol")
    {
        write(house, "protocol.toml", good.substr(0, good.size() / 2) + "\n[duty.S03\n");
        what = "protocol";
    }
    SECTION("the roster")
    {
        write(
            house, "roster/roles.csv", "role,unit,staff,order\nclass_teacher,K05-2501,nobody,0\n"
        );
        what = "roster";
    }
    CHECK(run_daemon(house.io, checking(house)).end.code == bad_configuration);
    house.start();
    const HttpReply ready = house.call(HttpCall("GET", "/readyz"));
    CHECK(ready.status == 200);
    INFO(ready.body);
    CHECK(ready.json().at("degraded").as_object().contains(what));
    // It works on with what the journal holds: the old incident, and a new one.
    CHECK(text_of(view(house, id).at("protocol").as_object(), "hash") == hash);
    const std::string other = open_alarm(
        house, {{"via", "hotline"}, {"subjects", js::array{js::object{{"student_id", "s7"}}}}}
    );
    CHECK(text_of(view(house, other).at("protocol").as_object(), "hash") == hash);
    CHECK(house.wait([&] {
        for (const Arrival& arrival : house.arrivals)
            if (arrival.text("incident") == other && arrival.recipient() == "co-03") return true;
        return false;
    }));
    CHECK(house.stop() == 0);
}

TEST_CASE("acceptance: without any good protocol there is no start", "[acceptance]")
{
    House house("name = \"nothing\"\n");
    house.launch();
    CHECK(house.daemon().wait_end().code == bad_configuration);
    CHECK(has(house.daemon().said(), "protocol"));
}

TEST_CASE(
    "acceptance: checking the configuration lists every fault and starts nothing", "[acceptance]"
)
{
    House house(notice_safe(1));
    house.write_settings();
    const Finished good = run_daemon(house.io, checking(house));
    INFO(good.said);
    CHECK(good.end.code == 0);
    CHECK_FALSE(std::filesystem::exists(house.file("data") / "journal.db"));

    std::string protocol = notice_safe(1);
    const auto replace = [&](const std::string& from, const std::string& to) {
        const auto at = protocol.find(from);
        REQUIRE(at != std::string::npos);
        protocol.replace(at, from.size(), to);
    };
    replace(
        "to = [\"college_deputies\"], text = \"S11\"", "to = [\"nobody_known\"], text = \"S11\""
    );
    replace("max_silence = \"5m\"", "max_silence = \"4m\"");
    write(house, "protocol.toml", protocol);
    write(house, "roster/leave.csv", "staff,from,to,delegate\nct-99,2026-10-01,2026-10-07,\n");
    const Finished bad = run_daemon(house.io, checking(house));
    INFO(bad.said);
    CHECK(bad.end.code == bad_configuration);
    CHECK(has(bad.said, "nobody_known"));
    CHECK(has(bad.said, "max_silence"));
    CHECK(has(bad.said, "ct-99"));
    CHECK(has(bad.said, "protocol.toml:"));
    CHECK(has(bad.said, "leave.csv:"));
    CHECK_FALSE(std::filesystem::exists(house.file("data") / "journal.db"));
}

TEST_CASE("acceptance: a second daemon on the same journal is turned away", "[acceptance]")
{
    House house(notice_safe(1));
    house.start();
    const Finished second = run_daemon(house.io, house.arguments());
    INFO(second.said);
    CHECK(second.end.code == 1);
    CHECK(has(second.said, "journal"));
    CHECK(has(second.said, "another process"));
    open_alarm(house, red_alarm());
    CHECK(house.stop() == 0);
}
