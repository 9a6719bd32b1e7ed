#include "daemon/http/instant_text.hpp"
#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <string>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;

namespace {

struct Message {
    std::string staff;
    std::string at;
    js::object shown;  // without what counts anew: its place and its second
};

// By person, channel and incident: the first wave sends one of each.
std::map<std::string, Message> wall(House& house)
{
    std::map<std::string, Message> out;
    const HttpReply reply = house.call(HttpCall("GET", "/wall/phones"));
    REQUIRE(reply.status == 200);
    const js::object document = reply.json();
    for (const js::value& phone : document.at("phones").as_array())
        for (const js::value& each : phone.at("messages").as_array()) {
            Message message{text_of(phone.as_object(), "staff"), "", each.as_object()};
            message.at = text_of(message.shown, "at");
            message.shown.erase("at");
            message.shown.erase("serial");
            const std::string key = message.staff + " " + text_of(message.shown, "channel") + " " +
                                    text_of(message.shown, "incident");
            CHECK(out.emplace(key, std::move(message)).second);
        }
    return out;
}

// Until every page of the incident has been taken by a handset.
void wait_until_shown(House& house, const std::string& incident)
{
    std::size_t sends = 0;
    for (const js::object& paged : events(house, incident, "paged"))
        sends += paged.at("body").at("channels").as_array().size();
    REQUIRE(sends > 10);
    const Instant late = House::now() + 20s;
    while (events(house, incident, "send_finished").size() < sends) REQUIRE(House::now() < late);
}

// What the wall's button does: same address, no nonce.
HttpReply press(House& house, const js::object& message, const std::string& word)
{
    const js::object& ask = message.at("asks").as_array().front().as_object();
    const std::string id = text_of(ask, "id");
    const auto at = id.find('@');
    HttpCall call(
        "POST",
        text_of(message, "reply_url") + "/" + word,
        "ask=" + id.substr(0, at) + "%40" + id.substr(at + 1)
    );
    call.content_type = "application/x-www-form-urlencoded";
    call.headers.emplace_back(
        "Origin", "http://127.0.0.1:" + std::to_string(house.daemon().port())
    );
    call.headers.emplace_back("Sec-Fetch-Site", "same-origin");
    return house.call(std::move(call));
}

}  // namespace

TEST_CASE("acceptance: the demo's handset wall survives the daemon", "[acceptance]")
{
    House house(notice_safe(1));
    house.demo = true;
    house.start();
    const std::string id = open_alarm(house, red_alarm());
    wait_until_shown(house, id);
    const auto before = wall(house);
    REQUIRE(before.size() > 10);

    house.kill();
    house.start();
    const auto after = wall(house);
    CHECK(after.size() == before.size());
    for (const auto& [key, message] : before) {
        CAPTURE(key);
        REQUIRE(after.contains(key));
        CHECK(after.at(key).shown == message.shown);
        // The journal has the end of the send: a millisecond later may be the next second.
        const auto was = shouwang::http::parse_rfc3339(message.at).value();
        const auto is = shouwang::http::parse_rfc3339(after.at(key).at).value();
        CHECK(std::chrono::abs(is - was) <= 1s);
    }

    // A reply from there counts, and a second start shows it.
    const std::string first = "ct-05 sms " + id;
    REQUIRE(after.contains(first));
    const HttpReply pressed = press(house, after.at(first).shown, "going");
    INFO(pressed.body);
    CHECK(pressed.status == 200);
    CHECK(text_of(duty_in(view(house, id), "S03@C05"), "ended_by") == "ct-05");
    house.kill();
    house.start();
    const auto answered = wall(house);
    REQUIRE(answered.contains(first));
    const js::array& asks = answered.at(first).shown.at("asks").as_array();
    CHECK_FALSE(text_of(asks.front().as_object(), "answer").empty());
    CHECK(house.stop() == 0);
}
