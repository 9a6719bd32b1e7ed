#pragma once

#include <cstdio>
#include <cstdlib>

namespace shouwang::test {

// What must hold whatever the bytes are. libFuzzer keeps the input of a process that aborts.
inline void require(bool holds, const char* what)
{
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

}  // namespace shouwang::test
