#include "daemon/entropy.hpp"

#include <sodium.h>

#include <array>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace shouwang::daemon {

SystemEntropy::SystemEntropy()
{
    if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be initialised");
}

void SystemEntropy::fill(std::span<std::uint8_t> out)
{
    if (!out.empty()) randombytes_buf(out.data(), out.size());
}

std::string make_ulid(Entropy& entropy, escalation::Instant at)
{
    constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const auto millis = at.time_since_epoch().count();
    if (millis < 0 || millis >= (std::int64_t{1} << 48)) {
        throw std::out_of_range("an instant outside what a ULID can hold");
    }

    std::array<std::uint8_t, 10> chance{};
    entropy.fill(chance);
    std::string ulid(26, '0');
    auto time = static_cast<std::uint64_t>(millis);
    for (std::size_t i = 10; i-- > 0; time >>= 5U) ulid[i] = letters[time & 31U];
    // 80 bits are 16 letters of 5; every 5 bytes make 8 letters without a remainder.
    for (std::size_t half = 0; half < 2; ++half) {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < 5; ++i) bits = (bits << 8U) | chance[half * 5 + i];
        for (std::size_t i = 8; i-- > 0; bits >>= 5U) ulid[10 + half * 8 + i] = letters[bits & 31U];
    }
    return ulid;
}

std::string random_token(Entropy& entropy, std::size_t bytes)
{
    std::vector<std::uint8_t> secret(bytes);
    entropy.fill(secret);
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string token(sodium_base64_encoded_len(bytes, variant), '\0');
    sodium_bin2base64(token.data(), token.size(), secret.data(), secret.size(), variant);
    token.pop_back();  // the terminating zero libsodium counts in
    sodium_memzero(secret.data(), secret.size());
    return token;
}

std::uint64_t random_below(Entropy& entropy, std::uint64_t bound)
{
    if (bound == 0) throw std::invalid_argument("random_below needs a bound above zero");
    // The top of the range that would favour small results is drawn again.
    const std::uint64_t excess = (std::numeric_limits<std::uint64_t>::max() % bound + 1) % bound;
    const std::uint64_t fair_max = std::numeric_limits<std::uint64_t>::max() - excess;
    while (true) {
        std::array<std::uint8_t, 8> chance{};
        entropy.fill(chance);
        std::uint64_t drawn = 0;
        for (const std::uint8_t byte : chance) drawn = (drawn << 8U) | byte;
        if (drawn <= fair_max) return drawn % bound;
    }
}

}  // namespace shouwang::daemon
