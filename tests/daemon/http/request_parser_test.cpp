#include "daemon/http/request_parser.hpp"

#include <catch2/catch.hpp>

#include <string>

using shouwang::http::Method;
using shouwang::http::RequestParser;

TEST_CASE(
    "request parser: a request comes out the same however its bytes are cut", "[daemon][http]"
)
{
    const std::string head = "POST /a?b=c HTTP/1.1\r\nHost: x\r\n";
    const std::string request =
        head + GENERATE(
                   as<std::string>(),
                   "Content-Length: 5\r\n\r\nhello",
                   "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n"
               );
    const std::string bytes = request + "GET / HTTP/1.1\r\n";
    const std::size_t step = GENERATE(range<std::size_t>(1, 20), 1000U);
    CAPTURE(request, step);
    RequestParser parser(8192, 65536);
    std::size_t taken = 0;
    for (std::size_t end = 0; !parser.is_whole(); end += step) {
        REQUIRE(end < bytes.size() + step);
        REQUIRE_FALSE(parser.is_refused());
        taken += parser.put(std::string_view(bytes).substr(0, end).substr(taken));
    }
    CHECK(taken == request.size());
    CHECK(parser.put("more") == 0);
    CHECK(parser.keep_alive());
    CHECK_FALSE(parser.expects_continue());
    const auto whole = parser.take_request("192.0.2.7");
    CHECK(whole.method() == Method::Post);
    CHECK(whole.query("b") == "c");
    CHECK(whole.body() == "hello");
    CHECK_FALSE(whole.header("T"));
}

TEST_CASE(
    "request parser: a head or body over its limit is refused before it is whole", "[daemon][http]"
)
{
    RequestParser long_head(100, 10);
    CHECK(long_head.put("GET / HTTP/1.1\r\nX: " + std::string(100, 'a')) == 0);
    REQUIRE(long_head.is_refused());
    CHECK(long_head.take_refusal().status() == 431);

    RequestParser long_body(100, 10);
    static_cast<void>(long_body.put("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n"));
    REQUIRE(long_body.is_refused());
    CHECK(long_body.take_refusal().status() == 413);

    RequestParser long_chunks(100, 10);
    static_cast<void>(long_chunks.put(
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n5\r\n"
    ));
    REQUIRE(long_chunks.is_refused());
    CHECK(long_chunks.take_refusal().status() == 413);
}
