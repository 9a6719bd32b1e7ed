#include "config/message_text.hpp"

#include "config/template.hpp"
#include "tests/config/protocol_file.hpp"

#include <catch2/catch.hpp>

using namespace shouwang;
using namespace shouwang::config;
using escalation::TextCode;

namespace {

const escalation::Protocol& notice_safe()
{
    static const LoadedProtocol loaded = test::load_text(test::notice_safe());
    REQUIRE(loaded.protocol != nullptr);
    return *loaded.protocol;
}

const TextVariables night{
    {"code", "R0317"}, {"level", "红色"}, {"place", "主校区7号楼4层"}, {"college", "一临学院"}};

std::string rendered(const char* code, Medium medium, bool drill = false)
{
    return render_text(notice_safe(), TextCode(code), night, medium, drill);
}

}  // namespace

TEST_CASE("message text: variables are filled in and nothing is escaped", "[config]")
{
    CHECK(
        rendered("S04", Medium::Sms) ==
        "【守望】红色警情R0317，主校区7号楼4层，一临学院。请指挥并赶赴现场，确认告知部门。"
        "回1已赶往，回2去不了。"
    );
    const TextVariables odd{{"code", "<&>\"{{place}}"}};
    CHECK(
        render_text(notice_safe(), TextCode("S25"), odd, Medium::Sms, false)
            .find("<&>\"{{place}}") != std::string::npos
    );
}

TEST_CASE("message text: what is not known is said to be so", "[config]")
{
    const std::string text = render_text(
        notice_safe(), TextCode("S01"), {{"code", "R0317"}, {"place", ""}}, Medium::Sms, false
    );
    CHECK(text.starts_with("【守望】红色警情R0317，待核实。"));
}

TEST_CASE("message text: a drill says so first, in every medium", "[config]")
{
    CHECK(rendered("S01", Medium::Sms, true).starts_with("【守望演练】红色警情"));
    CHECK(rendered("S01", Medium::Wecom, true).starts_with("【守望演练】红色警情"));
    CHECK(rendered("S01", Medium::Voice, true).starts_with("这是演练，这是演练。守望平台"));
}

TEST_CASE("message text: voice reads its script, or the message without its signature", "[config]")
{
    CHECK(rendered("S01", Medium::Voice).starts_with("守望平台，红色警情。地点，主校区7号楼4层。"));
    CHECK(rendered("S25", Medium::Voice).starts_with("警情R0317经当面核实为虚惊"));
}

TEST_CASE("message text: an unknown code gives nothing", "[config]")
{
    CHECK(rendered("S99", Medium::Sms).empty());
}

TEST_CASE("message text: length is counted as a short message counts it", "[config]")
{
    CHECK(sms_length("") == 0);
    CHECK(sms_length("abc") == 3);
    CHECK(sms_length("守望") == 2);
    CHECK(sms_length("守😀") == 3);
}

TEST_CASE("message text: variables are found, and what is none is told apart", "[config]")
{
    std::string bad;
    CHECK(variables_in("{{a}} b {{c_1}}", &bad) == std::vector<std::string>{"a", "c_1"});
    CHECK(bad.empty());
    for (const char* text : {"{{{a}}}", "{{#a}}", "{{a", "{{}}", "{{> a}}"}) {
        bad.clear();
        CHECK(variables_in(text, &bad).empty());
        CHECK_FALSE(bad.empty());
    }
    for (const char* name : {"student", "student_name", "class_no", "room", "diagnosis", "tel"})
        CHECK(is_personal_variable(name));
    for (const std::string& name : text_variables()) CHECK_FALSE(is_personal_variable(name));
}

TEST_CASE("template: pages are escaped, texts are not", "[config][template]")
{
    TemplateData data;
    data.set("x", "<a href=\"'&\">");
    const auto html = Template::parse("{{x}}|{{{x}}}", Escape::Html);
    REQUIRE(std::holds_alternative<Template>(html));
    CHECK(
        std::get<Template>(html).render(data) ==
        "&lt;a href=&quot;&#39;&amp;&quot;&gt;|<a href=\"'&\">"
    );
    const auto plain = Template::parse("{{x}}", Escape::None);
    CHECK(std::get<Template>(plain).render(data) == "<a href=\"'&\">");
}

TEST_CASE(
    "template: sections repeat, open once or stay out; partials see the same data",
    "[config][template]"
)
{
    TemplateData data;
    data.set(
        "people",
        TemplateData::List{TemplateData().set("name", "甲"), TemplateData().set("name", "乙")}
    );
    data.set("none", TemplateData::List{});
    data.set("empty", "");
    data.set("yes", true);
    data.set("one", TemplateData().set("name", "丙"));
    const auto parsed = Template::parse(
        "{{#people}}{{name}},{{/people}}{{#none}}x{{/none}}{{^none}}0{{/none}}{{#empty}}x{{/empty}}"
        "{{#yes}}!{{/yes}}{{#one}}{{name}}{{/one}}{{missing}}{{> foot}}",
        Escape::Html
    );
    REQUIRE(std::holds_alternative<Template>(parsed));
    const auto& page = std::get<Template>(parsed);
    CHECK(page.render(data, {{"foot", "[{{#one}}{{name}}{{/one}}]"}}) == "甲,乙,0!丙[丙]");
    CHECK(page.render(data) == page.render(data));
}

TEST_CASE("template: what cannot be parsed is said, not thrown", "[config][template]")
{
    const auto parsed = Template::parse("{{#open}} never closed", Escape::Html);
    REQUIRE(std::holds_alternative<std::string>(parsed));
    CHECK_FALSE(std::get<std::string>(parsed).empty());
}
