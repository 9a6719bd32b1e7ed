#include "escalation/limits.hpp"
#include "escalation/refusal.hpp"
#include "escalation/step.hpp"

#include <algorithm>

namespace shouwang::escalation {

namespace {

// What a word does to this instance; nullopt when it does not understand the word.
std::optional<Effect> effect_of(
    const Step& step, const Duty& duty, const DutyKey& key, const Word& word
)
{
    const Each* entry = step.entry_of(duty, key.scope);
    const bool own_words = entry != nullptr && !entry->satisfy.empty();
    if (own_words &&
        std::find(entry->satisfy.begin(), entry->satisfy.end(), word) != entry->satisfy.end())
        return Effect::Satisfy;
    const auto found = duty.answers.find(word);
    if (found == duty.answers.end()) return std::nullopt;
    if (own_words && found->second == Effect::Satisfy) return Effect::Note;
    return found->second;
}

bool pending(const DutyInstance& instance, const StaffId& staff)
{
    if (!instance.open()) return false;
    const auto ask = instance.asks.find(staff);
    return ask == instance.asks.end() || (!ask->second.satisfies && !ask->second.cannot);
}

struct Candidates {
    std::vector<DutyKey> asked;    // of this person, open, and not settled by them
    std::vector<DutyKey> pending;  // open, and theirs to answer without being asked
    std::vector<DutyKey> others;   // theirs, but settled
    std::vector<DutyKey> notes;    // nobody asked them, and the word would change nothing
};

Candidates candidates(const Step& step, const StaffId& staff, const Word& word)
{
    Candidates out;
    for (const auto& [key, instance] : step.incident().duties) {
        const Duty* duty = step.definition(key.name);
        if (duty == nullptr || instance.state == DutyState::Moot) continue;
        const auto effect = effect_of(step, *duty, key, word);
        if (!effect || !may_speak_to(step, instance, staff)) continue;
        if (*effect == Effect::Note && !instance.asks.contains(staff))
            out.notes.push_back(key);
        else if (!pending(instance, staff))
            out.others.push_back(key);
        else
            (instance.asks.contains(staff) ? out.asked : out.pending).push_back(key);
    }
    return out;
}

// Returns whether they were in it.
bool leave(Step& step, const RegisterName& name, const StaffId& staff)
{
    if (!in_register(step.incident(), name, staff)) return false;
    step.emit(RegisterLeft{step.incident().id, step.now(), name, staff});
    return true;
}

// Returns whether they are in it now.
bool enter(Step& step, const Register& rules, const StaffId& staff, const RoleName& role)
{
    if (in_register(step.incident(), rules.name, staff)) return true;
    const auto rank = rank_in(step, rules, staff, role);
    if (!rank) return false;
    if (rules.one) {
        const auto found = step.incident().registers.find(rules.name);
        if (found != step.incident().registers.end() && !found->second.empty()) {
            const RegisterEntry holder = found->second.front();
            const auto held = rank_in(step, rules, holder.staff, holder.role);
            // Whom somebody appointed who may has no rank, and stays until that is taken back.
            if (!held || *held <= *rank) return false;
            leave(step, rules.name, holder.staff);
        }
    }
    const RoleName as = role.empty() && !rules.rank.empty() ? rules.rank[*rank] : role;
    step.emit(RegisterEntered{step.incident().id, step.now(), rules.name, staff, as});
    return true;
}

// Moves a person between registers as their word says; false when the word moves them nowhere.
// `duty` is empty for somebody not asked.
bool keep_registers(
    Step& step, const Word& word, const DutyName& duty, const StaffId& staff, const RoleName& role
)
{
    const auto has = [&](const std::vector<Word>& words) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    bool any = false;
    for (const auto& [name, rules] : step.protocol().registers) {
        const bool counts =
            rules.by.empty() || std::find(rules.by.begin(), rules.by.end(), duty) != rules.by.end();
        if (duty.empty() && !rules.anyone && rules.rank.empty() &&
            !in_register(step.incident(), name, staff))
            continue;
        if (has(rules.leaves)) any |= leave(step, name, staff);
        if (has(rules.enters) && counts) any |= enter(step, rules, staff, role);
    }
    return any;
}

void renew(Step& step, const Duty& duty, const DutyKey& key, std::optional<Instant> eta)
{
    const DutyInstance& instance = step.incident().duties.at(key);
    if (!instance.open() || !eta) return;
    const Instant due = *eta + duty.eta_grace;
    DutyRenewed event{step.incident().id, step.now(), key, instance.rungs, due, instance.lapses_at};
    for (std::size_t i = 0; i < event.rungs.size(); ++i) {
        const Ladder& ladder = duty.ladder_at(event.rungs[i].level);
        if (i < ladder.size() && ladder[i].after_due)
            event.rungs[i] = {event.rungs[i].level, due + ladder[i].after, {}};
    }
    if (duty.lapses) event.lapses_at = due + *duty.lapses;
    step.emit(std::move(event));
}

void give(Step& step, const Answer& command, const DutyKey& key, std::optional<Instant> eta)
{
    const Duty& duty = *step.definition(key.name);
    const DutyInstance& instance = step.incident().duties.at(key);
    // Only a word handed on by the duty of an arrival may be unknown here: they are not coming.
    const Effect effect = effect_of(step, duty, key, command.word).value_or(Effect::Reopen);
    const auto asked = instance.asks.find(command.staff);
    const RoleName role = asked == instance.asks.end() ? RoleName{} : asked->second.role;
    const bool satisfied = asked != instance.asks.end() && asked->second.satisfies;
    const bool declined = asked != instance.asks.end() && asked->second.cannot;
    const bool was_open = instance.open();
    const std::optional<DutyKey> parent = instance.parent;
    const bool keeps = effect == Effect::Note || effect == Effect::Renew;
    const IncidentId& id = step.incident().id;

    step.emit(Answered{
        id,
        step.now(),
        key,
        command.staff,
        command.word,
        eta,
        command.reason,
        command.by,
        command.via,
        effect == Effect::Satisfy || (keeps && satisfied),
        effect == Effect::NextRung || (keeps && declined),
        !was_open,
        command.heard_by,
        command.fields});
    switch (effect) {
        case Effect::Note: break;
        case Effect::Satisfy:
            if (was_open) step.emit(DutyDone{id, step.now(), key, command.staff, command.word});
            break;
        case Effect::NextRung:
        case Effect::Reopen:
            if (satisfied) reopen_unless_satisfied(step, key, command.staff);
            // Whoever has declined already sets nothing off by saying it again.
            if (effect == Effect::NextRung && !declined)
                go_on_at_once(step, key, RungBecause::Cannot);
            break;
        case Effect::Renew: renew(step, duty, key, eta); break;
        case Effect::Parent:
            if (parent && step.incident().duties.contains(*parent))
                give(step, command, *parent, eta);
            break;
    }
    keep_registers(step, command.word, key.name, command.staff, role);
}

// What a word must say besides, and who may say it, before it counts for this duty.
std::optional<Refusal> against_terms(const Step& step, const Answer& command, const DutyKey& key)
{
    const Duty& duty = *step.definition(key.name);
    const auto terms = duty.terms.find(command.word);
    std::vector<Missing> faults;
    for (const auto& [name, value] : command.fields) {
        const bool known =
            name == "at" || name == "note" ||
            (terms != duty.terms.end() &&
             std::find(terms->second.needs.begin(), terms->second.needs.end(), name) !=
                 terms->second.needs.end());
        if (!known) faults.push_back({"field_unknown", "/fields/" + name, "no such field"});
        check_length(value, "/fields/" + name, field_bytes_max, faults);
    }
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
    Refusal out{Refusal::Because::Refused, refused_by(step, duty, key, command.fields)};
    if (terms != duty.terms.end()) {
        for (const std::string& field : terms->second.needs) {
            const auto given = command.fields.find(field);
            const bool there = field == "reason"
                                   ? !command.reason.empty()
                                   : given != command.fields.end() && !given->second.empty();
            if (!there)
                out.missing.push_back({"needs_" + field, "/" + field, field + " is needed"});
        }
        if (!terms->second.from.empty() &&
            !is_one_of(step, terms->second.from, command.staff, &duty, key.scope))
            out.missing.push_back(
                {"not_entitled", "/staff", "this person's role does not decide that"}
            );
    }
    if (out.missing.empty()) return std::nullopt;
    return out;
}

bool only_noted(const Step& step, const DutyKey& key, const Word& word)
{
    return effect_of(step, *step.definition(key.name), key, word) == Effect::Note;
}

// Of several asks that know the word, those it does something to: "received" is no answer to choose
// between a duty it satisfies and one that only takes note of it. All of them when it moves none.
std::vector<DutyKey> moved_by(const Step& step, const std::vector<DutyKey>& keys, const Word& word)
{
    std::vector<DutyKey> out;
    for (const DutyKey& key : keys)
        if (!only_noted(step, key, word)) out.push_back(key);
    return out.empty() ? keys : out;
}

std::string list_of(const std::vector<DutyKey>& keys)
{
    std::string out;
    for (const DutyKey& key : keys) out += (out.empty() ? "" : ", ") + key.text();
    return out;
}

Refusal ask_needed(const std::vector<DutyKey>& keys)
{
    Refusal out{Refusal::Because::Refused, {}};
    for (const DutyKey& key : keys) out.missing.push_back({"ask_needed", "/ask", key.text()});
    return out;
}

}  // namespace

bool in_register(const Incident& incident, const RegisterName& name, const StaffId& staff)
{
    const auto found = incident.registers.find(name);
    return found != incident.registers.end() &&
           std::any_of(found->second.begin(), found->second.end(), [&](const RegisterEntry& entry) {
               return entry.staff == staff;
           });
}

std::optional<std::size_t> rank_in(
    const Step& step, const Register& rules, const StaffId& staff, const RoleName& role
)
{
    if (rules.rank.empty()) return 0;
    for (std::size_t i = 0; i < rules.rank.size(); ++i) {
        if (rules.rank[i] == role) return i;
        const auto people = resolve(
            step.protocol(), step.directory(), step.incident(), rules.rank[i], {}, step.now()
        );
        for (const Person& person : people.people)
            if (person.staff == staff) return i;
    }
    return std::nullopt;
}

bool may_speak_to(const Step& step, const DutyInstance& instance, const StaffId& staff)
{
    const Duty* duty = step.definition(instance.key.name);
    if (duty == nullptr || staff.empty()) return false;
    if (instance.asks.contains(staff)) return true;
    if (duty->scope == Scope::Person && instance.key.scope == staff.text()) return true;
    return is_one_of(step, duty->answer_from, staff, duty, instance.key.scope);
}

bool is_one_of(
    const Step& step,
    const std::vector<Target>& targets,
    const StaffId& staff,
    const Duty* duty,
    const std::string& scope
)
{
    if (staff.empty()) return false;
    const std::string roles_of = duty == nullptr ? std::string() : role_scope(*duty, scope);
    return std::any_of(targets.begin(), targets.end(), [&](const Target& target) {
        switch (target.kind) {
            case Target::Kind::Role: {
                const auto people = resolve(
                                        step.protocol(),
                                        step.directory(),
                                        step.incident(),
                                        RoleName(target.name),
                                        roles_of,
                                        step.now()
                )
                                        .people;
                return std::any_of(people.begin(), people.end(), [&](const Person& person) {
                    return person.staff == staff;
                });
            }
            case Target::Kind::Register:
                return in_register(step.incident(), RegisterName(target.name), staff);
            case Target::Kind::Self: return duty != nullptr && scope == staff.text();
            case Target::Kind::Doer:
                return step.doer_of(DutyName(target.name), duty, scope) == staff;
            case Target::Kind::Slot: return false;
        }
        return false;
    });
}

std::vector<Missing> refused_by(
    const Step& step,
    const Duty& duty,
    const DutyKey& key,
    const std::map<std::string, std::string>& fields
)
{
    View view = step.view_of(duty, key.scope);
    view.record = &fields;
    const auto subject = step.incident().subjects.find(view.lane);
    for (const RecordField& field : duty.record) {
        const auto given = fields.find(field.name);
        if (!field.contact || given == fields.end() || subject == step.incident().subjects.end())
            continue;
        const auto [first, last] = step.directory().guardians.equal_range(subject->second.student);
        for (auto it = first; it != last; ++it)
            if (std::to_string(it->second.order) == given->second) view.contact = &it->second;
    }
    std::vector<Missing> out;
    for (const RefuseWhen& refuse : duty.refuse)
        if (holds(view, refuse.when)) out.push_back({refuse.code, "", refuse.detail});
    return out;
}

std::optional<Refusal> answer(Step& step, const Answer& command)
{
    std::vector<Missing> faults;
    check_length(command.reason, "/reason", reason_bytes_max, faults);
    check_length(command.heard_by, "/heard_by", line_bytes_max, faults);
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
    const std::optional<Instant> eta =
        command.eta ? std::optional(step.now() + *command.eta) : std::nullopt;
    if (!step.incident().live())
        return refused("ended", "", "the incident has ended; nothing is asked any more");
    if (step.directory().person(command.staff) == nullptr)
        return Refusal{
            Refusal::Because::Invalid,
            {{"staff_unknown", "/staff", "nobody on the roster has this id"}}};

    const Candidates found = candidates(step, command.staff, command.word);
    if (command.ask) {
        std::vector<DutyKey> all;
        for (const auto* keys : {&found.asked, &found.pending, &found.others, &found.notes})
            all.insert(all.end(), keys->begin(), keys->end());
        if (std::find(all.begin(), all.end(), *command.ask) == all.end())
            return refused(
                "not_asked",
                "/ask",
                all.empty() ? "this person is not asked anything this word answers"
                            : "this person can answer with this word: " + list_of(all)
            );
        if (auto refusal = against_terms(step, command, *command.ask)) return refusal;
        give(step, command, *command.ask, eta);
        return std::nullopt;
    }
    for (const auto* known : {&found.asked, &found.pending, &found.others, &found.notes}) {
        const std::vector<DutyKey> keys = moved_by(step, *known, command.word);
        if (keys.empty()) continue;
        // Who has read a message that asks several things has read all of them; but only they can
        // say which of several things they promise.
        const bool notes = known == &found.asked && only_noted(step, keys.front(), command.word);
        if (keys.size() > 1 && !notes) return ask_needed(keys);
        for (const DutyKey& key : keys)
            if (auto refusal = against_terms(step, command, key)) return refusal;
        for (const DutyKey& key : keys) give(step, command, key, eta);
        return std::nullopt;
    }
    if (keep_registers(step, command.word, DutyName{}, command.staff, RoleName{}))
        return std::nullopt;
    return refused(
        "not_asked", "/staff", "this person was not paged for anything this word answers"
    );
}

}  // namespace shouwang::escalation
