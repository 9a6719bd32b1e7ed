#include "daemon/http/responder_view.hpp"

#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

using namespace shouwang::escalation;
using namespace std::chrono_literals;
namespace http = shouwang::http;
namespace test = shouwang::test;
using http::ResponderAsk;
using http::ResponderButton;
using http::ResponderPage;

namespace {

// The plumber goes, the crew records what it found, the chief and the mayor sign.
Protocol rules_of_the_works(const char* dial)
{
    test::ProtocolBuilder builder;
    Protocol& protocol = builder.protocol;
    Duty& go = builder.duty("go");
    go.dial = dial;
    if (!go.dial.empty()) {
        go.answers[Word("spared")] = Effect::Satisfy;
        go.terms[Word("spared")].needs = {"reason"};
    }
    go.answers[Word("aboard")] = Effect::Satisfy;
    go.ladder = {test::rung(0s, {"plumber"}), test::rung(2min, {"chief"})};
    builder.expect_arrival();
    Duty& check = builder.duty("check");
    check.answers = {};
    check.ladder = {test::rung(0s, {"crew"})};
    check.record = {
        {"smell", "气味", FactName("smell"), true},
        {"zones", "区域", FactName("zones"), false},
        {"note", "备注", FactName(), false}};
    protocol.facts.at(FactName("smell")).value_labels = {{"faint", "微弱"}};
    // As a file may list them; by the alphabet "aboard" would come first.
    for (const char* word : {"withdrawn", "cannot", "going", "aboard", "arrived"})
        protocol.word_order.push_back(Word(word));
    protocol.word_labels[Word("going")] = "已去";
    protocol.texts[TextCode("plain")].sms = "【守望】{{place}}漏气。";
    End& close = protocol.ends[EndName("close")];
    close.name = EndName("close");
    close.label = "结案";
    close.evidence = {"reason"};
    close.signers = {{test::target("chief")}, {test::target("mayor")}};
    End& part = protocol.ends[EndName("part")];
    part.name = EndName("part");
    part.label = "本人无事";
    part.duties_ended = false;
    part.outcome = EndOutcome::Lane;
    part.per_subject = true;
    part.evidence = {"seen"};
    part.signers = {{test::target("clerk")}, {test::target("porter")}};
    return protocol;
}

Directory people()
{
    test::DirectoryBuilder builder;
    builder.directory.students.at(StudentId("st-1")).name = "学生甲";
    return builder.directory;
}

ResponderPage page_of(
    const test::BoardDriver& driver, const char* staff, const std::vector<std::string>& phones
)
{
    unsigned keys = 0;
    const http::ResponderContext context{
        driver.protocol(), driver.directory(), driver.incident(), driver.now(), phones, [&] {
            return "key-" + std::to_string(++keys);
        }};
    return http::responder_view(context, StaffId(staff));
}

class Works {
public:
    explicit Works(Kind kind = Kind::Real, const char* dial = "")
        : driver(rules_of_the_works(dial), people(), test::morning)
    {
        Report report = test::BoardDriver::report("i1");
        report.kind = kind;
        report.callback = "199-0000-7001";
        report.text = "电话原话";
        report.subjects.front().description = "穿红衣";
        report.place = PlaceReport{"north", "block-1", "3", "房间七", "门后"};
        driver.feed(report);
    }

    [[nodiscard]] ResponderPage page(const char* staff) const
    {
        return page_of(driver, staff, phones);
    }

    void record(const char* staff)
    {
        AddRecord command;
        command.incident = IncidentId("i1");
        command.duty = "check";
        command.fields = {{"smell", "none"}};
        command.by = {staff, StaffId(staff)};
        driver.feed(command);
    }
    void sign(const char* staff)
    {
        SignEnd command;
        command.incident = IncidentId("i1");
        command.end = EndName("close");
        command.staff = StaffId(staff);
        command.evidence = {{"reason", "aired"}};
        command.by = {staff, StaffId(staff)};
        driver.feed(command);
    }
    // Every duty comes to its end.
    void work_done()
    {
        driver.say("plumber-1", "going", "go");
        driver.say("plumber-1", "arrived");
        record("crew-1");
    }

    std::vector<std::string> phones{"119"};
    test::BoardDriver driver;
};

const ResponderAsk& ask(const ResponderPage& page, const std::string& key)
{
    for (const ResponderAsk& one : page.asks)
        if (one.ask == key) return one;
    FAIL("the page does not ask " << key);
    return page.asks.front();
}

// The buttons of one ask in order: "going:primary …".
std::string buttons(const ResponderAsk& ask)
{
    std::string out;
    for (const ResponderButton& button : ask.buttons) {
        out += (out.empty() ? "" : " ") + button.word;
        switch (button.weight) {
            case ResponderButton::Weight::Plain: out += ":plain"; break;
            case ResponderButton::Weight::Primary: out += ":primary"; break;
            case ResponderButton::Weight::Good: out += ":good"; break;
            case ResponderButton::Weight::Warn: out += ":warn"; break;
        }
        out += std::string(button.wants_eta ? "+eta" : "") + (button.wants_reason ? "+why" : "");
    }
    return out;
}

}  // namespace

