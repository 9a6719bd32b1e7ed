#pragma once

#include "escalation/directory.hpp"
#include "escalation/protocol.hpp"
#include "tests/support/dice.hpp"

#include <memory>
#include <string>
#include <vector>

namespace shouwang::test {

// What a world is played with: a protocol, the people, and how its incidents begin.
struct Setting {
    std::string name;
    escalation::Rules rules;
    std::shared_ptr<const escalation::Directory> directory;
    escalation::Instant start{};  // a moment the roster's rota covers

    [[nodiscard]] const escalation::Protocol& protocol() const { return rules.in_force(); }
};

// A protocol nobody wrote, on a campus that does not exist: every scope, effect and kind of rung
// with spans drawn anew for each world. The engine must be right about any checked protocol.
[[nodiscard]] Setting drawn_setting(Dice& dice);

// The same with all that people can do to an incident: a second version of its protocol to go on
// by, and, where it is a drawn one, decisions, endings of every outcome, waivers and takers.
[[nodiscard]] Setting with_deeds(Setting setting, Dice& dice);

// The product's own protocol with the small roster of the tests, some day of October 2026.
[[nodiscard]] Setting notice_safe_setting(Dice& dice);
// The gas leak of the engine's tests: not one word in common with the product's protocol.
[[nodiscard]] Setting gas_leak_setting(Dice& dice);

}  // namespace shouwang::test
