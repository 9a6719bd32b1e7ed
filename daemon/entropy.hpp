#pragma once

#include "escalation/types.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace shouwang::daemon {

// The only door to chance. Everything that needs a new id, token, nonce or jitter takes an
// Entropy&, so a run under rehearsal replays to the last byte (rehearsal/seeded_entropy.hpp).
class Entropy {
public:
    virtual ~Entropy() = default;

    // Overwrites all of `out`. Cannot fail.
    virtual void fill(std::span<std::uint8_t> out) = 0;
};

// The operating system's generator through libsodium. Safe to use from any thread.
class SystemEntropy final : public Entropy {
public:
    // Throws std::runtime_error when libsodium cannot start, which leaves no source of keys.
    SystemEntropy();
    void fill(std::span<std::uint8_t> out) override;
};

// A ULID: 48 bits of `at` and 80 random bits as 26 letters of Crockford's base 32, so ids sort by
// time as text. Two of one millisecond sort by chance: order comes from the journal, not from ids.
// Throws std::out_of_range for an instant before 1970 or after the year 10889.
[[nodiscard]] std::string make_ulid(Entropy& entropy, escalation::Instant at);

// `bytes` random bytes as base64url without padding: 16 bytes make 22 letters, 32 make 43.
[[nodiscard]] std::string random_token(Entropy& entropy, std::size_t bytes);

// Uniform over [0, bound). Requires: bound > 0.
[[nodiscard]] std::uint64_t random_below(Entropy& entropy, std::uint64_t bound);

}  // namespace shouwang::daemon
