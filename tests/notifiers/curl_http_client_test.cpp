#include "notifiers/curl_http_client.hpp"

#include "tests/notifiers/catch_notifiers.hpp"
#include "tests/notifiers/slow_resolver.hpp"
#include "tests/support/await_result.hpp"
#include "tests/support/loopback_sink.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>

using namespace shouwang;
using namespace shouwang::notifiers;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using test::await_result;
using test::LoopbackSink;
using test::SinkAnswer;
using Kind = SinkAnswer::Kind;

namespace {

constexpr auto short_attempt = 300ms;  // long enough for loopback on a loaded machine

HttpLimits attempt_of(std::chrono::milliseconds attempt)
{
    HttpLimits limits;
    limits.attempt = attempt;
    return limits;
}

HttpRequest request_to(std::string url, std::string body = R"({"text":"请到场"})")
{
    return HttpRequest(std::move(url), {{"Content-Type", "application/json"}}, std::move(body));
}

// Many posts at once, and what became of each.
class Crowd {
public:
    explicit Crowd(asio::io_context& io) : io_(io) {}

    void post(CurlHttpClient& client, HttpRequest request)
    {
        ++started_;
        asio::co_spawn(
            io_,
            client.post(std::move(request)),
            [this](std::exception_ptr fault, HttpResult result) {
                REQUIRE(!fault);
                results.push_back(std::move(result));
            }
        );
    }

    void finish()
    {
        test::run_until(io_, [this] { return results.size() == started_; });
    }

    [[nodiscard]] std::size_t failed_with(HttpErrc fault) const
    {
        return static_cast<std::size_t>(std::count_if(
            results.begin(),
            results.end(),
            [&](const HttpResult& result) { return result.has_error() && result.error() == fault; }
        ));
    }

    std::vector<HttpResult> results;

private:
    asio::io_context& io_;
    std::size_t started_ = 0;
};

struct Bench {
    explicit Bench(HttpLimits limits = {}) : client(io.get_executor(), limits) {}
    ~Bench()
    {
        CHECK(!sink.fault());
        sink.stop();
    }

    HttpResult post(const std::string& target = "/")
    {
        return await_result(io, client.post(request_to(sink.url(target))));
    }

    asio::io_context io;
    LoopbackSink sink{io.get_executor()};
    CurlHttpClient client;
};

}  // namespace

TEST_CASE("curl client: posts the bytes it was given and reports the answer", "[notifiers][http]")
{
    Bench bench;
    bench.sink.queue(SinkAnswer(200, R"({"errcode":0})"));
    const HttpResult result = bench.post("/send?key=k");
    REQUIRE(result);
    CHECK(result->status == 200);
    CHECK(result->body == R"({"errcode":0})");
    CHECK(result->retry_after.empty());
    REQUIRE(bench.sink.requests().size() == 1);
    const auto& request = bench.sink.requests().front();
    CHECK(request.method == "POST");
    CHECK(request.target == "/send?key=k");
    CHECK(request.body == R"({"text":"请到场"})");
    CHECK(request.headers.at("content-type") == "application/json");
    CHECK(request.headers.at("user-agent") == "shouwang");
}

TEST_CASE("curl client: reads without a body", "[notifiers][http]")
{
    Bench bench;
    bench.sink.queue(SinkAnswer(200, R"({"incidents":[]})"));
    std::vector<HttpHeader> headers{{"Authorization", "Bearer secret"}};
    const HttpResult result = await_result(
        bench.io, bench.client.get(bench.sink.url("/api/v1/incidents?level=red"), headers)
    );
    REQUIRE(result);
    CHECK(result->body == R"({"incidents":[]})");
    REQUIRE(bench.sink.requests().size() == 1);
    const auto& request = bench.sink.requests().front();
    CHECK(request.method == "GET");
    CHECK(request.target == "/api/v1/incidents?level=red");
    CHECK(request.body.empty());
    CHECK(!request.headers.contains("content-length"));
    CHECK(request.headers.at("authorization") == "Bearer secret");
    REQUIRE(bench.post());  // and the kept connection still posts
    CHECK(bench.sink.requests().back().method == "POST");
    CHECK(bench.sink.connections() == 1);
}

