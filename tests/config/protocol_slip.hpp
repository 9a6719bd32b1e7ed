#pragma once

#include "tests/config/protocol_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

// One small edit of a sound protocol, and the fault that it must bring.
namespace shouwang::test {

struct Slip {
    const char* kind;
    const char* from;  // the first occurrence in the file ...
    const char* to;    // ... becomes this
    const char* what;  // part of the fault
    const char* line;  // the fault stands on the line where this first stands after the edit
};

inline void finds(const std::string& sound, const Slip& slip)
{
    const std::string text = with(sound, slip.from, slip.to);
    const config::LoadedProtocol loaded = load_text(text);
    INFO(slip.kind << "\n" << words(loaded.faults));
    CHECK(loaded.protocol == nullptr);
    const unsigned line = line_of(text, slip.line);
    const bool found =
        std::any_of(loaded.faults.begin(), loaded.faults.end(), [&](const config::Fault& fault) {
            return !fault.warning && fault.file == "p.toml" && fault.line == line &&
                   fault.what.find(slip.what) != std::string::npos;
        });
    CHECK(found);
}

}  // namespace shouwang::test
