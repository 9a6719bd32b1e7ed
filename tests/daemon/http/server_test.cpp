#include "tests/daemon/http/loopback.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>

using namespace shouwang;
using http::Method;
using http::Params;
using http::Request;
using http::Response;
using test::Loopback;
using test::RawClient;
using test::status_of;

namespace {

namespace asio = boost::asio;

asio::awaitable<Response> echo(Request request, Params)
{
    co_return http::text(200, std::string(name_of(request.method())) + " " + request.body());
}

asio::awaitable<Response> fail(Request, Params)
{
    throw std::runtime_error("a planted bug");
    co_return http::text(200, "");
}

// Answers when the test says so.
class Gate {
public:
    explicit Gate(asio::io_context& io) : timer_(io, asio::steady_timer::time_point::max()) {}
    asio::awaitable<Response> wait(Request, Params)
    {
        waiting = true;
        co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
        co_return http::text(200, "opened");
    }
    void open() { timer_.cancel(); }
    bool waiting = false;

private:
    asio::steady_timer timer_;
};

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("server: every response carries the security headers and the date", "[daemon][http]")
{
    Loopback loop;
    loop.router.add(Method::Get, "/echo", echo);
    loop.start();
    const std::string path = GENERATE("/echo", "/nothing");
    RawClient client(loop);
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string response = client.read_to_end();
    CAPTURE(response);
    CHECK(has(response, "Content-Security-Policy: default-src 'none'; script-src 'self'; "));
    CHECK(has(response, "frame-ancestors 'none'\r\n"));
    CHECK(has(response, "X-Content-Type-Options: nosniff\r\n"));
    CHECK(has(response, "Referrer-Policy: no-referrer\r\n"));
    CHECK(has(response, "Cache-Control: no-store\r\n"));
    CHECK(has(response, "Date: Fri, 09 Oct 2026 18:17:40 GMT\r\n"));
    CHECK(has(response, "Connection: close\r\n"));
    CHECK_FALSE(has(response, "Server:"));
}

TEST_CASE("server: a handler's own header replaces the default of that name", "[daemon][http]")
{
    Loopback loop;
    loop.router.add(Method::Get, "/", [](Request, Params) -> asio::awaitable<Response> {
        Response page = http::html(200, "<p>守望</p>");
        page.add_header("cache-control", "no-cache");
        page.add_header("Set-Cookie", "a=1").add_header("Set-Cookie", "b=2");
        co_return page;
    });
    loop.start();
    RawClient client(loop);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string response = client.read_response();
    CAPTURE(response);
    CHECK(has(response, "cache-control: no-cache\r\n"));
    CHECK_FALSE(has(response, "no-store"));
    CHECK(has(response, "Set-Cookie: a=1\r\n"));
    CHECK(has(response, "Set-Cookie: b=2\r\n"));
}

TEST_CASE(
    "server: a connection is kept, and pipelined requests are answered in order", "[daemon][http]"
)
{
    Loopback loop;
    loop.router.add(Method::Post, "/echo", echo);
    loop.start();
    RawClient client(loop);
    std::string pipeline;
    for (const char* body : {"one", "two", "six"}) {
        pipeline +=
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n" + std::string(body);
    }
    client.send(pipeline);
    for (const char* body : {"one", "two", "six"}) {
        const std::string response = client.read_response();
        CAPTURE(response);
        CHECK(status_of(response) == 200);
        CHECK(response.ends_with("\r\n\r\nPOST " + std::string(body)));
    }
    CHECK(loop.server.counters().connections == 1);
    CHECK(loop.server.counters().requests == 3);
}

TEST_CASE("server: a chunked body arrives whole, and its trailers are no headers", "[daemon][http]")
{
    Loopback loop;
    std::string authorization = "none";
    loop.router.add(Method::Post, "/echo", [&authorization](Request request, Params params) {
        authorization = request.header("Authorization").value_or("none");
        return echo(std::move(request), std::move(params));
    });
    loop.start();
    RawClient client(loop);
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nwhi\r\n2\r\nch\r\n0\r\nAuthorization: Bearer forged\r\n\r\n"
    );
    const std::string response = client.read_response();
    CHECK(response.ends_with("POST which"));
    CHECK(authorization == "none");
}

