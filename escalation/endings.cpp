#include "escalation/endings.hpp"

#include "escalation/facts.hpp"
#include "escalation/handover.hpp"
#include "escalation/limits.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::escalation {

namespace {

constexpr std::size_t records_max = 500;

bool among(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const StaffId& staff,
    const std::vector<Target>& list,
    const std::string& scope,
    Instant now
)
{
    // Of this incident: the lead of another college signs nothing here.
    return std::any_of(list.begin(), list.end(), [&](const Target& target) {
        if (target.kind == Target::Kind::Register)
            return in_register(incident, RegisterName(target.name), staff);
        const auto people =
            resolve(protocol, directory, incident, RoleName(target.name), scope, now).people;
        return std::any_of(people.begin(), people.end(), [&](const Person& person) {
            return person.staff == staff;
        });
    });
}

using Entitled = std::vector<std::vector<bool>>;  // by signer, by list

// Whether the signers from `i` on can each take a list of their own. A person entitled to two
// lists must not use up the one that somebody else needs.
bool assign(const Entitled& entitled, std::vector<bool>& taken, std::size_t i)
{
    if (i == entitled.size()) return true;
    for (std::size_t list = 0; list < taken.size(); ++list) {
        if (taken[list] || !entitled[i][list]) continue;
        taken[list] = true;
        if (assign(entitled, taken, i + 1)) return true;
        taken[list] = false;
    }
    return false;
}

Entitled entitled_to(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const End& end,
    const SubjectId& subject,
    const std::vector<Signature>& signers
)
{
    Entitled entitled;
    for (const Signature& signer : signers) {
        std::vector<bool> row;
        // A shift that has ended since does not undo what its holder signed.
        for (const auto& roles : end.signers)
            row.push_back(
                among(protocol, directory, incident, signer.staff, roles, subject.text(), signer.at)
            );
        entitled.push_back(std::move(row));
    }
    return entitled;
}

bool assign_all(const Entitled& entitled, std::size_t lists)
{
    std::vector<bool> taken(lists, false);
    return entitled.size() <= lists && assign(entitled, taken, 0);
}

// How many lists are still without a signer; nullopt when these signers do not fit.
std::optional<std::size_t> unsigned_lists(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const End& end,
    const SubjectId& subject,
    const std::vector<Signature>& signers
)
{
    const Entitled entitled = entitled_to(protocol, directory, incident, end, subject, signers);
    if (!assign_all(entitled, end.signers.size())) return std::nullopt;
    return end.signers.size() - signers.size();
}

// Which stages an ending of this outcome is signed in.
bool right_stage(const Incident& incident, EndOutcome outcome)
{
    switch (outcome) {
        case EndOutcome::Closed:
        case EndOutcome::DrillEnded:
        case EndOutcome::Lane:
        case EndOutcome::Facts: return incident.running();
        case EndOutcome::Aftercare:
        case EndOutcome::FalseAlarm:
        case EndOutcome::Lower: return incident.stage == Stage::Open;
    }
    return false;
}

// What keeps a level up however many sign.
void keeps_up(
    const Protocol& protocol, const Incident& incident, const End& end, std::vector<Missing>& out
)
{
    if (protocol.rank(end.level) >= protocol.rank(incident.level))
        out.push_back({"not_higher", "", "the level is not above " + end.level.text()});
    for (const RuleName& name : incident.rules) {
        const auto rule = protocol.rules.find(name);
        if (rule != protocol.rules.end() &&
            protocol.rank(rule->second.level) > protocol.rank(end.level))
            out.push_back({"rule_holds", "", name.text() + " " + rule->second.label});
    }
}

// For the incident, or for any one subject who is still part of it: what is settled for one of
// them settles nothing for another.
bool stands_in_the_way(const View& view, const Condition& condition)
{
    if (!view.lane.empty()) return holds(view, condition);
    bool any = false;
    for (const auto& [id, subject] : view.incident.subjects) {
        if (subject.closed) continue;
        any = true;
        if (holds(view.in_lane(id), condition)) return true;
    }
    return !any && holds(view, condition);
}

// What stands in the way besides signatures and evidence.
std::vector<Missing> obstacles(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const End& end,
    const SubjectId& subject,
    const std::map<std::string, std::string>* evidence,
    Instant now
)
{
    std::vector<Missing> out;
    if (!right_stage(incident, end.outcome))
        out.push_back({"not_open", "", "the incident is not open"});
    if (end.outcome == EndOutcome::DrillEnded && incident.kind != Kind::Drill)
        out.push_back({"not_a_drill", "", "this is no drill"});
    if (end.outcome == EndOutcome::Lower) keeps_up(protocol, incident, end, out);
    const auto lane = incident.subjects.find(subject);
    if (end.per_subject && (lane == incident.subjects.end() || lane->second.closed))
        out.push_back({"subject_unknown", "/subject", "no such subject is part of it"});
    if (end.duties_ended)
        for (const auto& [key, duty] : incident.duties) {
            if (!duty.open() || end.may_stay_open.contains(key.name)) continue;
            const auto defined = protocol.duties.find(key.name);
            out.push_back(
                {"duty_open",
                 "",
                 key.text() + " " + (defined == protocol.duties.end() ? "" : defined->second.label)}
            );
        }
    View view{protocol, directory, incident, nullptr, now, subject, StaffId{}};
    view.record = evidence;
    for (const RefuseWhen& refuse : end.refuse)
        if (stands_in_the_way(view, refuse.when)) out.push_back({refuse.code, "", refuse.detail});
    return out;
}

std::vector<Signature> signers_of(const Incident& incident, const EndKey& key)
{
    const auto found = incident.signatures.find(key);
    return found == incident.signatures.end() ? std::vector<Signature>{} : found->second;
}

// A fact's value as a form sends it: one word, or several of a set with commas between them.
FactValue value_in(const std::string& text)
{
    FactValue out;
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t to = std::min(text.find(',', from), text.size());
        const std::string word = text.substr(from, to - from);
        if (!word.empty() && word != "unknown") out.push_back(word);
        from = to + 1;
    }
    return out;
}

