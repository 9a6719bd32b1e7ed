#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <string>

// Every command with a key (but the switch of protocol, which needs a second one), sent twice:
// whoever lost the answer asks again and nothing happens again. One story, because most commands
// need what others did before them.

using namespace shouwang::test;
namespace js = boost::json;

namespace {

const std::string incidents = "/api/v1/incidents";

class Twice {
public:
    explicit Twice(House& house) : house_(house) {}

    // Sends it twice; the second answer is the first one, replayed, and leaves no trace.
    HttpReply operator()(const std::string& target, const js::object& body, int status = 200)
    {
        return as(house_.desk(), target, body, status);
    }
    HttpReply as(
        const std::string& token,
        const std::string& target,
        const js::object& body,
        int status = 200
    )
    {
        const std::string key = "key-" + std::to_string(++keys_);
        const HttpReply first = house_.post(token, target, body, key);
        INFO(target << " " << first.body);
        REQUIRE(first.status == status);
        const HttpReply again = house_.post(token, target, body, key);
        CHECK(again.status == status);
        CHECK(again.header("idempotency-replayed") == "true");
        CHECK(again.body == first.body);
        return first;
    }
    // An incident that is opened twice and is there once.
    std::string open(const js::object& report, int status = 201)
    {
        return text_of((*this)(incidents, report, status).json(), "id");
    }

private:
    House& house_;
    unsigned keys_ = 0;
};

std::string of(const std::string& id, const std::string& what)
{
    return incidents + "/" + id + "/" + what;
}

js::object by(const std::string& staff, js::object body = {})
{
    body["staff"] = staff;
    body["heard_by"] = "hq";
    return body;
}

js::object at(const std::string& building, js::object facts)
{
    return {
        {"via", "hotline"},
        {"place", js::object{{"campus", "M"}, {"building", building}}},
        {"facts", std::move(facts)}};
}

const js::object reason{{"reason", "已核实"}};

js::object all_is_well()
{
    return {
        {"located", "yes"},
        {"sighted", "yes"},
        {"life_danger", "no"},
        {"injury", "none"},
        {"hazard", "none"},
        {"attempt", "none"},
        {"self_risk", "none"}};
}

}  // namespace