TEST_CASE("responder view: what ends the duty is the first button and the heaviest", "[api]")
{
    const Works works;
    const ResponderPage page = works.page("plumber-1");
    REQUIRE(page.asks.size() == 1);
    const ResponderAsk& go = ask(page, "go");
    CHECK(buttons(go) == "going:primary+eta aboard:good received:plain cannot:warn+why");
    CHECK(go.buttons.front().label == "已去");
    CHECK(go.buttons.back().label == "cannot");
    CHECK(go.todo.find("漏气") != std::string::npos);
    CHECK(go.closed.empty());
    CHECK(page.role == "plumber");
    CHECK(page.asked_at == "10:00:00");
    CHECK(go.next == "10:02:00");

    // Pressed twice a button counts once, and no two share a key.
    std::set<std::string> keys;
    for (const ResponderButton& button : go.buttons) keys.insert(button.key);
    CHECK(keys.size() == go.buttons.size());
}

TEST_CASE("responder view: nothing can be taken back before it was promised", "[api]")
{
    Works works;
    const auto go = [&] { return buttons(ask(works.page("plumber-1"), "go")); };
    CHECK(go().find("withdrawn") == std::string::npos);
    works.driver.say("plumber-1", "received", "go");
    CHECK(go().find("withdrawn") == std::string::npos);
    works.driver.say("plumber-1", "going", "go");
    CHECK(go() == "going:primary+eta aboard:good received:plain cannot:warn+why withdrawn:warn");
    CHECK(ask(works.page("plumber-1"), "go").answered == "已去");
    // Who is expected on site is asked for that too: a new time, or that they cannot after all.
    CHECK(
        buttons(ask(works.page("plumber-1"), "arrive@plumber-1")) ==
        "arrived:primary received:plain going:primary+eta withdrawn:warn cannot:warn"
    );
    works.driver.say("plumber-1", "withdrawn", "go");
    CHECK(go().find("withdrawn") == std::string::npos);
}

TEST_CASE("responder view: a record is asked of who was paged for it, while it is open", "[api]")
{
    Works works;
    CHECK(works.page("plumber-1").records.empty());
    const ResponderPage page = works.page("crew-1");
    CHECK(page.asks.empty());
    REQUIRE(page.records.size() == 1);
    CHECK(page.records.front().ask == "check");
    const auto& fields = page.records.front().fields;
    REQUIRE(fields.size() == 3);
    CHECK(fields[0].name == "smell");
    CHECK(fields[0].required);
    CHECK_FALSE(fields[0].several);
    REQUIRE(fields[0].options.size() == 3);
    CHECK(fields[0].options[1].id == "faint");
    CHECK(fields[0].options[1].name == "微弱");
    CHECK(fields[0].options[2].name == "strong");
    // Gas may be in several places at once.
    CHECK(fields[1].several);
    CHECK_FALSE(fields[1].required);
    CHECK(fields[1].options.size() == 3);
    CHECK(fields[2].options.empty());
    CHECK_FALSE(fields[2].several);

    works.record("crew-2");
    CHECK(works.page("crew-1").records.empty());
}

TEST_CASE("responder view: who stands in the register reports before anybody reminds them", "[api]")
{
    Protocol protocol = rules_of_the_works("");
    protocol.duties.at(DutyName("check")).answer_from = test::targets({"crew"});
    protocol.duties.at(DutyName("check"))
        .answer_from.push_back({Target::Kind::Register, "on_site"});
    test::BoardDriver driver(protocol, people(), test::morning);
    driver.open();
    const auto page = [&](const char* staff) { return page_of(driver, staff, {}); };
    driver.say("plumber-1", "going", "go");
    CHECK(page("plumber-1").records.empty());
    driver.say("plumber-1", "arrived");
    REQUIRE(page("plumber-1").records.size() == 1);
    CHECK(page("plumber-1").records.front().ask == "check");
}

TEST_CASE("responder view: what somebody decided is said to whoever was asked", "[api]")
{
    Protocol protocol = rules_of_the_works("120");
    protocol.duties.at(DutyName("go")).decision = "ambulance";
    test::BoardDriver driver(protocol, people(), test::morning);
    driver.open();
    driver.run(2min);
    const auto page = [&](const char* staff) { return page_of(driver, staff, {}); };
    CHECK(ask(page("chief-1"), "go").decided.empty());
    driver.say("plumber-1", "aboard", "go");
    CHECK(ask(page("chief-1"), "go").decided.find("aboard") == 0);
}

TEST_CASE("responder view: an ending is signed when only signatures are missing", "[api]")
{
    Works works;
    CHECK(works.page("chief-1").endings.empty());
    works.driver.say("plumber-1", "going", "go");
    works.driver.say("plumber-1", "arrived");
    // The record is still to come.
    CHECK(works.page("chief-1").endings.empty());
    works.record("crew-1");
    for (const char* staff : {"chief-1", "mayor-1"}) {
        const ResponderPage page = works.page(staff);
        INFO(staff);
        REQUIRE(page.endings.size() == 1);
        CHECK(page.endings.front().ask == "close");
        CHECK(page.endings.front().label == "结案");
        REQUIRE(page.endings.front().fields.size() == 1);
        CHECK(page.endings.front().fields.front().name == "reason");
        CHECK(page.endings.front().fields.front().label == "理由");
        CHECK(page.endings.front().fields.front().required);
    }
}

