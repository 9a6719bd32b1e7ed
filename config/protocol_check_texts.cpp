#include "config/message_text.hpp"
#include "config/protocol_draft.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

// What messages say, and how long they get. A text that does not fit into one segment costs
// seconds and arrives in pieces; one that carries a name tells it to whoever holds the telephone.
namespace shouwang::config {

using escalation::Directory;
using escalation::Protocol;
using escalation::Staff;
using escalation::Text;
using escalation::TextCode;
using escalation::Unit;
using escalation::UnitId;

namespace {

constexpr std::size_t place_max = 12;
constexpr std::size_t college_max = 8;
constexpr std::size_t code_max = 6;
constexpr const char* longest_floor = "12";
// Dialled by people only: nobody's number on the roster may be one of them.
constexpr std::array<std::string_view, 4> emergency_numbers{"110", "119", "120", "122"};

std::string filler(std::size_t characters)
{
    std::string out;
    for (std::size_t i = 0; i < characters; ++i) out += "长";
    return out;
}

void keep_longer(std::string& longest, const std::string& text)
{
    if (sms_length(text) > sms_length(longest)) longest = text;
}

class TextCheck {
public:
    TextCheck(
        const Protocol& protocol,
        const std::map<std::string, Location>& places,
        const Directory* directory,
        FaultList& faults
    )
        : protocol_(protocol), places_(places), directory_(directory), faults_(faults)
    {}

    void run()
    {
        set_longest();
        for (const auto& [code, text] : protocol_.texts) {
            if (directory_ == nullptr) {
                check_variables(text.sms, code, ".sms");
                check_variables(text.voice, code, ".voice");
                check_signature(text);
            }
            check_length(text);
        }
        if (directory_ != nullptr) check_telephones();
    }

private:
    [[nodiscard]] Location place(const TextCode& code, const char* part) const
    {
        for (const std::string& path : {"text." + code.text() + part, "text." + code.text()})
            if (const auto found = places_.find(path); found != places_.end()) return found->second;
        return {};
    }

    // The longest each variable gets: what the roster holds, or what a roster may hold.
    void set_longest()
    {
        longest_["code"] = std::string(code_max, '9');
        longest_["min"] = "999";
        longest_["n"] = "99";
        longest_["due"] = "10-04 08:30";
        longest_["date"] = "10-04";
        for (const escalation::Level& level : protocol_.levels)
            keep_longer(longest_["level"], level.label);
        for (const auto& [name, role] : protocol_.roles) keep_longer(longest_["role"], role.label);
        if (directory_ == nullptr) {
            longest_["place"] = filler(place_max);
            longest_["college"] = filler(college_max);
        } else {
            for (const auto& [id, unit] : directory_->units) measure(unit);
        }
        const auto unknown = protocol_.texts.find(TextCode(unknown_text));
        if (unknown != protocol_.texts.end())
            for (const std::string& name : text_variables())
                keep_longer(longest_[name], unknown->second.sms);
    }

    void measure(const Unit& unit)
    {
        if (unit.kind == "college") {
            const std::string& label = unit.short_name.empty() ? unit.name : unit.short_name;
            within_cap("college", unit, label, college_max);
        }
        if (unit.kind == "building" || unit.kind == "place" || unit.kind == "intern_site")
            within_cap(
                "place",
                unit,
                escalation::place_label(*directory_, UnitId{}, unit.id, longest_floor),
                place_max
            );
    }

    void within_cap(
        const char* variable, const Unit& unit, const std::string& label, std::size_t cap
    )
    {
        keep_longer(longest_[variable], label);
        if (sms_length(label) <= cap) return;
        faults_.add(
            {},
            "roster: unit " + quoted(unit.id.text()) + " reads as " + quoted(label) +
                ", more than " + std::to_string(cap) + " characters",
            "register a shorter short_name; a name is never cut"
        );
    }

    void check_variables(const std::string& text, const TextCode& code, const char* part)
    {
        const std::string called = "text." + code.text();
        std::string bad;
        for (const std::string& name : variables_in(text, &bad)) {
            if (text_variables().contains(name)) continue;
            if (is_personal_variable(name))
                faults_.add(
                    place(code, part),
                    "locked: " + called + " would carry {{" + name + "}}",
                    "no name, number, class, room or diagnosis leaves in a message"
                );
            else
                faults_.add(
                    place(code, part),
                    called + " knows no variable {{" + name + "}}",
                    suggestion(name, text_variables())
                );
        }
        if (!bad.empty())
            faults_.add(
                place(code, part),
                called + ": " + quoted(bad) + " is no variable",
                "{{name}} and nothing else; \"{{\" opens a variable"
            );
    }

    // Providers only let through what says who sends it.
    void check_signature(const Text& text)
    {
        if (text.code == TextCode(drill_text) || text.code == TextCode(unknown_text)) return;
        const std::size_t end = text.sms.find("】");
        if (text.sms.starts_with("【") && end != std::string::npos) return;
        faults_.add(
            place(text.code, ".sms"),
            "text." + text.code.text() + " has no signature",
            "start with who sends it: 【守望】"
        );
    }

    [[nodiscard]] std::size_t length(const TextCode& code, Medium medium) const
    {
        // A drill only adds to what is sent; what is spoken is measured without its announcement.
        return sms_length(render_text(protocol_, code, longest_, medium, medium == Medium::Sms));
    }

    void check_length(const Text& text)
    {
        if (text.code == TextCode(drill_text) || text.code == TextCode(unknown_text)) return;
        const std::size_t sms = length(text.code, Medium::Sms);
        if (sms > sms_characters_max)
            faults_.add(
                place(text.code, ".sms"),
                "text." + text.code.text() + " has " + std::to_string(sms) +
                    " characters at its longest, as a drill",
                "at most " + std::to_string(sms_characters_max) + ", the signature included"
            );
        const std::size_t voice = length(text.code, Medium::Voice);
        if (voice > voice_characters_max)
            faults_.add(
                place(text.code, ".voice"),
                "text." + text.code.text() +
                    " is too long to be read out: " + std::to_string(voice) + " characters",
                "at most " + std::to_string(voice_characters_max)
            );
    }

    void check_telephones()
    {
        for (const auto& [id, staff] : directory_->staff)
            for (const std::string* number : {&staff.phone, &staff.phone2, &staff.landline})
                if (std::find(emergency_numbers.begin(), emergency_numbers.end(), *number) !=
                    emergency_numbers.end())
                    faults_.add(
                        {},
                        "locked: roster: " + quoted(id.text()) + " has an emergency number",
                        "the daemon never dials the police or the ambulance"
                    );
    }

    const Protocol& protocol_;
    const std::map<std::string, Location>& places_;
    const Directory* directory_;
    FaultList& faults_;
    TextVariables longest_;
};

}  // namespace

void check_texts(
    const Protocol& protocol,
    const std::map<std::string, Location>& places,
    const Directory* directory,
    FaultList& faults
)
{
    TextCheck(protocol, places, directory, faults).run();
}

}  // namespace shouwang::config
