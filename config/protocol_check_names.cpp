#include "config/protocol_draft.hpp"

#include <algorithm>
#include <set>
#include <string_view>

// Every name the file uses is one the file defines, and what one must have is there.
namespace shouwang::config {

using escalation::ChannelName;
using escalation::Duty;
using escalation::DutyClass;
using escalation::Effect;
using escalation::Lapse;
using escalation::Protocol;
using escalation::RoleName;
using escalation::TextCode;
using escalation::Word;

namespace {

using Words = std::set<std::string, std::less<>>;

template <class Map>
Words keys_of(const Map& map)
{
    Words out;
    for (const auto& [name, value] : map) out.insert(name.text());
    return out;
}

Words levels_of(const Protocol& protocol)
{
    Words out;
    for (const escalation::Level& level : protocol.levels) out.insert(level.name.text());
    return out;
}

Words channels_of(const Protocol& protocol)
{
    Words out;
    for (const escalation::Level& level : protocol.levels)
        for (const ChannelName& channel : level.channels) out.insert(channel.text());
    return out;
}

const char* kind_of(Reference::To to)
{
    switch (to) {
        case Reference::To::Level: return "level";
        case Reference::To::Fact: return "fact";
        case Reference::To::Role: return "role";
        case Reference::To::Rule: return "rule";
        case Reference::To::Duty: return "duty";
        case Reference::To::Register: return "register";
        case Reference::To::Window: return "window";
        case Reference::To::Text: return "text";
        case Reference::To::Channel: return "channel";
        case Reference::To::Word: return "answer";
    }
    return "name";
}

Words known_of(Reference::To to, const Protocol& protocol)
{
    switch (to) {
        case Reference::To::Level: return levels_of(protocol);
        case Reference::To::Fact: return keys_of(protocol.facts);
        case Reference::To::Role: return keys_of(protocol.roles);
        case Reference::To::Rule: return keys_of(protocol.rules);
        case Reference::To::Duty: return keys_of(protocol.duties);
        case Reference::To::Register: return keys_of(protocol.registers);
        case Reference::To::Window: return keys_of(protocol.windows);
        case Reference::To::Text: return keys_of(protocol.texts);
        case Reference::To::Channel: return channels_of(protocol);
        case Reference::To::Word: return keys_of(protocol.word_labels);
    }
    return {};
}

void check_references(ProtocolDraft& draft)
{
    for (const Reference& reference : draft.references) {
        const Words known = known_of(reference.to, draft.protocol);
        if (known.contains(reference.name)) continue;
        draft.faults.add(
            reference.where,
            reference.path + ": there is no " + kind_of(reference.to) + " " +
                quoted(reference.name),
            suggestion(reference.name, known)
        );
    }
}

// A digit that means a word which the duty does not take would be answered with a refusal.
void check_keys(
    const Duty& duty,
    const escalation::Ladder& ladder,
    const std::string& path,
    ProtocolDraft& draft
)
{
    const auto taken = [&](const Word& word) {
        const auto& registers = draft.protocol.registers;
        return duty.answers.contains(word) ||
               std::any_of(registers.begin(), registers.end(), [&](const auto& entry) {
                   const auto& enters = entry.second.enters;
                   return std::find(enters.begin(), enters.end(), word) != enters.end();
               });
    };
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const auto text = draft.protocol.texts.find(ladder[i].text);
        if (text == draft.protocol.texts.end()) continue;
        for (const auto& [key, word] : text->second.keys)
            if (!taken(word))
                draft.faults.add(
                    draft.place(path + "." + std::to_string(i + 1)),
                    "text " + quoted(text->first.text()) + " offers " + key + " = " +
                        quoted(word.text()) + ", which this duty does not take",
                    "another text, or an entry in \"answers\""
                );
    }
}

// A slot that no entry has is a rung for nobody.
void check_slots(
    const Duty& duty,
    const escalation::Ladder& ladder,
    const std::string& path,
    ProtocolDraft& draft
)
{
    for (std::size_t i = 0; i < ladder.size(); ++i)
        for (const escalation::Target& target : ladder[i].to) {
            if (target.kind != escalation::Target::Kind::Slot) continue;
            const bool any =
                std::any_of(duty.each.begin(), duty.each.end(), [&](const escalation::Each& each) {
                    return each.slots.contains(target.name);
                });
            if (!any)
                draft.faults.add(
                    draft.place(path + "." + std::to_string(i + 1)),
                    path + ": no entry has a slot " + quoted(target.name),
                    "slots = { " + target.name + " = \"a_role\" }"
                );
        }
}

// Role a stands in for b, b for a: nobody would ever be found.
class Circles {
public:
    explicit Circles(ProtocolDraft& draft) : draft_(draft) {}

