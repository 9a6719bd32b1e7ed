#include "daemon/http/pages.hpp"

#include "daemon/http/embedded_assets.hpp"
#include "daemon/http/wording.hpp"

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include <regex>
#include <set>
#include <string>
#include <vector>

// The pages without a server: what a stranger may put into them, and what must work without a
// script.
namespace shouwang::http {

namespace {

const std::string hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{{x}}}&";

bool has(const std::string& page, const std::string& part)
{
    return page.find(part) != std::string::npos;
}

std::size_t count(const std::string& page, const std::string& part)
{
    std::size_t found = 0;
    for (auto at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) ++found;
    return found;
}

std::vector<std::string> tags_of(const std::string& page)
{
    // Attribute values may hold an escaped anything, so quotes are stepped over whole.
    static const std::regex tag("<[a-zA-Z!/](\"[^\"]*\"|[^\">])*>");
    std::vector<std::string> out;
    for (auto at = std::sregex_iterator(page.begin(), page.end(), tag);
         at != std::sregex_iterator();
         ++at)
        out.push_back(at->str());
    return out;
}

// What the Content-Security-Policy would block, and what a hostile value would leave behind.
void check_strict(const std::string& page)
{
    static const std::regex handler("\\s(on[a-z]+|style)\\s*=", std::regex::icase);
    static const std::regex values("\"[^\"]*\"");
    CHECK_FALSE(has(page, "<script>"));
    CHECK_FALSE(has(page, "<style"));
    CHECK_FALSE(has(page, "<img"));
    CHECK_FALSE(has(page, "javascript:"));
    for (const std::string& tag : tags_of(page)) {
        CAPTURE(tag);
        CHECK_FALSE(std::regex_search(std::regex_replace(tag, values, "\"\""), handler));
        if (tag.rfind("<script", 0) == 0) CHECK(has(tag, " src=\"/assets/"));
    }
}

IntakePage intake(const std::string& text)
{
    IntakePage page;
    page.reader = {text, text, text};
    page.key = text;
    page.campuses = {{text, text}};
    page.buildings = {{text, text}};
    page.facts = {
        {"scale" + text, text, false, {{text, text}, {"b", text}}},
        {"set" + text, text, true, {{text, text}}}};
    page.vias = {{text, text}};
    page.kinds = {{text, text}};
    for (const char* name :
         {"building", "floor", "room", "detail", "student_id", "description", "callback", "text"})
        page.values.emplace_back(name, text);
    page.errors = {text, text};
    return page;
}

ResponderPage responder(const std::string& text)
{
    ResponderPage page;
    page.token = text;
    page.nonce = text;
    page.level = text;
    page.severity = 0;
    page.code = text;
    page.place = text;
    page.role = text;
    page.asked_at = text;
    page.others = text;
    page.notice = text;
    page.asks = {ResponderAsk{
        text,
        text,
        text,
        {text, text},
        text,
        text,
        text,
        text,
        "",
        {{text, text, text, ResponderButton::Weight::Primary, true, true}}}};
    page.records = {
        {text, text, text, {{text, text, true, {{text, text}}}, {text, text, true, {}}}}};
    page.calls = {{text, text}};
    return page;
}

// One person with three open asks of four buttons each, and a scene report: the most a page shows.
ResponderPage busy_responder()
{
    ResponderPage page;
    page.token = "0123456789abcdefghijkl";
    page.nonce = "0123456789abcdef0123456789abcdef";
    page.level = "红色";
    page.severity = 0;
    page.code = "R0317";
    page.place = "主校区7号楼4层";
    page.role = "班主任";
    page.asked_at = "02:17:40";
    const std::string key = "0123456789abcdef0123456789abcdef";
    for (const char* duty : {"S03@C01", "S09@ct-01-1", "S47"}) {
        ResponderAsk ask;
        ask.ask = duty;
        ask.label = "班主任、辅导员赶赴现场";
        ask.todo = "请立即赶往现场，先保安全，当面见到本人。";
        ask.steps = std::vector<std::string>(7, "当面见到本人，不要让其独处，安全时移开危险物品");
        ask.next = "02:19:40";
        ask.buttons = {
            {"going", "已赶往", key, ResponderButton::Weight::Primary, true, false},
            {"arrived", "已到场", key, ResponderButton::Weight::Good, false, false},
            {"cannot", "去不了", key, ResponderButton::Weight::Warn, false, true},
            {"received", "已知悉", key, ResponderButton::Weight::Plain, false, false}};
        page.asks.push_back(ask);
    }
    ResponderRecord record{"S10", "现场情况上报", key, {}};
    for (const char* name : {"conscious", "injury", "life_danger", "hazard", "disturbed", "alone"})
        record.fields.push_back(
            {name, "受伤情况", true, {{"none", "无"}, {"minor", "轻伤"}, {"serious", "重伤"}}}
        );
    page.records = {record};
    page.calls = {{"110", "报警 110"}, {"120", "急救 120"}, {"119", "火警 119"}};
    return page;
}

escalation::Protocol leak_protocol()
{
    escalation::Protocol protocol;
    protocol.utc_offset = std::chrono::hours(8);
    for (const char* name : {"calm", "uneasy", "loud"})
        protocol.levels.push_back({escalation::LevelName(name), std::string("L-") + name, {}, {}});
    escalation::Fact smell;
    smell.label = "气味";
    smell.kind = escalation::FactKind::Set;
    smell.values = {"none", "gas"};
    smell.value_labels = {{"gas", "煤气"}};
    protocol.facts[escalation::FactName("smell")] = smell;
    protocol.intake = {escalation::FactName("smell"), escalation::FactName("undefined")};
    protocol.word_labels[escalation::Word("coming")] = "来了";
    return protocol;
}

}  // namespace

