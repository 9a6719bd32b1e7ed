#pragma once

#include "daemon/entropy.hpp"

#include <cstdint>
#include <span>

namespace shouwang::rehearsal {

// Chance that replays: the same seed gives the same bytes on every machine, whatever sizes they
// are asked in. For rehearsal and tests only; anybody who knows the seed knows every key.
class SeededEntropy final : public daemon::Entropy {
public:
    explicit SeededEntropy(std::uint64_t seed) noexcept : state_(seed) {}

    void fill(std::span<std::uint8_t> out) override
    {
        for (std::uint8_t& byte : out) {
            if (left_ == 0) {
                word_ = next();
                left_ = 8;
            }
            byte = static_cast<std::uint8_t>(word_);
            word_ >>= 8U;
            --left_;
        }
    }

private:
    // splitmix64.
    std::uint64_t next() noexcept
    {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31U);
    }

    std::uint64_t state_;
    std::uint64_t word_ = 0;
    unsigned left_ = 0;
};

}  // namespace shouwang::rehearsal
