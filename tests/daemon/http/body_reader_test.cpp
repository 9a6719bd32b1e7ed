#include "daemon/http/body_reader.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace shouwang::http;
using shouwang::escalation::FactName;
using shouwang::escalation::FactValue;

namespace {

std::vector<std::string> pointers(const std::vector<InputFault>& faults)
{
    std::vector<std::string> out;
    for (const InputFault& fault : faults) out.push_back(fault.pointer);
    return out;
}

}  // namespace

TEST_CASE("body: what is no JSON object is one clear fault", "[api]")
{
    const std::string body = GENERATE(
        as<std::string>(),
        "",
        "{",
        "[1]",
        "\"x\"",
        "{\"a\":\"\xff\"}",
        "{\"a\":1}}",
        std::string(200, '[')
    );
    CAPTURE(body);
    std::vector<InputFault> faults;
    CHECK_FALSE(parse_object(body, faults));
    CHECK(faults.size() == 1);
}

TEST_CASE("body: every fault is collected, unknown members too", "[api]")
{
    std::vector<InputFault> faults;
    const auto object = parse_object(
        R"({"via":7,"eta":-1,"kind":"joke","facts":{"a":{},"b":"x"},"list":{},"at":"today","more":1})",
        faults
    );
    REQUIRE(object);
    BodyReader reader(*object, "", faults);
    CHECK(reader.needed_text("via").empty());
    CHECK_FALSE(reader.number("eta", 0, 60));
    CHECK(reader.word("kind", {"real", "drill"}) == "real");
    CHECK(reader.facts("facts").size() == 1);
    CHECK(reader.array("list", 3) == nullptr);
    CHECK_FALSE(reader.instant("at"));
    CHECK(reader.needed_text("reason").empty());
    reader.finish();
    CHECK(
        pointers(faults) ==
        std::vector<std::string>{
            "/via", "/eta", "/kind", "/facts/a", "/list", "/at", "/reason", "/more"}
    );
}

TEST_CASE("body: facts are words, lists of words, numbers, or unknown", "[api]")
{
    std::vector<InputFault> faults;
    const auto object = parse_object(
        R"({"facts":{"one":"yes","many":["a","b"],"count":3,"gone":"unknown","null":null}})", faults
    );
    REQUIRE(object);
    BodyReader reader(*object, "", faults);
    const auto facts = reader.facts("facts");
    reader.finish();
    CHECK(faults.empty());
    CHECK(facts.at(FactName("one")) == FactValue{"yes"});
    CHECK(facts.at(FactName("many")) == FactValue{"a", "b"});
    CHECK(facts.at(FactName("count")) == FactValue{"3"});
    CHECK(facts.at(FactName("gone")).empty());
    CHECK(facts.at(FactName("null")).empty());
}

TEST_CASE("body: a pointer names its member as RFC 6901 writes it", "[api]")
{
    std::vector<InputFault> faults;
    const auto object = parse_object(R"({"a/b~c":1})", faults);
    REQUIRE(object);
    BodyReader reader(*object, "/subjects/0", faults);
    reader.finish();
    CHECK(pointers(faults) == std::vector<std::string>{"/subjects/0/a~1b~0c"});
}