TEST_CASE("pages: no value of any page becomes markup, a handler or a style", "[http]")
{
    BoardPage board;
    board.reader = {hostile, hostile, hostile};
    board.vocabulary = {{"words", boost::json::object{{hostile, hostile}}}};
    board.may_open = board.may_act = board.may_triage = board.demo = true;
    check_strict(render_board(board));
    check_strict(render_wall(board.vocabulary));
    check_strict(render_new(intake(hostile)));
    IntakePage done = intake(hostile);
    done.opened = IntakeResult{hostile, hostile, hostile, 0, IntakeResult::Became::Opened};
    check_strict(render_new(done));
    check_strict(render_responder(responder(hostile)));
    check_strict(render_login({hostile, hostile, hostile}));
    check_strict(render_message(hostile, hostile, 404));
}

TEST_CASE("pages: every value is shown, escaped", "[http]")
{
    const std::string mark = "M&M";
    CHECK(count(render_new(intake(mark)), "M&amp;M") >= 28);
    CHECK(count(render_responder(responder(mark)), "M&amp;M") >= 25);
    CHECK(count(render_login({mark, mark, mark}), "M&amp;M") == 3);
    CHECK_FALSE(has(render_new(intake(mark)), mark));
    CHECK_FALSE(has(render_responder(responder(mark)), mark));
}

TEST_CASE("pages: a word of the protocol cannot lead a form to another address", "[http]")
{
    ResponderPage page = responder("x");
    page.token = "../api";
    page.asks[0].buttons[0].word = "a/../b?c#d";
    const std::string html = render_responder(page);
    CHECK(has(html, "action=\"/r/%2E%2E%2Fapi/a%2F%2E%2E%2Fb%3Fc%23d\""));
}

TEST_CASE("pages: the responder page answers with plain forms and has no script", "[http]")
{
    const std::string html = render_responder(busy_responder());
    CHECK_FALSE(has(html, "<script"));
    CHECK(count(html, "<form method=\"post\" action=\"/r/0123456789abcdefghijkl/") == 13);
    CHECK(count(html, "/going\"") == 3);
    CHECK(count(html, "name=\"eta_minutes\"") == 3);
    CHECK(count(html, "name=\"key\" value=\"0123456789abcdef0123456789abcdef\"") == 13);
    CHECK(has(html, "href=\"tel:110\""));
    CHECK(has(html, "由您拨打"));
    CHECK_FALSE(has(html, "method=\"get\""));
}

