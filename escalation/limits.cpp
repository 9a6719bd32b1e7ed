#include "escalation/limits.hpp"

#include <algorithm>

namespace shouwang::escalation {

void check_length(
    const std::string& text,
    const std::string& pointer,
    std::size_t max,
    std::vector<Missing>& faults
)
{
    if (text.size() > max)
        faults.push_back({"too_long", pointer, "at most " + std::to_string(max) + " bytes"});
}

void check_word(const std::string& text, const std::string& pointer, std::vector<Missing>& faults)
{
    const bool word =
        text.size() <= word_bytes_max &&
        std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (!word)
        faults.push_back(
            {"not_a_word",
             pointer,
             "one word of at most " + std::to_string(word_bytes_max) + " ASCII characters"}
        );
}

}  // namespace shouwang::escalation
