#include "daemon/client/incident_text.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <map>

using Catch::Matchers::Contains;

namespace shouwang::client {
namespace {

const Words chinese(Language::Chinese);
const Words english(Language::English);

boost::json::object incident()
{
    return boost::json::parse(R"({
        "id":"01J00000000000000000000000","code":"R0001","kind":"real","level":"red",
        "level_label":"红色","phase":"alerting","phase_label":"报警中",
        "opened_at":"2026-10-09T18:17:40.000Z",
        "place":{"campus":"M","label":"主校区7号楼4层","room":"412"},
        "subjects":[{"id":"s1","name":"林示例02","student_id":"s2","college_name":"护理"}],
        "facts":[{"name":"alone","label":"是否独处","value":"unknown",
                  "since":"2026-10-09T18:17:40.000Z","source":"hotline"}],
        "duties":[
          {"key":"S03@C05","label":"赶赴现场","state":"open","rung":1,"repeats":2,
           "next_at":"2026-10-09T18:19:40.000Z",
           "asked":[{"staff":"ct-03","name":"陈示例","role_label":"班主任","answer":null,
                     "asked_at":"2026-10-09T18:17:40.000Z","eta":null,"unreachable":false},
                    {"staff":"co-05","name":"李示例","role_label":"辅导员","answer":"going",
                     "answered_at":"2026-10-09T18:18:10.000Z",
                     "eta":"2026-10-09T18:30:00.000Z"}]},
          {"key":"S04","label":"研判","state":"done","rung":0,"asked":[]}],
        "missing_for_end":{"close":[{"code":"duty_open","detail":"S03@C05 is open"}]}})")
        .as_object();
}

TEST_CASE("client text: an incident's page shows duties, people and what is missing", "[client]")
{
    const std::string page = incident_page(incident(), chinese);
    CHECK_THAT(page, Contains("R0001  红色  报警中  10-10 02:17:40  01J00000000000000000000000"));
    CHECK_THAT(page, Contains("主校区7号楼4层  412"));
    CHECK_THAT(page, Contains("林示例02  s2  护理"));
    CHECK_THAT(page, Contains("是否独处: unknown"));
    CHECK_THAT(
        page, Contains("S03@C05  赶赴现场  进行中  第1级  已重复2次  下次升级10-10 02:19:40")
    );
    CHECK_THAT(page, Contains("陈示例 (班主任)  未答复"));
    CHECK_THAT(page, Contains("李示例 (辅导员)  going  10-10 02:18:10  预计到场10-10 02:30:00"));
    CHECK_THAT(page, Contains("S04  研判  已完成\n"));
    CHECK_THAT(page, Contains("close: S03@C05 is open (duty_open)"));
    CHECK_THAT(incident_page(incident(), english), Contains("rung 1"));
}

TEST_CASE("client text: the short form names open duties only", "[client]")
{
    const std::string brief = incident_brief(incident(), chinese);
    CHECK_THAT(brief, Contains("S03@C05"));
    CHECK_THAT(brief, !Contains("S04"));
    CHECK_THAT(brief, !Contains("林示例02"));
}

TEST_CASE("client text: whatever an answer leaves out or gets wrong is passed over", "[client]")
{
    for (const char* const odd :
         {"{}",
          R"({"id":7,"duties":3,"facts":{},"place":[],"missing_for_end":[]})",
          R"({"duties":[1,null,{"asked":"x"}],"subjects":[[]],"missing_for_end":{"close":1}})"}) {
        CAPTURE(odd);
        const auto object = boost::json::parse(odd).as_object();
        CHECK(incident_page(object, chinese).ends_with("\n"));
        CHECK(incident_brief(object, chinese).ends_with("\n"));
        CHECK(incident_list(object, english) == "no incidents\n");
        CHECK(report_list(object, english) == "no reports to judge\n");
        CHECK(timeline(object, english) == "no events\n");
        CHECK(problem(object, english).ends_with("\n"));
    }
}

TEST_CASE("client text: a problem lists every fault and everything missing", "[client]")
{
    const auto answer = boost::json::parse(R"({"title":"Conflict","status":409,"detail":"refused",
        "errors":[{"pointer":"/via","detail":"a string"},{"pointer":"/floor","detail":"a word"}],
        "missing":[{"code":"duty_open","detail":"S03"},{"code":"signer","detail":"two people"}]})")
                            .as_object();
    const std::string text = problem(answer, english);
    for (const char* const part :
         {"refused", "/via  a string", "/floor  a word", "duty_open  S03", "signer  two people"})
        CHECK_THAT(text, Contains(part));
}

TEST_CASE("client text: what others wrote cannot drive the terminal", "[client]")
{
    CHECK(printable("不想活\n了\t。") == "不想活 了 。");
    CHECK(printable("\x1B[2Jcleared") == " [2Jcleared");
    CHECK(
        printable("\xC2\x9B"
                  "2J") == " 2J"
    );  // CSI as one character
    CHECK(
        printable("a\xE2\x80\xAE"
                  "b") == "a b"
    );                                                       // right-to-left override
    CHECK(printable("\xE2\x81\xA6x\xE2\x80\xA8") == " x ");  // isolate, line separator
    CHECK(printable("“7号楼”—é") == "“7号楼”—é");
    auto hostile = incident();
    hostile["text"] = "\x1B]0;owned\x07";
    CHECK_THAT(incident_page(hostile, chinese), !Contains("\x1B") && Contains("owned"));
}

TEST_CASE("client words: the language is Chinese unless asked otherwise", "[client]")
{
    std::map<std::string, std::string> set;
    const auto look_up = [&](const char* name) { return set[name]; };
    CHECK(language_of({}, look_up) == Language::Chinese);
    set["LANG"] = "C.UTF-8";
    CHECK(language_of({}, look_up) == Language::Chinese);
    set["LANG"] = "en_US.UTF-8";
    CHECK(language_of({}, look_up) == Language::English);
    set["LC_ALL"] = "zh_CN.UTF-8";
    CHECK(language_of({}, look_up) == Language::Chinese);
    CHECK(language_of({"list", "--lang", "en"}, look_up) == Language::English);
    CHECK(language_of({"--lang=en"}, look_up) == Language::English);
}

TEST_CASE("client words: times are read with or without an offset", "[client]")
{
    const auto at = parse_time("2026-10-10T02:17:40+08:00");
    REQUIRE(at);
    CHECK(parse_time("2026-10-10 02:17:40") == at);
    CHECK(parse_time("2026-10-10 02:17") == *at - std::chrono::seconds(40));
    CHECK(local_time(*at) == "10-10 02:17:40");
    CHECK(!parse_time("02:17"));
    CHECK(!parse_time("2026-10-10 25:17"));
}

}  // namespace
}  // namespace shouwang::client
