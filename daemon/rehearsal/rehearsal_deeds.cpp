#include "daemon/rehearsal/rehearsal_deeds.hpp"

#include "escalation/decide.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::rehearsal {

using namespace escalation;
using config::RehearsalStep;
using config::Values;
using Do = RehearsalStep::Do;

namespace {

// Everybody in a rehearsal has an account of their own, as everybody at a keyboard has.
Actor actor(const Stage& stage, const std::string& name)
{
    Actor out{"rehearsal:" + name, StaffId{}};
    if (stage.directory->person(StaffId(name)) != nullptr) out.staff = StaffId(name);
    return out;
}

std::map<FactName, FactValue> facts_of(const std::map<std::string, Values>& given)
{
    std::map<FactName, FactValue> out;
    for (const auto& [name, values] : given) out[FactName(name)] = values;
    return out;
}

std::optional<PlaceReport> place_of(const RehearsalStep& step)
{
    if (!step.place) return std::nullopt;
    return PlaceReport{
        step.place->campus,
        step.place->building,
        step.place->floor,
        step.place->room,
        step.place->detail};
}

// The instance that an ask means: by its whole key, or by its name when this person was asked one.
std::optional<DutyKey> ask_of(
    const Incident& incident, const std::string& text, const StaffId& staff
)
{
    const auto parsed = DutyKey::parse(text);
    if (!parsed || incident.duties.contains(*parsed)) return parsed;
    std::optional<DutyKey> out;
    for (const auto& [key, duty] : incident.duties) {
        if (key.name != parsed->name) continue;
        const bool theirs = duty.asks.contains(staff) || key.scope == staff.text();
        if (!out || theirs) out = key;
    }
    return out ? out : parsed;
}

SubjectId subject_of(const Incident& incident, const std::string& text)
{
    for (const auto& [id, subject] : incident.subjects)
        if (subject.student.text() == text && !text.empty()) return id;
    return SubjectId(text);
}

Command answer(const RehearsalStep& step, const DeedContext& context)
{
    Answer command;
    command.incident = context.incident->id;
    command.staff = StaffId(step.by);
    command.word = Word(step.answer);
    if (!step.ask.empty()) command.ask = ask_of(*context.incident, step.ask, command.staff);
    if (!step.decision.empty()) {
        const DecisionAsks asks = decision_asks(
            context.engine.rules().frozen(context.incident->protocol),
            *context.incident,
            step.decision
        );
        command.ask = asks.open.empty() ? asks.newest : std::optional(asks.open.back());
    }
    command.eta = step.eta;
    command.reason = step.reason;
    command.via = step.via;
    command.by = actor(context.stage, step.heard_by.empty() ? step.by : step.heard_by);
    command.fields = step.fields;
    return command;
}

Command sign(const RehearsalStep& step, const DeedContext& context)
{
    const Incident& incident = *context.incident;
    SignEnd command;
    command.incident = incident.id;
    command.end = EndName(step.end);
    if (step.end.empty() && step.outcome) {
        const Protocol& protocol = context.engine.rules().frozen(incident.protocol);
        if (const End* end = protocol.ending(*step.outcome, incident.level))
            command.end = end->name;
    }
    command.staff = StaffId(step.by);
    command.evidence = step.fields;
    command.by = actor(context.stage, step.by);
    command.subject = subject_of(incident, step.subject);
    return command;
}

Command triage(const RehearsalStep& step, const DeedContext& context, IncidentId into)
{
    Triage command;
    command.incident = context.incident->id;
    command.into = std::move(into);
    command.reason = step.reason;
    command.by = actor(context.stage, step.by);
    if (step.judgement == "dismiss") command.judgement = Judgement::Dismiss;
    if (step.judgement == "attach") command.judgement = Judgement::Attach;
    return command;
}

Command take_over(const RehearsalStep& step, const DeedContext& context)
{
    TakeOver command;
    command.incident = context.incident->id;
    command.name = RegisterName(step.held);
    command.staff = StaffId(step.staff);
    command.said_by = StaffId(step.by);
    command.reason = step.reason;
    command.by = actor(context.stage, step.by);
    return command;
}

Command waive(const RehearsalStep& step, const DeedContext& context)
{
    Waive command;
    command.incident = context.incident->id;
    if (const auto key = ask_of(*context.incident, step.duty, StaffId(step.by)))
        command.duty = *key;
    command.reason = step.reason;
    command.staff = StaffId(step.by);
    command.by = actor(context.stage, step.by);
    return command;
}

}  // namespace

Command open_command(const RehearsalStep& step, const DeedContext& context)
{
    Report report;
    report.id = context.fresh;
    report.kind = step.kind == "drill"  ? Kind::Drill
                  : step.kind == "test" ? Kind::Test
                                        : Kind::Real;
    report.drill_for = step.drill_for;
    for (const std::string& staff : step.participants) report.participants.emplace(staff);
    report.via = step.via;
    report.by = actor(context.stage, step.by);
    for (const config::RehearsalSubject& subject : step.subjects)
        report.subjects.push_back(
            {StudentId(subject.student), subject.description, facts_of(subject.facts)}
        );
    report.place = place_of(step);
    report.callback = step.callback;
    report.facts = facts_of(step.facts);
    report.text = step.text;
    return report;
}

std::optional<Command> command_of(const RehearsalStep& step, const DeedContext& context)
{
    const Incident& incident = *context.incident;
    const IncidentId& id = incident.id;
    const Actor by = actor(context.stage, step.by);
    const SubjectId subject = subject_of(incident, step.subject);
    const IncidentId* with = step.with.empty() ? nullptr : context.named(step.with);
    if (!step.with.empty() && with == nullptr) return std::nullopt;
    switch (step.what) {
        case Do::Answer: return answer(step, context);
        case Do::Facts:
            return SetFacts{id, subject, facts_of(step.facts), step.by, std::nullopt, by};
        case Do::Record: return AddRecord{id, step.duty, step.fields, by};
        case Do::Sign: return sign(step, context);
        case Do::Triage: return triage(step, context, with == nullptr ? IncidentId{} : *with);
        case Do::AddSubject: {
            const config::RehearsalSubject& who = step.subjects.front();
            return AddSubject{
                id, {StudentId(who.student), who.description, facts_of(who.facts)}, step.by, by};
        }
        case Do::Identify: return Identify{id, subject, StudentId(step.student), by};
        case Do::Place: return SetPlace{id, place_of(step).value_or(PlaceReport{}), by};
        case Do::Command: return take_over(step, context);
        case Do::Waive: return waive(step, context);
        case Do::Note: return AddNote{id, step.text, by};
        case Do::Reopen: return Reopen{id, step.reason, by};
        case Do::Switch: return SwitchProtocol{id, "", step.reason, by};
        case Do::Merge: return Merge{id, with == nullptr ? IncidentId{} : *with, step.reason, by};
        case Do::Split: return Split{id, place_of(step), step.reason, by};
        case Do::KeepApart: return KeepApart{id, with == nullptr ? IncidentId{} : *with, by};
        case Do::Open:
        case Do::Restart:
        case Do::Clock: break;
    }
    return std::nullopt;
}

}  // namespace shouwang::rehearsal