TEST_CASE(
    "acceptance: every command with a key happens once, however often it is sent", "[acceptance]"
)
{
    House house(notice_safe(1));
    house.start();
    Twice twice(house);

    js::object disturbed = at("M-12", {{"disturbed", "yes"}, {"alone", "no"}});
    disturbed["subjects"] = js::array{js::object{{"student_id", "s2"}}};
    const std::string one = twice.open(disturbed);
    twice(of(one, "answers"), by("co-05", {{"answer", "going"}, {"ask", "S03@C05"}}));
    twice(of(one, "answers"), by("vs-05", {{"answer", "arrived"}, {"ask", "S04@C05"}}));
    twice(of(one, "answers"), by("vs-05", {{"answer", "confirmed"}, {"ask", "S05"}}));
    twice(of(one, "answers"), by("ce", {{"answer", "going"}, {"ask", "S06@center_duty"}}));
    twice(of(one, "facts"), {{"facts", js::object{{"disturbed", "no"}, {"intruder", "yes"}}}});
    twice(of(one, "decisions"), by("sd", {{"decision", "d110"}, {"value", "called"}}));
    twice(of(one, "notes"), {{"text", "已联系室友"}}, 201);
    twice(of(one, "place"), {{"place", js::object{{"building", "M-12"}, {"floor", "3"}}}});
    twice(of(one, "command"), by("vs-05", {{"to", "co-05"}}));
    const js::object scene{
        {"conscious", "yes"},
        {"injury", "none"},
        {"life_danger", "no"},
        {"hazard", "none"},
        {"disturbed", "no"}};
    twice(of(one, "duties/S10/records"), by("vs-05", {{"fields", scene}}), 201);
    twice(of(one, "duties/S22@s1/waive"), by("vs-05", reason));
    twice(of(one, "level-down"), by("co-05", reason));
    twice(
        of(one, "endings/guardian_deferral"), by("vs-05", {{"subject", "s1"}, {"evidence", reason}})
    );
    twice(of(one, "subjects"), {{"description", "同伴"}}, 201);
    twice(of(one, "subjects/s2/identify"), {{"student_id", "s21"}});
    twice(of(one, "subjects/s2/close"), by("co-05", reason));

    // Two of one place: looked at, joined, taken apart.
    const std::string two = twice.open(at("M-07", {{"disturbed", "yes"}}));
    const std::string three = twice.open(at("M-07", {{"disturbed", "yes"}}));
    twice(of(three, "keep-apart"), {{"with", two}});
    twice(of(three, "merge"), {{"with", two}});
    twice(of(three, "split"), reason);

    // One that was nothing, and one that ends, and is taken up again.
    const js::object seen{{"seen", "宿管当面见到"}, {"kind", "误报"}, {"reason", "误会"}};
    const std::string four = twice.open(at("M-05", all_is_well()));
    twice(of(four, "answers"), by("dm-05", {{"answer", "arrived"}}));
    twice(of(four, "false-alarm"), by("hq", {{"evidence", seen}}));
    const std::string five = twice.open(at("M-03", all_is_well()));
    twice(of(five, "answers"), by("dm-03", {{"answer", "arrived"}}));
    twice(of(five, "duties/S10/records"), by("dm-03", {{"fields", scene}}), 201);
    twice(of(five, "stand-down"), by("dm-03", reason));
    twice(of(five, "close"), by("sa-d", reason));
    twice(of(five, "reopen"), reason);

    js::object drill = at("L-05", {{"disturbed", "yes"}});
    drill["kind"] = "drill";
    drill["participants"] = js::array{"hq", "cdc"};
    const std::string exercise = twice.open(drill);
    twice(of(exercise, "drill-end"), by("hq"));

    // Reports that a person judges.
    const js::object unseen{
        {"via", "public"}, {"place", js::object{{"campus", "M"}, {"building", "M-09"}}}};
    const auto reported = [&] {
        return text_of(twice.as(house.public_intake(), incidents, unseen, 202).json(), "id");
    };
    const std::string reports = "/api/v1/reports/";
    const std::string real = reported();
    twice(reports + real + "/open", {});
    twice(reports + reported() + "/attach", {{"into", real}});
    twice(reports + reported() + "/dismiss", reason);
    CHECK(house.stop() == 0);
}

TEST_CASE(
    "acceptance: an administrator who begins a drill ends it, and nobody else is called",
    "[acceptance]"
)
{
    House house(notice_safe(1));
    const std::string admin = house.admin_token("hq");
    house.start();
    js::object drill = at("M-12", {{"disturbed", "yes"}});
    drill["kind"] = "drill";
    drill["participants"] = js::array{"cdc", "sd"};
    const HttpReply opened = house.post(admin, incidents, drill);
    INFO(opened.body);
    REQUIRE(opened.status == 201);
    const std::string id = text_of(opened.json(), "id");
    REQUIRE(house.quiet_for(std::chrono::milliseconds(700)));
    CHECK(!house.arrivals.empty());
    for (const Arrival& each : house.arrivals)
        CHECK((each.recipient() == "cdc" || each.recipient() == "sd"));
    CHECK(view(house, id).at("participants").as_array().size() == 2);
    // What is real is not theirs.
    CHECK(house.post(admin, of(id, "notes"), {{"text", "记一笔"}}).status == 403);
    const HttpReply ended = house.post(admin, of(id, "drill-end"), {});
    INFO(ended.body);
    CHECK(ended.status == 200);
    drill["participants"] = js::array{"nobody"};
    CHECK(house.post(admin, incidents, drill).status == 400);
    CHECK(house.stop() == 0);
}
