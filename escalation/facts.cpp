#include "escalation/facts.hpp"

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

}  // namespace

void check_facts(
    const Protocol& protocol,
    const std::map<FactName, FactValue>& facts,
    const std::string& pointer,
    std::vector<Missing>& faults
)
{
    for (const auto& [name, value] : facts) {
        const auto fact = protocol.facts.find(name);
        if (fact == protocol.facts.end())
            faults.push_back({"fact_unknown", pointer + "/" + name.text(), "no such fact"});
        else if (!valid(fact->second, value))
            faults.push_back({"fact_value", pointer + "/" + name.text(), choices(fact->second)});
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

}  // namespace shouwang::escalation
