#include "escalation/evaluate.hpp"
#include "tests/simulation/reading.hpp"
#include "tests/simulation/way_out.hpp"

#include <algorithm>

// The third part of a reading: what people do to the incident itself. Levels that are lowered,
// cycles, lanes, protocols that are switched, incidents that are merged and split off again.
namespace shouwang::test {

using namespace escalation;

void Reading::operator()(const DutyWaived& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "waived");
    const auto* waive = std::get_if<Waive>(&command_);
    // Said to one that was merged, it may have another number here.
    const bool asked = waive != nullptr && waive->duty.name == e.duty.name &&
                       (waive->duty == e.duty || waive->incident != e.incident);
    must(asked, "5", "waived unasked:", e.duty.text());
    must(!waive->reason.empty(), "5", "waived for no reason:", e.duty.text());
    must(seen.open(), "5", "an ended duty is waived:", e.duty.text());
    must(!seen.rule->waive_by.empty(), "6", "waived, and never may be:", e.duty.text());
    seen.state = DutyState::Waived;
    for (auto& [staff, ask] : seen.asks) ask.attempts.clear();
}

void Reading::operator()(const LevelLowered& e)
{
    must(std::holds_alternative<SignEnd>(command_), "3", "the level fell by itself");
    must(e.from == incident_.level, "1", "lowered from another level");
    must(protocol().rank(e.to) < protocol().rank(e.from), "3", "lowered upwards");
    for (const auto& [name, rule] : protocol().rules)
        must(
            !after_.rules.contains(name) || protocol().rank(rule.level) <= protocol().rank(e.to) ||
                protocol().rank(after_.level) >= protocol().rank(rule.level),
            "3",
            "lowered below",
            name.text()
        );
    incident_.level = e.to;
    incident_.level_since = e.at;
}

void Reading::operator()(const SubjectIdentified&)
{
    news_of_subjects_ = true;
}

void Reading::operator()(const Reopened& e)
{
    must(
        incident_.stage == Stage::Aftercare || incident_.stage == Stage::Closed ||
            incident_.stage == Stage::FalseAlarm,
        "5",
        "reopened while it is open"
    );
    for (const auto& [name, list] : incident_.registers)
        must(list.empty(), "5", "somebody is still there from the last cycle:", name.text());
    incident_.stage = Stage::Open;
    incident_.level = e.level;
    incident_.level_since = e.at;
    incident_.signers.clear();
    incident_.hands.clear();
    live_before_ = true;
    raised_ = true;
    news_of_subjects_ = true;
}

void Reading::operator()(const ProtocolSwitched& e)
{
    incident_.protocol = oracle_.rules_.find(e.to);
    must(incident_.protocol != nullptr, "1", "switched to a protocol nobody has");
    switched_ = true;
    for (auto& [key, seen] : incident_.duties) {
        const auto rule = protocol().duties.find(key.name);
        if (rule != protocol().duties.end()) seen.rule = &rule->second;
    }
}

void Reading::operator()(const Suggested& e)
{
    must(e.with != after_.id, "5", "an incident is suggested to itself");
    must(after_.stage != Stage::Merged, "5", "a suggestion was acted upon by itself");
}

void Reading::operator()(const DrillPaused& e)
{
    must(after_.kind == Kind::Drill, "5", "a real alarm is paused");
    incident_.paused = e.paused;
}

void Reading::operator()(const Merged& e)
{
    must(std::holds_alternative<Merge>(command_), "5", "merged by itself");
    must(e.incident == after_.id, "1", "merged into itself");
    must(incident_.stage == Stage::Open, "5", "merged while it was not open");
    incident_.stage = Stage::Merged;
    // Whatever was asked in it goes on in the other one, or went on there before.
    const auto& other = oracle_.incidents_.at(e.into);
    for (const auto& [key, seen] : incident_.duties) {
        if (!seen.open()) continue;
        const auto there = std::find_if(e.duties.begin(), e.duties.end(), [&](const Carried& one) {
            return one.was == key;
        });
        must(there != e.duties.end(), "5", "an open duty was lost in a merge:", key.text());
        const auto mine = other.duties.find(there->is);
        must(mine != other.duties.end(), "5", "lost on the way:", key.text());
        // What is open in either is open in the whole, unless somebody has done it there already,
        // or it ended in this very step. A question is open whatever was decided.
        const bool goes_on = mine->second.open() || mine->second.let_go_at == now_;
        const bool done = mine->second.state == DutyState::Done && seen.rule->decision.empty();
        must(goes_on || done, "6", "settled by a merge:", key.text());
    }
    must(
        protocol().rank(other.level) >= protocol().rank(incident_.level),
        "3",
        "a merge lowers the level"
    );
    // What was worse of what is known of the two is what is known.
    for (const auto& [key, value] : incident_.facts) {
        const Fact& fact = protocol().facts.at(key.fact);
        const auto lane = e.subjects.find(key.subject);
        if (fact.kind != FactKind::Scale || value.empty()) continue;
        // Of some of them only a record says it, and what is assumed is judged anew.
        if (said_by_record(fact) || !fact.assumed.empty()) continue;
        if (lane == e.subjects.end() && fact.per_subject) continue;
        const SubjectId whose = lane == e.subjects.end() ? SubjectId{} : lane->second;
        const auto place = [&](const FactValue& words) {
            return std::find(fact.values.begin(), fact.values.end(), words.front()) -
                   fact.values.begin();
        };
        const FactValue there = other.known({whose, key.fact});
        must(
            !there.empty() && place(there) >= place(value),
            "1",
            "a merge makes it milder:",
            key.fact.text()
        );
    }
}

