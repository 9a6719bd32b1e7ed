#include "daemon/http/response.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace shouwang;
using http::Problem;
using http::Response;

TEST_CASE("problem: it tells all faults at once, as RFC 9457 says", "[daemon][http]")
{
    Problem what;
    what.status = 422;
    what.detail = "Two things are wrong.";
    what.errors = {{"/via", "unknown"}, {"/facts/alone", "yes, no or unknown"}};
    what.missing = {{"watch_open", "The watch of s1 is open."}};
    const Response response = http::problem(what);
    CHECK(response.status() == 422);
    CHECK(response.content_type() == "application/problem+json");
    CHECK(
        boost::json::parse(response.body()) ==
        boost::json::parse(
            R"({"type": "about:blank", "title": "Unprocessable Content", "status": 422,
            "detail": "Two things are wrong.",
            "errors": [{"pointer": "/via", "detail": "unknown"},
                       {"pointer": "/facts/alone", "detail": "yes, no or unknown"}],
            "missing": [{"code": "watch_open", "detail": "The watch of s1 is open."}]})"
        )
    );
    CHECK(
        boost::json::parse(http::problem(404, "").body()) ==
        boost::json::parse(R"({"type": "about:blank", "title": "Not Found", "status": 404})")
    );
}

TEST_CASE("response: a header cannot break the message", "[daemon][http]")
{
    Response response(200);
    CHECK_THROWS_AS(response.add_header("X", "a\r\nSet-Cookie: b"), std::invalid_argument);
    CHECK_THROWS_AS(response.add_header("X Y", "a"), std::invalid_argument);
    CHECK_THROWS_AS(response.add_header("", "a"), std::invalid_argument);
    CHECK_THROWS_AS(http::redirect("/r/\n"), std::invalid_argument);
    CHECK(response.headers().empty());
    CHECK(http::redirect("/r/x").header("Location") == "/r/x");
    CHECK(http::redirect("/r/x").status() == 303);
}
