#include "config/message_text.hpp"

#include "config/protocol_draft.hpp"
#include "config/template.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace shouwang::config {

namespace {

using escalation::Protocol;
using escalation::Text;
using escalation::TextCode;

constexpr std::string_view signature_end = "】";

const Text* find(const Protocol& protocol, const TextCode& code)
{
    const auto found = protocol.texts.find(code);
    return found == protocol.texts.end() ? nullptr : &found->second;
}

std::string without_signature(const std::string& text)
{
    const std::size_t end = text.starts_with("【") ? text.find(signature_end) : std::string::npos;
    return end == std::string::npos ? text : text.substr(end + signature_end.size());
}

// "【守望】…" becomes "【守望演练】…": what everybody sees first.
std::string as_drill(std::string text, const std::string& word)
{
    const std::size_t end = text.starts_with("【") ? text.find(signature_end) : std::string::npos;
    return end == std::string::npos ? word + text : text.insert(end, word);
}

}  // namespace

std::string render_text(
    const Protocol& protocol,
    const TextCode& code,
    const TextVariables& variables,
    Medium medium,
    bool drill
)
{
    const Text* text = find(protocol, code);
    if (text == nullptr) return {};
    const Text* stand_in = find(protocol, TextCode(unknown_text));
    const Text* practice = find(protocol, TextCode(drill_text));
    const bool spoken = medium == Medium::Voice;

    const bool scripted = spoken && !text->voice.empty();
    const std::string& body = scripted ? text->voice : text->sms;
    TemplateData data;
    for (const std::string& name : variables_in(body, nullptr)) {
        const auto given = variables.find(name);
        const bool known = given != variables.end() && !given->second.empty();
        data.set(name, known ? given->second : stand_in == nullptr ? "" : stand_in->sms);
    }
    const auto parsed = Template::parse(body, Escape::None);
    const auto* filled = std::get_if<Template>(&parsed);
    std::string out = filled == nullptr ? std::string() : filled->render(data);
    if (spoken && !scripted) out = without_signature(out);
    if (drill && practice != nullptr)
        out = spoken ? practice->voice + out : as_drill(std::move(out), practice->sms);
    return out;
}

const std::set<std::string, std::less<>>& text_variables()
{
    static const std::set<std::string, std::less<>> names{
        "code", "level", "place", "college", "role", "min", "n", "due", "date"};
    return names;
}

bool is_personal_variable(std::string_view name)
{
    constexpr std::array<std::string_view, 14> personal{
        "name",
        "student",
        "subject",
        "class",
        "room",
        "sex",
        "gender",
        "guardian",
        "parent",
        "phone",
        "tel",
        "number",
        "birth",
        "diagnos"};
    return std::any_of(personal.begin(), personal.end(), [&](std::string_view word) {
        return name.find(word) != std::string_view::npos;
    });
}

std::vector<std::string> variables_in(std::string_view text, std::string* bad)
{
    std::vector<std::string> out;
    while (true) {
        const std::size_t from = text.find("{{");
        if (from == std::string_view::npos) break;
        const std::size_t to = text.find("}}", from);
        const bool closed = to != std::string_view::npos;
        const std::string_view name = text.substr(from + 2, closed ? to - from - 2 : 0);
        const bool plain =
            closed && !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
            });
        if (plain)
            out.emplace_back(name);
        else if (bad != nullptr && bad->empty())
            *bad = std::string(text.substr(from, closed ? to + 2 - from : std::string_view::npos));
        if (!closed) break;
        text.remove_prefix(to + 2);
    }
    return out;
}

std::size_t sms_length(std::string_view text)
{
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) == 0x80U) continue;  // inside a character
        units += byte >= 0xF0U ? 2 : 1;         // outside of the basic plane: a surrogate pair
    }
    return units;
}

}  // namespace shouwang::config
