#include "config/protocol_words.hpp"

#include "config/condition_parser.hpp"

#include <variant>

namespace shouwang::config {

using namespace escalation;

namespace {

std::string list_text(const std::vector<Condition>& parts, const std::string& between)
{
    std::string out;
    for (const Condition& part : parts) {
        const bool nested = parts.size() > 1 && (std::holds_alternative<All>(part.node) ||
                                                 std::holds_alternative<Any>(part.node));
        const std::string text = condition_text(part);
        out += (out.empty() ? "" : between) + (nested ? "(" + text + ")" : text);
    }
    return out;
}

}  // namespace

std::string condition_text(const Condition& condition)
{
    struct Say {
        std::string operator()(const Never&) const { return "永不 never"; }
        std::string operator()(const Always&) const { return "总是 always"; }
        std::string operator()(const Atom& atom) const { return atom_text(atom); }
        std::string operator()(const All& all) const { return list_text(all.parts, " 且 and "); }
        std::string operator()(const Any& any) const { return list_text(any.parts, " 或 or "); }
        std::string operator()(const Not& negated) const
        {
            return "非 not (" + list_text(negated.parts, "") + ")";
        }
    };
    return std::visit(Say{}, condition.node);
}

std::string role_text(const Protocol& protocol, const RoleName& name)
{
    const auto found = protocol.roles.find(name);
    const std::string label = found == protocol.roles.end() ? "" : found->second.label;
    return label.empty() ? name.text() : label + " " + name.text();
}

std::string target_text(const Protocol& protocol, const Target& target)
{
    switch (target.kind) {
        case Target::Kind::Role: return role_text(protocol, RoleName(target.name));
        case Target::Kind::Register: {
            const auto found = protocol.registers.find(escalation::RegisterName(target.name));
            return (found == protocol.registers.end() ? "" : found->second.label) +
                   "者 whoever is in register " + target.name;
        }
        case Target::Kind::Self: return "本人 the person themselves";
        case Target::Kind::Slot: return "各自的 their own " + target.name;
        case Target::Kind::Doer: return "办理" + target.name + "的人 whoever did " + target.name;
    }
    return {};
}

std::string channels_text(const std::vector<ChannelName>& channels)
{
    std::string out;
    for (const ChannelName& channel : channels) out += (out.empty() ? "" : "+") + channel.text();
    return out;
}

std::string scope_text(Scope scope)
{
    switch (scope) {
        case Scope::Incident: return "每起一次 once an incident";
        case Scope::College: return "每学院一次 once a college";
        case Scope::Each: return "每岗位一次 once each";
        case Scope::Subject: return "每名学生一次 once a subject";
        case Scope::Person: return "每人一次 once a person";
    }
    return {};
}

}  // namespace shouwang::config
