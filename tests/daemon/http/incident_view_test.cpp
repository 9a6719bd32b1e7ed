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
    go.waive_by = {test::target("chief")};
    go.dial = "119";
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
    End& part = builder.protocol.ends[EndName("part")];
    part.name = EndName("part");
    part.outcome = EndOutcome::Lane;
    part.per_subject = true;
    part.duties_ended = false;
    part.signers = {{test::target("chief"), {Target::Kind::Register, "lead"}}};
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

TEST_CASE(
    "incident view: an ending says who has signed, and whose signature may come next", "[api]"
)
{
    Works works;
    const auto row = [&](const char* end, const char* subject = nullptr) {
        const js::object view = works.view(Sight::Action);
        for (const js::value& one : view.at("endings").as_array()) {
            const js::value& about = one.at("subject");
            if (one.at("end") != end) continue;
            if (subject == nullptr ? about.is_null() : about == subject) return one.as_object();
        }
        return js::object{};
    };
    CHECK(row("close").at("signers") == 2);
    CHECK(row("close").at("signed").as_array().empty());
    CHECK(js::serialize(row("close").at("open_to")) == R"(["chief","mayor"])");

    SignEnd sign;
    sign.incident = works.incident.id;
    sign.end = EndName("close");
    sign.staff = StaffId("mayor-1");
    sign.evidence = {{"reason", "签署理由"}};
    works.driver.set("smell", "none");
    works.driver.say("plumber-1", "going");
    works.driver.feed(sign);
    works.incident = works.driver.incident();
    const js::object close = row("close");
    REQUIRE(close.at("signed").as_array().size() == 1);
    CHECK(close.at("signed").at(0).at("staff") == "mayor-1");
    CHECK(js::serialize(close.at("open_to")) == R"(["chief"])");
    CHECK(codes(close.at("missing")) == "signer");
    // Why somebody signed may be about anybody.
    CHECK(js::serialize(works.view(Sight::Command, both)).find("签署理由") == std::string::npos);

    // Signed by subject: one row for each who is part of it, and nothing is missing but names.
    CHECK(row("part").empty());
    CHECK(codes(row("part", "s2").at("missing")) == "signer");
    CHECK(js::serialize(row("part", "s2").at("open_to")) == R"(["chief / lead"])");
    works.incident.subjects.at(SubjectId("s2")).closed = true;
    CHECK(row("part", "s2").empty());
    CHECK(row("part", "s1").at("signers") == 1);
    CHECK(works.view(Sight::Action).at("subjects").at(1).at("closed") == true);
}

TEST_CASE("incident view: what it is beyond its phase, and what may be dialled or waived", "[api]")
{
    Works works;
    CHECK(works.view(Sight::Action).at("stage") == "open");
    const auto duty = [&] { return works.view(Sight::Action).at("duties").at(0).as_object(); };
    CHECK(duty().at("waive_by") == "chief");
    CHECK(duty().at("dial") == "119");
    const http::ViewContext context{works.rules, works.driver.directory(), works.driver.now()};
    const auto row = [&] {
        return http::incident_row(context, works.incident).at("open_duties").at(0).as_object();
    };
    CHECK(row().at("dial") == "119");
    works.incident.kind = Kind::Drill;
    CHECK(duty().at("dial").is_null());
    CHECK(row().at("dial").is_null());
    // What came into it is told where the board is at hand.
    CHECK(works.view(Sight::Action).at("joined").as_array().empty());
    Board board;
    for (const auto& [id, stage] :
         {std::pair("i2", Stage::Merged), {"i3", Stage::Attached}, {"i4", Stage::Open}}) {
        Incident& other = board.incidents[IncidentId(id)];
        other.code = id;
        other.stage = stage;
        other.attached_to = works.incident.id;
    }
    board.incidents[IncidentId("i5")].stage = Stage::Merged;
    const http::ViewContext whole{
        works.rules, works.driver.directory(), works.driver.now(), &board};
    const js::object view = http::incident_view(whole, works.incident, {Sight::Action, {}});
    CHECK(
        js::serialize(view.at("joined")) ==
        R"([{"incident":"i2","code":"i2","report":false,"at":null},)"
        R"({"incident":"i3","code":"i3","report":true,"at":null}])"
    );
    works.incident.stage = Stage::Merged;
    CHECK(works.view(Sight::Action).at("stage") == "merged");
    CHECK(http::incident_row(context, works.incident).at("stage") == "merged");
}