TEST_CASE("server: HEAD is GET without the body", "[daemon][http]")
{
    Loopback loop;
    loop.router.add(Method::Get, "/echo", echo);
    loop.start();
    RawClient client(loop);
    client.send(
        "HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\nGET /echo HTTP/1.1\r\nHost: x\r\nConnection: "
        "close\r\n\r\n"
    );
    const std::string head = client.read_until("\r\n\r\n");
    CHECK(status_of(head) == 200);
    CHECK(has(head, "Content-Length: 5\r\n"));  // "HEAD "
    const std::string next = client.read_to_end();
    CHECK(next.starts_with("HTTP/1.1 200"));
    CHECK(next.ends_with("\r\n\r\nGET "));
}

TEST_CASE("server: an unknown method is 405 with Allow", "[daemon][http]")
{
    Loopback loop;
    loop.router.add(Method::Get, "/echo", echo);
    loop.start();
    const std::string method = GENERATE("PATCH", "OPTIONS", "TRACE", "BREW", "DELETE");
    CAPTURE(method);
    RawClient client(loop);
    client.send(method + " /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string response = client.read_to_end();
    CHECK(status_of(response) == 405);
    CHECK(has(response, "Allow: GET, HEAD\r\n"));
}

TEST_CASE(
    "server: a handler that throws is a 500 of its own, and the server goes on", "[daemon][http]"
)
{
    Loopback loop;
    loop.router.add(Method::Get, "/fail", fail);
    loop.router.add(Method::Get, "/echo", echo);
    loop.start();
    RawClient client(loop);
    client.send("GET /fail HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string failed = client.read_response();
    CAPTURE(failed);
    CHECK(status_of(failed) == 500);
    CHECK(has(failed, "application/problem+json"));
    CHECK(has(failed, "X-Request-Id: 1\r\n"));
    CHECK(has(failed, R"("request_id":"1")"));
    CHECK_FALSE(has(failed, "planted"));

    client.send("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(status_of(client.read_response()) == 200);
    CHECK(loop.server.counters().failed_requests == 1);
}

TEST_CASE("server: who expects 100 Continue is told to go on, and only then", "[daemon][http]")
{
    Loopback loop;
    loop.router.add(Method::Post, "/echo", echo);
    loop.start();
    RawClient client(loop);
    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    );
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("ok");
    CHECK(client.read_response().ends_with("POST ok"));

    client.send(
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n"
    );
    CHECK(status_of(client.read_to_end()) == 413);
}

TEST_CASE(
    "server: an HTTP/1.0 client gets its answer and the end of the connection", "[daemon][http]"
)
{
    Loopback loop;
    loop.router.add(Method::Get, "/echo", echo);
    loop.start();
    RawClient client(loop);
    client.send("GET /echo HTTP/1.0\r\n\r\n");
    CHECK(client.read_to_end().ends_with("\r\n\r\nGET "));
}

TEST_CASE("server: stopping finishes what is under way and ends what is idle", "[daemon][http]")
{
    Loopback loop;
    Gate gate(loop.io);
    loop.router.add(Method::Get, "/slow", [&gate](Request request, Params params) {
        return gate.wait(std::move(request), std::move(params));
    });
    loop.router.add(Method::Get, "/echo", echo);
    loop.start();
    RawClient idle(loop);
    idle.send("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(status_of(idle.read_response()) == 200);
    RawClient busy(loop);
    busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    loop.run_until([&] { return gate.waiting; });

    bool stopped = false;
    asio::co_spawn(loop.io, loop.server.stop(), [&](std::exception_ptr) { stopped = true; });
    CHECK(idle.read_to_end().empty());
    CHECK_FALSE(stopped);
    gate.open();
    const std::string last = busy.read_to_end();
    CHECK(last.ends_with("opened"));
    CHECK(has(last, "Connection: close\r\n"));
    busy.close();
    loop.run_until([&] { return stopped; });
    CHECK(loop.server.open_connections() == 0);
}

TEST_CASE("server: stopping cuts what does not end in time", "[daemon][http]")
{
    http::ServerLimits limits;
    limits.drain_deadline = std::chrono::milliseconds(20);
    Loopback loop(limits);
    Gate gate(loop.io);
    loop.router.add(Method::Get, "/slow", [&gate](Request request, Params params) {
        return gate.wait(std::move(request), std::move(params));
    });
    loop.start();
    RawClient busy(loop);
    busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    loop.run_until([&] { return gate.waiting; });

    bool stopped = false;
    asio::co_spawn(loop.io, loop.server.stop(), [&](std::exception_ptr) { stopped = true; });
    CHECK(busy.read_to_end().empty());
    gate.open();
    loop.run_until([&] { return stopped; });
    CHECK(loop.server.open_connections() == 0);
}
