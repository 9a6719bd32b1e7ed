#include "escalation/handover.hpp"

#include "escalation/limits.hpp"
#include "escalation/refusal.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::escalation {

namespace {

constexpr std::size_t notes_max = 500;

// What everything here asks of the words somebody gives.
std::optional<Refusal> faults_of(const std::string& reason, bool needed)
{
    std::vector<Missing> faults;
    check_length(reason, "/reason", reason_bytes_max, faults);
    if (needed && reason.empty()) faults.push_back({"reason", "/reason", "a reason is needed"});
    if (faults.empty()) return std::nullopt;
    return Refusal{Refusal::Because::Invalid, std::move(faults)};
}

const Register* register_meant(const Protocol& protocol, const RegisterName& name)
{
    for (const auto& [known, rules] : protocol.registers)
        if (name.empty() ? rules.command : known == name) return &rules;
    return nullptr;
}

bool holds_one_of(const Step& step, const std::vector<RoleName>& roles, const StaffId& staff)
{
    std::vector<Target> targets;
    for (const RoleName& role : roles) targets.push_back({Target::Kind::Role, role.text()});
    return is_one_of(step, targets, staff, nullptr, {});
}

}  // namespace

std::optional<Refusal> take_over(Step& step, const TakeOver& command)
{
    const Incident& incident = step.incident();
    if (auto refusal = faults_of(command.reason, false)) return refusal;
    const Register* rules = register_meant(step.protocol(), command.name);
    if (rules == nullptr || !rules->one)
        return Refusal{
            Refusal::Because::Unknown,
            {{"register_unknown", "/register", "nothing of this name is held by one person"}}};
    if (!incident.running()) return refused("ended", "", "the incident has ended");
    if (step.directory().person(command.staff) == nullptr)
        return Refusal{
            Refusal::Because::Invalid,
            {{"staff_unknown", "/staff", "nobody on the roster has this id"}}};

    const bool appoints = holds_one_of(step, rules->takers, command.said_by);
    const auto rank = rank_in(step, *rules, command.staff, RoleName{});
    if (!rank && !appoints && !holds_one_of(step, rules->takers, command.staff))
        return refused(
            "not_entitled", "/staff", "this person's role does not hold " + rules->label
        );
    const auto found = incident.registers.find(rules->name);
    const RegisterEntry* holder = found == incident.registers.end() || found->second.empty()
                                      ? nullptr
                                      : &found->second.front();
    if (holder != nullptr && holder->staff == command.staff)
        return refused("already_held", "/staff", "this person holds it already");
    if (!appoints) {
        const bool hands_on = holder != nullptr && holder->staff == command.said_by;
        const bool takes = command.said_by == command.staff;
        if (!hands_on && !takes)
            return refused("not_entitled", "", "only the holder hands it on to somebody else");
        if (takes && holder != nullptr) {
            const auto held = rank_in(step, *rules, holder->staff, holder->role);
            if (!held || (rank && *held <= *rank))
                return refused(
                    "held_by_better", "", "whoever holds it goes before; they may hand it on"
                );
        }
    }
    hand_over(step, *rules, command.staff, command.reason, command.by);
    return std::nullopt;
}

bool may_appoint(
    const Step& step, const Register& rules, const StaffId& staff, const StaffId& said_by
)
{
    if (!rules.takers.empty()) return holds_one_of(step, rules.takers, said_by);
    return rank_in(step, rules, staff, RoleName{}).has_value();
}

void hand_over(
    Step& step,
    const Register& rules,
    const StaffId& staff,
    const std::string& reason,
    const Actor& by
)
{
    if (in_register(step.incident(), rules.name, staff)) return;
    const auto rank = rank_in(step, rules, staff, RoleName{});
    const RoleName role = rank && !rules.rank.empty() ? rules.rank[*rank] : RoleName{};
    const IncidentId id = step.incident().id;
    const auto found = step.incident().registers.find(rules.name);
    if (found != step.incident().registers.end() && !found->second.empty()) {
        const StaffId leaving = found->second.front().staff;
        step.emit(RegisterLeft{id, step.now(), rules.name, leaving});
    }
    step.emit(RegisterEntered{id, step.now(), rules.name, staff, role, by, reason});
}

