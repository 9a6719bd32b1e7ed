#include "daemon/http/head_scanner.hpp"

#include <catch2/catch.hpp>

#include <string>

using shouwang::http::HeadScanner;
using Verdict = HeadScanner::Verdict;

TEST_CASE(
    "head scanner: a head is complete at its blank line, however it is cut up", "[daemon][http]"
)
{
    const std::string head = "GET / HTTP/1.1\r\nHost: x\r\nX: \ta\r\n\r\n";
    const std::string bytes = head + "body\n";
    CHECK(HeadScanner().scan(bytes) == Verdict::Complete);
    HeadScanner scanner;
    for (std::size_t length = 0; length < head.size(); ++length) {
        CAPTURE(length);
        REQUIRE(scanner.scan(bytes.substr(0, length)) == Verdict::Incomplete);
    }
    CHECK(scanner.scan(head) == Verdict::Complete);
    CHECK(scanner.size() == head.size());
}

TEST_CASE("head scanner: an odd line break is found as soon as it is there", "[daemon][http]")
{
    const std::string bad = GENERATE(
        "GET / HTTP/1.1\n",
        "GET / HTTP/1.1\r\r",
        "GET / HTTP/1.1\r\nA: 1\r\n ",
        "GET / HTTP/1.1\r\nA: 1\r\n\t",
        " ",
        "\r\n",
        "\n",
        "GET /\x01",
        "GET /\x7f"
    );
    CAPTURE(bad);
    CHECK(HeadScanner().scan(bad) == Verdict::Malformed);
    HeadScanner scanner;
    CHECK(scanner.scan(bad.substr(0, bad.size() - 1)) == Verdict::Incomplete);
    CHECK(scanner.scan(bad) == Verdict::Malformed);
}
