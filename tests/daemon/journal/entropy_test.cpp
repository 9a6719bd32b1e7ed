#include "daemon/entropy.hpp"

#include "daemon/rehearsal/seeded_entropy.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <set>
#include <string>

namespace shouwang::daemon {
namespace {

using namespace std::chrono_literals;

// Gives the same byte for ever.
class ConstantEntropy final : public Entropy {
public:
    explicit ConstantEntropy(std::uint8_t byte) : byte_(byte) {}
    void fill(std::span<std::uint8_t> out) override
    {
        for (std::uint8_t& byte : out) byte = byte_;
    }

private:
    std::uint8_t byte_;
};

TEST_CASE("entropy: a ULID is its instant and 80 bits of chance", "[daemon][entropy]")
{
    ConstantEntropy ones(0xFF);
    ConstantEntropy zeros(0x00);
    // The instant of the ULID specification's own example.
    const escalation::Instant instant(1'469'918'176'385ms);
    CHECK(make_ulid(ones, instant) == "01ARYZ6S41ZZZZZZZZZZZZZZZZ");
    CHECK(make_ulid(zeros, instant) == "01ARYZ6S410000000000000000");
    CHECK(make_ulid(zeros, escalation::Instant()) == "00000000000000000000000000");
    const escalation::Instant last(std::chrono::milliseconds((std::int64_t{1} << 48) - 1));
    CHECK(make_ulid(ones, last) == "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    CHECK_THROWS_AS(make_ulid(ones, last + 1ms), std::out_of_range);
    CHECK_THROWS_AS(make_ulid(ones, escalation::Instant(-1ms)), std::out_of_range);
}

TEST_CASE("entropy: every random bit of a ULID has its place", "[daemon][entropy]")
{
    // 0x55 = 01010101 and its complement: no letter may be the same in both.
    ConstantEntropy low(0x55);
    ConstantEntropy high(0xAA);
    const std::string a = make_ulid(low, escalation::Instant()).substr(10);
    const std::string b = make_ulid(high, escalation::Instant()).substr(10);
    CHECK(a == "ANANANANANANANAN");
    CHECK(b == "NANANANANANANANA");
}

TEST_CASE("entropy: ULIDs sort by time", "[daemon][entropy]")
{
    SystemEntropy entropy;
    const escalation::Instant start(1'767'225'600'000ms);
    std::string before;
    for (int i = 0; i < 1000; ++i) {
        std::string now = make_ulid(entropy, start + i * 1ms);
        CHECK(before < now);
        before = std::move(now);
    }
}

TEST_CASE("entropy: tokens are url-safe, of a fixed length, and do not repeat", "[daemon][entropy]")
{
    SystemEntropy entropy;
    std::set<std::string> seen;
    for (int i = 0; i < 2000; ++i) {
        const std::string token = random_token(entropy, 32);
        REQUIRE(token.size() == 43);
        REQUIRE(
            token.find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            ) == std::string::npos
        );
        REQUIRE(seen.insert(token).second);
    }
    CHECK(random_token(entropy, 16).size() == 22);
    CHECK(random_token(entropy, 0).empty());
    ConstantEntropy ones(0xFF);
    CHECK(random_token(ones, 3) == "____");
}

TEST_CASE("entropy: a bounded number is uniform and stays below its bound", "[daemon][entropy]")
{
    rehearsal::SeededEntropy entropy(7);
    std::array<int, 6> counts{};
    for (int i = 0; i < 60'000; ++i) ++counts.at(random_below(entropy, 6));
    for (const int count : counts) CHECK(std::abs(count - 10'000) < 400);
    CHECK(random_below(entropy, 1) == 0);
    CHECK_THROWS_AS(random_below(entropy, 0), std::invalid_argument);
}

TEST_CASE("entropy: a seed replays whatever sizes it is asked in", "[daemon][entropy]")
{
    rehearsal::SeededEntropy one(42);
    rehearsal::SeededEntropy other(42);
    rehearsal::SeededEntropy stranger(43);
    std::array<std::uint8_t, 64> whole{};
    std::array<std::uint8_t, 64> pieces{};
    std::array<std::uint8_t, 64> different{};
    one.fill(whole);
    stranger.fill(different);
    other.fill(std::span(pieces).first(1));
    other.fill(std::span(pieces).subspan(1, 10));
    other.fill(std::span(pieces).subspan(11));
    CHECK(whole == pieces);
    CHECK(whole != different);
    // Fixed for ever: recorded rehearsals depend on it. splitmix64(42), low byte first.
    CHECK(whole[0] == 0x95);
}

}  // namespace
}  // namespace shouwang::daemon
