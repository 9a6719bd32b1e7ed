#pragma once

#include "escalation/protocol.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The words a page carries, from the protocol's texts.
namespace shouwang::config {

// How a text reaches a person: as one short message, as a card or chat message, or read out.
enum class Medium { Sms, Wecom, Voice };

// One segment of a short message, its signature included.
constexpr std::size_t sms_characters_max = 70;
// About twenty seconds when read out.
constexpr std::size_t voice_characters_max = 100;

using TextVariables = std::map<std::string, std::string>;

// Fills the text of `code`. A variable that is missing or empty reads as the protocol's text
// "unknown"; a drill says so in front. An unknown code gives an empty text.
//
// The variables: code (the incident's), level (its label), place (place_label()), college (its
// short name), role (label of the role that was asked first and did not answer), min (whole
// minutes since), n (people or posts on their way), due and date (local, "10-04 08:30").
[[nodiscard]] std::string render_text(
    const escalation::Protocol& protocol,
    const escalation::TextCode& code,
    const TextVariables& variables,
    Medium medium,
    bool drill
);

// The variables a text may use.
[[nodiscard]] const std::set<std::string, std::less<>>& text_variables();
// True for names that would carry what no message may: who, which class, which room, what illness.
[[nodiscard]] bool is_personal_variable(std::string_view name);

// The variables of a template in the order they stand. `bad` gets what is no plain {{name}}.
[[nodiscard]] std::vector<std::string> variables_in(std::string_view text, std::string* bad);

// Characters as a short message counts them: UTF-16 units.
[[nodiscard]] std::size_t sms_length(std::string_view text);

}  // namespace shouwang::config
