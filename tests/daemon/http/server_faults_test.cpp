// Bytes and clients that mean ill, or fare badly: one clear answer, and the server goes on.
#include "tests/daemon/http/loopback.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <utility>

using namespace shouwang;
using namespace std::chrono_literals;
using http::Method;
using http::Params;
using http::Request;
using http::Response;
using http::ServerLimits;
using test::Loopback;
using test::RawClient;
using test::status_of;

namespace {

boost::asio::awaitable<Response> fine(Request, Params)
{
    co_return http::text(200, "fine");
}

void add_routes(Loopback& loop)
{
    loop.router.add(Method::Get, "/", fine);
    loop.router.add(Method::Post, "/", fine);
    loop.start();
}

bool still_serves(Loopback& loop)
{
    RawClient client(loop);
    client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    return status_of(client.read_to_end()) == 200;
}

}  // namespace

TEST_CASE("server: what two readers could take differently is refused", "[daemon][http]")
{
    Loopback loop;
    add_routes(loop);
    const auto [name, bytes, status] = GENERATE(table<std::string, std::string, int>({
        {"length and chunked",
         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: "
         "chunked\r\n\r\n0\r\n\r\n",
         400},
        {"chunked and length",
         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
         "4\r\n\r\n0\r\n\r\n",
         400},
        {"an unknown coding and a length",
         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
         400},
        {"an unknown coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
        {"two codings",
         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
         501},
        {"chunked twice",
         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
         "chunked\r\n"
         "\r\n0\r\n\r\n",
         400},
        {"chunked in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"two lengths",
         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
         400},
        {"two different lengths",
         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 5\r\n\r\nabcd",
         400},
        {"a length with a sign",
         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd",
         400},
        {"a length beyond all numbers",
         "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
         400},
        {"a folded header", "GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n  2\r\n\r\n", 400},
        {"a line break without CR", "GET / HTTP/1.1\nHost: x\n\n", 400},
        {"one header line without CR", "GET / HTTP/1.1\r\nHost: x\nX-A: 1\r\n\r\n", 400},
        {"a CR alone", "GET / HTTP/1.1\r\nHost: x\rX-A: 1\r\n\r\n", 400},
        {"a NUL", std::string("GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\0\r\n\r\n", 36), 400},
        {"a space before the colon", "GET / HTTP/1.1\r\nHost: x\r\nX-A : 1\r\n\r\n", 400},
        {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
        {"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
        {"an absolute target", "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"a target in bad percent code", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"a blank line first", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
        {"TLS", "\x16\x03\x01\x02\x01\x01\xfc\x03\x03\r\n\r\n", 400},
        {"a bad chunk",
         "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
         400},
        {"an unknown expectation", "POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417},
    }));
    CAPTURE(name);
    RawClient client(loop);
    client.send(bytes);
    const std::string response = client.read_to_end();
    CAPTURE(response);
    CHECK(status_of(response) == status);
    CHECK(response.find("application/problem+json") != std::string::npos);
    CHECK(response.find("\nHTTP/1.") == std::string::npos);  // one answer, then the end
    CHECK(still_serves(loop));
}

TEST_CASE("server: a request cut in the middle is told so", "[daemon][http]")
{
    Loopback loop;
    add_routes(loop);
    const std::string bytes = GENERATE(
        "G",
        "GET / HTTP/1.1\r\nHost: x\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha"
    );
    CAPTURE(bytes);
    RawClient client(loop);
    client.send(bytes);
    client.finish_sending();
    CHECK(status_of(client.read_to_end()) == 400);
    CHECK(still_serves(loop));
}

TEST_CASE("server: a header or body that does not come in time is 408", "[daemon][http]")
{
    ServerLimits limits;
    limits.head_deadline = 20ms;
    limits.body_deadline = 20ms;
    Loopback loop(limits);
    add_routes(loop);
    const std::string bytes = GENERATE(
        "GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
    );
    CAPTURE(bytes);
    RawClient client(loop);
    client.send(bytes);
    CHECK(status_of(client.read_to_end()) == 408);
    CHECK(loop.server.counters().refused_requests == 1);
}

TEST_CASE("server: a byte now and then does not move a deadline", "[daemon][http]")
{
    ServerLimits limits;
    limits.head_deadline = 30ms;
    limits.body_deadline = 30ms;
    limits.head_bytes_max = 1024 * 1024;  // so that only time can run out
    limits.body_bytes_max = 1024 * 1024;
    Loopback loop(limits);
    add_routes(loop);
    const auto [start, more] = GENERATE(table<std::string, std::string>({
        {"GET / HTTP/1.1\r\nX-A: ", "a"},
        {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", "a"},
        {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n"},
    }));
    CAPTURE(start);
    RawClient client(loop);
    client.send(start);
    const auto refused = [&] { return loop.server.counters().refused_requests != 0; };
    for (int i = 0; i < 200'000 && !refused(); ++i) client.send(more);
    CHECK(refused());
    CHECK(status_of(client.read_to_end()) == 408);
}

TEST_CASE("server: a client that says nothing is let go without a word", "[daemon][http]")
{
    ServerLimits limits;
    limits.head_deadline = 20ms;
    limits.idle_deadline = 20ms;
    Loopback loop(limits);
    add_routes(loop);
    RawClient mute(loop);
    CHECK(mute.read_to_end().empty());
    RawClient resting(loop);
    resting.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(status_of(resting.read_response()) == 200);
    CHECK(resting.read_to_end().empty());
    CHECK(loop.server.counters().refused_requests == 0);
}

TEST_CASE("server: a body of ten megabytes is 413, and the client can read it", "[daemon][http]")
{
    Loopback loop;
    add_routes(loop);
    std::string bytes = "POST / HTTP/1.1\r\nHost: x\r\n";
    if (GENERATE(true, false)) {
        bytes += "Content-Length: 10485760\r\n\r\n" + std::string(10'485'760, 'x');
    } else {
        bytes += "Transfer-Encoding: chunked\r\n\r\n";
        for (int i = 0; i < 160; ++i) bytes += "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
        bytes += "0\r\n\r\n";
    }
    RawClient client(loop);
    client.send(bytes);
    CHECK(status_of(client.read_to_end()) == 413);
    CHECK_FALSE(client.was_reset());
    CHECK(still_serves(loop));
}

TEST_CASE("server: a body of exactly the limit is taken, one byte more is not", "[daemon][http]")
{
    Loopback loop;
    add_routes(loop);
    const auto [length, status] = GENERATE(table<std::size_t, int>({{65536, 200}, {65537, 413}}));
    RawClient client(loop);
    client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
        std::to_string(length) + "\r\n\r\n" + std::string(length, 'x')
    );
    CHECK(status_of(client.read_to_end()) == status);
}

TEST_CASE("server: a head over 8 KiB is 431", "[daemon][http]")
{
    Loopback loop;
    add_routes(loop);
    const auto [length, status] =
        GENERATE(table<std::size_t, int>({{8192, 200}, {8193, 431}, {90'000, 431}}));
    const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: ";
    RawClient client(loop);
    client.send(start + std::string(length - start.size() - 4, 'a') + "\r\n\r\n");
    CHECK(status_of(client.read_to_end()) == status);
}

TEST_CASE(
    "server: over the connection limit it is 503 at once, below it service again", "[daemon][http]"
)
{
    ServerLimits limits;
    limits.connections_max = 2;
    Loopback loop(limits);
    add_routes(loop);
    RawClient first(loop);
    RawClient second(loop);
    loop.run_until([&] { return loop.server.open_connections() == 2; });

    RawClient third(loop);
    const std::string refused = third.read_until("\r\n\r\n");
    CHECK(status_of(refused) == 503);
    CHECK(refused.find("Retry-After: ") != std::string::npos);
    CHECK(loop.server.counters().refused_connections == 1);

    first.close();
    loop.run_until([&] { return loop.server.open_connections() == 1; });
    CHECK(still_serves(loop));
}

TEST_CASE("server: a client that does not read its answer is cut", "[daemon][http]")
{
    ServerLimits limits;
    limits.write_deadline = 30ms;
    Loopback loop(limits);
    loop.router.add(Method::Get, "/", [](Request, Params) -> boost::asio::awaitable<Response> {
        co_return http::text(200, std::string(32 * 1024 * 1024, 'x'));
    });
    loop.start();
    RawClient client(loop);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    loop.run_until([&] { return loop.server.counters().requests == 1; });
    loop.run_until([&] { return loop.server.open_connections() == 0; });
    CHECK(loop.server.open_connections() == 0);
}
