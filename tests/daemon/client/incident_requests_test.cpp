#include "daemon/client/incident_requests.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

namespace shouwang::client {
namespace {

std::string body_of(const ApiRequest& request)
{
    return boost::json::serialize(request.body.value());
}

TEST_CASE("client requests: open says only what was given", "[client]")
{
    OpenArguments open;
    open.via = "hotline";
    CHECK(body_of(request_for(open)) == R"({"via":"hotline"})");

    open.kind = "drill";
    open.students = {"2026010101"};
    open.descriptions = {"穿红衣的女生"};
    open.campus = "M";
    open.building = "7号楼";
    open.floor = "4";
    open.callback = "199-0000-0001";
    open.facts = {{"risk_statement", "yes"}, {"hazard", "height,water"}, {"alone", "unknown"}};
    open.text = "学生说不想活";
    open.ref = "desk-17";
    const ApiRequest request = request_for(open);
    CHECK(request.target == "/api/v1/incidents");
    CHECK(*request.body == boost::json::parse(R"({"via":"hotline","kind":"drill",
            "subjects":[{"student_id":"2026010101"},{"description":"穿红衣的女生"}],
            "place":{"campus":"M","building":"7号楼","floor":"4"},"callback":"199-0000-0001",
            "facts":{"risk_statement":"yes","hazard":["height","water"],"alone":"unknown"},
            "text":"学生说不想活","ref":"desk-17"})"));
}

TEST_CASE("client requests: an answer names its ask and for whom it is given", "[client]")
{
    AnswerArguments answer;
    answer.incident = "01J00000000000000000000000";
    answer.answer = "going";
    CHECK(body_of(request_for(answer)) == R"({"answer":"going"})");
    answer.ask = "S03@C05";
    answer.eta_minutes = 0;
    answer.reason = "在校外";
    answer.behalf = {"ct-03", "hq"};
    const ApiRequest request = request_for(answer);
    CHECK(request.target == "/api/v1/incidents/01J00000000000000000000000/answers");
    CHECK(
        body_of(request) ==
        R"({"answer":"going","ask":"S03@C05","eta_minutes":0,"reason":"在校外","staff":"ct-03","heard_by":"hq"})"
    );
}

TEST_CASE("client requests: what stands in a path cannot leave its segment", "[client]")
{
    RecordArguments record;
    record.incident = "../reports";
    record.duty = "S09@C05#2";
    record.fields = {{"note", "a=b"}};
    const ApiRequest request = request_for(record);
    CHECK(request.target == "/api/v1/incidents/..%2Freports/duties/S09%40C05%232/records");
    CHECK(body_of(request) == R"({"fields":{"note":"a=b"}})");

    ListArguments list;
    CHECK(request_for(list).target == "/api/v1/incidents");
    CHECK(!request_for(list).writes());
    list.level = "red&kind=test";
    list.college = "C05";
    CHECK(request_for(list).target == "/api/v1/incidents?level=red%26kind%3Dtest&college=C05");
}

TEST_CASE("client requests: the other verbs go where the API has them", "[client]")
{
    FactsArguments facts{"I", {{"injury", "serious"}}, "s1", "", "2026-10-09T18:17:40.000Z"};
    CHECK(request_for(facts).target == "/api/v1/incidents/I/facts");
    CHECK(
        body_of(request_for(facts)) ==
        R"({"facts":{"injury":"serious"},"subject":"s1","known_at":"2026-10-09T18:17:40.000Z"})"
    );
    CloseArguments close{"I", "已移交家属", {}};
    CHECK(request_for(close).target == "/api/v1/incidents/I/close");
    CHECK(body_of(request_for(close)) == R"({"reason":"已移交家属"})");
    CHECK(request_for(ShowArguments{"I"}).target == "/api/v1/incidents/I");
    const TimelineArguments timeline{"I", "17"};
    CHECK(request_for(timeline).target == "/api/v1/incidents/I/timeline?after=17");
    CHECK(request_for(ReportsArguments{}).target == "/api/v1/reports");
    using Judgement = TriageArguments::Judgement;
    const ApiRequest opened = request_for(TriageArguments{Judgement::Open, "R", "", ""});
    CHECK(opened.target == "/api/v1/reports/R/open");
    CHECK(body_of(opened) == "{}");
    const ApiRequest attached = request_for(TriageArguments{Judgement::Attach, "R", "I", ""});
    CHECK(attached.target == "/api/v1/reports/R/attach");
    CHECK(body_of(attached) == R"({"into":"I"})");
    const ApiRequest dismissed = request_for(TriageArguments{Judgement::Dismiss, "R", "", "误报"});
    CHECK(dismissed.target == "/api/v1/reports/R/dismiss");
    CHECK(body_of(dismissed) == R"({"reason":"误报"})");
}

TEST_CASE("client requests: a pair is a name, =, and whatever follows", "[client]")
{
    CHECK(parse_pair("a=b=c") == Pair("a", "b=c"));
    CHECK(parse_pair("a=") == Pair("a", ""));
    CHECK(!parse_pair("a"));
    CHECK(!parse_pair("=b"));
}

}  // namespace
}  // namespace shouwang::client