TEST_CASE("curl client: a body may hold zero bytes and be large", "[notifiers][http]")
{
    Bench bench;
    std::string body(1'200'000, 'x');  // libcurl would ask "100 Continue" from 1 MiB on
    body[7] = '\0';
    REQUIRE(await_result(bench.io, bench.client.post(request_to(bench.sink.url(), body))));
    REQUIRE(bench.sink.requests().size() == 1);
    CHECK((bench.sink.requests().front().body == body));  // not printed
    CHECK_FALSE(bench.sink.requests().front().headers.contains("expect"));
}

TEST_CASE("curl client: an error status is an answer, with its Retry-After", "[notifiers][http]")
{
    Bench bench;
    bench.sink.queue(SinkAnswer(500, "broken"));
    bench.sink.queue(SinkAnswer(429, "", "RETRY-AFTER:  17 \r\n"));
    const HttpResult broken = bench.post();
    REQUIRE(broken);
    CHECK(broken->status == 500);
    CHECK(broken->body == "broken");
    const HttpResult throttled = bench.post();
    REQUIRE(throttled);
    CHECK(throttled->status == 429);
    CHECK(throttled->retry_after == "17");
}

TEST_CASE("curl client: a redirect is reported and not followed", "[notifiers][http]")
{
    Bench bench;
    bench.sink.queue(SinkAnswer(307, "", "Location: " + bench.sink.url("/other") + "\r\n"));
    const HttpResult result = bench.post("/first");
    REQUIRE(result);
    CHECK(result->status == 307);
    CHECK(bench.sink.requests().size() == 1);
}

