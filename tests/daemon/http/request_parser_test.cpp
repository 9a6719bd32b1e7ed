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

// Found by request_parser_fuzz: Beast's own parser aborts on these, cut so.
TEST_CASE("request parser: an empty or broken last chunk may come in any pieces", "[daemon][http]")
{
    const std::string head = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string chunk = GENERATE(
        as<std::string>(), "0\r\n\r\n", "00;a=b\r\n\r\n", "0\r\nT: 1\r\n\r\n", "0\r\naM\r\n\r\n"
    );
    const std::size_t step = GENERATE(1U, 2U, 3U, 4U, 1000U);
    CAPTURE(chunk, step);
    RequestParser parser(8192, 65536);
    const std::string bytes = head + chunk;
    std::size_t taken = 0;
    for (std::size_t end = 0; !parser.is_whole() && !parser.is_refused(); end += step) {
        REQUIRE(end < bytes.size() + step);
        taken += parser.put(std::string_view(bytes).substr(0, end).substr(taken));
    }
    REQUIRE(parser.is_refused() == (chunk.find("aM") != std::string::npos));
    if (parser.is_refused())
        CHECK(parser.take_refusal().status() == 400);
    else
        CHECK(parser.take_request("192.0.2.7").body().empty());
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
