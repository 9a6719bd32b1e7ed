// Small worlds around the whole daemon but its sockets: engine, outbox and journal under virtual
// time, with providers, disk, clock and the process itself failing as each seed draws it.

#include "tests/simulation/seeds.hpp"
#include "tests/simulation/shell_world.hpp"

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>

#include <cstdint>
#include <ctime>
#include <exception>
#include <iostream>

using namespace shouwang::test;

namespace {

void play(std::uint64_t seed, ShellTally& tally)
{
    Dice dice(seed);
    const Setting setting = seed % 3 == 0   ? gas_leak_setting(dice)
                            : seed % 3 == 1 ? notice_safe_setting(dice)
                                            : drawn_setting(dice);
    ShellWorld world(seed, setting, tally);
    try {
        world.run();
    } catch (const std::exception& breach) {
        FAIL("SHOUWANG_SEED=" << seed << "\n" << setting.name << ": " << breach.what());
    }
}

}  // namespace

TEST_CASE("shell sim: what was promised is kept through every fault", "[sim][shell]")
{
    spdlog::set_level(spdlog::level::off);  // thousands of failures that are meant to happen
    const Seeds sweep = seeds(240);
    ShellTally tally;
    const std::clock_t began = std::clock();  // processor time: what a sweep costs
    for (std::uint64_t seed = sweep.first; seed != sweep.end; ++seed) play(seed, tally);
    const auto spent = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    const auto worlds = static_cast<double>(sweep.end - sweep.first);
    std::cout << "shell worlds " << worlds << ", " << spent * 1000 / worlds
              << " s of processor time per 1000, incidents " << tally.incidents << ", deliveries "
              << tally.deliveries << ", possible repeats " << tally.possible_repeats << ", kills "
              << tally.kills << " (" << tally.lost_batches << " losing a batch, " << tally.untold
              << " untold, " << tally.unknown_commits << " unknown commits), full disks "
              << tally.full_disks << ", clock steps " << tally.clock_steps << ", keys retried "
              << tally.retried_keys << ", replayed " << tally.replayed << ", turned away "
              << tally.turned_away << "\n";
}
