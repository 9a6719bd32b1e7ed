#include "escalation/step.hpp"

#include <algorithm>

namespace shouwang::escalation {

namespace {

const DutyInstance* latest(const Incident& incident, const DutyName& name, const std::string& scope)
{
    const DutyInstance* out = nullptr;
    for (const auto& [key, duty] : incident.duties)
        if (key.name == name && key.scope == scope) out = &duty;  // generations come in order
    return out;
}

// Everything a duty has one instance for, as far as is known now.
std::vector<std::string> members(const Step& step, const Duty& duty)
{
    const Incident& incident = step.incident();
    std::set<std::string> out;
    switch (duty.scope) {
        case Scope::Incident: out.insert(""); break;
        case Scope::College: {
            for (const auto& [id, subject] : incident.subjects)
                if (!subject.closed)
                    out.insert(subject.college.empty() ? "-" : subject.college.text());
            if (incident.subjects.empty()) out.insert("-");
            break;
        }
        case Scope::Each:
            for (const Each& each : duty.each) out.insert(each.role.text());
            break;
        case Scope::Subject:
            for (const auto& [id, subject] : incident.subjects)
                if (!subject.closed) out.insert(id.text());
            break;
        case Scope::Person: {
            const auto found = incident.registers.find(duty.of);
            if (found != incident.registers.end())
                for (const RegisterEntry& entry : found->second) out.insert(entry.staff.text());
            break;
        }
    }
    // Instances of members that are gone still have to end.
    for (const auto& [key, instance] : incident.duties)
        if (key.name == duty.name) out.insert(key.scope);
    return {out.begin(), out.end()};
}

const RegisterEntry* entry_in(
    const Incident& incident, const RegisterName& name, const StaffId& who
)
{
    const auto found = incident.registers.find(name);
    if (found == incident.registers.end()) return nullptr;
    const auto entry = std::find_if(
        found->second.begin(),
        found->second.end(),
        [&](const RegisterEntry& candidate) { return candidate.staff == who; }
    );
    return entry == found->second.end() ? nullptr : &*entry;
}

// Unless everybody whom it is about has left: a duty about somebody nobody knew goes on when they
// are identified, beside the one of their own college.
bool in_play(const Incident& incident, const Duty& duty, const std::string& scope)
{
    if (duty.scope != Scope::Subject && duty.scope != Scope::College) return true;
    bool left = false;
    for (const auto& [id, subject] : incident.subjects) {
        const std::string about = duty.scope == Scope::Subject ? id.text()
                                  : subject.college.empty()    ? "-"
                                                               : subject.college.text();
        if (about != scope) continue;
        if (!subject.closed) return true;
        left = true;
    }
    return !left;
}

bool wanted(const Step& step, const Duty& duty, const std::string& scope)
{
    // Nobody is called out any more in aftercare; what was promised for afterwards begins there.
    if (step.incident().stage == Stage::Aftercare && duty.duty_class == DutyClass::Life)
        return false;
    if (step.incident().kind == Kind::Drill && !duty.in_drills) return false;
    if ((step.incident().kind == Kind::Test) != duty.roll_call) return false;
    const View view = step.view_of(duty, scope);
    if (duty.scope == Scope::Person)
        return entry_in(step.incident(), duty.of, StaffId(scope)) != nullptr &&
               holds(view, duty.opens);
    if (const Each* entry = step.entry_of(duty, scope))
        return holds(view, entry->when) && (holds(view, duty.opens) || holds(view, entry->early));
    return holds(view, duty.opens);
}

// The duty whose answer put this person where the new one starts.
const DutyInstance* parent_of(const Incident& incident, const Duty& duty, const StaffId& who)
{
    const RegisterEntry* entry = entry_in(incident, duty.of, who);
    if (entry == nullptr) return nullptr;
    const DutyInstance* out = nullptr;
    for (const auto& [key, candidate] : incident.duties) {
        const auto ask = candidate.asks.find(who);
        if (key.name == duty.name || ask == candidate.asks.end() || !ask->second.satisfies)
            continue;
        // What they said before they last came into the register is over, its arrival time too.
        if (ask->second.answered_at < entry->since) continue;
        if (out == nullptr || out->asks.at(who).answered_at < ask->second.answered_at)
            out = &candidate;
    }
    return out;
}

std::optional<Instant> due_of(const Step& step, const Duty& duty, const std::string& scope)
{
    if (duty.due.empty()) return std::nullopt;
    const View view = step.view_of(duty, scope);
    RoleName role;
    if (duty.scope == Scope::Person) {
        const StaffId who(scope);
        if (const RegisterEntry* entry = entry_in(step.incident(), duty.of, who))
            role = entry->role;
        if (const DutyInstance* parent = parent_of(step.incident(), duty, who))
            if (const auto& eta = parent->asks.at(who).eta) return *eta + duty.eta_grace;
    }
    for (const DueRule& rule : duty.due) {
        if (!rule.role.empty() && rule.role != role) continue;
        if (!holds(view, rule.when)) continue;
        if (rule.from_level) return std::max(step.now(), step.incident().level_since + rule.span);
        if (rule.workdays == 0) return step.now() + rule.span;
        return after_workdays(step.directory(), step.protocol(), step.now(), rule.workdays);
    }
    return std::nullopt;
}

// It ended in an earlier cycle, or about somebody who turned out to be somebody else: what is
// called for now is called for anew.
bool of_the_past(const Incident& incident, const Duty& duty, const DutyInstance& instance)
{
    if (incident.cycle > 1 && instance.opened_at < incident.opened_at) return true;
    const auto corrected = [&](const Subject& subject) {
        return subject.corrected_at && instance.opened_at < *subject.corrected_at;
    };
    if (duty.scope != Scope::Subject && duty.scope != Scope::College) return false;
    return std::any_of(incident.subjects.begin(), incident.subjects.end(), [&](const auto& entry) {
        const std::string& about =
            duty.scope == Scope::Subject ? entry.first.text() : entry.second.college.text();
        return about == instance.key.scope && corrected(entry.second);
    });
}

// Whether what it was decided with no longer settles the question.
bool asked_anew(const Step& step, const Duty& duty, const DutyInstance& instance, const View& view)
{
    const auto before = step.before().duties.find(instance.key);
    if (instance.state != DutyState::Done) return false;
    // One that a merge brought was decided with what the other incident knew.
    const bool stood = before == step.before().duties.end()
                           ? instance.ended_at && *instance.ended_at < step.now()
                           : before->second.state == DutyState::Done;
    if (!stood) return false;
    const auto terms = duty.terms.find(instance.decided);
    return terms != duty.terms.end() &&
           holds(view.since(*instance.ended_at), terms->second.reopens);
}

void open(Step& step, const Duty& duty, const std::string& scope, unsigned generation)
{
    const Incident& incident = step.incident();
    DutyOpened event;
    event.incident = incident.id;
    event.at = step.now();
    event.duty = {duty.name, scope, generation};
    event.life = duty.duty_class == DutyClass::Life;
    event.level = incident.level;
    event.clock_start = step.now();
    event.due = due_of(step, duty, scope);
    event.rungs = rungs_for(duty, incident.level, event.clock_start, event.due);
    if (duty.lapses) event.lapses_at = event.due.value_or(event.clock_start) + *duty.lapses;
    if (duty.scope == Scope::Person)
        if (const DutyInstance* parent = parent_of(incident, duty, StaffId(scope)))
            event.parent = parent->key;
    const bool ladderless = event.rungs.empty();
    const DutyKey key = event.duty;
    const Instant start = event.clock_start;
    step.emit(std::move(event));
    if (ladderless && duty.forever)
        step.emit(RepeatArmed{incident.id, step.now(), key, start + repeats_every(step, duty, key)}
        );
}

// Was it circumstances that ended it, so that circumstances may open it again? A record ends it
// for good, also when nobody on the roster is behind the account that wrote it.
bool ended_by_circumstances(const Incident& incident, const DutyInstance& instance)
{
    return instance.state == DutyState::Done && instance.ended_by.empty() &&
           std::none_of(
               incident.records.begin(),
               incident.records.end(),
               [&](const Record& record) { return record.duty == instance.key; }
           );
}

bool settle_instance(Step& step, const Duty& duty, const std::string& scope)
{
    const Incident& incident = step.incident();
    const DutyInstance* instance = latest(incident, duty.name, scope);
    // Only the duty that opens reports belongs to a report under review, and only there.
    const bool right_stage = (duty.on_lapse == Lapse::Open) == (incident.stage == Stage::Review);
    const View view = step.view_of(duty, scope);

    if (instance == nullptr) {
        if (!right_stage || !wanted(step, duty, scope)) return false;
        open(step, duty, scope, 1);
        return true;
    }
    // One that this very step opened needs no renewing by what opened it.
    const bool fresh = !step.before().duties.contains(instance->key);
    const bool anew = (!fresh && holds(view.since(instance->opened_at), duty.renews)) ||
                      asked_anew(step, duty, *instance, view);
    if (anew && wanted(step, duty, scope) && step.renew_once(duty.name, scope)) {
        const unsigned generation = instance->key.generation + 1;
        if (instance->open()) step.emit(DutyMoot{incident.id, step.now(), instance->key});
        open(step, duty, scope, generation);
        return true;
    }
    if (instance->open()) {
        if (holds(view, duty.done)) {
            step.emit(DutyDone{incident.id, step.now(), instance->key, StaffId{}});
            return true;
        }
        const bool over = !in_play(incident, duty, scope) ||
                          (incident.stage == Stage::Aftercare && instance->life);
        if (over || holds(view, duty.moot) || (!right_stage && duty.on_lapse == Lapse::Open)) {
            step.emit(DutyMoot{incident.id, step.now(), instance->key});
            return true;
        }
        return false;
    }
    if (duty.scope == Scope::Person) {
        const RegisterEntry* entry = entry_in(incident, duty.of, StaffId(scope));
        if (entry == nullptr || !instance->ended_at || entry->since < *instance->ended_at ||
            entry->since <= instance->opened_at)
            return false;
        if (holds(view, duty.done) || holds(view, duty.moot)) return false;
        open(step, duty, scope, instance->key.generation + 1);
        return true;
    }
    if (of_the_past(incident, duty, *instance) && right_stage && !holds(view, duty.done) &&
        !holds(view, duty.moot) && wanted(step, duty, scope)) {
        open(step, duty, scope, instance->key.generation + 1);
        return true;
    }
    const bool circumstances = !std::holds_alternative<Never>(duty.done.node);
    if (circumstances && right_stage && ended_by_circumstances(incident, *instance) &&
        !holds(view, duty.done) && !holds(view, duty.moot) && wanted(step, duty, scope)) {
        step.emit(DutyReopened{incident.id, step.now(), instance->key, StaffId{}});
        return true;
    }
    return false;
}

}  // namespace

bool anybody_satisfies(const Step& step, const DutyInstance& duty)
{
    return std::any_of(duty.asks.begin(), duty.asks.end(), [&](const auto& entry) {
        if (!entry.second.satisfies) return false;
        // Somebody whose arrival lapsed for good is no longer counted on, until they are back in
        // the register that expects it.
        for (const auto& [key, child] : step.incident().duties) {
            if (child.state != DutyState::Lapsed || child.parent != duty.key ||
                key.scope != entry.first.text())
                continue;
            const Duty* expects = step.definition(key.name);
            if (expects == nullptr || expects->on_lapse != Lapse::Parent) continue;
            const RegisterEntry* back = entry_in(step.incident(), expects->of, entry.first);
            if (back == nullptr || back->since < child.ended_at) return false;
        }
        return true;
    });
}

void reopen_unless_satisfied(Step& step, const DutyKey& key, const StaffId& who)
{
    const DutyInstance& duty = step.incident().duties.at(key);
    if (duty.state != DutyState::Done || anybody_satisfies(step, duty)) return;
    step.emit(DutyReopened{step.incident().id, step.now(), key, who});
    // Nor do those count any more whose own arrival lapsed while somebody else was still coming.
    std::vector<StaffId> stale;
    for (const auto& [staff, ask] : duty.asks)
        if (ask.satisfies) stale.push_back(staff);
    for (const StaffId& staff : stale)
        step.emit(DutyReopened{step.incident().id, step.now(), key, staff});
}

bool settle_duties(Step& step)
{
    bool changed = false;
    for (const DutyName& name : step.protocol().duty_order) {
        const Duty* duty = step.definition(name);
        if (duty == nullptr) continue;
        for (const std::string& scope : members(step, *duty))
            changed |= settle_instance(step, *duty, scope);
    }
    return changed;
}

void settle_informs(Step& step)
{
    if (step.incident().stage != Stage::Open || step.incident().kind == Kind::Test) return;
    for (const auto& [name, inform] : step.protocol().informs) {
        if (step.incident().informed.contains(name) || !holds(step.view(), inform.when)) continue;
        for (const Person& person : step.people_of(inform.to, nullptr, {}))
            step.inform(person, name, inform.text, inform.by);
    }
}

void settle_check(Step& step)
{
    std::optional<Instant> check;
    std::optional<Instant> turn;
    const View view = step.view();
    const auto earlier = [](std::optional<Instant>& so_far, const std::optional<Instant>& at) {
        if (at && (!so_far || *at < *so_far)) so_far = at;
    };
    const auto consider = [&](const Condition& condition) {
        earlier(check, next_check(view, condition));
        earlier(turn, next_turn(view, condition));
    };
    if (step.incident().live()) {
        for (const auto& [name, rule] : step.protocol().rules) consider(rule.when);
        for (const auto& [name, duty] : step.protocol().duties) {
            for (const Condition* condition : {&duty.opens, &duty.done, &duty.moot, &duty.renews})
                consider(*condition);
            for (const Each& each : duty.each) {
                consider(each.when);
                consider(each.early);
            }
            for (const auto& [word, terms] : duty.terms) consider(terms.reopens);
        }
        for (const auto& [name, inform] : step.protocol().informs)
            if (!step.incident().informed.contains(name)) consider(inform.when);
    }
    if (check != step.incident().check_at || turn != step.incident().turns_at)
        step.emit(CheckArmed{step.incident().id, step.now(), check, turn});
}

}  // namespace shouwang::escalation