// One account, or one person with several.
bool same_hand(const Actor& a, const Actor& b)
{
    return a.account == b.account || (!a.staff.empty() && a.staff == b.staff);
}

// The instances a record may be for: `text` is a key, or a name with one instance that takes it.
std::vector<DutyKey> instances_for(const Incident& incident, const std::string& text)
{
    std::vector<DutyKey> out;
    const auto key = DutyKey::parse(text);
    if (!key) return out;
    if (incident.duties.contains(*key)) return {*key};
    for (const auto& [candidate, duty] : incident.duties)
        if (candidate.name == key->name && key->scope.empty() && duty.state != DutyState::Moot)
            out.push_back(candidate);
    std::vector<DutyKey> open;
    for (const DutyKey& candidate : out)
        if (incident.duties.at(candidate).open()) open.push_back(candidate);
    return open.empty() ? out : open;
}

}  // namespace

std::vector<Missing> missing_for(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const EndName& name,
    Instant now,
    const SubjectId& subject
)
{
    const auto end = protocol.ends.find(name);
    if (end == protocol.ends.end()) return {{"end_unknown", "", "the protocol has no such ending"}};
    std::vector<Missing> out =
        obstacles(protocol, directory, incident, end->second, subject, nullptr, now);
    const auto signers = signers_of(incident, {name, subject});
    for (std::size_t i = signers.size(); i < end->second.signers.size(); ++i)
        out.push_back(
            {"signer",
             "",
             "signature " + std::to_string(i + 1) + " of " +
                 std::to_string(end->second.signers.size())}
        );
    return out;
}

bool may_sign(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const EndName& name,
    const StaffId& staff,
    Instant now,
    const SubjectId& subject
)
{
    const auto end = protocol.ends.find(name);
    if (end == protocol.ends.end()) return false;
    auto signers = signers_of(incident, {name, subject});
    const bool signed_already =
        std::any_of(signers.begin(), signers.end(), [&](const Signature& signature) {
            return signature.staff == staff;
        });
    signers.push_back({staff, now, {}, {}});
    return !signed_already &&
           unsigned_lists(protocol, directory, incident, end->second, subject, signers).has_value();
}

std::vector<std::size_t> lists_to_sign(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const EndName& name,
    const SubjectId& subject
)
{
    std::vector<std::size_t> out;
    const auto end = protocol.ends.find(name);
    if (end == protocol.ends.end()) return out;
    const auto signers = signers_of(incident, {name, subject});
    const std::size_t lists = end->second.signers.size();
    Entitled entitled = entitled_to(protocol, directory, incident, end->second, subject, signers);
    for (std::size_t list = 0; list < lists; ++list) {
        // Somebody of this list alone.
        entitled.emplace_back(lists, false);
        entitled.back()[list] = true;
        if (assign_all(entitled, lists)) out.push_back(list);
        entitled.pop_back();
    }
    return out;
}

