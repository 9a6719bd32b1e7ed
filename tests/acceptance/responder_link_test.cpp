#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;

namespace {

std::string escaped(const std::string& text)
{
    std::string out;
    for (const char c : text)
        if (c == '@')
            out += "%40";
        else
            out += c;
    return out;
}

}  // namespace

TEST_CASE(
    "acceptance: looking at a link changes nothing, pressing its button answers", "[acceptance]"
)
{
    House house(notice_safe(1));
    house.start();
    const std::string id = open_alarm(house, red_alarm());
    const std::string link = link_of(house, "ct-05");
    REQUIRE(house.quiet_for(700ms));
    const std::uint64_t before = house.journal_sequence();

    // Mail scanners and previews follow links, by GET and by HEAD, and guess at others.
    const HttpReply page = house.call(HttpCall("GET", link));
    REQUIRE(page.status == 200);
    for (const char* target : {"", "/going", "/cannot", "/arrived"})
        for (const char* method : {"GET", "HEAD"})
            static_cast<void>(house.call(HttpCall(method, link + target)));
    CHECK(house.call(HttpCall("HEAD", link)).status == 200);
    CHECK(house.journal_sequence() == before);

    // A form that did not come from the page, a word from another's link: nothing either.
    const std::string ask = escaped(hidden_field(page.body, "ask"));
    const std::string nonce = hidden_field(page.body, "nonce");
    const std::string key = hidden_field(page.body, "key");
    REQUIRE_FALSE(nonce.empty());
    CHECK(press(house, link + "/going", "ask=" + ask).status == 403);
    CHECK(press(house, link + "/going", "ask=" + ask + "&nonce=wrong").status == 403);
    CHECK(
        press(house, link_of(house, "co-05") + "/going", "ask=" + ask + "&nonce=" + nonce).status ==
        403
    );
    CHECK(press(house, "/r/AAAAAAAAAAAAAAAAAAAAAA/going", "nonce=" + nonce).status >= 400);
    CHECK(house.journal_sequence() == before);

    const std::string form = "ask=" + ask + "&key=" + key + "&nonce=" + nonce;
    CHECK(press(house, link + "/going", form).status == 200);
    const js::object duty = duty_in(view(house, id), "S03@C05");
    CHECK(text_of(duty, "state") == "done");
    CHECK(text_of(duty, "ended_by") == "ct-05");
    // A second press of the same button is the same answer.
    const std::size_t answers = events(house, id, "answered").size();
    CHECK(press(house, link + "/going", form).status == 200);
    CHECK(events(house, id, "answered").size() == answers);

    // The link outlives the daemon, and not the incident.
    house.kill();
    house.start();
    CHECK(house.call(HttpCall("GET", link)).status == 200);
    stand_down(house, id);
    // The lead signs behind their own link; the desk passes on what one other person says, and
    // would not have been believed for both.
    const std::string close = "/api/v1/incidents/" + id + "/close";
    const std::string lead = link_of(house, "vs-05");
    const HttpReply theirs = house.call(HttpCall("GET", lead));
    REQUIRE(theirs.body.find("/sign\"") != std::string::npos);
    const std::string signing =
        "ask=close&field.reason=ok&nonce=" + hidden_field(theirs.body, "nonce");
    CHECK(press(house, link + "/sign", "ask=close&field.reason=ok&nonce=" + nonce).status == 409);
    const HttpReply first = press(house, lead + "/sign", signing);
    INFO(first.body);
    REQUIRE(first.status == 200);
    CHECK(first.body.find("/sign\"") == std::string::npos);
    const HttpReply second = house.post(
        house.desk(), close, {{"reason", "已平安"}, {"staff", "ch"}, {"heard_by", "hq"}}
    );
    INFO(second.body);
    REQUIRE(second.status == 200);
    const std::uint64_t closed = house.journal_sequence();
    CHECK(house.call(HttpCall("GET", link)).status == 404);
    CHECK(press(house, link + "/arrived", form).status == 404);
    CHECK(house.journal_sequence() == closed);
    CHECK(house.stop() == 0);
}