std::optional<Refusal> waive(Step& step, const Waive& command)
{
    const Incident& incident = step.incident();
    if (auto refusal = faults_of(command.reason, true)) return refusal;
    const auto found = incident.duties.find(command.duty);
    const Duty* duty = step.definition(command.duty.name);
    if (found == incident.duties.end() || duty == nullptr)
        return Refusal{
            Refusal::Because::Unknown, {{"duty_unknown", "", "the incident has no such duty"}}};
    if (!found->second.open()) return refused("not_open", "", "this duty is not open");
    if (duty->waive_by.empty())
        return refused("never_waived", "", duty->label + " is never waived");
    Refusal refusal{Refusal::Because::Refused, {}};
    if (!is_one_of(step, duty->waive_by, command.staff, duty, command.duty.scope))
        refusal.missing.push_back({"not_entitled", "/staff", "this person's role does not waive it"}
        );
    if (!holds(step.view_of(*duty, command.duty.scope), duty->waive_when))
        refusal.missing.push_back({"too_early", "", "what must come before has not been done"});
    if (!refusal.missing.empty()) return refusal;
    step.emit(DutyWaived{
        incident.id,
        step.now(),
        command.duty,
        command.staff,
        command.reason,
        command.by,
        command.heard_by});
    return std::nullopt;
}

std::optional<Refusal> add_note(Step& step, const AddNote& command)
{
    const Incident& incident = step.incident();
    std::vector<Missing> faults;
    check_length(command.text, "/text", text_bytes_max, faults);
    if (command.text.empty()) faults.push_back({"text", "/text", "a note says something"});
    if (incident.notes.size() >= notes_max)
        faults.push_back({"too_many", "", "this incident has its full number of notes"});
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
    step.emit(Noted{incident.id, step.now(), command.text, command.by});
    return std::nullopt;
}

void begin_cycle(Step& step, const LevelName& level, const std::string& reason, const Actor& by)
{
    const IncidentId id = step.incident().id;
    // Who was on the way, or there, for the last one is not for this one until they say so.
    const auto registers = step.incident().registers;
    for (const auto& [name, entries] : registers)
        for (const RegisterEntry& entry : entries)
            step.emit(RegisterLeft{id, step.now(), name, entry.staff});
    step.emit(Reopened{id, step.now(), step.incident().cycle + 1, level, reason, by});
}

std::optional<Refusal> reopen(Step& step, const Reopen& command)
{
    const Incident& incident = step.incident();
    if (auto refusal = faults_of(command.reason, true)) return refusal;
    const bool over = incident.stage == Stage::Aftercare || incident.stage == Stage::Closed ||
                      incident.stage == Stage::FalseAlarm;
    if (!over) return refused("not_over", "", "only what is over is taken up again");
    settle_rules(step);
    const LevelName level = level_by_rules(step, step.protocol().fail_open);
    begin_cycle(step, level, command.reason, command.by);
    return std::nullopt;
}

std::optional<Refusal> switch_protocol(
    Step& step, const Protocol& from, const SwitchProtocol& command
)
{
    const Incident& incident = step.incident();
    if (auto refusal = faults_of(command.reason, true)) return refusal;
    if (!incident.running()) return refused("ended", "", "the incident has ended");
    if (step.protocol().hash == incident.protocol)
        return refused("same_protocol", "/protocol", "the incident goes by it already");
    const auto& levels = step.protocol().levels;
    if (std::none_of(levels.begin(), levels.end(), [&](const Level& level) {
            return level.name == incident.level;
        }))
        return refused("level_unknown", "/protocol", "it has no level " + incident.level.text());
    step.emit(ProtocolSwitched{
        incident.id, step.now(), from.hash, step.protocol().hash, command.reason, command.by});
    std::vector<DutyKey> keys;
    for (const auto& [key, duty] : incident.duties)
        if (duty.open()) keys.push_back(key);
    for (const DutyKey& key : keys) {
        // What is done stays done; what is open goes on by the earlier of its old and new times;
        // what the new protocol does not know is put aside in view of everybody.
        if (step.definition(key.name) == nullptr)
            step.emit(DutyMoot{incident.id, step.now(), key});
        else
            raise_duty(step, key);
    }
    return std::nullopt;
}

}  // namespace shouwang::escalation