std::optional<Refusal> sign_end(Step& step, const SignEnd& command)
{
    const Incident& incident = step.incident();
    const auto found = step.protocol().ends.find(command.end);
    if (found == step.protocol().ends.end())
        return Refusal{
            Refusal::Because::Unknown, {{"end_unknown", "", "the protocol has no such ending"}}};
    const End& end = found->second;

    std::vector<Missing> faults;
    check_length(command.heard_by, "/heard_by", line_bytes_max, faults);
    for (const auto& [field, value] : command.evidence) {
        check_length(value, "/" + field, field_bytes_max, faults);
        if (std::find(end.evidence.begin(), end.evidence.end(), field) == end.evidence.end())
            faults.push_back({"field_unknown", "/" + field, "no evidence of this ending"});
    }
    if (end.per_subject == command.subject.empty())
        faults.push_back(
            {"subject_needed",
             "/subject",
             end.per_subject ? "this is signed for one subject" : "this is not about one subject"}
        );
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};

    Refusal refusal{
        Refusal::Because::Refused,
        obstacles(
            step.protocol(),
            step.directory(),
            incident,
            end,
            command.subject,
            &command.evidence,
            step.now()
        )};
    for (const std::string& field : end.evidence) {
        const auto given = command.evidence.find(field);
        if (given == command.evidence.end() || given->second.empty())
            refusal.missing.push_back({"evidence", "/" + field, field + " is needed"});
    }
    std::vector<Signature> signers = signers_of(incident, {command.end, command.subject});
    const bool repeated =
        std::any_of(signers.begin(), signers.end(), [&](const Signature& signature) {
            return signature.staff == command.staff;
        });
    if (repeated) {
        refusal.missing.push_back({"signer_repeated", "/staff", "a second, different person signs"}
        );
    } else {
        // Two signatures that came by the same hand are one: the desk may pass on what one signer
        // says, and a second account says the other.
        if (std::any_of(signers.begin(), signers.end(), [&](const Signature& signature) {
                return same_hand(signature.by, command.by);
            }))
            refusal.missing.push_back(
                {"signer_same_account", "", "the other signature came by this account already"}
            );
        signers.push_back({command.staff, step.now(), command.evidence, command.by});
        if (!unsigned_lists(
                step.protocol(), step.directory(), incident, end, command.subject, signers
            ))
            refusal.missing.push_back(
                {"signer_not_entitled", "/staff", "this person's role does not sign this ending"}
            );
    }
    if (!refusal.missing.empty()) return refusal;

    step.emit(EndSigned{
        incident.id,
        step.now(),
        command.end,
        command.staff,
        command.evidence,
        command.by,
        command.heard_by,
        command.subject});
    if (signers.size() == end.signers.size()) complete(step, end, command.subject, command.by);
    return std::nullopt;
}

void complete(Step& step, const End& end, const SubjectId& subject, const Actor& by)
{
    const IncidentId id = step.incident().id;
    const LevelName from = step.incident().level;
    step.emit(Ended{id, step.now(), end.name, end.outcome, subject});
    switch (end.outcome) {
        case EndOutcome::Closed:
        case EndOutcome::Aftercare:
        case EndOutcome::FalseAlarm:
        case EndOutcome::DrillEnded: break;
        case EndOutcome::Lane: step.emit(SubjectClosed{id, step.now(), subject, end.name}); break;
        case EndOutcome::Lower:
            step.emit(LevelLowered{id, step.now(), from, end.level, end.name});
            break;
        case EndOutcome::Facts: {
            // Said anew, so that whatever is counted from it is counted from now.
            std::map<FactName, FactValue> cleared;
            std::map<FactName, FactValue> set;
            for (const auto& [name, value] : end.sets) {
                cleared[name] = {};
                set[name] = {value};
            }
            set_facts(step, subject, cleared, end.name.text(), step.now(), by);
            set_facts(step, subject, set, end.name.text(), step.now(), by);
            break;
        }
    }
    if (end.text.empty()) return;
    std::map<StaffId, RoleName> asked;
    for (const auto& [key, duty] : step.incident().duties)
        for (const auto& [staff, ask] : duty.asks)
            if (ask.asked_at != Instant{}) asked.emplace(staff, ask.role);
    for (const auto& [staff, role] : asked)
        step.inform({staff, role, "already asked"}, InformName{}, end.text, end.by);
}

