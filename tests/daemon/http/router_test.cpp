#include "daemon/http/router.hpp"

#include "tests/daemon/http/loopback.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace shouwang;
using http::Handler;
using http::Method;
using http::Params;
using http::Request;
using http::Response;
using http::Router;

namespace {

boost::asio::awaitable<Response> reply(std::string name, Request, Params params, std::string param)
{
    co_return http::text(200, name + (param.empty() ? "" : ":" + params.at(param)));
}

// A handler that answers with its name and one of its parameters.
Handler named(std::string name, std::string param = "")
{
    return [name, param](Request request, Params params) {
        return reply(name, std::move(request), std::move(params), param);
    };
}

boost::asio::awaitable<void> ask(const Router& router, Request request, Response& response)
{
    response = co_await router.dispatch(std::move(request));
}

Response dispatch(const Router& router, Method method, std::string_view target)
{
    boost::asio::io_context io;
    Response response(0);
    std::exception_ptr failure;
    auto asking = ask(router, test::request(method, target), response);
    boost::asio::co_spawn(io, std::move(asking), [&](std::exception_ptr thrown) {
        failure = thrown;
    });
    io.run();
    if (failure) std::rethrow_exception(failure);
    return response;
}

}  // namespace

TEST_CASE("router: a pattern's names take one segment each, decoded", "[daemon][http]")
{
    Router router;
    router.add(Method::Post, "/api/v1/incidents/{id}/answers", named("answers", "id"));
    CHECK(dispatch(router, Method::Post, "/api/v1/incidents/01J/answers").body() == "answers:01J");
    CHECK(
        dispatch(router, Method::Post, "/api/v1/incidents/a%2Fb/answers?x=1").body() ==
        "answers:a/b"
    );
    CHECK(dispatch(router, Method::Post, "/api/v1/incidents//answers").status() == 404);
    CHECK(dispatch(router, Method::Post, "/api/v1/incidents/01J/answers/").status() == 404);
    CHECK(dispatch(router, Method::Post, "/api/v1/incidents/01J").status() == 404);
    CHECK(dispatch(router, Method::Post, "/API/v1/incidents/01J/answers").status() == 404);
}

TEST_CASE("router: the literal pattern wins, in whatever order they were added", "[daemon][http]")
{
    Router router;
    if (GENERATE(true, false)) {
        router.add(Method::Get, "/a/{x}/c", named("name", "x"));
        router.add(Method::Get, "/a/b/{y}", named("literal", "y"));
    } else {
        router.add(Method::Get, "/a/b/{y}", named("literal", "y"));
        router.add(Method::Get, "/a/{x}/c", named("name", "x"));
    }
    CHECK(dispatch(router, Method::Get, "/a/b/c").body() == "literal:c");
    CHECK(dispatch(router, Method::Get, "/a/z/c").body() == "name:z");
}

TEST_CASE("router: no route for the path is 404, for the method 405 with Allow", "[daemon][http]")
{
    Router router;
    router.add(Method::Get, "/", named("root"));
    router.add(Method::Get, "/a", named("read"));
    router.add(Method::Post, "/a", named("write"));
    router.add(Method::Put, "/b", named("put"));
    CHECK(dispatch(router, Method::Get, "/").body() == "root");
    CHECK(dispatch(router, Method::Get, "/none").status() == 404);
    const Response refused = dispatch(router, Method::Delete, "/a");
    CHECK(refused.status() == 405);
    CHECK(refused.header("Allow") == "GET, HEAD, POST");
    CHECK(dispatch(router, Method::Other, "/a").status() == 405);
    CHECK(dispatch(router, Method::Head, "/b").header("Allow") == "PUT");
}

TEST_CASE("router: HEAD goes to GET unless it has its own", "[daemon][http]")
{
    Router router;
    router.add(Method::Get, "/a", named("get a"));
    router.add(Method::Get, "/b", named("get b"));
    router.add(Method::Head, "/b", named("head b"));
    CHECK(dispatch(router, Method::Head, "/a").body() == "get a");
    CHECK(dispatch(router, Method::Head, "/b").body() == "head b");
}

TEST_CASE("router: mistakes in the table are found when it is made", "[daemon][http]")
{
    Router router;
    router.add(Method::Get, "/a/{x}", named("a"));
    CHECK_THROWS_AS(router.add(Method::Get, "/a/{y}", named("again")), std::logic_error);
    CHECK_NOTHROW(router.add(Method::Post, "/a/{y}", named("other method")));
    const std::string bad = GENERATE("", "a", "/a/", "/{", "/{}", "/{x}y");
    CAPTURE(bad);
    CHECK_THROWS_AS(router.add(Method::Get, bad, named("bad")), std::logic_error);
    CHECK_THROWS_AS(Params().at("x"), std::out_of_range);
}
