#pragma once

#include "escalation/protocol.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the pages say where the engine has a code and English for programs. The API keeps both; a
// duty officer reads these.
namespace shouwang::http {

// "现场指挥 / 学工值班": any one of these roles and registers.
[[nodiscard]] std::string label_of(
    const escalation::Protocol& protocol, const std::vector<escalation::Target>& targets
);

// What a signature's field asks for.
[[nodiscard]] std::string evidence_label(const std::string& field);

struct RefusalWords {
    std::string_view code;
    std::string_view words;  // "{}" is where the detail goes, which is a label or a key
};
// One for every code of the engine's own. Those of a protocol come with its own words.
[[nodiscard]] std::span<const RefusalWords> refusal_words();

// What is missing, as a page says it: in these words, or as the detail has it.
[[nodiscard]] std::string in_words(std::string_view code, std::string_view detail);

// What a problem+json's body says, line by line; one line of our own when it says nothing.
[[nodiscard]] std::vector<std::string> problem_in_words(const std::string& body);

}  // namespace shouwang::http