TEST_CASE("pages: the fullest responder page is at most 14 KiB", "[http]")
{
    CHECK(render_responder(busy_responder()).size() <= 14 * 1024);
    const auto style = asset("responder.css");
    REQUIRE(style);
    CHECK(style->body.size() <= 6 * 1024);
}

TEST_CASE("pages: an ended incident leaves the responder nothing to press", "[http]")
{
    ResponderPage page = busy_responder();
    page.ended = true;
    const std::string html = render_responder(page);
    CHECK_FALSE(has(html, "<form"));
    CHECK_FALSE(has(html, "tel:"));
    CHECK(has(html, "已结束"));
}

TEST_CASE("pages: a drill says so and offers no emergency number", "[http]")
{
    ResponderPage page = busy_responder();
    CHECK_FALSE(has(render_responder(page), "演练"));
    page.drill = true;
    const std::string html = render_responder(page);
    CHECK(has(html, "<body class=\"drill\">"));
    CHECK(has(html, "action=\"/r/0123456789abcdefghijkl/record\""));
    CHECK(has(html, "【守望演练】"));
    CHECK(count(html, "演练勿拨打") == 1);
    CHECK_FALSE(has(html, "tel:"));
    // Where a number would stand the page says why there is none.
    page.asks[0].no_dial = true;
    CHECK(count(render_responder(page), "演练勿拨打") == 2);

    IntakePage intake;
    intake.opened = IntakeResult{"01J", "D0317", "红色", 0};
    CHECK_FALSE(has(render_new(intake), "守望演练"));
    intake.opened->drill = true;
    CHECK(has(render_new(intake), "【守望演练】"));
}

TEST_CASE("pages: an answered or closed ask is told apart from an open one", "[http]")
{
    ResponderPage page = busy_responder();
    CHECK_FALSE(has(render_responder(page), "您已答复"));
    page.asks[0].answered = "已赶往";
    page.asks[0].answered_at = "02:18:05";
    page.asks[0].eta = "02:30";
    page.asks[1].closed = "已由他人落实";
    const std::string html = render_responder(page);
    CHECK(count(html, "您已答复") == 1);
    CHECK(has(html, "<strong>已赶往</strong> 02:18:05，预计 02:30 到"));
    CHECK(has(html, "已由他人落实"));
    CHECK(count(html, "/going\"") == 2);
}

TEST_CASE("pages: the registration form is a plain one, and not knowing is the default", "[http]")
{
    IntakePage page = intake("x");
    page.values.clear();
    page.errors.clear();
    const std::string html = render_new(page);
    CHECK(has(html, "<form method=\"post\" action=\"/new\""));
    CHECK(has(html, "<input type=\"radio\" name=\"fact.scalex\" value=\"unknown\" checked>"));
    CHECK(count(html, " checked>") == 1);
    CHECK_FALSE(has(html, " required"));
    CHECK_FALSE(has(html, "role=\"alert\" id=\"errors\""));
    CHECK_FALSE(has(html, "class=\"opened"));
    for (const char* name :
         {"key",
          "campus",
          "building",
          "floor",
          "room",
          "detail",
          "student_id",
          "description",
          "callback",
          "text",
          "via",
          "kind"})
        CHECK(count(html, std::string("name=\"") + name + "\"") == 1);
}

TEST_CASE("pages: a form that comes back keeps what was typed and chosen", "[http]")
{
    IntakePage page = intake("x");
    page.campuses = {{"M", "主校区"}, {"L", "老校区"}};
    page.errors = {"没有这个学号"};
    page.values = {
        {"campus", "L"},
        {"building", "7号楼"},
        {"fact.scalex", "b"},
        {"fact.setx", "x"},
        {"text", "第一行\n第二行"}};
    const std::string html = render_new(page);
    CHECK(has(html, "没有这个学号"));
    CHECK(has(html, "<option value=\"L\" selected>老校区</option>"));
    CHECK(has(html, "<option value=\"M\">主校区</option>"));
    CHECK(has(html, "value=\"7号楼\""));
    CHECK(has(html, "name=\"fact.scalex\" value=\"b\" checked>"));
    CHECK(has(html, "name=\"fact.scalex\" value=\"unknown\">"));
    CHECK(has(html, "type=\"checkbox\" name=\"fact.setx\" value=\"x\" checked>"));
    CHECK(has(html, ">第一行\n第二行</textarea>"));
}

