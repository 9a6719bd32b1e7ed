#include "daemon/http/authenticator.hpp"

#include "daemon/rehearsal/seeded_entropy.hpp"
#include "tests/daemon/http/loopback.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace shouwang;
using namespace std::chrono_literals;
using http::Authenticator;
using http::Fields;
using http::Method;
using http::TokenRecord;
using http::TokenStore;
using test::night;
using test::request;

namespace {

class Stage {
public:
    explicit Stage(http::Origin origin = http::Origin())
        : token(http::make_token(entropy)),
          sessions(time, entropy),
          authenticator(tokens, sessions, time, std::move(origin))
    {
        TokenRecord record;
        record.id = token.id;
        record.hash = http::hash_of_secret(token.text);
        record.role = http::Role::Supervisor;
        tokens = TokenStore({record});
    }

    // The Cookie header of a browser that has just logged in.
    std::string log_in()
    {
        const Fields headers{{"Host", "sw.example"}, {"Origin", "http://sw.example"}};
        const auto cookie = authenticator.log_in(request(Method::Post, "/", headers), token.text);
        REQUIRE(cookie.has_value());
        return cookie->substr(0, cookie->find(';'));
    }

    int status(Method method, Fields headers)
    {
        const auto identity = authenticator.identify(request(method, "/", std::move(headers)));
        return identity ? 200 : identity.error().status;
    }

    boost::asio::io_context io;
    rehearsal::VirtualTime time{io, night};
    rehearsal::SeededEntropy entropy{1};
    http::NewToken token;
    TokenStore tokens;
    http::SessionStore sessions;
    Authenticator authenticator;
};

}  // namespace

TEST_CASE("authenticator: a program is known by its bearer token", "[daemon][http]")
{
    Stage stage;
    CHECK(stage.status(Method::Post, {{"Authorization", "Bearer " + stage.token.text}}) == 200);
    CHECK(stage.status(Method::Post, {{"authorization", "bearer " + stage.token.text}}) == 200);
    CHECK(stage.status(Method::Post, {{"Authorization", stage.token.text}}) == 401);
    CHECK(stage.status(Method::Post, {{"Authorization", "Basic " + stage.token.text}}) == 401);
    CHECK(stage.status(Method::Post, {{"Authorization", "Bearer "}}) == 401);
    CHECK(stage.status(Method::Post, {}) == 401);
    const auto denied = http::problem(http::Denial{401, "no"});
    CHECK(denied.header("WWW-Authenticate") == "Bearer realm=\"shouwang\"");
}

TEST_CASE("authenticator: a wrong header is not made good by a cookie", "[daemon][http]")
{
    Stage stage;
    const std::string cookie = stage.log_in();
    CHECK(stage.status(Method::Get, {{"Cookie", cookie}}) == 200);
    CHECK(stage.status(Method::Get, {{"Cookie", cookie}, {"Authorization", "Bearer x"}}) == 401);
}

TEST_CASE("authenticator: by cookie, a change must come from a page of our own", "[daemon][http]")
{
    Stage stage;
    const std::string cookie = stage.log_in();
    const auto [site, origin, status] = GENERATE(table<std::string, std::string, int>({
        {"same-origin", "", 200},
        {"", "http://sw.example", 200},
        {"same-site", "", 403},
        {"cross-site", "http://sw.example", 403},
        {"none", "", 403},
        {"", "", 403},
        {"", "null", 403},
        {"", "http://evil.example", 403},
        {"", "http://sw.example.evil", 403},
        {"", "sw.example", 403},
    }));
    CAPTURE(site, origin);
    Fields headers{{"Host", "sw.example"}, {"Cookie", cookie}};
    if (!site.empty()) headers.emplace_back("Sec-Fetch-Site", site);
    if (!origin.empty()) headers.emplace_back("Origin", origin);
    CHECK(stage.status(Method::Post, headers) == status);
    CHECK(stage.status(Method::Put, headers) == status);
    CHECK(stage.status(Method::Delete, headers) == status);
    CHECK(stage.status(Method::Get, headers) == 200);
    CHECK(stage.status(Method::Head, headers) == 200);
}