    void run()
    {
        for (const auto& [name, role] : draft_.protocol.roles) {
            way_.clear();
            if (!reported_.contains(name)) visit(name);
        }
    }

private:
    void visit(const RoleName& name)
    {
        const auto seen = std::find(way_.begin(), way_.end(), name);
        if (seen != way_.end()) {
            std::string text;
            for (auto at = seen; at != way_.end(); ++at) {
                text += at->text() + " > ";
                reported_.insert(*at);
            }
            draft_.faults.add(
                draft_.place("role." + name.text()),
                "roles stand in for each other in a circle: " + text + name.text(),
                "end the chain with a role that stands for itself"
            );
            return;
        }
        const auto role = draft_.protocol.roles.find(name);
        if (role == draft_.protocol.roles.end() || reported_.contains(name) || done_.contains(name))
            return;
        way_.push_back(name);
        for (const RoleName& next : role->second.otherwise) visit(next);
        for (const escalation::Swap& swap : role->second.swap) visit(swap.role);
        way_.pop_back();
        done_.insert(name);
    }

    ProtocolDraft& draft_;
    std::vector<RoleName> way_;
    std::set<RoleName> reported_;
    std::set<RoleName> done_;
};

void check_conventions(ProtocolDraft& draft)
{
    const Protocol& protocol = draft.protocol;
    for (const char* code : {drill_text, unknown_text})
        if (!protocol.texts.contains(TextCode(code)))
            draft.faults.add(
                {1, 1},
                "there is no text " + quoted(code),
                std::string("[text.") + code + "], see docs/formats/protocol.md"
            );
    if (protocol.phases.empty())
        draft.faults.add({1, 1}, "there are no phases", "[[phase]]");
    else if (!std::holds_alternative<escalation::Always>(protocol.phases.front().when.node))
        draft.faults.add(
            draft.place("phase." + protocol.phases.front().name),
            "the first phase must hold always",
            "when = \"always\""
        );
    if (protocol.last_resort.empty())
        draft.faults.add(
            draft.place("last_resort"),
            "the last resort is nobody",
            "roles that are never all empty"
        );
    if (protocol.trusted.empty() && protocol.review.empty())
        draft.faults.add({1, 1}, "no source may report anything", "trusted = [\"hotline\"]");
    const bool opens =
        std::any_of(protocol.duties.begin(), protocol.duties.end(), [](const auto& entry) {
            return entry.second.on_lapse == Lapse::Open && entry.second.lapses;
        });
    if (!protocol.review.empty() && !opens)
        draft.faults.add(
            draft.place("review"),
            "reports under review would wait for ever when nobody looks",
            "a duty with opens = \"incident.stage is review\", lapses and "
            "on_lapse = \"open\""
        );
}

void check_duties(ProtocolDraft& draft)
{
    for (const auto& [name, duty] : draft.protocol.duties) {
        const std::string path = "duty." + name.text();
        check_slots(duty, duty.ladder, path + ".ladder", draft);
        check_keys(duty, duty.ladder, path + ".ladder", draft);
        for (const auto& [level, ladder] : duty.ladders) {
            check_slots(duty, ladder, path + "." + level.text(), draft);
            check_keys(duty, ladder, path + "." + level.text(), draft);
        }
        const bool satisfied =
            std::any_of(duty.answers.begin(), duty.answers.end(), [](const auto& answer) {
                return answer.second == Effect::Satisfy;
            });
        const bool ends = satisfied || !duty.record.empty() || duty.lapses ||
                          !std::holds_alternative<escalation::Never>(duty.done.node);
        if (!ends)
            draft.faults.add(
                draft.place(path),
                path + " can never be done",
                "an answer that satisfies it, a record, done = ... or lapses = ..."
            );
    }
}

// A rung, a level's channel or a repeat uses a channel that some level knows: see references.
// What is left: a higher level uses all channels of the calmer ones, so nobody hears less.
void check_levels(ProtocolDraft& draft)
{
    const auto& levels = draft.protocol.levels;
    for (std::size_t i = 1; i < levels.size(); ++i)
        for (const ChannelName& channel : levels[i - 1].channels)
            if (std::find(levels[i].channels.begin(), levels[i].channels.end(), channel) ==
                levels[i].channels.end())
                draft.faults.add(
                    draft.place("level." + levels[i].name.text()),
                    "level " + quoted(levels[i].name.text()) + " lacks the channel " +
                        quoted(channel.text()) + " of the calmer level before it",
                    "a higher level is never quieter"
                );
}

}  // namespace

void check_names(ProtocolDraft& draft)
{
    check_references(draft);
    for (const PlacedAtom& atom : draft.atoms) check_atom(atom, draft.protocol, draft.faults);
    Circles(draft).run();
    check_conventions(draft);
    check_duties(draft);
    check_levels(draft);
}

}  // namespace shouwang::config
