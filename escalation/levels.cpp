#include "escalation/step.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::escalation {

namespace {

// A rule that has come to hold in this step and is grave enough to take the incident up again.
bool breaks_out_again(const Step& step)
{
    const Protocol& protocol = step.protocol();
    if (protocol.reopen_at.empty()) return false;
    return std::any_of(
        step.incident().rules.begin(),
        step.incident().rules.end(),
        [&](const RuleName& name) {
            const auto rule = protocol.rules.find(name);
            return rule != protocol.rules.end() && !step.before().rules.contains(name) &&
                   protocol.rank(rule->second.level) >= protocol.rank(protocol.reopen_at);
        }
    );
}

}  // namespace

// Which rules hold. A rule that stops holding is noted, and lowers nothing: the level rises by
// itself and falls only by a person.
bool settle_rules(Step& step)
{
    std::set<RuleName> holding;
    for (const auto& [name, rule] : step.protocol().rules)
        if (holds(step.view(), rule.when)) holding.insert(name);
    if (holding == step.incident().rules) return false;
    step.emit(RulesChanged{step.incident().id, step.now(), std::move(holding)});
    return true;
}

LevelName level_by_rules(const Step& step, const LevelName& at_least)
{
    const Protocol& protocol = step.protocol();
    LevelName level = at_least;
    for (const RuleName& name : step.incident().rules) {
        const auto rule = protocol.rules.find(name);
        if (rule != protocol.rules.end() &&
            protocol.rank(rule->second.level) > protocol.rank(level))
            level = rule->second.level;
    }
    return level;
}

void raise_to(Step& step, const LevelName& to, std::vector<RuleName> because)
{
    const Incident& incident = step.incident();
    step.emit(LevelRaised{incident.id, step.now(), incident.level, to, std::move(because)});

    std::vector<DutyKey> keys;
    for (const auto& [key, duty] : incident.duties) keys.push_back(key);
    for (const DutyKey& key : keys) raise_duty(step, key);
    tell_asked(step, step.before(), step.protocol().level_text);
}

bool settle_level(Step& step)
{
    const Incident& incident = step.incident();
    if (incident.stage == Stage::Aftercare && breaks_out_again(step)) {
        const LevelName level = level_by_rules(step, step.protocol().floor);
        begin_cycle(step, level, {}, Actor{"daemon", StaffId{}});
        return true;
    }
    if (incident.stage != Stage::Open) return false;
    const LevelName from = incident.level;
    const LevelName to = level_by_rules(step, from);
    if (to == from) return false;

    std::vector<RuleName> because;
    for (const RuleName& name : incident.rules) {
        const auto rule = step.protocol().rules.find(name);
        if (rule != step.protocol().rules.end() && rule->second.level == to)
            because.push_back(name);
    }
    raise_to(step, to, std::move(because));
    return true;
}

}  // namespace shouwang::escalation
