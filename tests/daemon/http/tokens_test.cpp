#include "daemon/http/tokens.hpp"

#include "daemon/rehearsal/seeded_entropy.hpp"
#include "tests/daemon/http/loopback.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

using namespace shouwang;
using namespace std::chrono_literals;
using http::Role;
using http::token_id_of;
using http::TokenRecord;
using http::TokenStore;
using test::night;

namespace {

TokenRecord record_of(const http::NewToken& token)
{
    TokenRecord record;
    record.id = token.id;
    record.hash = http::hash_of_secret(token.text);
    record.role = Role::DutyDesk;
    record.staff = escalation::StaffId("hq");
    record.via = {"hotline", "console"};
    record.created_at = night;
    return record;
}

}  // namespace

TEST_CASE("tokens: a token is told apart from any other text by its shape", "[daemon][http]")
{
    rehearsal::SeededEntropy entropy{1};
    const auto token = http::make_token(entropy);
    CHECK(token.text.size() == 57);
    CHECK(token_id_of(token.text) == token.id);
    CHECK_FALSE(token_id_of(token.text + "a"));
    CHECK_FALSE(token_id_of(token.text.substr(1)));
    CHECK_FALSE(token_id_of(""));
    std::string bad = token.text;
    bad.back() = '.';
    CHECK_FALSE(token_id_of(bad));
    CHECK(http::make_token(entropy).text != token.text);
}

TEST_CASE("tokens: only the whole right token verifies", "[daemon][http]")
{
    rehearsal::SeededEntropy entropy{1};
    const auto token = http::make_token(entropy);
    const auto other = http::make_token(entropy);
    const TokenStore store({record_of(token)});
    const auto identity = store.verify(token.text, night);
    REQUIRE(identity);
    CHECK(identity->token_id == token.id);
    CHECK(identity->role == Role::DutyDesk);
    CHECK(identity->staff == escalation::StaffId("hq"));
    CHECK(identity->may_claim("hotline"));
    CHECK_FALSE(identity->may_claim("guardian"));

    std::string wrong = token.text;
    wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
    CHECK_FALSE(store.verify(wrong, night));
    CHECK_FALSE(store.verify(other.text, night));
    CHECK_FALSE(store.verify(record_of(token).hash, night));
    CHECK_FALSE(store.verify("", night));
    CHECK_FALSE(TokenStore().verify(token.text, night));
}

TEST_CASE("tokens: one that has expired is no token", "[daemon][http]")
{
    rehearsal::SeededEntropy entropy{1};
    const auto token = http::make_token(entropy);
    TokenRecord record = record_of(token);
    record.expires_at = night + 1h;
    const TokenStore store({record});
    CHECK(store.verify(token.text, night + 1h - 1ms));
    CHECK_FALSE(store.verify(token.text, night + 1h));
    CHECK_FALSE(store.bearer_of(token.id, night + 1h));
}
