#include "notifiers/webhook.hpp"

#include "notifiers/retry_after.hpp"
#include "tests/notifiers/catch_notifiers.hpp"
#include "tests/notifiers/scripted_http.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace shouwang;
using namespace shouwang::notifiers;
using namespace std::chrono_literals;

TEST_CASE("webhook: the payload travels as it is, named and signed", "[notifiers][webhook]")
{
    const std::vector secrets{
        WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value()};
    const Message message(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "https://sink.invalid/hook?token=t",
        "请立即到场",
        R"({"test": 2432232314})",
        1614265330
    );
    const HttpRequest request = webhook::encode(message, secrets);
    CHECK(request.url() == "https://sink.invalid/hook?token=t");
    CHECK(request.body() == R"({"test": 2432232314})");
    const std::vector<HttpHeader> expected{
        {"Content-Type", "application/json"},
        {"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
        {"webhook-timestamp", "1614265330"},
        {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
    CHECK(request.headers() == expected);
}

TEST_CASE("webhook: every status has its verdict, and only a 2xx accepts", "[notifiers][webhook]")
{
    struct Row {
        long status;
        Verdict verdict;
    };
    const auto row = GENERATE(
        Row{200, Verdict::Accepted},
        Row{202, Verdict::Accepted},
        Row{204, Verdict::Accepted},
        Row{101, Verdict::Switch},
        Row{301, Verdict::Switch},
        Row{307, Verdict::Switch},
        Row{400, Verdict::Switch},
        Row{401, Verdict::Switch},
        Row{404, Verdict::Switch},
        Row{408, Verdict::Switch},
        Row{410, Verdict::Alarm},
        Row{429, Verdict::Retry},
        Row{500, Verdict::Retry},
        Row{501, Verdict::Retry},
        Row{502, Verdict::Retry},
        Row{503, Verdict::Retry},
        Row{504, Verdict::Retry}
    );
    CAPTURE(row.status);
    const Receipt receipt = webhook::judge(HttpResponse{row.status, "the body says a name", "7"});
    CHECK(receipt.verdict == row.verdict);
    CHECK(receipt.detail == "HTTP " + std::to_string(row.status));
    CHECK(receipt.retry_after.has_value() == (row.verdict == Verdict::Retry));
}

TEST_CASE(
    "webhook: a fault is tried again unless it is the configuration's", "[notifiers][webhook]"
)
{
    struct Row {
        HttpErrc fault;
        Verdict verdict;
    };
    const auto row = GENERATE(
        Row{HttpErrc::BadRequest, Verdict::Alarm},
        Row{HttpErrc::TlsUntrusted, Verdict::Alarm},
        Row{HttpErrc::QueueFull, Verdict::Retry},
        Row{HttpErrc::CannotResolve, Verdict::Retry},
        Row{HttpErrc::CannotConnect, Verdict::Retry},
        Row{HttpErrc::TlsFailed, Verdict::Retry},
        Row{HttpErrc::TimedOutUnsent, Verdict::Retry},
        Row{HttpErrc::CancelledUnsent, Verdict::Retry},
        Row{HttpErrc::TimedOut, Verdict::Retry},
        Row{HttpErrc::ConnectionCut, Verdict::Retry},
        Row{HttpErrc::BadResponse, Verdict::Retry},
        Row{HttpErrc::Cancelled, Verdict::Retry}
    );
    const auto fault = make_error_code(row.fault);
    CAPTURE(fault.message());
    const Receipt receipt = webhook::judge(fault);
    CHECK(receipt.verdict == row.verdict);
    CHECK(receipt.detail == fault.message());
}

TEST_CASE("webhook: without a secret there is no webhook", "[notifiers][webhook]")
{
    test::ScriptedHttp http({HttpResponse{200, "", ""}});
    CHECK_THROWS_AS(WebhookNotifier(http, {}), std::invalid_argument);
}

TEST_CASE("retry-after: seconds up to a day count, anything else does not", "[notifiers][webhook]")
{
    CHECK(parse_retry_after("0") == 0s);
    CHECK(parse_retry_after("120") == 2min);
    CHECK(parse_retry_after("86401") == 24h);
    CHECK(parse_retry_after("99999999999999999999") == 24h);
    const auto not_seconds = GENERATE(
        "",
        "-1",
        "+1",
        "1.5",
        "1 ",
        "soon",
        "Wed, 21 Oct 2026 07:28:00 GMT",
        "99999999999999999999x"
    );
    CAPTURE(not_seconds);
    CHECK_FALSE(parse_retry_after(not_seconds));
}

TEST_CASE("http faults: the dividing line is the first byte sent", "[notifiers][http]")
{
    const auto unsent = GENERATE(
        HttpErrc::BadRequest,
        HttpErrc::QueueFull,
        HttpErrc::CannotResolve,
        HttpErrc::CannotConnect,
        HttpErrc::TlsFailed,
        HttpErrc::TlsUntrusted,
        HttpErrc::TimedOutUnsent,
        HttpErrc::CancelledUnsent
    );
    CHECK_FALSE(may_have_been_sent(make_error_code(unsent)));
    const auto sent = GENERATE(
        HttpErrc::TimedOut, HttpErrc::ConnectionCut, HttpErrc::BadResponse, HttpErrc::Cancelled
    );
    CHECK(may_have_been_sent(make_error_code(sent)));
    // Whoever else's fault it is, nothing is known of it.
    CHECK(may_have_been_sent(make_error_code(boost::system::errc::connection_refused)));
}
