#pragma once

#include <string>

namespace shouwang::test {

// The product's own protocol with every span of time divided by `hurry`, so that what takes minutes
// takes seconds here. The caps of providers, which are counts a minute, go. Still checked by the
// product's own loader.
[[nodiscard]] std::string notice_safe(int hurry);

// A small protocol of one level: two duties whose ladders end within a second and then rest for an
// hour, so that hundreds of incidents of it can be told apart by what they should have done.
[[nodiscard]] std::string short_ladders();

}  // namespace shouwang::test
