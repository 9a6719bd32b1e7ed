#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <string>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;

TEST_CASE(
    "acceptance: an incident is closed by two different people, and then rests", "[acceptance]"
)
{
    House house(notice_safe(1));
    const std::string lead = house.token_of("vs-05");
    const std::string deputy = house.token_of("sec-05");
    const std::string center = house.token_of("ch");
    house.start();
    const std::string id = open_alarm(house, red_alarm());
    const std::string close = "/api/v1/incidents/" + id + "/close";
    const js::object reason{{"reason", "学生平安，家长已到"}};

    // The centre's own line cannot come: its head is asked at once, and may see the incident then.
    CHECK(house.post(center, close, reason).status == 404);
    CHECK(answer_for(house, id, "ce", "cannot", "S06@center_duty").status == 200);
    CHECK(house.wait([&] {
        return std::any_of(house.arrivals.begin(), house.arrivals.end(), [](const Arrival& each) {
            return each.recipient() == "ch" && each.asks("S06@center_duty");
        });
    }));
    CHECK(house.post(center, close, reason).status == 409);

    end_every_duty(house, id);
    CHECK(
        missing_codes(house.post(lead, close, reason)) ==
        std::vector<std::string>{"duty_open", "not_stood_down"}
    );
    stand_down(house, id);
    CHECK(house.post(lead, close, {}).status == 409);
    CHECK(house.post(deputy, close, reason).status == 404);
    const HttpReply first = house.post(lead, close, reason);
    INFO(first.body);
    REQUIRE(first.status == 200);
    CHECK(text_of(first.json(), "phase") == "aftercare");

    // Nobody signs twice, and a restart forgets no signature.
    CHECK(
        missing_codes(house.post(lead, close, reason)) ==
        std::vector<std::string>{"signer_repeated"}
    );
    house.kill();
    house.start();
    const HttpReply second = house.post(center, close, reason);
    INFO(second.body);
    REQUIRE(second.status == 200);
    CHECK(text_of(second.json(), "phase") == "closed");
    CHECK(second.json().at("next_at").is_null());

    // After that nothing is asked, answered or sent.
    const std::uint64_t after = house.journal_sequence();
    const std::size_t pages = house.arrivals.size();
    CHECK(answer_for(house, id, "ct-05", "going", "S03@C05").status == 409);
    CHECK(
        house
            .post(
                house.desk(),
                "/api/v1/incidents/" + id + "/facts",
                {{"facts", js::object{{"injury", "serious"}}}}
            )
            .status == 409
    );
    CHECK(house.quiet_for(1500ms));
    CHECK(house.arrivals.size() == pages);
    CHECK(house.journal_sequence() == after);
    CHECK(house.stop() == 0);
}
