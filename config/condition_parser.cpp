#include "config/condition_parser.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace shouwang::config {

namespace {

using escalation::Atom;
using escalation::Condition;
using escalation::Fact;
using escalation::FactKind;
using escalation::FactName;
using escalation::Op;
using escalation::Protocol;
using escalation::Topic;

constexpr unsigned depth_max = 8;
constexpr std::size_t words_max = 8;

using Words = std::set<std::string, std::less<>>;

struct TopicWord {
    std::string_view word;
    Topic topic;
};
constexpr std::array<TopicWord, 10> topics{{
    {"level", Topic::Level},
    {"duty", Topic::Duty},
    {"rule", Topic::Rule},
    {"window", Topic::Window},
    {"register", Topic::Register},
    {"incident", Topic::Incident},
    {"subject", Topic::Subject},
    {"place", Topic::Place},
    {"record", Topic::Record},
    {"contact", Topic::Contact},
}};

// These stand by themselves.
constexpr std::array<TopicWord, 3> plain_topics{{
    {"subjects", Topic::Subjects},
    {"colleges", Topic::Colleges},
    {"facts", Topic::AnyFact},
}};

struct OpWord {
    std::string_view word;
    Op op;
};
constexpr std::array<OpWord, 8> operations{{
    {"is", Op::Is},
    {"is_not", Op::IsNot},
    {"at_least", Op::AtLeast},
    {"has", Op::Has},
    {"worse", Op::Worse},
    {"turns", Op::Turns},
    {"held_for", Op::HeldFor},
    {"fires", Op::Fires},
}};

std::vector<std::string_view> split(std::string_view text, char at, bool keep_empty)
{
    std::vector<std::string_view> out;
    while (true) {
        const std::size_t end = std::min(text.find(at), text.size());
        if (keep_empty || end != 0) out.push_back(text.substr(0, end));
        if (end == text.size()) return out;
        text.remove_prefix(end + 1);
    }
}

std::vector<std::string> values_of(std::string_view text)
{
    std::vector<std::string> out;
    for (const std::string_view part : split(text, '|', true)) out.emplace_back(part);
    return out;
}

bool by_attribute(Topic topic)
{
    return topic == Topic::Incident || topic == Topic::Subject || topic == Topic::Place ||
           topic == Topic::Contact;
}

// "located", "located.no", "level.red", "duty.S05", "place.housing": whose word is the first?
void set_name(Atom& atom, std::string_view text)
{
    const std::size_t dot = text.find('.');
    const std::string_view head = text.substr(0, dot);
    const std::string tail(dot == std::string_view::npos ? "" : text.substr(dot + 1));
    atom.name = std::string(text);
    for (const TopicWord& known : plain_topics) {
        if (text != known.word) continue;
        atom.topic = known.topic;
        atom.name.clear();
        return;
    }
    for (const TopicWord& known : topics) {
        if (head != known.word) continue;
        atom.topic = known.topic;
        const bool attribute = by_attribute(atom.topic);
        atom.name = attribute ? std::string() : tail;
        if (attribute) atom.attribute = tail;
        return;
    }
}

class Parser {
public:
    Parser(
        const std::string& path, bool personal, FaultList& faults, std::vector<PlacedAtom>& atoms
    )
        : path_(path), personal_(personal), faults_(faults), atoms_(atoms)
    {}

    Condition parse(const TomlNode& node, unsigned depth)
    {
        if (depth > depth_max) {
            fault(node.where, "is nested too deeply", "at most 8 levels; name a rule instead");
            return {escalation::Never{}};
        }
        if (const std::string* text = node.text()) return parse_text(*text, node.where);
        if (const TomlNode::Array* parts = node.array())
            return {escalation::All{parse_parts(*parts, node.where, depth)}};
        if (const TomlNode::Table* table = node.table()) return parse_table(*table, node, depth);
        fault(node.where, "is no condition", grammar());
        return {escalation::Never{}};
    }

private:
    static std::string grammar()
    {
        return "\"name op value\", a list (all hold), { any = [...] } or { not = ... }";
    }

    void fault(Location where, const std::string& what, const std::string& hint)
    {
        faults_.add(where, path_ + ": the condition " + what, hint);
    }

    std::vector<Condition> parse_parts(const TomlNode::Array& parts, Location where, unsigned depth)
    {
        if (parts.empty()) fault(where, "is an empty list", "write \"always\" or \"never\"");
        std::vector<Condition> out;
        for (const TomlNode& part : parts) out.push_back(parse(part, depth + 1));
        return out;
    }

