#pragma once

#include "escalation/event.hpp"

#include <string>

namespace shouwang::test {

// One line of an event, for a failed world's tail: when, what, which duty, who.
[[nodiscard]] std::string describe(const escalation::Event& event);

}  // namespace shouwang::test
