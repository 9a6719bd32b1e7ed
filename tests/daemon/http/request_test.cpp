#include "daemon/http/request.hpp"

#include "tests/daemon/http/loopback.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace shouwang;
using http::Fields;
using http::Method;
using http::parse_form;
using http::parse_target;

TEST_CASE("request: a target is split and decoded once", "[daemon][http]")
{
    const auto target = parse_target("/r/a%20b%252F/?x=1&y=%E5%AE%88+%E6%9C%9B&x=2&z");
    REQUIRE(target);
    CHECK(target->segments == std::vector<std::string>{"r", "a b%2F", ""});
    CHECK(target->query == Fields{{"x", "1"}, {"y", "守 望"}, {"x", "2"}, {"z", ""}});
    CHECK(parse_target("/")->segments.empty());
    CHECK(parse_target("//a")->segments == std::vector<std::string>{"", "a"});
    CHECK(parse_target("/a/../b")->segments == std::vector<std::string>{"a", "..", "b"});
}

TEST_CASE("request: what is no path is no target", "[daemon][http]")
{
    const std::string bad =
        GENERATE("", "a", "*", "?x", "http://x/", "/a b", "/%", "/%4", "/%gg", "/a#b", "/守");
    CAPTURE(bad);
    CHECK_FALSE(parse_target(bad));
}

TEST_CASE(
    "request: headers are found in any case, cookies and parameters exactly", "[daemon][http]"
)
{
    const auto request = test::request(
        Method::Get,
        "/?After=1",
        {{"Content-Type", "a"}, {"Cookie", "x=1; sw=v=w ;bad; y="}, {"cookie", "sw=2"}}
    );
    CHECK(request.header("content-TYPE") == "a");
    CHECK_FALSE(request.header("content-typ"));
    CHECK(request.query("After") == "1");
    CHECK_FALSE(request.query("after"));
    CHECK(request.cookie("x") == "1");
    CHECK(request.cookie("sw") == "v=w");
    CHECK(request.cookie("y") == "");
    CHECK_FALSE(request.cookie("bad"));
    CHECK_FALSE(request.cookie("w"));
    CHECK_FALSE(test::request(Method::Get, "/").cookie("x"));
}

TEST_CASE("request: a plain form's body is its fields", "[daemon][http]")
{
    const auto form = parse_form("answer=going&eta=12+min&text=%E5%88%B0%0D%0A%26");
    REQUIRE(form);
    CHECK(*form == Fields{{"answer", "going"}, {"eta", "12 min"}, {"text", "到\r\n&"}});
    CHECK(parse_form("")->empty());
    CHECK_FALSE(parse_form("a=%4"));
    CHECK_FALSE(parse_form("a=\n"));
}
