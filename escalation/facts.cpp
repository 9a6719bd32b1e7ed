#include "escalation/facts.hpp"

#include "escalation/limits.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::escalation {

namespace {

constexpr std::size_t count_digits_max = 6;

bool is_count(const std::string& word)
{
    return !word.empty() && word.size() <= count_digits_max &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string choices(const Fact& fact)
{
    std::string out = "one of ";
    for (const std::string& value : fact.values) out += value + ", ";
    return out + "unknown";
}

bool valid(const Fact& fact, const FactValue& value)
{
    if (value.empty()) return true;
    if (fact.kind != FactKind::Set && value.size() > 1) return false;
    return std::all_of(value.begin(), value.end(), [&](const std::string& word) {
        switch (fact.kind) {
            case FactKind::Scale:
            case FactKind::Set:
                return std::find(fact.values.begin(), fact.values.end(), word) != fact.values.end();
            case FactKind::Count: return is_count(word);
            case FactKind::Moment: return !word.empty() && word.size() <= 40;
        }
        return false;
    });
}

// The worse of two values; of those that cannot be compared, what was known first.
FactValue worse_of(const Fact& fact, const FactValue& known, const FactValue& reported)
{
    if (reported.empty()) return known;
    if (known.empty() && fact.kind != FactKind::Set) return reported;
    const auto position = [&](const std::string& word) {
        return std::find(fact.values.begin(), fact.values.end(), word) - fact.values.begin();
    };
    switch (fact.kind) {
        case FactKind::Scale:
            return position(reported.front()) > position(known.front()) ? reported : known;
        case FactKind::Count:
            return std::stoul(reported.front()) > std::stoul(known.front()) ? reported : known;
        case FactKind::Set: {
            FactValue both = known;
            for (const std::string& word : reported)
                if (std::find(both.begin(), both.end(), word) == both.end()) both.push_back(word);
            // The first of a set's values says that there is nothing.
            if (both.size() > 1) std::erase(both, fact.values.front());
            return both;
        }
        case FactKind::Moment: return known;
    }
    return known;
}

// The best there is to say of this fact.
bool is_mildest(const Fact& fact, const FactValue& value)
{
    switch (fact.kind) {
        case FactKind::Scale:
        case FactKind::Set: return value == FactValue{fact.values.front()};
        case FactKind::Count: return value == FactValue{"0"};
        case FactKind::Moment: return false;
    }
    return false;
}

}  // namespace

void check_facts(
    const Protocol& protocol,
    const std::map<FactName, FactValue>& facts,
    const std::string& pointer,
    std::vector<Missing>& faults,
    SaidBy said_by
)
{
    for (const auto& [name, value] : facts) {
        const auto fact = protocol.facts.find(name);
        if (fact == protocol.facts.end())
            faults.push_back({"fact_unknown", pointer + "/" + name.text(), "no such fact"});
        else if (fact->second.only_signed)
            faults.push_back(
                {"fact_signed", pointer + "/" + name.text(), "only a signed ending says this"}
            );
        else if (fact->second.only_recorded && said_by == SaidBy::Anybody)
            faults.push_back(
                {"fact_recorded", pointer + "/" + name.text(), "only a duty's record says this"}
            );
        else if (!valid(fact->second, value))
            faults.push_back({"fact_value", pointer + "/" + name.text(), choices(fact->second)});
    }
}

void check_recorded(
    const View& view,
    const std::map<FactName, FactValue>& facts,
    const std::string& pointer,
    std::vector<Missing>& faults
)
{
    for (const auto& [name, value] : facts) {
        const auto fact = view.protocol.facts.find(name);
        if (fact != view.protocol.facts.end() && holds(view, fact->second.only_recorded_when))
            faults.push_back(
                {"fact_recorded",
                 pointer + "/" + name.text(),
                 "only a duty's record says this of them"}
            );
    }
}

bool settle_assumed(Step& step)
{
    if (!step.incident().running()) return false;
    const Actor daemon{"daemon", StaffId{}};
    bool changed = false;
    for (const auto& [name, fact] : step.protocol().facts) {
        if (fact.assumed.empty()) continue;
        std::vector<SubjectId> lanes;
        if (fact.per_subject)
            for (const auto& [id, subject] : step.incident().subjects)
                if (!subject.closed) lanes.push_back(id);
        if (!fact.per_subject || step.incident().subjects.empty()) lanes.emplace_back();
        for (const SubjectId& lane : lanes) {
            const FactState* known = fact_of(step.incident(), lane, name);
            if (known != nullptr && known->source != assumed_source) continue;
            const View view = step.view().in_lane(lane);
            const auto first =
                std::find_if(fact.assumed.begin(), fact.assumed.end(), [&](const auto& assumption) {
                    return holds(view, assumption.when);
                });
            const FactValue before = known == nullptr ? FactValue{} : known->value;
            const FactValue now =
                first == fact.assumed.end() ? FactValue{} : FactValue{first->value};
            if (now == before) continue;
            if (now.empty())
                forget(step, lane, name, assumed_source, daemon);
            else
                set_facts(step, lane, {{name, now}}, assumed_source, step.now(), daemon);
            changed = true;
        }
    }
    return changed;
}

void check_source(
    const std::string& source, const std::string& pointer, std::vector<Missing>& faults
)
{
    check_word(source, pointer, faults);
    if (source == record_source || source == assumed_source)
        faults.push_back({"source_reserved", pointer, "nobody but the daemon is called that"});
}

void forget(
    Step& step,
    const SubjectId& subject,
    const FactName& name,
    const std::string& source,
    const Actor& by
)
{
    // What is said of nobody in particular is said of them as well.
    for (const SubjectId& whose : {subject, SubjectId{}}) {
        const auto known = step.incident().facts.find(FactKey{whose, name});
        if (known == step.incident().facts.end() || known->second.value.empty()) continue;
        step.emit(FactsSet{
            step.incident().id, step.now(), whose, {{name, {}}}, source, step.now(), by});
        if (subject.empty()) return;
    }
}

void forget_unrecorded(Step& step, const SubjectId& subject, const Actor& by)
{
    for (const auto& [name, fact] : step.protocol().facts) {
        const FactState* known = fact_of(step.incident(), subject, name);
        if (known != nullptr && known->source != record_source &&
            holds(step.view().in_lane(subject), fact.only_recorded_when))
            forget(step, subject, name, identity_source, by);
    }
}

void set_facts(
    Step& step,
    const SubjectId& subject,
    const std::map<FactName, FactValue>& facts,
    const std::string& source,
    Instant known_at,
    const Actor& by
)
{
    std::map<FactName, FactValue> of_subject;
    std::map<FactName, FactValue> of_incident;
    SubjectId lane = subject;
    if (lane.empty() && step.incident().subjects.size() == 1)
        lane = step.incident().subjects.begin()->first;
    for (const auto& [name, value] : facts) {
        const auto fact = step.protocol().facts.find(name);
        const bool per_subject =
            fact != step.protocol().facts.end() && fact->second.per_subject && !lane.empty();
        (per_subject ? of_subject : of_incident)[name] = value;
    }
    const IncidentId& id = step.incident().id;
    if (!of_incident.empty())
        step.emit(FactsSet{
            id, step.now(), SubjectId{}, std::move(of_incident), source, known_at, by});
    if (!of_subject.empty())
        step.emit(FactsSet{id, step.now(), lane, std::move(of_subject), source, known_at, by});
}

void join_facts(
    Step& step,
    const SubjectId& subject,
    const std::map<FactName, FactValue>& facts,
    const std::string& source,
    Instant known_at,
    const Actor& by,
    bool judged
)
{
    std::map<SubjectId, std::map<FactName, FactValue>> worse;
    for (const auto& [name, value] : facts) {
        const auto fact = step.protocol().facts.find(name);
        if (fact == step.protocol().facts.end()) continue;
        std::vector<SubjectId> whose{subject};
        if (fact->second.per_subject && subject.empty() && !step.incident().subjects.empty()) {
            whose.clear();
            for (const auto& [id, known] : step.incident().subjects) whose.push_back(id);
        }
        for (const SubjectId& lane : whose) {
            const FactState* state = fact_of(step.incident(), lane, name);
            const FactValue known = state == nullptr ? FactValue{} : state->value;
            // What is unknown counts as the worse case, and only a person who looked ends that.
            if (!judged && known.empty() && is_mildest(fact->second, value)) continue;
            if (source != record_source &&
                holds(step.view().in_lane(lane), fact->second.only_recorded_when))
                continue;
            FactValue joined = worse_of(fact->second, known, value);
            if (joined != known) worse[lane][name] = std::move(joined);
        }
    }
    for (const auto& [lane, changed] : worse) set_facts(step, lane, changed, source, known_at, by);
}

}  // namespace shouwang::escalation
