// Many small worlds, each from one seed, around the pure core. Whatever a world draws, what
// docs/architecture.md says must always hold is looked at after every single step.

#include "tests/simulation/core_world.hpp"
#include "tests/simulation/seeds.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <ctime>
#include <exception>
#include <iostream>

using namespace shouwang::test;

namespace {

Setting setting_of(std::uint64_t seed)
{
    Dice dice(seed);
    switch (seed % 4) {
        case 0: return with_deeds(notice_safe_setting(dice), dice);
        case 1: return with_deeds(gas_leak_setting(dice), dice);
        case 2: return with_deeds(drawn_setting(dice), dice);
        default: return drawn_setting(dice);
    }
}

void play(std::uint64_t seed, Tally& tally)
{
    CoreWorld world(seed, setting_of(seed), tally);
    try {
        world.run();
    } catch (const std::exception& breach) {
        FAIL("SHOUWANG_SEED=" << seed << "\n" << breach.what() << "\n" << world.tail());
    }
}

void play_all(const Seeds& sweep)
{
    Tally tally;
    const std::clock_t began = std::clock();  // processor time: what a sweep costs
    for (std::uint64_t seed = sweep.first; seed != sweep.end; ++seed) play(seed, tally);
    const auto spent = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    if (sweep.first == sweep.end) return;
    const auto worlds = static_cast<double>(sweep.end - sweep.first);
    std::cout << "core worlds " << worlds << ", " << spent * 1000 / worlds
              << " s of processor time per 1000, incidents " << tally.incidents << ", closed "
              << tally.closed << ", commands " << tally.commands << ", refused " << tally.refusals
              << ", rungs " << tally.rungs << ", pages " << tally.pages << ", crashes "
              << tally.crashes << "\n";
    for (const auto& [path, times] : tally.seen) std::cout << "  " << path << ": " << times << "\n";
}

// Half of them in each case, so that two cores take one half each.
constexpr std::uint64_t worlds_played = 5000;

Seeds half(bool first)
{
    const Seeds all = seeds(worlds_played);
    const std::uint64_t middle = all.first + (all.end - all.first + 1) / 2;
    return first ? Seeds{all.first, middle} : Seeds{middle, all.end};
}

}  // namespace

TEST_CASE("core sim: what must always hold holds in every world, the first half", "[sim]")
{
    play_all(half(true));
}

TEST_CASE("core sim: what must always hold holds in every world, the second half", "[sim]")
{
    play_all(half(false));
}
