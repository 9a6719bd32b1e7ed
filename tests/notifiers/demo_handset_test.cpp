#include "notifiers/demo_handset.hpp"

#include "tests/notifiers/catch_notifiers.hpp"
#include "tests/support/await_result.hpp"

#include <catch2/catch.hpp>

using namespace shouwang;
using namespace shouwang::notifiers;

namespace {

Message message_to(std::string address, std::string key, std::int64_t at = 100)
{
    return Message(std::move(key), std::move(address), "请到场", R"({"asks":[]})", at);
}

}  // namespace

TEST_CASE("demo handset: shows what each address received, by channel", "[notifiers][demo]")
{
    boost::asio::io_context io;
    HandsetWall wall;
    DemoHandset sms(wall, "sms");
    DemoHandset voice(wall, "voice");
    const Receipt first = test::await_result(io, sms.deliver(message_to("199-0000-0001", "k1")));
    const Receipt second = test::await_result(io, voice.deliver(message_to("199-0000-0001", "k1")));
    CHECK(first.verdict == Verdict::Accepted);
    CHECK(first.provider_id == "demo-1");
    CHECK(second.provider_id == "demo-2");

    const auto entries = wall.entries("199-0000-0001");
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].channel == "sms");
    CHECK(entries[1].channel == "voice");
    CHECK(entries[0].text == "请到场");
    CHECK(entries[0].payload == R"({"asks":[]})");
    CHECK(entries[0].at == 100);
    CHECK(entries[0].arrivals == 1);
    CHECK(wall.entries("199-0000-0002").empty());
}

TEST_CASE("demo handset: a repeat under the same key is marked, not added", "[notifiers][demo]")
{
    std::vector<std::uint32_t> arrivals;
    HandsetWall wall([&](const std::string&, const HandsetEntry& entry) {
        arrivals.push_back(entry.arrivals);
    });
    CHECK(wall.arrive("sms", message_to("a", "k1", 100)) == 1);
    CHECK(wall.arrive("sms", Message("k1", "a", "请到场", "{}", 130, 2, true)) == 1);
    const auto entries = wall.entries("a");
    REQUIRE(entries.size() == 1);
    CHECK(entries[0].arrivals == 2);
    CHECK(entries[0].at == 100);
    CHECK(entries[0].last_at == 130);
    CHECK(entries[0].possible_repeat);
    CHECK(arrivals == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("demo handset: an address keeps its newest fifty", "[notifiers][demo]")
{
    HandsetWall wall;
    for (int i = 1; i <= 60; ++i) wall.arrive("sms", message_to("a", "k" + std::to_string(i)));
    const auto entries = wall.entries("a");
    REQUIRE(entries.size() == HandsetWall::entries_per_address_max);
    CHECK(entries.front().key == "k11");
    CHECK(entries.back().key == "k60");
}

TEST_CASE("demo handset: beyond its bound the quietest address goes", "[notifiers][demo]")
{
    HandsetWall wall;
    const auto name = [](std::size_t i) { return "address " + std::to_string(i); };
    for (std::size_t i = 0; i < HandsetWall::addresses_max; ++i)
        wall.arrive("sms", message_to(name(i), "k"));
    wall.arrive("sms", message_to(name(0), "again"));
    wall.arrive("sms", message_to("one more", "k"));
    CHECK(wall.snapshot().size() == HandsetWall::addresses_max);
    CHECK(wall.entries(name(0)).size() == 2);
    CHECK(wall.entries(name(1)).empty());
    CHECK(wall.entries("one more").size() == 1);
}
