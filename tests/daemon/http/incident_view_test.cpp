#include "daemon/http/incident_view.hpp"

#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace shouwang::escalation;
using namespace std::chrono_literals;
namespace http = shouwang::http;
namespace js = boost::json;
namespace test = shouwang::test;
using http::Sight;
using http::Viewpoint;

namespace {

Protocol rules_of_the_works()
{
    test::ProtocolBuilder builder;
    Duty& go = builder.duty("go");
    go.ladder = {test::rung(0s, {"plumber"})};
    Register& lead = builder.list("lead", {"going"}, {"withdrawn"});
    lead.one = lead.command = true;
    // Comes before the command's by name.
    builder.list("busy", {"received"}, {});
    End& close = builder.protocol.ends[EndName("close")];
    close.name = EndName("close");
    close.label = "close";
    close.evidence = {"reason"};
    close.signers = {{test::target("chief")}, {test::target("mayor")}};
    close.refuse = {{test::negation(test::fact_is("smell", "none")), "smell", "it still smells"}};
    builder.protocol.ends[EndName("stop")].name = EndName("stop");
    builder.protocol.ends[EndName("stop")].duties_ended = false;
    return builder.protocol;
}

Directory people()
{
    test::DirectoryBuilder builder;
    builder.directory.students.at(StudentId("st-1")).name = "学生甲";
    builder.directory.students.at(StudentId("st-2")).name = "学生乙";
    return builder.directory;
}

// An open incident about two students, with everything in it that is personal.
class Works {
public:
    Works() : driver(rules_of_the_works(), people(), test::morning)
    {
        rules.current = driver.protocol().hash;
        rules.protocols[rules.current] = std::make_shared<const Protocol>(driver.protocol());
        driver.open({{FactName("smell"), {"faint"}}}, {"st-1", "st-2"});
        incident = driver.incident();
        incident.callback = "199-0000-7001";
        incident.text = "电话原话";
        incident.place.room = "房间七";
        incident.place.detail = "门后";
        incident.place.label = "北区一栋";
        incident.subjects.at(SubjectId("s1")).description = "穿红衣";
        incident.subjects.at(SubjectId("s2")).description = "穿蓝衣";
        incident.holes.insert({RoleName("tutor"), UnitId("K1")});
        Record record;
        record.duty = {DutyName("go"), "", 1};
        record.fields = {{"found", "记录内容"}};
        record.by = {"token-1", StaffId("plumber-1")};
        record.at = driver.now();
        incident.records.push_back(record);
    }

    [[nodiscard]] js::object view(Sight sight, std::set<SubjectId> named = {}) const
    {
        const http::ViewContext context{rules, driver.directory(), driver.now()};
        return http::incident_view(context, incident, Viewpoint{sight, std::move(named)});
    }
    [[nodiscard]] js::object report(Sight sight, std::set<SubjectId> named = {}) const
    {
        const http::ViewContext context{rules, driver.directory(), driver.now()};
        return http::report_view(context, incident, Viewpoint{sight, std::move(named)});
    }

    test::BoardDriver driver;
    Rules rules;
    Incident incident;
};

// The words of `secrets` that a reader of `view` is told, in their order.
std::string told(const js::object& view, const std::vector<const char*>& secrets)
{
    const std::string text = js::serialize(view);
    std::string out;
    for (const char* secret : secrets)
        if (text.find(secret) != std::string::npos)
            out += (out.empty() ? "" : " ") + std::string(secret);
    return out;
}

const std::vector<const char*> secrets{
    "学生甲",
    "学生乙",
    "st-1",
    "st-2",
    "\"K1\"",
    "\"K2\"",
    "穿红衣",
    "穿蓝衣",
    "电话原话",
    "199-0000-7001",
    "房间七",
    "门后",
    "记录内容"};

const std::set<SubjectId> both{SubjectId("s1"), SubjectId("s2")};

std::string codes(const js::value& list)
{
    std::string out;
    for (const js::value& entry : list.as_array())
        out += (out.empty() ? "" : " ") + std::string(entry.at("code").as_string());
    return out;
}

}  // namespace

TEST_CASE("incident view: a receipt says that it arrived and how far it is, no more", "[api]")
{
    const Works works;
    const js::object view = works.view(Sight::Receipt);
    std::set<std::string> keys;
    for (const auto& [key, value] : view) keys.insert(std::string(key));
    CHECK(
        keys ==
        std::set<std::string>{
            "id",
            "code",
            "kind",
            "via",
            "level",
            "level_label",
            "phase",
            "phase_label",
            "reported_at",
            "opened_at",
            "ended_at",
            "cycle",
            "ref"}
    );
    CHECK(view.at("level") == "alert");
    CHECK(works.report(Sight::Receipt) == view);
}

