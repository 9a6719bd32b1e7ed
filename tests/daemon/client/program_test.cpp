#include "daemon/client/program.hpp"

#include "tests/daemon/client/command_line.hpp"

#include <catch2/catch.hpp>

#include <set>

using Catch::Matchers::Contains;
using namespace std::chrono_literals;

namespace shouwang {

using client::ExitCode;
using test::CommandLine;
using test::SinkAnswer;
using test::SinkRequest;

namespace {

const std::string token = "sw_abcdefghjk_" + std::string(43, 'x');
const std::string opened = R"({"id":"01J00000000000000000000000","code":"R0001","kind":"real"})";

std::set<std::string> keys(const CommandLine& line)
{
    std::set<std::string> out;
    for (const SinkRequest& request : line.sink.requests())
        out.insert(request.headers.at("idempotency-key"));
    return out;
}

}  // namespace

TEST_CASE("client: an alarm goes out once, with its token, and comes back as text", "[client]")
{
    CommandLine line;
    line.environment["SHOUWANG_TOKEN_FILE"] = line.write("desk.token", token + "\n").string();
    line.sink.queue(SinkAnswer(201, opened));
    const ExitCode exit = line.run(
        {"open",
         "--via",
         "hotline",
         "--student",
         "2026010101",
         "--campus",
         "M",
         "--building",
         "7号楼",
         "--floor",
         "4",
         "--fact",
         "risk_statement=yes",
         "--fact",
         "alone=unknown",
         "--text",
         "-",
         "--callback",
         "199-0000-0001"},
        "学生说\n不想活\n"
    );
    CHECK(exit == ExitCode::Done);
    CHECK_THAT(line.said, Contains("R0001"));
    CHECK(line.complained.empty());
    REQUIRE(line.sink.requests().size() == 1);
    const SinkRequest& request = line.sink.requests().front();
    CHECK(request.method == "POST");
    CHECK(request.target == "/api/v1/incidents");
    CHECK(request.headers.at("authorization") == "Bearer " + token);
    CHECK(request.headers.at("content-type") == "application/json");
    CHECK(request.headers.at("idempotency-key").size() == 26);
    const auto body = boost::json::parse(request.body).as_object();
    CHECK(body.at("text") == "学生说\n不想活");
    CHECK(body.at("facts").as_object().at("alone") == "unknown");
}

TEST_CASE("client: options stand before or after the verb", "[client]")
{
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"--json", "list", "--level", "red"}, {"list", "--level", "red", "--json"}}) {
        CommandLine line;
        line.sink.queue(SinkAnswer(200, R"({"incidents":[],"next_cursor":null})"));
        CHECK(line.run(arguments) == ExitCode::Done);
        CHECK(line.document().at("incidents").as_array().empty());
        CHECK(line.sink.requests().at(0).method == "GET");
        CHECK(line.sink.requests().at(0).target == "/api/v1/incidents?level=red");
    }
}

TEST_CASE("client: a lost connection and a 503 are tried again under one key", "[client]")
{
    CommandLine line;
    line.sink.queue(SinkAnswer(SinkAnswer::Kind::Close, 0, ""));
    line.sink.queue(SinkAnswer(503, "{}", "Retry-After: 1\r\n"));
    line.sink.queue(SinkAnswer(503, "{}", "Retry-After: 3600\r\n"));
    line.sink.queue(SinkAnswer(201, opened));
    CHECK(line.run({"open", "--via", "hotline", "--campus", "M"}) == ExitCode::Done);
    CHECK(line.time.rests == std::vector<daemon::Span>{250ms, 1000ms, 2000ms});
    CHECK(line.sink.requests().size() == 4);
    CHECK(keys(line).size() == 1);
}

