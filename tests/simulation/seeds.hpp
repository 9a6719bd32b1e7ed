#pragma once

#include <cstdint>
#include <cstdlib>

namespace shouwang::test {

// The worlds of a sweep: [first, end).
struct Seeds {
    std::uint64_t first = 0;
    std::uint64_t end = 0;
};

// SHOUWANG_SEED=n replays world n alone and SHOUWANG_SEEDS=n takes the first n. Without them the
// sweep is fixed: a build never depends on luck.
inline Seeds seeds(std::uint64_t count)
{
    if (const char* one = std::getenv("SHOUWANG_SEED")) {
        const auto seed = std::strtoull(one, nullptr, 10);
        return {seed, seed + 1};
    }
    if (const char* few = std::getenv("SHOUWANG_SEEDS")) count = std::strtoull(few, nullptr, 10);
    return {0, count};
}

}  // namespace shouwang::test
