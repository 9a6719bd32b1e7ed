#pragma once

#include "escalation/decide.hpp"

#include <cstddef>
#include <string>
#include <vector>

// Internal to escalation/: how much of what people write is taken. Beyond these bounds a command is
// refused with the bound named, never cut.
namespace shouwang::escalation {

constexpr std::size_t text_bytes_max = 8000;    // what a reporter tells
constexpr std::size_t field_bytes_max = 4000;   // a field of a record, a piece of evidence
constexpr std::size_t reason_bytes_max = 2000;  // why somebody says what they say
constexpr std::size_t line_bytes_max = 400;     // a place, a telephone number, a name
constexpr std::size_t word_bytes_max = 64;      // what stands in the open part of the journal

void check_length(
    const std::string& text,
    const std::string& pointer,
    std::size_t max,
    std::vector<Missing>& faults
);

// A word of printable ASCII without a space, or nothing: the open part of the journal holds no
// sentence, because a sentence may be about somebody.
void check_word(const std::string& text, const std::string& pointer, std::vector<Missing>& faults);

}  // namespace shouwang::escalation