std::optional<Refusal> add_record(Step& step, const AddRecord& command)
{
    const Incident& incident = step.incident();
    const auto instances = instances_for(incident, command.duty);
    if (instances.empty())
        return Refusal{
            Refusal::Because::Unknown, {{"duty_unknown", "", "the incident has no such duty"}}};
    if (instances.size() > 1) {
        Refusal refusal{Refusal::Because::Refused, {}};
        for (const DutyKey& key : instances)
            refusal.missing.push_back({"duty_ambiguous", "", key.text()});
        return refusal;
    }
    const DutyKey key = instances.front();
    const Duty* duty = step.definition(key.name);
    if (duty == nullptr || duty->record.empty())
        return Refusal{
            Refusal::Because::Refused, {{"no_record", "", "this duty is not done by a record"}}};
    if (!incident.live())
        return Refusal{Refusal::Because::Refused, {{"ended", "", "the incident has ended"}}};
    if (!may_speak_to(step, incident.duties.at(key), command.by.staff))
        return Refusal{
            Refusal::Because::Refused,
            {{"not_asked", "", "this record is not asked of this person"}}};

    std::vector<Missing> faults;
    std::map<FactName, FactValue> facts;
    for (const RecordField& field : duty->record) {
        const auto given = command.fields.find(field.name);
        const bool there = given != command.fields.end() && !given->second.empty();
        if (!there && field.required)
            faults.push_back({"field_missing", "/fields/" + field.name, field.label});
        // A form sends what was left alone as "unknown": of what may be left out, nothing was said.
        const bool said = there && (field.required || given->second != "unknown");
        if (said && !field.fact.empty()) facts[field.fact] = value_in(given->second);
        if (there && !field.holder.empty() &&
            step.directory().person(StaffId(given->second)) == nullptr)
            faults.push_back(
                {"staff_unknown", "/fields/" + field.name, "nobody on the roster has this id"}
            );
    }
    for (const auto& [name, value] : command.fields) {
        const bool defined =
            std::any_of(duty->record.begin(), duty->record.end(), [&](const RecordField& field) {
                return field.name == name;
            });
        if (!defined)
            faults.push_back({"field_unknown", "/fields/" + name, "no such field"});
        else
            check_length(value, "/fields/" + name, field_bytes_max, faults);
    }
    check_length(command.heard_by, "/heard_by", line_bytes_max, faults);
    check_facts(step.protocol(), facts, "/fields", faults, SaidBy::Record);
    if (incident.records.size() >= records_max)
        faults.push_back({"too_many", "", "this incident has its full number of records"});
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
    if (auto missing = refused_by(step, *duty, key, command.fields); !missing.empty())
        return Refusal{Refusal::Because::Refused, std::move(missing)};
    // Whom the record says holds what from now on.
    std::vector<std::pair<const Register*, StaffId>> appointed;
    for (const RecordField& field : duty->record) {
        const auto given = command.fields.find(field.name);
        const auto rules = step.protocol().registers.find(field.holder);
        if (rules == step.protocol().registers.end() || given == command.fields.end() ||
            given->second.empty())
            continue;
        appointed.emplace_back(&rules->second, StaffId(given->second));
        if (!may_appoint(step, rules->second, appointed.back().second, command.by.staff))
            return Refusal{
                Refusal::Because::Refused,
                {{"not_entitled",
                  "/fields/" + field.name,
                  "this person's role does not say who holds " + rules->second.label}}};
    }

    const bool open = incident.duties.at(key).open() && duty->record_ends;
    step.emit(Recorded{incident.id, step.now(), key, command.fields, command.by, command.heard_by});
    const SubjectId lane(duty->scope == Scope::Subject ? key.scope : std::string());
    set_facts(step, lane, facts, record_source, step.now(), command.by);
    for (const auto& [rules, staff] : appointed) hand_over(step, *rules, staff, {}, command.by);
    if (open) step.emit(DutyDone{incident.id, step.now(), key, command.by.staff});
    return std::nullopt;
}

}  // namespace shouwang::escalation