TEST_CASE("responder view: an ending is signed by who may, and once", "[api]")
{
    Works works;
    works.work_done();
    // Neither whoever did the work nor a deputy of somebody who is there.
    for (const char* staff : {"plumber-1", "crew-1", "chief-2"})
        CHECK(works.page(staff).endings.empty());
    works.sign("chief-1");
    CHECK(works.page("chief-1").endings.empty());
    CHECK(works.page("mayor-1").endings.size() == 1);
    works.sign("mayor-1");
    CHECK(works.driver.incident().stage == Stage::Closed);
    const ResponderPage page = works.page("mayor-1");
    CHECK(page.ended);
    CHECK(page.endings.empty());
}

TEST_CASE("responder view: an ending of one subject is offered once somebody began it", "[api]")
{
    Works works;
    const auto asks = [&](const char* staff) {
        std::string out;
        for (const auto& ending : works.page(staff).endings)
            out += (out.empty() ? "" : " ") + ending.ask + ":" + ending.label;
        return out;
    };
    const auto sign = [&](const char* staff, const char* subject) {
        works.driver.feed(SignEnd{
            works.driver.incident().id,
            EndName("part"),
            StaffId(staff),
            {{"seen", "门口"}},
            {staff, StaffId(staff)},
            {},
            SubjectId(subject)});
    };
    works.driver.feed(AddSubject{works.driver.incident().id, {{}, "高个", {}}, "desk", {"desk", {}}}
    );
    CHECK(asks("porter-1").empty());
    sign("clerk-1", "s2");
    CHECK(asks("clerk-1").empty());
    CHECK(asks("porter-1") == "part@s2:本人无事（对象 2）");
    const auto form = works.page("porter-1").endings.front();
    CHECK(form.signatures == "须由 2 人各签一次，已签 1 人");
    CHECK(form.fields.front().label.starts_with("谁、何时、何地当面见到"));
    CHECK(
        http::render_responder(works.page("porter-1")).find("已签 1 人；系统") != std::string::npos
    );
    sign("porter-1", "s2");
    // Who is out of it is signed for no more.
    CHECK(asks("porter-1").empty());
}

TEST_CASE("responder view: the page says nothing of whom it is about", "[api]")
{
    Works works;
    const auto check = [&](const char* staff) {
        const std::string html = http::render_responder(works.page(staff));
        INFO(staff);
        CHECK(html.find(works.driver.incident().code) != std::string::npos);
        for (const char* secret :
             {"学生甲", "st-1", "K1", "穿红衣", "电话原话", "199-0000-7001", "房间七", "门后"}) {
            INFO(secret);
            CHECK(html.find(secret) == std::string::npos);
        }
    };
    // All of it is there to be told.
    const Incident& incident = works.driver.incident();
    REQUIRE(incident.subjects.at(SubjectId("s1")).student == StudentId("st-1"));
    REQUIRE(incident.subjects.at(SubjectId("s1")).class_unit == UnitId("K1"));
    REQUIRE(incident.place.room == "房间七");
    REQUIRE(incident.text == "电话原话");
    for (const char* staff : {"plumber-1", "crew-1", "chief-1"}) check(staff);
    works.work_done();
    for (const char* staff : {"plumber-1", "crew-1", "chief-1"}) check(staff);
}

TEST_CASE("responder view: in a drill there is no number to be dialled", "[api]")
{
    const Works real;
    CHECK_FALSE(real.page("plumber-1").drill);
    REQUIRE(real.page("plumber-1").calls.size() == 1);
    CHECK(real.page("plumber-1").calls.front().number == "119");
    CHECK(http::render_responder(real.page("plumber-1")).find("tel:119") != std::string::npos);

    const Works drill(Kind::Drill);
    const ResponderPage page = drill.page("plumber-1");
    CHECK(page.drill);
    CHECK(page.calls.empty());
    CHECK(http::render_responder(page).find("tel:") == std::string::npos);
    CHECK(page.asks.size() == 1);

    Works asked(Kind::Drill, "119");
    CHECK(ask(asked.page("plumber-1"), "go").dial.empty());
    CHECK(ask(asked.page("plumber-1"), "go").no_dial);
    CHECK_FALSE(ask(page, "go").no_dial);
    const ResponderPage called = Works(Kind::Real, "119").page("plumber-1");
    CHECK(ask(called, "go").dial == "119");
    // That it is not needed is no green button beside the calls.
    CHECK(buttons(ask(called, "go")).find("spared:plain+why") != std::string::npos);
}

TEST_CASE("responder view: who was asked nothing has nothing to press", "[api]")
{
    const Works works;
    const ResponderPage page = works.page("clerk-1");
    CHECK(page.asks.empty());
    CHECK(page.records.empty());
    CHECK(page.endings.empty());
    CHECK(page.asked_at.empty());
}