    Condition parse_table(const TomlNode::Table& table, const TomlNode& node, unsigned depth)
    {
        if (table.size() == 1 && table.front().key == "any")
            if (const TomlNode::Array* parts = table.front().node.array())
                return {escalation::Any{parse_parts(*parts, node.where, depth)}};
        if (table.size() == 1 && table.front().key == "not") {
            escalation::Not out;
            out.parts.push_back(parse(table.front().node, depth + 1));
            return {std::move(out)};
        }
        fault(node.where, "is a table of another kind", grammar());
        return {escalation::Never{}};
    }

    Condition parse_text(const std::string& text, Location where)
    {
        if (text == "always") return {escalation::Always{}};
        if (text == "never") return {escalation::Never{}};
        const auto words = split(text, ' ', false);
        const auto known =
            words.size() < 2 || words.size() > words_max
                ? operations.end()
                : std::find_if(operations.begin(), operations.end(), [&](const OpWord& op) {
                      return op.word == words[1];
                  });
        if (known == operations.end()) {
            fault(
                where,
                quoted(text) + " cannot be read",
                "\"name op value\" with op one of is, is_not, at_least, has, worse, turns, "
                "held_for, fires"
            );
            return {escalation::Never{}};
        }
        return parse_atom(known->op, words, text, where);
    }

    Condition parse_atom(
        Op op, const std::vector<std::string_view>& words, const std::string& text, Location where
    )
    {
        Atom atom;
        atom.op = op;
        set_name(atom, words[0]);
        const bool valueless = op == Op::Worse || op == Op::Fires;
        if (words.size() != (valueless ? 2U : 3U)) {
            fault(
                where,
                quoted(text) + (valueless ? " has a value" : " needs exactly one value"),
                valueless ? "nothing follows " + quoted(words[1])
                          : "several values are written a|b, without spaces"
            );
            return {escalation::Never{}};
        }
        if (op == Op::HeldFor) {
            if (!set_held(atom, words[0], words[2], text, where)) return {escalation::Never{}};
        } else if (!valueless) {
            atom.values = values_of(words[2]);
        }
        atoms_.push_back({atom, where, path_, personal_});
        return {std::move(atom)};
    }

    // "located.no held_for 30m", "level.red held_for 15m"
    bool set_held(
        Atom& atom,
        std::string_view subject,
        std::string_view span,
        const std::string& text,
        Location where
    )
    {
        const std::size_t dot = subject.rfind('.');
        const auto held = parse_span(span);
        if (dot == std::string_view::npos || !held || *held == escalation::Span{} ||
            (atom.topic != Topic::Level && atom.topic != Topic::Fact)) {
            fault(
                where,
                quoted(text) + " cannot be read",
                "like \"located.no held_for 30m\" or \"level.red held_for 15m\""
            );
            return false;
        }
        atom.span = *held;
        atom.values = values_of(subject.substr(dot + 1));
        atom.name = atom.topic == Topic::Fact ? std::string(subject.substr(0, dot)) : "";
        return true;
    }

