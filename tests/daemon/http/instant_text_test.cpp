#include "daemon/http/instant_text.hpp"

#include "tests/daemon/http/loopback.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace shouwang;
using namespace std::chrono_literals;
using http::parse_rfc3339;
using http::to_rfc3339;
using test::night;

TEST_CASE(
    "instant text: times are written in UTC with milliseconds, and read back", "[daemon][http]"
)
{
    CHECK(to_rfc3339(night) == "2026-10-09T18:17:40.000Z");
    CHECK(to_rfc3339(night + 7ms) == "2026-10-09T18:17:40.007Z");
    CHECK(parse_rfc3339("2026-10-09T18:17:40.007Z") == night + 7ms);
    CHECK(parse_rfc3339("2026-10-10T02:17:40+08:00") == night);
    CHECK(parse_rfc3339("2026-10-09t14:47:40.12999-03:30") == night + 129ms);
    CHECK(to_rfc3339(*parse_rfc3339("2028-02-29T23:59:59.999Z")) == "2028-02-29T23:59:59.999Z");
    CHECK(http::to_http_date(night + 999ms) == "Fri, 09 Oct 2026 18:17:40 GMT");
}

TEST_CASE("instant text: anything else is no time", "[daemon][http]")
{
    const std::string bad = GENERATE(
        "",
        "2026-10-09",
        "2026-10-09T18:17:40",
        "2026-10-09T18:17:40.Z",
        "2026-10-09T18:17Z",
        "2026-02-29T18:17:40Z",
        "2026-13-01T18:17:40Z",
        "2026-10-09T24:00:00Z",
        "2026-10-09T18:60:00Z",
        "2026-10-09T18:17:60Z",
        "2026-10-09T18:17:40+0800",
        "2026-10-09T18:17:40+24:00",
        "2026-10-09T18:17:40Zx",
        "-026-10-09T18:17:40Z",
        "1969-12-31T23:59:59Z",
        "2026-10-09T18:17:40.5"
    );
    CAPTURE(bad);
    CHECK_FALSE(parse_rfc3339(bad));
}
