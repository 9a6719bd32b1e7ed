#include "config/protocol_draft.hpp"

#include <algorithm>
#include <set>
#include <utility>

// Whether conditions can hold at all. The answers lean to "yes": what is called unreachable here
// really is, while some contradictions between subjects or instants go unnoticed.
namespace shouwang::config {

using escalation::All;
using escalation::Always;
using escalation::Any;
using escalation::Atom;
using escalation::Condition;
using escalation::Duty;
using escalation::DutyName;
using escalation::Each;
using escalation::Effect;
using escalation::LevelName;
using escalation::Never;
using escalation::Not;
using escalation::Op;
using escalation::Protocol;
using escalation::RegisterName;
using escalation::RuleName;
using escalation::Topic;

namespace {

using Words = std::set<std::string, std::less<>>;

struct Truth {
    bool can_hold = true;
    bool can_fail = true;
};

template <class A, class B>
bool overlap(const A& a, const B& b)
{
    return std::any_of(a.begin(), a.end(), [&](const auto& word) {
        return std::find(b.begin(), b.end(), word) != b.end();
    });
}

// What may be the case: which levels the incident may be at, which duties can open.
class World {
public:
    World(const Protocol& protocol, Words levels, std::set<DutyName> openable)
        : protocol_(protocol), levels_(std::move(levels)), openable_(std::move(openable))
    {}

    [[nodiscard]] Truth judge(const Condition& condition) const
    {
        return std::visit(Judge{*this}, condition.node);
    }
    [[nodiscard]] bool may_open(const Duty& duty) const
    {
        if (!duty.of.empty() && !enterable(duty.of)) return false;
        if (duty.each.empty()) return judge(duty.opens).can_hold;
        return std::any_of(duty.each.begin(), duty.each.end(), [&](const Each& each) {
            return judge(each.when).can_hold &&
                   (judge(duty.opens).can_hold || judge(each.early).can_hold);
        });
    }
    // Opens what can be opened, until nothing more can.
    void open_all()
    {
        for (bool grown = true; grown;) {
            grown = false;
            for (const auto& [name, duty] : protocol_.duties)
                if (!openable_.contains(name) && may_open(duty))
                    grown = openable_.insert(name).second;
        }
    }
    [[nodiscard]] bool openable(const DutyName& duty) const { return openable_.contains(duty); }

private:
    struct Judge {
        const World& world;
        Truth operator()(const Never&) const { return {false, true}; }
        Truth operator()(const Always&) const { return {true, false}; }
        Truth operator()(const Atom& atom) const { return world.judge_atom(atom); }
        Truth operator()(const All& all) const
        {
            Truth out{true, false};
            for (const Condition& part : all.parts) {
                const Truth truth = world.judge(part);
                out.can_hold = out.can_hold && truth.can_hold;
                out.can_fail = out.can_fail || truth.can_fail;
            }
            out.can_hold = out.can_hold && !world.contradicts(all);
            return out;
        }
        Truth operator()(const Any& any) const
        {
            Truth out{false, true};
            for (const Condition& part : any.parts) {
                const Truth truth = world.judge(part);
                out.can_hold = out.can_hold || truth.can_hold;
                out.can_fail = out.can_fail && truth.can_fail;
            }
            return out;
        }
        Truth operator()(const Not& negated) const
        {
            const Truth truth = world.judge(negated.parts.front());
            return {truth.can_fail, truth.can_hold};
        }
    };

    // The words an atom's subject may be at one instant; empty when it can be anything.
    [[nodiscard]] Words domain(const Atom& atom) const
    {
        if (atom.topic == Topic::Level) return levels_;
        const auto words = words_of(atom, protocol_);
        return {words.begin(), words.end()};
    }

    // The words of the domain that satisfy the atom.
    [[nodiscard]] Words satisfying(const Atom& atom) const
    {
        Words out;
        const auto order = words_of(atom, protocol_);
        const auto bound = atom.values.empty()
                               ? order.end()
                               : std::find(order.begin(), order.end(), atom.values.front());
        for (const std::string& word : domain(atom)) {
            const bool named =
                std::find(atom.values.begin(), atom.values.end(), word) != atom.values.end();
            const bool holds = atom.op == Op::IsNot ? !named
                               : atom.op == Op::AtLeast
                                   ? std::find(bound, order.end(), word) != order.end()
                                   : named;
            if (holds) out.insert(word);
        }
        return out;
    }

