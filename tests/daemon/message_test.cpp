#include "daemon/message.hpp"

#include "tests/daemon/gas_leak.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace shouwang;
using namespace shouwang::escalation;
using namespace shouwang::test;
using daemon::Attempt;
using daemon::compose;
using daemon::MessageContent;
using daemon::MessageSource;
using daemon::variables_of;
namespace json = boost::json;

namespace {

const Instant day = std::chrono::sys_days(std::chrono::October / 10 / 2026);

// An incident in which every personal field shouts.
Incident loud_incident()
{
    Incident incident;
    incident.id = IncidentId("I1");
    incident.code = "R0001";
    incident.kind = Kind::Real;
    incident.stage = Stage::Open;
    incident.level = LevelName("leak");
    incident.reported_at = incident.opened_at = day;
    incident.place.label = "一号车间";
    incident.place.room = incident.place.detail = "CANARY";
    incident.callback = incident.text = "CANARY";
    incident.ref = "ref-7";
    Subject subject;
    subject.id = SubjectId("s1");
    subject.student = StudentId("CANARY");
    subject.description = "CANARY";
    subject.class_unit = UnitId("CANARY");
    incident.subjects[subject.id] = subject;
    incident.facts[FactKey{SubjectId("s1"), FactName("CANARY")}].value = {"CANARY"};
    incident.records.push_back({DutyKey{}, {{"CANARY", "CANARY"}}, Actor{}, day});
    DutyInstance duty;
    duty.key.name = DutyName("go");
    duty.opened_at = day;
    duty.due = day + 10min;
    Ask porter;
    porter.staff = StaffId("p-1");
    porter.role = RoleName("porter");
    porter.answer = Word("received");
    duty.asks[porter.staff] = porter;
    Ask chief;
    chief.staff = StaffId("c-1");
    chief.role = RoleName("chief");
    chief.rung = 1;
    chief.text = TextCode("T1");
    duty.asks[chief.staff] = chief;
    incident.duties[duty.key] = duty;
    Page page;
    page.id = PageId("I1.2");
    page.staff = StaffId("c-1");
    page.role = RoleName("chief");
    page.text = TextCode("T1");
    page.level = incident.level;
    page.rung = 1;
    page.at = day + 2min;
    page.asks = {{duty.key, false}};
    incident.pages[page.id] = page;
    return incident;
}

Attempt attempt()
{
    Attempt out;
    out.key = "I1.2/webhook";
    out.number = 2;
    out.now = day + 2min + 1s;
    out.respond_url = "https://example.invalid/r/abc";
    return out;
}

}  // namespace

TEST_CASE("message: nothing personal leaves, by words or by JSON", "[daemon][message][notice-5]")
{
    const auto protocol = gas_leak();
    const auto directory = plant();
    const Incident incident = loud_incident();
    const MessageSource source{*protocol, *directory, incident, incident.pages.begin()->second};
    for (const char* channel : {"sms", "voice", "wecom", "webhook", "email"}) {
        const MessageContent out = compose(source, ChannelName(channel), attempt());
        CAPTURE(out.text, out.payload);
        CHECK(out.text.find("R0001") != std::string::npos);
        CHECK(out.text.find("CANARY") == std::string::npos);
        CHECK(out.payload.find("CANARY") == std::string::npos);
        CHECK(out.payload.find("199-0000") == std::string::npos);
        CHECK(out.payload.find("某人") == std::string::npos);
    }
}

TEST_CASE(
    "message: the variables say what happened, where, and who has not answered", "[daemon][message]"
)
{
    const auto protocol = gas_leak();
    const auto directory = plant();
    Incident incident = loud_incident();
    const MessageSource source{*protocol, *directory, incident, incident.pages.begin()->second};
    const auto variables = variables_of(source, day + 2min + 1s);
    CHECK(variables.at("code") == "R0001");
    CHECK(variables.at("level") == "泄漏");
    CHECK(variables.at("place") == "一号车间");
    CHECK(variables.at("role") == "porter");
    CHECK(variables.at("min") == "2");
    CHECK(variables.at("n") == "0");
    CHECK(variables.at("due") == "10-10 08:10");
    CHECK(variables.at("date") == "10-10 08:02");
    for (const auto& [name, value] : variables) CHECK(config::text_variables().contains(name));
    for (const std::string& name : config::text_variables()) CHECK(variables.contains(name));
}

TEST_CASE("message: a drill says so on every channel", "[daemon][message]")
{
    const auto protocol = gas_leak();
    const auto directory = plant();
    Incident incident = loud_incident();
    const MessageSource source{*protocol, *directory, incident, incident.pages.begin()->second};
    for (const char* channel : {"sms", "voice", "wecom"}) {
        incident.kind = Kind::Real;
        const auto real = compose(source, ChannelName(channel), attempt());
        incident.kind = Kind::Drill;
        const auto drill = compose(source, ChannelName(channel), attempt());
        CAPTURE(real.text, drill.text);
        CHECK(real.text.find("演练") == std::string::npos);
        CHECK(drill.text.find("演练") != std::string::npos);
    }
}

TEST_CASE("message: a machine gets the page as the API describes it", "[daemon][message]")
{
    const auto protocol = gas_leak();
    const auto directory = plant();
    const Incident incident = loud_incident();
    const MessageSource source{*protocol, *directory, incident, incident.pages.begin()->second};
    const MessageContent out = compose(source, ChannelName("webhook"), attempt());
    const json::object payload = json::parse(out.payload).as_object();
    const json::value expected = json::parse(R"({
        "key":"I1.2/webhook","incident":"I1","code":"R0001","level":"leak","kind":"real",
        "asks":[{"id":"go","duty":"go","due":"2026-10-10T00:10:00.000Z",
                 "answers":["going","received","cannot"]}],
        "role":"chief","recipient":"c-1","channel":"webhook","rung":1,"repeat":0,"attempt":2,
        "possible_repeat":false,"respond_url":"https://example.invalid/r/abc","ref":"ref-7",
        "at":"2026-10-10T00:02:00.000Z"})");
    for (const auto& [key, value] : expected.as_object()) {
        CAPTURE(std::string(key));
        CHECK(payload.at(key) == value);
    }
    CHECK(payload.at("text").as_string() == out.text);
    CHECK(payload.size() == expected.as_object().size() + 1);
}

TEST_CASE("message: a text that is not there still tells which incident", "[daemon][message]")
{
    const auto protocol = gas_leak();
    const auto directory = plant();
    Incident incident = loud_incident();
    incident.pages.begin()->second.text = TextCode("gone");
    const MessageSource source{*protocol, *directory, incident, incident.pages.begin()->second};
    const MessageContent out = compose(source, ChannelName("sms"), attempt());
    CHECK(out.text.find("R0001") != std::string::npos);
}
