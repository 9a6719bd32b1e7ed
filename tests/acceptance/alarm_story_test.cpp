#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;
using shouwang::escalation::Span;

namespace {

// 120 s take 1.2 s.
constexpr int hurry = 100;
// Only that it comes at all: under sanitizers on a busy machine seconds pass. To the instant, the
// simulation holds it.
constexpr Span late_max = 30s;

// What a lock screen may not show: a name, number, class or room, and no diagnosis.
constexpr std::array<std::string_view, 6> unspeakable{
    student_name, "s2", "412", "护理2025", "不想活", "自杀"};

std::set<std::string> told_by(const House& house, const std::string& channel)
{
    std::set<std::string> out;
    for (const Arrival& arrival : house.arrivals)
        if (arrival.target == "/" + channel) out.insert(arrival.recipient());
    return out;
}

bool was_asked(const House& house, const std::string& staff, std::string_view duty)
{
    return std::any_of(house.arrivals.begin(), house.arrivals.end(), [&](const Arrival& arrival) {
        return arrival.recipient() == staff && arrival.asks(duty);
    });
}

// When each person was first asked each duty, at the provider.
std::map<std::pair<std::string, std::string>, Instant> first_asked(const House& house)
{
    std::map<std::pair<std::string, std::string>, Instant> out;
    for (const Arrival& arrival : house.arrivals)
        for (const js::value& ask : arrival.page.at("asks").as_array())
            out.try_emplace(
                {arrival.recipient(), std::string(ask.at("id").as_string())}, arrival.at
            );
    return out;
}

Instant instant(const js::value& ms)
{
    return Instant(Span(ms.to_number<std::int64_t>()));
}

// Every rung that was reached: in order, at its due time or after it, and its people told in time.
void check_the_climb(House& house, const std::string& incident)
{
    std::map<std::string, std::vector<Instant>> due;
    for (const js::object& opened : events(house, incident, "duty_opened"))
        for (const js::value& rung : opened.at("body").at("rungs").as_array())
            due[text_of(opened.at("body").as_object(), "duty")].push_back(instant(rung.at("due")));

    std::map<std::string, std::int64_t> last;
    std::map<std::pair<std::string, std::int64_t>, std::string> because;
    for (const js::object& reached : events(house, incident, "rung_reached")) {
        const js::object& body = reached.at("body").as_object();
        const std::string duty = text_of(body, "duty");
        const std::int64_t rung = number_of(body, "rung");
        CAPTURE(duty, rung);
        const auto before = last.find(duty);
        CHECK(rung == (before == last.end() ? 0 : before->second + 1));
        last[duty] = rung;
        because[{duty, rung}] = text_of(body, "because");
        if (text_of(body, "because") != "due") continue;
        const Instant at = instant(body.at("at"));
        CHECK(at >= due.at(duty).at(static_cast<std::size_t>(rung)));
        CHECK(at - due.at(duty).at(static_cast<std::size_t>(rung)) <= late_max);
    }

    const auto told = first_asked(house);
    std::size_t compared = 0;
    std::set<std::pair<std::string, std::string>> before;
    for (const js::object& asked : events(house, incident, "asked")) {
        const js::object& body = asked.at("body").as_object();
        // Some rungs ask again those whom an earlier one asked.
        if (!before.insert({text_of(body, "staff"), text_of(body, "duty")}).second) continue;
        const std::string duty = text_of(body, "duty");
        const std::int64_t rung = number_of(body, "rung");
        const auto why = because.find({duty, rung});
        if (why == because.end() || why->second != "due") continue;
        const auto arrived = told.find({text_of(body, "staff"), duty});
        CAPTURE(duty, rung, text_of(body, "staff"));
        // An answer may overtake a page of the very last rung: what never left has no arrival.
        if (arrived == told.end()) continue;
        const Instant at = due.at(duty).at(static_cast<std::size_t>(rung));
        CHECK(arrived->second >= at);
        CHECK(arrived->second - at <= late_max);
        ++compared;
    }
    CHECK(compared >= 12);
}

void check_the_messages(const House& house)
{
    std::set<std::string> keys;
    for (const Arrival& arrival : house.arrivals) {
        CAPTURE(arrival.key, arrival.recipient());
        CHECK(arrival.signed_right);
        CHECK(arrival.key == arrival.text("key"));
        CHECK(keys.insert(arrival.key).second);
        CHECK("/" + arrival.channel() == arrival.target);
        CHECK(arrival.text("ref") == "story");
        CHECK(arrival.text("level") == "red");
        const std::string text = arrival.text("text");
        CHECK(text.starts_with(arrival.target == "/voice" ? "守望平台" : "【守望】"));
        for (const std::string_view word : unspeakable) CHECK(text.find(word) == std::string::npos);
    }
}

}  // namespace