    [[nodiscard]] Truth judge_atom(const Atom& atom) const
    {
        switch (atom.topic) {
            case Topic::Level: {
                const Words good = satisfying(atom);
                const bool instant = atom.op == Op::Turns || atom.op == Op::HeldFor;
                return {!good.empty(), instant || good.size() < levels_.size()};
            }
            case Topic::Duty: return judge_state(atom, duty_can_be(atom));
            case Topic::Rule: return judge_rule(atom);
            case Topic::Register: return judge_register(atom);
            case Topic::Fact:
            case Topic::Window:
            case Topic::Incident:
            case Topic::Subject:
            case Topic::Subjects:
            case Topic::Colleges:
            case Topic::AnyFact:
            case Topic::Record:
            case Topic::Contact:
            case Topic::Place: return {true, true};
        }
        return {true, true};
    }

    static Truth judge_state(const Atom& atom, bool can_be)
    {
        return atom.op == Op::IsNot ? Truth{true, can_be} : Truth{can_be, true};
    }

    [[nodiscard]] bool duty_can_be(const Atom& atom) const
    {
        const DutyName name(atom.name.substr(0, atom.name.find('@')));
        const auto found = protocol_.duties.find(name);
        if (found == protocol_.duties.end()) return true;  // reported as an unknown name
        if (!openable_.contains(name)) return false;
        const Duty& duty = found->second;
        Words states{"open"};
        const bool answered =
            std::any_of(duty.answers.begin(), duty.answers.end(), [](const auto& answer) {
                return answer.second == Effect::Satisfy;
            });
        if (answered || !duty.record.empty() || judge(duty.done).can_hold) states.insert("done");
        for (const auto& [word, effect] : duty.answers)
            if (effect == Effect::Satisfy) states.insert(word.text());
        for (const Each& each : duty.each)
            for (const escalation::Word& word : each.satisfy) states.insert(word.text());
        if (!duty.waive_by.empty()) states.insert("waived");
        if (duty.lapses) states.insert("lapsed");
        const auto never = [](const Condition& condition) {
            return std::holds_alternative<Never>(condition.node);
        };
        if (!never(duty.moot) || !never(duty.renews) || duty.on_lapse == escalation::Lapse::Open)
            states.insert("moot");
        return overlap(atom.values, states);
    }

    [[nodiscard]] Truth judge_rule(const Atom& atom) const
    {
        const auto found = protocol_.rules.find(RuleName(atom.name));
        // A rule about itself is read as one that may hold.
        if (found == protocol_.rules.end() || judging_.contains(found->first)) return {true, true};
        judging_.insert(found->first);
        const Truth truth = judge(found->second.when);
        judging_.erase(found->first);
        if (atom.op == Op::Fires) return {truth.can_hold, true};
        const bool on = overlap(atom.values, Words{"on"});
        const bool off = overlap(atom.values, Words{"off"});
        const Truth named{
            (on && truth.can_hold) || (off && truth.can_fail),
            (!on && truth.can_hold) || (!off && truth.can_fail)};
        return atom.op == Op::IsNot ? Truth{named.can_fail, named.can_hold} : named;
    }

    [[nodiscard]] Truth judge_register(const Atom& atom) const
    {
        const bool held = enterable(RegisterName(atom.name));
        if (atom.op == Op::Has) return {held, true};
        const bool names_held = overlap(atom.values, Words{"held"});
        const bool names_empty = overlap(atom.values, Words{"empty"});
        const Truth named{
            names_empty || (names_held && held), !names_empty || (!names_held && held)};
        return atom.op == Op::IsNot ? Truth{named.can_fail, named.can_hold} : named;
    }

    // Some duty that can open takes a word that enters the register, or anybody may enter.
    [[nodiscard]] bool enterable(const RegisterName& name) const
    {
        const auto found = protocol_.registers.find(name);
        if (found == protocol_.registers.end()) return true;
        const escalation::Register& rules = found->second;
        if (rules.anyone || !rules.rank.empty()) return true;
        return std::any_of(openable_.begin(), openable_.end(), [&](const DutyName& duty) {
            const bool counts = rules.by.empty() || overlap(rules.by, std::set<DutyName>{duty});
            const auto& answers = protocol_.duties.at(duty).answers;
            return counts && std::any_of(answers.begin(), answers.end(), [&](const auto& answer) {
                       return overlap(rules.enters, std::set<escalation::Word>{answer.first});
                   });
        });
    }