TEST_CASE("pages: a registration says what became of it", "[http]")
{
    IntakePage page = intake("x");
    using Became = IntakeResult::Became;
    const auto [became, words] = GENERATE(table<Became, std::string>(
        {{Became::Opened, "已登记并派发"},
         {Became::Attached, "已并入"},
         {Became::Review, "等待核实"}}
    ));
    page.opened = IntakeResult{"01J", "R0317", "红色", 0, became};
    const std::string html = render_new(page);
    CHECK(has(html, words));
    CHECK(has(html, "href=\"/i/01J\">R0317</a>"));
    // The form is gone: nobody registers the same thing twice.
    CHECK_FALSE(has(html, "<form"));
}

TEST_CASE("pages: what the intake asks for and the scripts' labels are the protocol's", "[http]")
{
    const escalation::Protocol protocol = leak_protocol();
    const auto facts = intake_facts(protocol);
    REQUIRE(facts.size() == 1);
    CHECK(facts[0].label == "气味");
    CHECK(facts[0].several);
    REQUIRE(facts[0].options.size() == 2);
    CHECK(facts[0].options[0].name == "none");
    CHECK(facts[0].options[1].name == "煤气");

    const std::string words = boost::json::serialize(vocabulary_of(protocol, {"reported"}));
    CHECK(has(words, R"({"name":"loud","label":"L-loud","severity":0})"));
    CHECK(has(words, R"({"name":"calm","label":"L-calm","severity":2})"));
    CHECK(has(words, R"("words":{"coming":"来了"})"));
    CHECK(has(words, R"("events":["reported"])"));
    CHECK(has(words, R"("utc_offset_minutes":480)"));
}

TEST_CASE("pages: the board shows only what its reader may use", "[http]")
{
    BoardPage page;
    page.reader = {"ct-01-1", "示例", "班主任"};
    const std::string plain = render_board(page);
    CHECK_FALSE(has(plain, "href=\"/new\">新登记"));
    CHECK_FALSE(has(plain, "href=\"/wall\""));
    CHECK(has(plain, "data-may=\"\""));
    page.may_open = page.may_act = page.demo = true;
    const std::string desk = render_board(page);
    CHECK(has(desk, "href=\"/new\">新登记"));
    CHECK(has(desk, "href=\"/wall\""));
    CHECK(has(desk, "data-may=\"open act \""));
}

TEST_CASE("pages: the wall's phones carry what a phone shows, and nothing more", "[http]")
{
    WallMessage message;
    message.serial = 7;
    message.channel = "voice";
    message.text = "守望平台";
    message.asks = {{"S03@C01", "赶赴现场", true, "", {{"going", "已赶往", "1"}}}};
    const auto phones = wall_phones({{"ct-01-1", "示例", "班主任", {message}}});
    const auto& shown = phones.at("phones").at(0).at("messages").at(0).as_object();
    std::set<std::string> keys;
    for (const auto& entry : shown) keys.insert(std::string(entry.key()));
    // A new key here is a new thing on every phone: see that it cannot say whom it is about.
    CHECK(
        keys ==
        std::set<std::string>{
            "serial",
            "channel",
            "text",
            "at",
            "arrivals",
            "possible_repeat",
            "repeat",
            "incident",
            "code",
            "kind",
            "level",
            "level_label",
            "place",
            "role",
            "reply_url",
            "asks"}
    );
    CHECK(shown.at("asks").at(0).at("answers").at(0).at("key").as_string() == "1");
}