TEST_CASE("curl client: an answer beyond the bound is cut, and still counts", "[notifiers][http]")
{
    Bench bench;
    bench.sink.queue(SinkAnswer(200, std::string(1'000'000, 'y')));
    const HttpResult result = bench.post();
    REQUIRE(result);
    CHECK(result->status == 200);
    CHECK(result->body == std::string(65'536, 'y'));
    REQUIRE(bench.post());
    CHECK(bench.sink.connections() == 2);  // the rest of the first answer was never read
}

TEST_CASE("curl client: says whether a fault came before or after sending", "[notifiers][http]")
{
    struct Row {
        SinkAnswer answer;
        HttpErrc fault;
    };
    const auto row = GENERATE(
        Row{SinkAnswer(Kind::Hold, 200, ""), HttpErrc::TimedOut},
        Row{SinkAnswer(Kind::Half, 200, "0123456789"), HttpErrc::ConnectionCut},
        Row{SinkAnswer(Kind::Close, 200, ""), HttpErrc::ConnectionCut},
        Row{SinkAnswer(Kind::Reset, 200, ""), HttpErrc::ConnectionCut},
        Row{SinkAnswer(Kind::Garbage, 200, "this is not HTTP\r\n\r\n"), HttpErrc::BadResponse}
    );
    CAPTURE(make_error_code(row.fault).message());
    // The others end at once: their attempt is as long as the daemon's.
    const bool hangs = row.fault == HttpErrc::TimedOut;
    Bench bench(attempt_of(hangs ? std::chrono::milliseconds(short_attempt) : 5s));
    bench.sink.queue(row.answer);
    const HttpResult result = bench.post();
    REQUIRE(result.has_error());
    CHECK(result.error() == row.fault);
    CHECK(may_have_been_sent(result.error()));
    REQUIRE(bench.post());  // and the next one is served
}

TEST_CASE("curl client: a refused connection and a nameless host are unsent", "[notifiers][http]")
{
    asio::io_context io;
    std::string dead;
    {
        LoopbackSink gone(io.get_executor());
        dead = gone.url();
        gone.stop();
        io.run();
    }
    CurlHttpClient client(io.get_executor());
    CHECK(await_result(io, client.post(request_to(dead))).error() == HttpErrc::CannotConnect);
    const HttpResult nameless = await_result(io, client.post(request_to("http://no.invalid/")));
    CHECK(nameless.error() == HttpErrc::CannotResolve);
}

TEST_CASE("curl client: plain HTTP is not taken for TLS", "[notifiers][http]")
{
    asio::io_context io;
    asio::ip::tcp::acceptor server(io, {asio::ip::address_v4::loopback(), 0});
    const std::string port = std::to_string(server.local_endpoint().port());
    server.async_accept([](boost::system::error_code, asio::ip::tcp::socket socket) {
        boost::system::error_code ignored;
        asio::write(socket, asio::buffer(std::string_view("HTTP/1.1 200 OK\r\n\r\n")), ignored);
    });
    CurlHttpClient client(io.get_executor());
    const HttpResult result =
        await_result(io, client.post(request_to("https://127.0.0.1:" + port + "/")));
    REQUIRE(result.has_error());
    CHECK(result.error() == HttpErrc::TlsFailed);
}

TEST_CASE("curl client: what cannot be sent safely is refused", "[notifiers][http]")
{
    Bench bench;
    const auto url = GENERATE(
        "",
        "no url",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1/\r\nHost: other"
    );
    CAPTURE(url);
    CHECK(
        await_result(bench.io, bench.client.post(request_to(url))).error() == HttpErrc::BadRequest
    );
    const HttpRequest smuggler(bench.sink.url(), {{"webhook-id", "k\r\nX-Other: 1"}}, "{}");
    CHECK(await_result(bench.io, bench.client.post(smuggler)).error() == HttpErrc::BadRequest);
    CHECK(bench.sink.requests().empty());
}

TEST_CASE("curl client: the environment's proxy is not used", "[notifiers][http]")
{
    Bench bench;
    ::setenv("http_proxy", "http://127.0.0.1:1", 1);
    const HttpResult result = bench.post();
    ::unsetenv("http_proxy");
    CHECK(result.has_value());
}

TEST_CASE("curl client: a connection is kept and used again", "[notifiers][http]")
{
    Bench bench;
    for (int i = 0; i < 5; ++i) REQUIRE(bench.post());
    CHECK(bench.sink.requests().size() == 5);
    CHECK(bench.sink.connections() == 1);
}

TEST_CASE("curl client: a kept connection the server dropped is replaced", "[notifiers][http]")
{
    Bench bench;
    REQUIRE(bench.post());
    bench.sink.queue(SinkAnswer(Kind::Reset, 200, ""));
    REQUIRE(bench.post());
    CHECK(bench.sink.connections() == 2);
    // The request whose connection was reset under it, and the same on a fresh one.
    CHECK(bench.sink.requests().size() == 3);
}

TEST_CASE("curl client: many posts share eight connections a host", "[notifiers][http]")
{
    Bench bench;
    std::size_t most_held = 0;
    bench.sink.fall_back_to([&](const test::SinkRequest&) {
        // The eighth to arrive frees the rest: with fewer connections nothing would ever end.
        most_held = std::max(most_held, bench.sink.on_hold() + 1);
        if (bench.sink.on_hold() < 7) return SinkAnswer(Kind::Hold, 200, "");
        bench.sink.release();
        return SinkAnswer(200);
    });
    Crowd crowd(bench.io);
    for (int i = 0; i < 80; ++i) crowd.post(bench.client, request_to(bench.sink.url()));
    crowd.finish();
    for (const HttpResult& result : crowd.results) CHECK(result.has_value());
    CHECK(bench.sink.requests().size() == 80);
    CHECK(bench.sink.connections() == 8);
    CHECK(most_held == 8);
}

TEST_CASE("curl client: a host that hangs does not keep others waiting", "[notifiers][http]")
{
    HttpLimits limits = attempt_of(short_attempt);
    limits.per_host = 2;
    Bench bench(limits);
    LoopbackSink dead(bench.io.get_executor());
    dead.fall_back_to([](const test::SinkRequest&) { return SinkAnswer(Kind::Hold, 200, ""); });
    Crowd crowd(bench.io);
    for (int i = 0; i < 6; ++i) crowd.post(bench.client, request_to(dead.url()));
    REQUIRE(bench.post());
    CHECK(crowd.results.empty());
    crowd.finish();
    CHECK(crowd.failed_with(HttpErrc::TimedOut) == 2);
    CHECK(crowd.failed_with(HttpErrc::TimedOutUnsent) == 4);  // waiting counts as time
}

TEST_CASE("curl client: the queue and the sum of connections are bounded", "[notifiers][http]")
{
    HttpLimits limits;
    limits.total = 2;
    limits.waiting = 3;
    Bench bench(limits);
    LoopbackSink other(bench.io.get_executor());
    const auto hold = [](const test::SinkRequest&) { return SinkAnswer(Kind::Hold, 200, ""); };
    bench.sink.fall_back_to(hold);
    other.fall_back_to(hold);
    Crowd crowd(bench.io);
    for (int i = 0; i < 4; ++i) {
        crowd.post(bench.client, request_to(bench.sink.url()));
        crowd.post(bench.client, request_to(other.url()));
    }
    test::run_until(bench.io, [&] {
        return bench.sink.on_hold() + other.on_hold() == 2 && crowd.results.size() == 3;
    });
    CHECK(crowd.failed_with(HttpErrc::QueueFull) == 3);
    bench.sink.fall_back_to({});
    other.fall_back_to({});
    bench.sink.release();
    other.release();
    crowd.finish();
    CHECK(bench.sink.requests().size() + other.requests().size() == 5);
    CHECK(crowd.failed_with(HttpErrc::QueueFull) == 3);
}

TEST_CASE("curl client: cancelling the caller ends the exchange at once", "[notifiers][http]")
{
    HttpLimits limits;
    limits.per_host = 1;
    Bench bench(limits);
    bench.sink.queue(SinkAnswer(Kind::Hold, 200, ""));
    struct Post {
        asio::cancellation_signal cancel;
        std::optional<HttpResult> result;
    };
    Post in_flight;
    Post waiting;
    Post next;
    for (Post* post : {&in_flight, &waiting, &next}) {
        asio::co_spawn(
            bench.io,
            bench.client.post(request_to(bench.sink.url())),
            asio::bind_cancellation_slot(
                post->cancel.slot(),
                [post](std::exception_ptr fault, HttpResult result) {
                    REQUIRE(!fault);
                    post->result = std::move(result);
                }
            )
        );
    }
    test::run_until(bench.io, [&] { return bench.sink.on_hold() == 1; });
    waiting.cancel.emit(asio::cancellation_type::terminal);
    test::run_until(bench.io, [&] { return waiting.result.has_value(); });
    CHECK(waiting.result->error() == HttpErrc::CancelledUnsent);
    in_flight.cancel.emit(asio::cancellation_type::terminal);
    // Its place is the next one's, and nobody else's.
    test::run_until(bench.io, [&] { return in_flight.result && next.result; });
    CHECK(in_flight.result->error() == HttpErrc::Cancelled);
    CHECK(next.result->has_value());
    CHECK(bench.sink.requests().size() == 2);
}

TEST_CASE("curl client: ends what is in flight when it goes", "[notifiers][http]")
{
    asio::io_context io;
    LoopbackSink sink(io.get_executor());
    sink.fall_back_to([](const test::SinkRequest&) { return SinkAnswer(Kind::Hold, 200, ""); });
    HttpLimits limits;
    limits.per_host = 2;
    auto client = std::make_unique<CurlHttpClient>(io.get_executor(), limits);
    Crowd crowd(io);
    for (int i = 0; i < 3; ++i) crowd.post(*client, request_to(sink.url()));
    test::run_until(io, [&] { return sink.on_hold() == 2; });
    client.reset();
    crowd.finish();
    CHECK(crowd.failed_with(HttpErrc::Cancelled) == 2);
    CHECK(crowd.failed_with(HttpErrc::CancelledUnsent) == 1);
}

TEST_CASE("curl client: a loop that never runs again strands nothing", "[notifiers][http]")
{
    std::size_t resumed = 0;
    {
        asio::io_context io;
        LoopbackSink sink(io.get_executor());
        sink.fall_back_to([](const test::SinkRequest&) { return SinkAnswer(Kind::Hold, 200, ""); });
        std::optional<asio::awaitable<HttpResult>> never_begun;  // outlives the client
        CurlHttpClient client(io.get_executor());
        const auto count = [&](std::exception_ptr, HttpResult) { ++resumed; };
        for (int i = 0; i < 3; ++i) asio::co_spawn(io, client.post(request_to(sink.url())), count);
        test::run_until(io, [&] { return sink.on_hold() == 3; });
        never_begun.emplace(client.post(request_to(sink.url())));
    }
    CHECK(resumed == 0);
}

TEST_CASE("curl client: dead name servers do not hold the loop", "[notifiers][http]")
{
    Bench bench(attempt_of(short_attempt));
    {
        const test::SlowResolver slow;
        const HttpResult result = await_result(bench.io, bench.client.post(request_to(slow.url())));
        REQUIRE(result.has_error());
        CHECK(result.error() == HttpErrc::TimedOutUnsent);
        CHECK(slow.is_resolving());  // the loop went on while the resolver still stood
        CHECK(bench.post().has_value());
    }
}

TEST_CASE("curl client: a limit of zero is refused", "[notifiers][http]")
{
    asio::io_context io;
    HttpLimits limits;
    limits.per_host = 0;
    CHECK_THROWS_AS(CurlHttpClient(io.get_executor(), limits), std::invalid_argument);
}
