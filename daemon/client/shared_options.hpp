#pragma once

#include "daemon/client/incident_requests.hpp"
#include "daemon/client/words.hpp"

#include <string>
#include <vector>

namespace CLI {
class App;
}

// Options that several verbs about incidents take.
namespace shouwang::client {

// Empty for "NAME=VALUE", else what is wrong.
[[nodiscard]] std::string pair_fault(const std::string& text);
// Takes "NAME=VALUE" any number of times, one at a time so that what follows is not swallowed.
// `to` outlives the verb.
void add_pairs(
    CLI::App& verb, const std::string& name, std::vector<std::string>& to, const std::string& help
);
// Requires: each passed pair_fault().
[[nodiscard]] std::vector<Pair> pairs_of(const std::vector<std::string>& texts);

// Who and where: --student, --describe, --campus, --building, --floor, --room, --detail. `to`
// outlives the verb.
void add_whereabouts(CLI::App& verb, OpenArguments& to, const Words& say);

// --staff and --heard-by. `behalf` outlives the verb.
void add_behalf(CLI::App& verb, Behalf& behalf, const Words& say);

}  // namespace shouwang::client
