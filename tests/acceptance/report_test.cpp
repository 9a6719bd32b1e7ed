#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <string>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;

namespace {

const std::string reports = "/api/v1/reports";
const std::string incidents = "/api/v1/incidents";

// Through somebody whose word a person checks first.
std::string send_report(House& house, const js::object& more = {})
{
    js::object body{
        {"via", "public"},
        {"place", js::object{{"campus", "M"}, {"building", "M-12"}}},
        {"text", "有同学在天台"}};
    for (const auto& [key, value] : more) body[key] = value;
    const HttpReply reply = house.post(house.public_intake(), incidents, body);
    INFO(reply.body);
    REQUIRE(reply.status == 202);
    const std::string id = text_of(reply.json(), "id");
    CHECK(reply.header("location") == reports + "/" + id);
    // A receipt and no more: this reporter may be anybody.
    CHECK_FALSE(reply.json().contains("duties"));
    return id;
}

std::size_t waiting(House& house)
{
    return house.get(house.desk(), reports).json().at("reports").as_array().size();
}

}  // namespace

TEST_CASE("acceptance: a report that nobody judges opens by itself", "[acceptance][notice-4]")
{
    House house(notice_safe(100));  // 90 s take 0.9 s
    house.start();
    const Instant reported = House::now();
    const std::string id = send_report(house);
    // The duty desk is asked at once, and nobody else.
    REQUIRE(house.wait([&] { return !house.arrivals.empty(); }, 5s));
    CHECK(house.arrivals.front().recipient() == "hq");
    CHECK(house.arrivals.front().asks("S01"));

    const auto opened = [&] {
        return std::any_of(house.arrivals.begin(), house.arrivals.end(), [](const Arrival& each) {
            return each.text("level") == "orange" && each.asks("S03");
        });
    };
    REQUIRE(house.wait(opened, 10s));
    CHECK(House::now() - reported >= 900ms);
    const js::object now = view(house, id);
    CHECK(text_of(now, "level") == "orange");
    CHECK(
        text_of(events(house, id, "opened").at(0).at("body").as_object(), "because") == "undecided"
    );
    CHECK(waiting(house) == 0);
    CHECK(house.stop() == 0);
}

TEST_CASE("acceptance: the duty desk judges reports", "[acceptance][notice-4]")
{
    House house(notice_safe(1));
    house.start();
    const std::string open = send_report(house);
    const std::string attach = send_report(house);
    const std::string dismiss = send_report(house);
    CHECK(waiting(house) == 3);
    CHECK(house.post(house.public_intake(), reports + "/" + open + "/open", {}).status == 403);

    const HttpReply opened = house.post(house.desk(), reports + "/" + open + "/open", {});
    INFO(opened.body);
    CHECK(opened.status == 200);
    CHECK(text_of(view(house, open), "phase") == "alerting");
    CHECK(house.wait([&] {
        return std::any_of(house.arrivals.begin(), house.arrivals.end(), [&](const Arrival& each) {
            return each.text("incident") == open && each.asks("S03");
        });
    }));

    const HttpReply attached =
        house.post(house.desk(), reports + "/" + attach + "/attach", {{"into", open}});
    INFO(attached.body);
    CHECK(attached.status == 200);
    CHECK(text_of(attached.json(), "id") == open);
    CHECK(number_of(attached.json(), "reports") == 2);
    CHECK(text_of(view(house, attach), "phase") == "attached");

    const HttpReply dismissed =
        house.post(house.desk(), reports + "/" + dismiss + "/dismiss", {{"reason", "是社团拍摄"}});
    INFO(dismissed.body);
    CHECK(dismissed.status == 200);
    CHECK(text_of(view(house, dismiss), "phase") == "dismissed");
    CHECK(waiting(house) == 0);

    // What is judged stays judged, also in the next life.
    CHECK(house.post(house.desk(), reports + "/" + dismiss + "/open", {}).status == 409);
    house.kill();
    house.start();
    CHECK(text_of(view(house, dismiss), "phase") == "dismissed");
    CHECK(text_of(view(house, attach), "phase") == "attached");
    CHECK(text_of(view(house, open), "phase") == "alerting");
    CHECK(house.stop() == 0);
}
