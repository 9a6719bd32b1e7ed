#pragma once

#include "tests/acceptance/house.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace shouwang::test {

// What the journal says at the end of all the lives of a daemon, read from its file.
struct KillHistory {
    struct Rung {
        std::string duty;  // "<incident> <key>"
        std::int64_t rung = 0;
        std::int64_t at = 0;
        std::int64_t late_by = 0;
        bool by_time = false;
    };
    struct Send {
        unsigned started = 0;
        std::string state;           // the last one
        bool after_the_end = false;  // begun again although the provider had taken it
    };

    std::uint64_t records = 0;
    std::string chain;                                      // empty: sound
    std::map<std::string, unsigned> reported;               // by reference
    std::map<std::string, std::string> codes;               // by incident
    std::map<std::string, std::vector<std::int64_t>> dues;  // of each duty's rungs
    std::vector<Rung> rungs;
    std::map<std::string, Send> sends;  // by key, from the pages themselves
};

// Requires: the daemon of this house has ended.
[[nodiscard]] KillHistory read_history(House& house);

}  // namespace shouwang::test