TEST_CASE("client: it gives up after three retries, and says how to go on", "[client]")
{
    CommandLine line;
    line.sink.fall_back_to([](const SinkRequest&) {
        return SinkAnswer(
            503, R"({"title":"Service Unavailable","detail":"full; call 199-0000-0110"})"
        );
    });
    CHECK(line.run({"open", "--via", "hotline", "--campus", "M"}) == ExitCode::Failed);
    CHECK(line.sink.requests().size() == 4);
    CHECK_THAT(line.complained, Contains("503") && Contains("199-0000-0110"));

    line.sink.fall_back_to([](const SinkRequest&) {
        return SinkAnswer(SinkAnswer::Kind::Close, 0, "");
    });
    CHECK(line.run({"answer", "I", "going"}) == ExitCode::Failed);
    const std::string key = line.sink.requests().back().headers.at("idempotency-key");
    CHECK_THAT(line.complained, Contains("--key " + key) && Contains("电话"));

    CHECK(line.run({"answer", "I", "going", "--key", key, "--json"}) == ExitCode::Failed);
    CHECK(line.sink.requests().back().headers.at("idempotency-key") == key);
    CHECK(line.document().at("may_be_done") == true);
    CHECK(line.document().at("idempotency_key").as_string() == key);
}

TEST_CASE("client: nobody there is a failure, not a crash", "[client]")
{
    CommandLine line;
    line.environment["SHOUWANG_URL"] = "http://127.0.0.1:1";
    CHECK(line.run({"open", "--via", "hotline", "--campus", "M", "--json"}) == ExitCode::Failed);
    CHECK(line.document().at("may_be_done") == false);
    CHECK(line.time.rests.size() == 3);
}

TEST_CASE(
    "client: a refusal exits 1 with everything that is missing, and is not repeated", "[client]"
)
{
    CommandLine line;
    const std::string refusal =
        R"({"title":"Conflict","status":409,"detail":"refused","missing":[)"
        R"({"code":"duty_open","detail":"S03"},{"code":"signer","detail":"two people"}]})";
    line.sink.fall_back_to([&](const SinkRequest&) { return SinkAnswer(409, refusal); });
    CHECK(line.run({"close", "I", "--reason", "移交"}) == ExitCode::Failed);
    CHECK_THAT(line.complained, Contains("duty_open") && Contains("signer"));
    CHECK(line.said.empty());
    CHECK(line.sink.requests().size() == 1);
    CHECK(line.run({"close", "I", "--reason", "移交", "--json"}) == ExitCode::Failed);
    CHECK(line.document().at("missing").as_array().size() == 2);
    CHECK(line.complained.empty());
}

TEST_CASE("client: a wrong command line exits 2 and sends nothing", "[client]")
{
    CommandLine line;
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {},
             {"dance"},
             {"open"},
             {"open", "--via", "hotline", "--fact", "alone"},
             {"open", "--via", "hotline", "--kind", "joke"},
             {"open", "--via", "hotline", "--token", token},
             {"open", "--via", "hotline", "--text", "-", "--callback", "-"},
             {"open", "--body", "[]"},
             {"answer", "I"},
             {"answer", "I", "going", "--eta", "soon"},
             {"answer", "I", "going", "--heard-by", "hq"},
             {"close", "I"},
             {"facts", "I"},
             {"facts", "I", "alone=no", "--known-at", "yesterday"},
             {"report"},
             {"report", "dismiss", "R"},
             {"show", "I", "--after", "3"},
             {"list", "--lang", "fr"},
             {"list", "--url", "ftp://127.0.0.1"},
             {"audit", "verify", "--anchor", "17"}}) {
        CAPTURE(arguments);
        CHECK(line.run(arguments) == ExitCode::Usage);
        CHECK(!line.complained.empty());
    }
    CHECK(line.sink.requests().empty());
    CHECK(line.run({"--help"}) == ExitCode::Done);
    CHECK(line.run({"open", "--help"}) == ExitCode::Done);
    CHECK_THAT(line.said, Contains("标准输入"));
}

