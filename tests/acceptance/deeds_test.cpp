#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <string>

// Section 七 over the API: what people decide, sign, waive, correct and take apart.

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;

namespace {

std::string path(const std::string& id, const std::string& what)
{
    return "/api/v1/incidents/" + id + "/" + what;
}

bool says(const HttpReply& reply, const std::string& code)
{
    const auto codes = missing_codes(reply);
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

js::object decision_in(const js::object& view, std::string_view name)
{
    for (const js::value& each : view.at("decisions").as_array())
        if (each.at("decision").as_string() == name) return each.as_object();
    return {};
}

js::object on_the_roof()
{
    return {
        {"via", "hotline"},
        {"place", js::object{{"campus", "M"}, {"building", "M-12"}, {"floor", "6"}}},
        {"facts", js::object{{"hazard", "height"}, {"alone", "yes"}}}};
}

js::object by(const std::string& staff, js::object body = {})
{
    body["staff"] = staff;
    body["heard_by"] = "hq";
    return body;
}

}  // namespace

TEST_CASE(
    "acceptance: a person decides to dial, with a reason where there is one to give",
    "[acceptance][notice-7][N7.6][N7.7]"
)
{
    House house(notice_safe(1));
    house.start();
    const std::string id = open_alarm(house, on_the_roof());
    const js::object police = decision_in(view(house, id), "d110");
    CHECK(text_of(police, "dial") == "110");
    CHECK(police.at("value").is_null());

    const auto decide = [&](js::object body, const std::string& key = {}) {
        return house.post(house.desk(), path(id, "decisions"), by("sd", std::move(body)), key);
    };
    REQUIRE(house.quiet_for(700ms));
    const std::uint64_t before = house.journal_sequence();
    CHECK(says(decide({{"decision", "d110"}, {"value", "declined"}}), "needs_reason"));
    CHECK(decide({{"decision", "d999"}, {"value", "called"}}).status == 400);
    CHECK(house.journal_sequence() == before);

    const js::object declined{{"decision", "110"}, {"value", "declined"}, {"reason", "各门已守"}};
    const HttpReply first = decide(declined, "key-1");
    INFO(first.body);
    REQUIRE(first.status == 200);
    CHECK(text_of(decision_in(first.json(), "d110"), "value") == "declined");
    REQUIRE(house.quiet_for(700ms));
    const std::uint64_t after = house.journal_sequence();
    CHECK(decide(declined, "key-1").status == 200);
    CHECK(house.journal_sequence() == after);

    // Worse news: the question is open again, and nobody waives it.
    const js::object worse{{"facts", js::object{{"harm_to_others", "weapon"}}}};
    REQUIRE(house.post(house.desk(), path(id, "facts"), worse).status == 200);
    js::object newest;
    const js::object now = view(house, id);
    for (const js::value& each : now.at("decisions").as_array())
        if (each.at("decision").as_string() == "d110") newest = each.as_object();
    CHECK(text_of(newest, "state") == "open");
    std::string duty = text_of(newest, "duty");
    if (const auto generation = duty.find('#'); generation != std::string::npos)
        duty.replace(generation, 1, "%23");
    const HttpReply waived = house.post(
        house.desk(), path(id, "duties/" + duty + "/waive"), by("sd", {{"reason", "不需要"}})
    );
    CHECK(says(waived, "never_waived"));
    CHECK(decide({{"decision", "d110"}, {"value", "called"}, {"at", "12:07"}}).status == 200);
    CHECK(decide({{"decision", "d119"}, {"value", "called_by_other"}}).status == 200);
    CHECK(house.stop() == 0);
}

TEST_CASE(
    "acceptance: somebody unknown is identified, and their own people are called",
    "[acceptance][notice-7][N7.3]"
)
{
    House house(notice_safe(1));
    house.start();
    js::object report = on_the_roof();
    report["subjects"] = js::array{js::object{{"description", "穿红衣"}}};
    const std::string id = open_alarm(house, report);
    const HttpReply known =
        house.post(house.desk(), path(id, "subjects/s1/identify"), {{"student_id", "s2"}});
    INFO(known.body);
    REQUIRE(known.status == 200);
    CHECK(house.wait([&] {
        return std::any_of(house.arrivals.begin(), house.arrivals.end(), [](const Arrival& each) {
            return each.recipient() == "ct-05" && each.asks("S03@C05");
        });
    }));
    CHECK(house.post(house.desk(), path(id, "subjects"), {{"description", "同伴"}}).status == 201);
    CHECK(house.post(house.desk(), path(id, "notes"), {{"text", "已联系室友"}}).status == 201);
    const js::object place{{"place", js::object{{"campus", "M"}, {"building", "M-12"}}}};
    CHECK(house.post(house.desk(), path(id, "place"), place).status == 200);
    CHECK(house.post(house.desk(), path(id, "place"), {}).status == 400);

    // Command is taken by the lead, and by nobody who does not hold it.
    CHECK(house.post(house.desk(), path(id, "command"), by("cl")).status == 409);
    const HttpReply taken = house.post(house.desk(), path(id, "command"), by("vs-05"));
    INFO(taken.body);
    REQUIRE(taken.status == 200);
    CHECK(text_of(taken.json().at("commander").as_object(), "staff") == "vs-05");

    // What is missing is all told at once, and nothing has changed.
    REQUIRE(house.quiet_for(700ms));
    const std::uint64_t before = house.journal_sequence();
    const js::object reason{{"reason", "已平安"}};
    const HttpReply early = house.post(house.desk(), path(id, "stand-down"), by("vs-05", reason));
    CHECK(says(early, "not_seen"));
    CHECK(says(early, "d110_open"));
    CHECK(says(early, "department_open"));
    CHECK(says(house.post(house.desk(), path(id, "level-down"), by("vs-05", reason)), "rule_holds")
    );
    CHECK(
        says(house.post(house.desk(), path(id, "false-alarm"), by("vs-05", reason)), "facts_stand")
    );
    CHECK(
        house.post(house.desk(), path(id, "subjects/s2/close"), by("vs-05", reason)).status == 200
    );
    CHECK(house.post(house.desk(), path(id, "reopen"), reason).status == 409);
    CHECK(house.post(house.desk(), path(id, "protocol"), reason).status == 409);
    CHECK(house.journal_sequence() == before + 1);  // the one signature

    const HttpReply brief = house.get(house.desk(), path(id, "brief"));
    REQUIRE(brief.status == 200);
    const std::string text = text_of(brief.json(), "text");
    CHECK(text.find("决定拨打110") != std::string::npos);
    for (const std::string_view personal :
         {student_name, std::string_view("s2"), std::string_view("穿红衣")})
        CHECK(text.find(personal) == std::string::npos);
    CHECK(house.stop() == 0);
}

TEST_CASE(
    "acceptance: two reports of one place are suggested, merged and taken apart by people",
    "[acceptance][notice-7]"
)
{
    House house(notice_safe(1));
    const std::string lead = house.token_of("vs-05");
    house.start();
    const std::string one = open_alarm(house, on_the_roof());
    const std::string two = open_alarm(house, on_the_roof());
    const js::object second = view(house, two);
    const js::array suggested = second.at("suggestions").as_array();
    REQUIRE(suggested.size() == 1);
    CHECK(suggested.front().at("incident").as_string() == one);

    // Which incident is which is the duty desk's to say.
    CHECK(house.post(lead, path(two, "merge"), {{"with", one}}).status >= 403);
    const HttpReply merged = house.post(house.desk(), path(two, "merge"), {{"with", one}});
    INFO(merged.body);
    REQUIRE(merged.status == 200);
    CHECK(text_of(view(house, two), "goes_on_in") == one);
    const HttpReply split = house.post(house.desk(), path(two, "split"), {{"reason", "两处"}});
    INFO(split.body);
    REQUIRE(split.status == 200);
    CHECK(text_of(view(house, two), "phase") != "merged");
    CHECK(house.post(house.desk(), path(two, "keep-apart"), {{"with", one}}).status < 500);
    CHECK(house.stop() == 0);
}

TEST_CASE("acceptance: a drill dials nobody, and ends by a signature", "[acceptance][notice-7]")
{
    House house(notice_safe(1));
    house.start();
    js::object report = on_the_roof();
    report["kind"] = "drill";
    report["drill_minutes"] = 30;
    const std::string id = open_alarm(house, report);
    const js::object now = view(house, id);
    CHECK(now.at("decisions").as_array().empty());
    CHECK(!now.at("ends_at").is_null());
    const HttpReply ended = house.post(house.desk(), path(id, "drill-end"), by("hq"));
    INFO(ended.body);
    CHECK(ended.status == 200);
    CHECK(text_of(view(house, id), "phase") == "drill_ended");
    report["kind"] = "real";
    CHECK(house.post(house.desk(), "/api/v1/incidents", report).status == 400);
    CHECK(house.stop() == 0);
}