    const std::string& path_;
    bool personal_;
    FaultList& faults_;
    std::vector<PlacedAtom>& atoms_;
};

bool allowed(const Atom& atom)
{
    const auto is_any = [&](std::initializer_list<Op> ops) {
        return std::find(ops.begin(), ops.end(), atom.op) != ops.end();
    };
    switch (atom.topic) {
        case Topic::Fact:
            return is_any(
                {Op::Is, Op::IsNot, Op::AtLeast, Op::Has, Op::Worse, Op::Turns, Op::HeldFor}
            );
        case Topic::Level: return is_any({Op::Is, Op::IsNot, Op::AtLeast, Op::Turns, Op::HeldFor});
        case Topic::Duty: return is_any({Op::Is, Op::IsNot, Op::Turns});
        case Topic::Rule: return is_any({Op::Is, Op::IsNot, Op::Fires});
        case Topic::Window: return is_any({Op::Is, Op::IsNot});
        case Topic::Register: return is_any({Op::Is, Op::IsNot, Op::Has});
        case Topic::Incident: return is_any({Op::Is, Op::IsNot, Op::Has, Op::Turns});
        case Topic::Subject: return is_any({Op::Is, Op::IsNot, Op::Turns});
        case Topic::Subjects:
        case Topic::Colleges: return is_any({Op::AtLeast});
        case Topic::AnyFact: return is_any({Op::Worse});
        case Topic::Place:
        case Topic::Record:
        case Topic::Contact: return is_any({Op::Is, Op::IsNot});
    }
    return false;
}

std::string op_word(Op op)
{
    const auto found = std::find_if(operations.begin(), operations.end(), [&](const OpWord& word) {
        return word.op == op;
    });
    return std::string(found->word);
}

template <class Map>
Words names_in(const Map& map)
{
    Words out;
    for (const auto& [name, value] : map) out.insert(name.text());
    return out;
}

std::vector<std::string> level_words(const Protocol& protocol)
{
    std::vector<std::string> out;
    for (const escalation::Level& level : protocol.levels) out.push_back(level.name.text());
    return out;
}

std::vector<std::string> via_words(const Protocol& protocol)
{
    std::vector<std::string> out(protocol.trusted.begin(), protocol.trusted.end());
    out.insert(out.end(), protocol.review.begin(), protocol.review.end());
    return out;
}

std::vector<std::string> attribute_words(const Atom& atom, const Protocol& protocol)
{
    const std::string& name = atom.attribute;
    if (atom.topic == Topic::Incident) {
        if (name == "stage") return {"review", "open", "aftercare"};
        if (name == "kind") return {"real", "drill", "test"};
        if (name == "cycle") return {"first", "reopened"};
        if (name == "reached") return level_words(protocol);
        return via_words(protocol);
    }
    if (atom.topic == Topic::Subject)
        return name == "kind" ? std::vector<std::string>{"ug", "pg", "intl", "unknown"}
                              : std::vector<std::string>{"yes", "no"};
    if (atom.topic == Topic::Contact && name != "known") return {"yes", "no", "unknown"};
    if (name == "campus") return {};
    if (name == "housing") return {"yes", "no", "unknown"};
    return {"yes", "no"};
}

Words attributes(Topic topic)
{
    if (topic == Topic::Incident) return {"stage", "kind", "via", "cycle", "reached"};
    if (topic == Topic::Subject) return {"identified", "kind", "minor", "intern", "housed"};
    if (topic == Topic::Contact) return {"known", "legal", "caution"};
    return {"known", "housing", "campus"};
}

// What an atom may be about, and what faults call it.
std::pair<Words, std::string> subjects_of(const Atom& atom, const Protocol& protocol)
{
    switch (atom.topic) {
        case Topic::Fact: return {names_in(protocol.facts), "fact"};
        case Topic::Duty: return {names_in(protocol.duties), "duty"};
        case Topic::Rule: return {names_in(protocol.rules), "rule"};
        case Topic::Window: return {names_in(protocol.windows), "window"};
        case Topic::Register: return {names_in(protocol.registers), "register"};
        case Topic::Incident: return {attributes(atom.topic), "property of the incident"};
        case Topic::Subject: return {attributes(atom.topic), "property of a subject"};
        case Topic::Place: return {attributes(atom.topic), "property of the place"};
        case Topic::Contact: return {attributes(atom.topic), "property of a contact"};
        // Which fields there are is the duty's own; an ending's are its evidence.
        case Topic::Record: return {{atom.name}, "field"};
        case Topic::Level:
        case Topic::Subjects:
        case Topic::Colleges:
        case Topic::AnyFact: return {{""}, "name"};
    }
    return {};
}

bool whole_number(const std::string& text)
{
    constexpr std::size_t digits_max = 9;
    return !text.empty() && text.size() <= digits_max &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class AtomCheck {
public:
    AtomCheck(const PlacedAtom& placed, const Protocol& protocol, FaultList& faults)
        : placed_(placed), atom_(placed.atom), protocol_(protocol), faults_(faults)
    {}

    void run()
    {
        const auto [known, kind] = subjects_of(atom_, protocol_);
        std::string name = by_attribute(atom_.topic) ? atom_.attribute : atom_.name;
        // "duty.S06@center_duty" is about one instance of S06.
        if (atom_.topic == Topic::Duty) name.resize(std::min(name.find('@'), name.size()));
        if (!known.contains(name)) {
            fault("there is no " + kind + " " + quoted(name), suggestion(name, known));
            return;
        }
        if (!allowed(atom_) || !allowed_of_fact()) {
            fault(
                quoted(op_word(atom_.op)) + " does not go with " + quoted(atom_text(atom_)),
                "see docs/formats/protocol.md, \"Conditions\""
            );
            return;
        }
        check_values();
    }

private:
    void fault(const std::string& what, const std::string& hint)
    {
        faults_.add(placed_.where, placed_.path + ": " + what, hint);
    }

    [[nodiscard]] bool allowed_of_fact() const
    {
        if (atom_.topic != Topic::Fact) return true;
        const FactKind kind = protocol_.facts.at(FactName(atom_.name)).kind;
        if (atom_.op == Op::AtLeast) return kind == FactKind::Scale || kind == FactKind::Count;
        if (atom_.op == Op::Has) return kind == FactKind::Set;
        if (kind == FactKind::Moment) return atom_.op == Op::Is || atom_.op == Op::IsNot;
        return true;
    }

    void check_values()
    {
        if (atom_.op == Op::Worse || atom_.op == Op::Fires) return;
        if (atom_.op == Op::AtLeast && atom_.values.size() != 1) {
            fault("\"at_least\" takes one value", "the least that counts");
            return;
        }
        if (atom_.topic == Topic::Register && atom_.op == Op::Has) {
            if (atom_.values != std::vector<std::string>{"self"})
                fault("a register only \"has self\"", "\"register.x has self\"");
            else if (!placed_.personal)
                fault(
                    "\"has self\" is about nobody here",
                    "it belongs into a duty with scope = \"person\""
                );
            return;
        }
        const std::vector<std::string> words = words_of(atom_, protocol_);
        const bool number =
            words.empty() && atom_.topic != Topic::Place && atom_.topic != Topic::Record;
        for (const std::string& value : atom_.values) {
            if (value.empty())
                fault("an empty value", "several values are written a|b");
            else if (number && value != "unknown" && !whole_number(value))
                fault(quoted(value) + " is no number", "a whole number");
            else if (!words.empty() && std::find(words.begin(), words.end(), value) == words.end())
                fault(
                    quoted(atom_text(atom_)) + " can never be: " + quoted(value) +
                        " is not one of its values",
                    suggestion(value, Words(words.begin(), words.end()))
                );
        }
    }

    const PlacedAtom& placed_;
    const Atom& atom_;
    const Protocol& protocol_;
    FaultList& faults_;
};

std::string joined(const std::vector<std::string>& values)
{
    std::string out;
    for (const std::string& value : values) out += (out.empty() ? "" : "|") + value;
    return out;
}

std::string subject_text(const Atom& atom)
{
    if (atom.topic == Topic::Fact) return atom.name;
    for (const TopicWord& known : plain_topics)
        if (known.topic == atom.topic) return std::string(known.word);
    std::string out;
    for (const TopicWord& known : topics)
        if (known.topic == atom.topic) out = std::string(known.word);
    const std::string& tail = atom.name.empty() ? atom.attribute : atom.name;
    return tail.empty() ? out : out + "." + tail;
}

}  // namespace

Condition parse_condition(
    const TomlNode& node,
    const std::string& path,
    bool personal,
    FaultList& faults,
    std::vector<PlacedAtom>& atoms
)
{
    return Parser(path, personal, faults, atoms).parse(node, 0);
}

void check_atom(const PlacedAtom& placed, const Protocol& protocol, FaultList& faults)
{
    AtomCheck(placed, protocol, faults).run();
}

namespace {

// The states an instance can be in, and the words that it can be done with.
std::vector<std::string> duty_words(const Atom& atom, const Protocol& protocol)
{
    std::vector<std::string> out{"open", "done", "lapsed", "moot", "waived"};
    const escalation::DutyName name(atom.name.substr(0, atom.name.find('@')));
    const auto duty = protocol.duties.find(name);
    if (duty == protocol.duties.end()) return out;
    for (const auto& [word, effect] : duty->second.answers)
        if (effect == escalation::Effect::Satisfy) out.push_back(word.text());
    for (const escalation::Each& each : duty->second.each)
        for (const escalation::Word& word : each.satisfy) out.push_back(word.text());
    return out;
}

}  // namespace

std::vector<std::string> words_of(const Atom& atom, const Protocol& protocol)
{
    switch (atom.topic) {
        case Topic::Fact: {
            const auto found = protocol.facts.find(FactName(atom.name));
            if (found == protocol.facts.end()) return {};
            const Fact& fact = found->second;
            if (fact.kind == FactKind::Count || fact.kind == FactKind::Moment) return {};
            std::vector<std::string> out = fact.values;
            if (atom.op != Op::AtLeast && atom.op != Op::HeldFor) out.emplace_back("unknown");
            return out;
        }
        case Topic::Level: return level_words(protocol);
        case Topic::Duty: return duty_words(atom, protocol);
        case Topic::Rule: return {"on", "off"};
        case Topic::Window: return {"yes", "no"};
        case Topic::Register: return {"held", "empty"};
        case Topic::Incident:
        case Topic::Subject:
        case Topic::Place:
        case Topic::Contact: return attribute_words(atom, protocol);
        case Topic::Subjects:
        case Topic::Colleges:
        case Topic::AnyFact:
        case Topic::Record: return {};
    }
    return {};
}

std::string atom_text(const Atom& atom)
{
    const std::string subject = subject_text(atom);
    if (atom.op == Op::HeldFor)
        return subject + "." + joined(atom.values) + " held_for " + span_text(atom.span);
    std::string out = subject + " " + op_word(atom.op);
    if (!atom.values.empty()) out += " " + joined(atom.values);
    return out;
}

}  // namespace shouwang::config
