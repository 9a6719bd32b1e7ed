#pragma once

#include <stdexcept>
#include <string>

namespace shouwang::test {

// Something that must always hold does not. The message begins with the number of the invariant
// in docs/architecture.md.
class Breach : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A message is only put together when it is needed: this runs millions of times.
template <class... Parts>
void must(bool holds, const char* invariant, const Parts&... parts)
{
    if (holds) return;
    std::string message(invariant);
    ((message += ' ', message += parts), ...);
    throw Breach(message);
}

}  // namespace shouwang::test