TEST_CASE("incident view: below command nothing says whom it is about", "[api]")
{
    const Works works;
    for (const Sight sight : {Sight::Receipt, Sight::Action}) {
        CHECK(told(works.view(sight), secrets).empty());
        CHECK(told(works.report(sight), secrets).empty());
    }
    const js::object view = works.view(Sight::Action);
    CHECK_FALSE(view.contains("callback"));
    CHECK_FALSE(view.contains("text"));
    CHECK(view.at("place").at("label") == "北区一栋");
    CHECK_FALSE(view.at("place").as_object().contains("room"));
    CHECK(view.at("holes").at(0).at("role") == "tutor");
    CHECK(view.at("holes").at(0).at("unit").is_null());
    CHECK(view.at("records").at(0).at("by") == "plumber-1");
    CHECK_FALSE(view.at("records").at(0).as_object().contains("fields"));
    CHECK(view.at("subjects").as_array().size() == 2);
    CHECK(view.at("subjects").at(0).at("college") == "F1");
    CHECK(view.at("duties").at(0).at("asked").as_array().size() == 1);
}

TEST_CASE("incident view: the command sees all of it", "[api]")
{
    const Works works;
    const js::object view = works.view(Sight::Command, both);
    std::string all;
    for (const char* secret : secrets) all += (all.empty() ? "" : " ") + std::string(secret);
    CHECK(told(view, secrets) == all);
    CHECK(view.at("callback") == "199-0000-7001");
    CHECK(view.at("text") == "电话原话");
    CHECK(view.at("holes").at(0).at("unit") == "K1");
    CHECK(view.at("records").at(0).at("fields").at("found") == "记录内容");
    CHECK(view.at("subjects").at(1).at("name") == "学生乙");
}

TEST_CASE("incident view: who is named one of two students is told of that one alone", "[api]")
{
    Works works;
    works.incident.holes.clear();
    const js::object view = works.view(Sight::Command, {SubjectId("s2")});
    CHECK(told(view, secrets) == "学生乙 st-2 \"K2\" 穿蓝衣 房间七 门后");
    // What somebody told on the telephone may be about the other one.
    CHECK_FALSE(view.contains("callback"));
    CHECK_FALSE(view.contains("text"));
    const js::object report = works.report(Sight::Command, {SubjectId("s2")});
    CHECK(told(report, secrets) == "学生乙 st-2 \"K2\" 穿蓝衣 房间七 门后");
}

TEST_CASE("incident view: the newest 200 pages are shown, and all are counted", "[api]")
{
    Works works;
    works.incident.pages.clear();
    for (unsigned n = 61; n <= 310; ++n) {
        std::array<char, 16> id{};
        std::snprintf(id.data(), id.size(), "i1.%06u", n);
        Page page;
        page.id = PageId(id.data());
        page.staff = StaffId("plumber-1");
        works.incident.pages[page.id] = page;
    }
    works.incident.page_count = 310;
    const js::object view = works.view(Sight::Action);
    const js::array& pages = view.at("pages").as_array();
    REQUIRE(pages.size() == http::pages_shown_max);
    CHECK(http::pages_shown_max == 200);
    CHECK(pages.front().at("id") == "i1.000111");
    CHECK(pages.back().at("id") == "i1.000310");
    CHECK(view.at("pages_total") == 310);

    works.incident.pages.erase(works.incident.pages.begin(), --works.incident.pages.end());
    CHECK(works.view(Sight::Action).at("pages").as_array().size() == 1);
}

TEST_CASE("incident view: the commander is whoever stands in the command's register", "[api]")
{
    Works works;
    CHECK(works.view(Sight::Action).at("commander").is_null());
    works.incident.registers[RegisterName("busy")] = {
        {StaffId("clerk-1"), RoleName("clerk"), works.driver.now()}};
    CHECK(works.view(Sight::Action).at("commander").is_null());
    works.driver.say("plumber-1", "going");
    works.incident.registers[RegisterName("lead")] =
        works.driver.incident().registers.at(RegisterName("lead"));
    const js::object view = works.view(Sight::Action);
    REQUIRE(view.at("commander").is_object());
    CHECK(view.at("commander").at("staff") == "plumber-1");
    CHECK(view.at("commander").at("role") == "plumber");
    CHECK(view.at("registers").at("busy").as_array().size() == 1);
}

TEST_CASE("incident view: for each ending it lists what is missing now", "[api]")
{
    Works works;
    const auto missing = [&](const char* end) {
        return codes(works.view(Sight::Action).at("missing_for_end").at(end));
    };
    CHECK(missing("close") == "duty_open smell signer signer");
    CHECK(missing("stop").empty());

    works.driver.set("smell", "none");
    works.driver.say("plumber-1", "going");
    works.incident = works.driver.incident();
    CHECK(missing("close") == "signer signer");

    SignEnd sign;
    sign.incident = works.incident.id;
    sign.end = EndName("close");
    sign.staff = StaffId("mayor-1");
    sign.evidence = {{"reason", "aired"}};
    works.driver.feed(sign);
    works.incident = works.driver.incident();
    CHECK(missing("close") == "signer");
}