TEST_CASE("client: a token is taken from a private file only, and never shown", "[client]")
{
    CommandLine line;
    const std::string open_file = line.write("open.token", token, 0644).string();
    const std::string wrong_file = line.write("wrong.token", "secret-but-wrong").string();
    const std::string good_file = line.write("good.token", token, 0440).string();
    const std::string long_file = line.write("long.token", std::string(2000, 'x')).string();
    for (const std::string& file : {open_file, wrong_file, long_file, good_file + ".absent"}) {
        CHECK(line.run({"list", "--token-file", file}) == ExitCode::BadConfiguration);
        CHECK_THAT(
            line.complained, Contains(file) && !Contains("secret-but-wrong") && !Contains(token)
        );
    }
    // In the clear it would cross the network for everybody to read.
    CHECK(
        line.run({"list", "--url", "http://shouwang.invalid", "--token-file", good_file}) ==
        ExitCode::BadConfiguration
    );
    CHECK(line.sink.requests().empty());
    line.sink.queue(SinkAnswer(200, R"({"incidents":[]})"));
    CHECK(line.run({"list", "--token-file", good_file}) == ExitCode::Done);
    CHECK_THAT(line.said + line.complained, !Contains(token));
}

TEST_CASE("client: a timeline is read to its end", "[client]")
{
    CommandLine line;
    line.sink.queue(
        SinkAnswer(200, R"({"events":[{"seq":4,"type":"reported"},{"seq":9,"type":"opened"}]})")
    );
    line.sink.queue(SinkAnswer(200, R"({"events":[{"seq":12,"type":"closed"}]})"));
    line.sink.queue(SinkAnswer(200, R"({"events":[]})"));
    CHECK(line.run({"show", "I", "--timeline", "--json"}) == ExitCode::Done);
    CHECK(line.document().at("events").as_array().size() == 3);
    REQUIRE(line.sink.requests().size() == 3);
    CHECK(line.sink.requests().at(1).target == "/api/v1/incidents/I/timeline?after=9");
    CHECK(line.sink.requests().at(2).target == "/api/v1/incidents/I/timeline?after=12");
}

TEST_CASE("client: a whole request may come from standard input", "[client]")
{
    CommandLine line;
    line.sink.queue(SinkAnswer(201, opened));
    const std::string body = R"({"via":"hotline","subjects":[{"student_id":"2026010101"}]})";
    CHECK(line.run({"open", "--body", "-"}, body + "\n") == ExitCode::Done);
    CHECK(line.sink.requests().at(0).body == body);
    CHECK(line.run({"open", "--body", "-"}, std::string(70'000, ' ')) == ExitCode::Failed);
    CHECK(line.sink.requests().size() == 1);
}

TEST_CASE("client: an answer that is no JSON is a failure", "[client]")
{
    CommandLine line;
    line.sink.queue(SinkAnswer(200, "<html>"));
    CHECK(line.run({"list", "--lang", "en"}) == ExitCode::Failed);
    CHECK_THAT(line.complained, Contains("not JSON"));
}

TEST_CASE("client: each verb asks for what it is named after", "[client]")
{
    CommandLine line;
    line.sink.fall_back_to([](const SinkRequest&) { return SinkAnswer(200, "{}"); });
    const std::vector<std::pair<std::vector<std::string>, std::string>> verbs{
        {{"answer", "I", "going", "--ask", "S03@C05", "--eta", "12"},
         "/api/v1/incidents/I/answers"},
        {{"facts", "I", "injury=serious", "alone=no"}, "/api/v1/incidents/I/facts"},
        {{"record", "I", "S09", "--field", "note=-"}, "/api/v1/incidents/I/duties/S09/records"},
        {{"close", "I", "--reason", "-"}, "/api/v1/incidents/I/close"},
        {{"show", "I"}, "/api/v1/incidents/I"},
        {{"report", "list"}, "/api/v1/reports"},
        {{"report", "open", "R"}, "/api/v1/reports/R/open"},
        {{"report", "attach", "R", "I"}, "/api/v1/reports/R/attach"},
        {{"report", "dismiss", "R", "--reason", "误报"}, "/api/v1/reports/R/dismiss"}};
    for (const auto& [arguments, target] : verbs) {
        CAPTURE(target);
        CHECK(line.run(arguments, "说明") == ExitCode::Done);
        CHECK(line.sink.requests().back().target == target);
    }
    CHECK(line.sink.requests().at(2).body == R"({"fields":{"note":"说明"}})");
    CHECK(line.sink.requests().at(3).body == R"({"reason":"说明"})");
}

}  // namespace shouwang