TEST_CASE("authenticator: only a page of our own may log in or out", "[daemon][http]")
{
    Stage stage;
    const auto foreign =
        request(Method::Post, "/", {{"Host", "sw.example"}, {"Origin", "http://evil.example"}});
    CHECK(stage.authenticator.log_in(foreign, stage.token.text).error().status == 403);
    CHECK(stage.authenticator.log_out(foreign).error().status == 403);
    const auto own = request(Method::Post, "/", {{"Sec-Fetch-Site", "same-origin"}});
    CHECK(stage.authenticator.log_in(own, stage.token.text + "x").error().status == 401);
    CHECK(stage.authenticator.log_in(own, stage.token.text).has_value());
}

TEST_CASE(
    "authenticator: a cookie is HttpOnly, strict, and behind TLS bound to its host",
    "[daemon][http]"
)
{
    const auto own = request(Method::Post, "/", {{"Sec-Fetch-Site", "same-origin"}});
    Stage plain;
    const std::string header = *plain.authenticator.log_in(own, plain.token.text);
    CHECK(header.starts_with("sw="));
    CHECK(header.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200"));
    http::Origin origin;
    origin.tls = true;
    Stage tls(origin);
    const std::string secure = *tls.authenticator.log_in(own, tls.token.text);
    CHECK(secure.starts_with("__Host-sw="));
    CHECK(secure.ends_with("; Secure"));
}

TEST_CASE(
    "authenticator: logging out ends the session, logging in anew changes it", "[daemon][http]"
)
{
    Stage stage;
    const std::string first = stage.log_in();
    const Fields own{{"Sec-Fetch-Site", "same-origin"}, {"Cookie", first}};
    const std::string second =
        *stage.authenticator.log_in(request(Method::Post, "/", own), stage.token.text);
    CHECK(second.substr(0, second.find(';')) != first);
    CHECK(stage.status(Method::Get, {{"Cookie", first}}) == 401);
    const Fields now{
        {"Sec-Fetch-Site", "same-origin"}, {"Cookie", second.substr(0, second.find(';'))}};
    CHECK(stage.status(Method::Get, now) == 200);
    CHECK(
        stage.authenticator.log_out(request(Method::Post, "/", now))->find("Max-Age=0") !=
        std::string::npos
    );
    CHECK(stage.status(Method::Get, now) == 401);
}

TEST_CASE("authenticator: a revoked token's sessions end with it", "[daemon][http]")
{
    Stage stage;
    const std::string cookie = stage.log_in();
    const auto identity =
        stage.authenticator.identify(request(Method::Get, "/", {{"Cookie", cookie}}));
    REQUIRE(identity.has_value());
    CHECK_FALSE(identity->session.empty());
    CHECK(stage.authenticator.still_valid(*identity));
    stage.tokens = TokenStore();
    CHECK_FALSE(stage.authenticator.still_valid(*identity));
    CHECK(stage.status(Method::Get, {{"Cookie", cookie}}) == 401);
}

TEST_CASE("authenticator: guessing is slowed, and locks nobody out", "[daemon][http]")
{
    Stage stage;
    std::string wrong = stage.token.text;
    wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
    for (int i = 0; i < 10; ++i)
        REQUIRE(stage.status(Method::Post, {{"Authorization", "Bearer " + wrong}}) == 401);
    CHECK(stage.status(Method::Post, {{"Authorization", "Bearer " + wrong}}) == 429);
    CHECK(stage.status(Method::Post, {{"Authorization", "Bearer " + stage.token.text}}) == 200);
    stage.time.run_for(1min);
    CHECK(stage.status(Method::Post, {{"Authorization", "Bearer " + wrong}}) == 401);
}
