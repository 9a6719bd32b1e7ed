#include "notifiers/curl_http_client.hpp"
#include "notifiers/webhook.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"
#include "tests/notifiers/catch_notifiers.hpp"
#include "tests/notifiers/tls_sink.hpp"
#include "tests/support/await_result.hpp"

#include <boost/asio/io_context.hpp>

#include <fstream>
#include <string>

// Whom the client believes to be the provider: the one place where a page could go to a stranger.

using namespace shouwang;
using namespace shouwang::notifiers;
using namespace shouwang::test;

namespace {

struct Gateway {
    explicit Gateway(const Identity& identity) : sink(io.get_executor(), identity) {}
    ~Gateway()
    {
        sink.stop();
        io.restart();
        io.poll();
        CHECK(!sink.fault());
    }

    HttpResult post(const std::string& ca_file)
    {
        CurlHttpClient client(io.get_executor(), {}, ca_file);
        HttpRequest request(sink.url(), {{"Content-Type", "application/json"}}, "{}");
        return await_result(io, client.post(std::move(request)));
    }

    boost::asio::io_context io;
    TlsSink sink;
};

// Refused before a byte of the page was sent, for ever, and told to the operator.
void check_refused(Gateway& gateway, const std::string& ca_file)
{
    const HttpResult result = gateway.post(ca_file);
    REQUIRE(result.has_error());
    CHECK(result.error() == HttpErrc::TlsUntrusted);
    CHECK_FALSE(may_have_been_sent(result.error()));
    CHECK(webhook::judge(result).verdict == Verdict::Alarm);
    CHECK(gateway.sink.requests() == 0);
}

}  // namespace

TEST_CASE("tls: a certificate of a known authority for this host is trusted", "[notifiers][tls]")
{
    const TestAuthority authority;
    const TemporaryFolder folder;
    authority.save(folder / "ca.pem");
    Gateway gateway(authority.issue({}));
    const HttpResult result = gateway.post(folder / "ca.pem");
    INFO((result ? "" : result.error().message()));
    REQUIRE(result.has_value());
    CHECK(result->status == 200);
    CHECK(result->body == "ok");
    CHECK(webhook::judge(result).verdict == Verdict::Accepted);
    CHECK(gateway.sink.requests() == 1);
}

TEST_CASE("tls: a certificate of an unknown authority is refused", "[notifiers][tls]")
{
    Gateway gateway(TestAuthority().issue({}));
    check_refused(gateway, "");  // the system's own authorities
    CHECK(gateway.sink.handshakes() == 1);
}

TEST_CASE("tls: a signature that only claims to be the authority's is refused", "[notifiers][tls]")
{
    const TestAuthority authority;  // of the same name as the forger's
    const TemporaryFolder folder;
    authority.save(folder / "ca.pem");
    Gateway gateway(TestAuthority().issue({}));
    const HttpResult result = gateway.post(folder / "ca.pem");
    REQUIRE(result.has_error());
    // libcurl does not tell it from a handshake that failed: tried again, and never sent.
    CHECK(result.error() == HttpErrc::TlsFailed);
    CHECK_FALSE(may_have_been_sent(result.error()));
    CHECK(webhook::judge(result).verdict == Verdict::Retry);
    CHECK(gateway.sink.requests() == 0);
}

TEST_CASE("tls: a certificate of another host or of the past is refused", "[notifiers][tls]")
{
    const TestAuthority authority;
    const TemporaryFolder folder;
    authority.save(folder / "ca.pem");
    ServerClaim claim;
    SECTION("another name")
    {
        claim.name = "DNS:gateway.invalid";
    }
    SECTION("another address")
    {
        claim.name = "IP:127.0.0.2";
    }
    SECTION("expired")
    {
        claim.until = "20010101000000Z";
    }
    Gateway gateway(authority.issue(claim));
    check_refused(gateway, folder / "ca.pem");
    CHECK(gateway.sink.handshakes() == 1);
}

TEST_CASE("tls: without the file of authorities nobody is trusted", "[notifiers][tls]")
{
    const TestAuthority authority;
    const TemporaryFolder folder;
    SECTION("it is not there") {}
    SECTION("it holds none")
    {
        std::ofstream(folder / "ca.pem") << "no certificate\n";
    }
    Gateway gateway(authority.issue({}));
    check_refused(gateway, folder / "ca.pem");
}