void Reading::operator()(const SplitOff& e)
{
    must(std::holds_alternative<Split>(command_), "5", "split off by itself");
    must(
        incident_.stage == Stage::Merged || incident_.stage == Stage::Attached,
        "5",
        "split off from nothing:",
        e.from.text()
    );
    if (incident_.stage == Stage::Merged) incident_.stage = Stage::Open;
    live_before_ = true;
}

void Reading::operator()(const DutyCarried& e)
{
    const Oracle::SeenDuty* source = nullptr;
    const auto from = oracle_.incidents_.find(e.from);
    must(from != oracle_.incidents_.end(), "1", "carried over from nowhere");
    if (const auto found = from->second.duties.find(e.was); found != from->second.duties.end())
        source = &found->second;
    const auto mine = incident_.duties.find(e.as.key);
    const bool joins = mine != incident_.duties.end();
    const auto same_clock = [&](const Oracle::SeenDuty& seen) {
        return seen.clock_start == e.as.clock_start && seen.rungs == e.as.rungs &&
               seen.due == e.as.due;
    };
    must(
        (joins && same_clock(mine->second)) || (source != nullptr && same_clock(*source)) ||
            std::any_of(
                from->second.duties.begin(),
                from->second.duties.end(),
                [&](const auto& entry) { return same_clock(entry.second); }
            ),
        "8",
        "a merge moved a clock:",
        e.as.key.text()
    );
    Oracle::SeenDuty& seen = incident_.duties[e.as.key];
    const auto rule = protocol().duties.find(e.as.key.name);
    must(rule != protocol().duties.end(), "1", "a duty the protocol does not have");
    seen.rule = &rule->second;
    seen.life = e.as.life;
    seen.state = e.as.state;
    seen.opened_level = e.as.level.empty() ? protocol().floor : e.as.level;
    seen.clock_start = e.as.clock_start;
    seen.rungs = e.as.rungs;
    seen.next_repeat = e.as.forever_next;
    seen.repeats = e.as.forever_count;
    seen.due = e.as.due;
    seen.lapses_at = e.as.lapses_at;
    seen.lapses = e.as.lapses;
    seen.parent = e.as.parent;
    seen.decided = e.as.decided;
    seen.heard_at = now_;
    seen.done_by_answer = false;
    for (const Ask& ask : e.asks) {
        Oracle::SeenAsk& known = seen.asks[ask.staff];
        known.role = ask.role;
        known.rung = ask.rung;
        known.asked_at = ask.asked_at;
        known.answer = ask.answer;
        known.satisfies = ask.satisfies;
        known.cannot = ask.cannot;
        known.unreachable = ask.unreachable;
        known.attempts = ask.attempts;
    }
    opened_.insert(e.as.key);
    carried_.insert(e.as.key);
}

// A decision that any worse news opens again is open again.
void Reading::finish_worse()
{
    if (incident_.stage != Stage::Open || incident_.paused) return;
    const auto by_any_news = [](const Condition& condition) {
        const auto is = [](const Condition& part) {
            const auto* atom = std::get_if<Atom>(&part.node);
            return atom != nullptr && atom->topic == Topic::AnyFact;
        };
        const auto* any = std::get_if<Any>(&condition.node);
        return is(condition) ||
               (any != nullptr && std::any_of(any->parts.begin(), any->parts.end(), is));
    };
    const View view{protocol(), oracle_.directory_, after_, nullptr, now_, SubjectId{}, StaffId{}};
    std::map<std::pair<DutyName, std::string>, const Oracle::SeenDuty*> newest;
    for (const auto& [key, seen] : incident_.duties) newest[{key.name, key.scope}] = &seen;
    for (const auto& [key, seen] : newest) {
        if (seen->state != DutyState::Done || seen->rule->scope != Scope::Incident) continue;
        const auto terms = seen->rule->terms.find(seen->decided);
        if (terms == seen->rule->terms.end() || !by_any_news(terms->second.reopens)) continue;
        const bool just_now = std::any_of(answered_.begin(), answered_.end(), [&](const auto& one) {
            return one.first.name == key.first;
        });
        must(
            just_now || !holds(view, seen->rule->opens),
            "6",
            "worse news, and nobody is asked again:",
            key.first.text()
        );
    }
}

}  // namespace shouwang::test