TEST_CASE(
    "pages: assets are whole, typed and tagged by content; templates are not served", "[http]"
)
{
    const auto style = asset("base.css");
    REQUIRE(style);
    CHECK(style->content_type == "text/css; charset=utf-8");
    CHECK(style->etag.size() == 34);
    CHECK(style->body.substr(0, 2) == "/*");
    CHECK(style->body.back() == '\n');
    CHECK_FALSE(asset("board.html"));
    CHECK_FALSE(asset("../pages.cpp"));
    CHECK_FALSE(asset(""));
    std::set<std::string_view> tags;
    for (const EmbeddedAsset& entry : embedded_assets()) tags.insert(entry.etag);
    CHECK(tags.size() == embedded_assets().size());
}

TEST_CASE("pages: every asset a page or a script names is there", "[http]")
{
    static const std::regex wanted("(?:/assets/|from \"\\./)([a-z.]+)");
    for (const EmbeddedAsset& entry : embedded_assets()) {
        CAPTURE(entry.name);
        const std::string body(entry.body);
        CHECK(body.size() < 20 * 1024);
        for (auto at = std::sregex_iterator(body.begin(), body.end(), wanted);
             at != std::sregex_iterator();
             ++at) {
            CAPTURE((*at)[1].str());
            CHECK(asset((*at)[1].str()));
        }
    }
}

TEST_CASE("pages: a refusal is said in words, and all of it", "[http]")
{
    using Lines = std::vector<std::string>;
    CHECK(
        problem_in_words(
            R"({"errors":[{"pointer":"/reason","detail":"reason: a reason is needed"}]})"
        ) == Lines{"必须写明理由"}
    );
    CHECK(
        problem_in_words(R"({"detail":"x","missing":[{"code":"duty_open","detail":"S10 现场情况"},)"
                         R"({"code":"not_located","detail":"还没有找到本人"},{"code":"new"}]})"
        ) == Lines{"环节未结束：S10 现场情况", "还没有找到本人", "new"}
    );
    CHECK(
        problem_in_words(R"({"detail":"full; call instead: 110 0755"})") ==
        Lines{"系统暂时记不下来，请直接拨打： 110 0755"}
    );
    for (const char* body : {"", "[]", "{\"missing\":1}", "{\"errors\":[7]}"})
        CHECK(problem_in_words(body) == Lines{"请重试，或直接打电话"});

    std::set<std::string_view> codes;
    for (const RefusalWords& known : refusal_words()) {
        CAPTURE(known.code);
        CHECK(codes.insert(known.code).second);
        // A duty officer reads no English.
        CHECK_FALSE(std::regex_search(std::string(known.words), std::regex("[A-Za-z]")));
    }
    CHECK(
        has(boost::json::serialize(vocabulary_of(leak_protocol(), {})),
            R"("not_over":"尚未结束，不必重新启动")")
    );
}

TEST_CASE("pages: the board's places are the roster's", "[http]")
{
    escalation::Directory directory;
    const auto unit = [&](const char* id, const char* name, const char* kind, const char* campus) {
        escalation::Unit& made = directory.units[escalation::UnitId(id)];
        made.id = escalation::UnitId(id);
        made.name = name;
        made.kind = kind;
        made.campus = escalation::UnitId(campus);
    };
    unit("M", "主校区", "campus", "M");
    unit("M-07", "主校区7号楼", "building", "M");
    unit("C01", "第一临床医学院", "college", "M");
    CHECK(
        boost::json::serialize(places_of(directory)) ==
        R"({"campuses":[{"id":"M","name":"主校区"}],)"
        R"("buildings":[{"id":"M-07","name":"主校区7号楼","campus":"主校区"}]})"
    );
}

TEST_CASE("pages: scripts build no markup out of text", "[http]")
{
    for (const EmbeddedAsset& entry : embedded_assets()) {
        if (!entry.name.ends_with(".js")) continue;
        CAPTURE(entry.name);
        for (const char* word :
             {"innerHTML",
              "outerHTML",
              "insertAdjacentHTML",
              "document.write",
              "eval(",
              "new Function"})
            CHECK(entry.body.find(word) == std::string_view::npos);
    }
}

}  // namespace shouwang::http
