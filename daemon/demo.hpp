#pragma once

#include "config/settings.hpp"

namespace shouwang::daemon {

// Makes what a demo needs and a university would have: a master key, and a token for the duty desk
// beside it. What is there already stays. Throws std::runtime_error when a file cannot be made.
void prepare_demo(const config::Settings& settings, escalation::Instant now);

// Tells whoever started the demo where to look and how to open an alarm.
void print_demo(const config::Settings& settings, unsigned port);

}  // namespace shouwang::daemon