    static bool single_valued(const Atom& atom, const Protocol& protocol)
    {
        if (atom.op != Op::Is && atom.op != Op::IsNot && atom.op != Op::AtLeast) return false;
        switch (atom.topic) {
            case Topic::Fact: {
                // Of several subjects one may be this and another that.
                const auto fact = protocol.facts.find(escalation::FactName(atom.name));
                return fact != protocol.facts.end() && !fact->second.per_subject &&
                       fact->second.kind == escalation::FactKind::Scale;
            }
            case Topic::Level:
            case Topic::Window:
            case Topic::Register:
            case Topic::Rule:
            case Topic::Incident: return true;
            case Topic::Place: return atom.attribute != "campus";
            case Topic::Duty:
            case Topic::Subject:
            case Topic::Subjects:
            case Topic::Colleges:
            case Topic::AnyFact:
            case Topic::Record:
            case Topic::Contact: return false;
        }
        return false;
    }

    static void atoms_of(const All& all, std::vector<const Atom*>& out)
    {
        for (const Condition& part : all.parts) {
            if (const auto* atom = std::get_if<Atom>(&part.node)) out.push_back(atom);
            if (const auto* inner = std::get_if<All>(&part.node)) atoms_of(*inner, out);
        }
    }

    [[nodiscard]] bool contradicts(const All& all) const
    {
        std::vector<const Atom*> atoms;
        atoms_of(all, atoms);
        std::map<std::string, Words> left;
        for (const Atom* atom : atoms) {
            if (!single_valued(*atom, protocol_)) continue;
            const std::string subject = std::to_string(static_cast<int>(atom->topic)) + "/" +
                                        atom->name + "/" + atom->attribute;
            const auto [entry, fresh] = left.try_emplace(subject, domain(*atom));
            const Words good = satisfying(*atom);
            std::erase_if(entry->second, [&](const std::string& word) {
                return !good.contains(word);
            });
            if (entry->second.empty()) return true;
        }
        return false;
    }

    const Protocol& protocol_;
    Words levels_;
    std::set<DutyName> openable_;
    mutable std::set<RuleName> judging_;
};

Words levels_between(const Protocol& protocol, std::size_t from, std::size_t to)
{
    Words out;
    for (std::size_t i = from; i <= to && i < protocol.levels.size(); ++i)
        out.insert(protocol.levels[i].name.text());
    return out;
}

std::set<DutyName> every_duty(const Protocol& protocol)
{
    std::set<DutyName> out;
    for (const auto& [name, duty] : protocol.duties) out.insert(name);
    return out;
}

World world_at(const Protocol& protocol, const LevelName& level)
{
    return {protocol, {level.text()}, every_duty(protocol)};
}

}  // namespace

bool may_be_open_at(const Protocol& protocol, const Duty& duty, const LevelName& level)
{
    World so_far(
        protocol, levels_between(protocol, protocol.rank(protocol.floor), protocol.rank(level)), {}
    );
    so_far.open_all();
    if (!so_far.openable(duty.name)) return false;
    const World here = world_at(protocol, level);
    return here.judge(duty.moot).can_fail && here.judge(duty.done).can_fail;
}

bool surely_holds_at(const Protocol& protocol, const Condition& condition, const LevelName& level)
{
    return !world_at(protocol, level).judge(condition).can_fail;
}

bool surely_fails_at(const Protocol& protocol, const Condition& condition, const LevelName& level)
{
    return !world_at(protocol, level).judge(condition).can_hold;
}

void check_reach(ProtocolDraft& draft)
{
    const Protocol& protocol = draft.protocol;
    if (protocol.levels.empty()) return;
    World world(
        protocol,
        levels_between(protocol, protocol.rank(protocol.floor), protocol.levels.size()),
        {}
    );
    world.open_all();
    const std::string hint =
        "a level below the floor, values that exclude each other, or duties that only open "
        "each other";
    for (const auto& [name, duty] : protocol.duties)
        if (!world.openable(name))
            draft.faults.add(
                draft.place("duty." + name.text() + ".opens"),
                "duty." + name.text() + " can never open",
                hint
            );
    for (const auto& [name, rule] : protocol.rules)
        if (!world.judge(rule.when).can_hold)
            draft.faults.add(
                draft.place("rule." + name.text() + ".when"),
                "rule." + name.text() + " can never hold",
                hint
            );
    for (const auto& [name, inform] : protocol.informs)
        if (!world.judge(inform.when).can_hold)
            draft.faults.add(
                draft.place("inform." + name.text() + ".when"),
                "inform." + name.text() + " is never sent",
                hint
            );
    for (const escalation::Phase& phase : protocol.phases)
        if (!world.judge(phase.when).can_hold)
            draft.faults.add(
                draft.place("phase." + phase.name),
                "phase " + phase.name + " is never reached",
                hint
            );
}

}  // namespace shouwang::config