TEST_CASE(
    "acceptance: the ladder climbs in time until somebody is going, and ends in quiet",
    "[acceptance][notice-7][N7.3][N7.4][N7.5]"
)
{
    House house(notice_safe(hurry));
    house.start();
    const Instant opened = House::now();
    const std::string id = open_alarm(house, red_alarm());

    // The first wave, by every channel of the level at once.
    const std::vector<std::string> first{
        "ct-05", "co-05", "vs-05", "ce", "sd", "cl", "dm-12", "sa-d"};
    const auto first_wave_told = [&] {
        return std::all_of(first.begin(), first.end(), [&](const std::string& staff) {
            return told_by(house, "sms").contains(staff) &&
                   told_by(house, "voice").contains(staff) &&
                   told_by(house, "wecom").contains(staff);
        });
    };
    REQUIRE(house.wait(first_wave_told, late_max));
    CHECK(House::now() - opened <= late_max);
    CHECK(was_asked(house, "ct-05", "S03"));
    CHECK(was_asked(house, "co-05", "S03"));
    CHECK(was_asked(house, "vs-05", "S04"));
    CHECK(was_asked(house, "cl", "S06@clinic_duty"));

    // Nobody answers: S03 climbs to the psychological counsellor, S04 to the deputies.
    REQUIRE(house.wait([&] { return was_asked(house, "py-05", "S03"); }, 10s));
    REQUIRE(house.wait([&] { return was_asked(house, "sec-05", "S04"); }, 10s));

    // One is going: that duty's rungs stop, the others' go on to their end.
    const HttpReply going = answer_for(house, id, "py-05", "going", "S03@C05");
    INFO(going.body);
    REQUIRE(going.status == 200);
    CHECK(text_of(duty_in(going.json(), "S03@C05"), "state") == "done");
    REQUIRE(house.wait([&] { return was_asked(house, "ul", "S04"); }, 20s));
    REQUIRE(house.wait([&] { return was_asked(house, "ch", "S06@center_duty"); }, 20s));
    const auto done = events(house, id, "duty_done");
    REQUIRE_FALSE(done.empty());
    CHECK(text_of(done.front().at("body").as_object(), "duty") == "S03@C05");
    std::size_t others = 0;
    for (const js::object& reached : events(house, id, "rung_reached")) {
        if (number_of(reached, "seq") < number_of(done.front(), "seq")) continue;
        CHECK(text_of(reached.at("body").as_object(), "duty") != "S03@C05");
        ++others;
    }
    CHECK(others >= 3);

    // All is done: what is still due to one person is tried, then there is silence.
    end_every_duty(house, id);
    REQUIRE(house.quiet_for(7s));
    const js::object ended = view(house, id);
    CHECK(text_of(ended, "phase") == "controlled");
    for (const js::value& duty : ended.at("duties").as_array())
        CHECK(
            (text_of(duty.as_object(), "state") != "open" ||
             std::set<std::string>{"S32", "S49@s1"}.contains(text_of(duty.as_object(), "key")))
        );

    check_the_climb(house, id);
    check_the_messages(house);
    CHECK(house.sink.fault() == nullptr);
    CHECK(house.stop() == 0);
}
