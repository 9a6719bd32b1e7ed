#pragma once

#include <string>

namespace shouwang::test {

// While it lives, the look-up of its host name does not return: name servers that are dead. The
// test binary's getaddrinfo (slow_resolver.cpp) stands before the system's.
class SlowResolver {
public:
    SlowResolver();
    SlowResolver(const SlowResolver&) = delete;
    SlowResolver& operator=(const SlowResolver&) = delete;

    // Lets the look-ups go and waits until the last has left.
    ~SlowResolver();

    [[nodiscard]] std::string url() const;
    [[nodiscard]] bool is_resolving() const;
};

}  // namespace shouwang::test
