#include "escalation/reports.hpp"

#include "escalation/drills.hpp"
#include "escalation/facts.hpp"
#include "escalation/lanes.hpp"
#include "escalation/limits.hpp"
#include "escalation/merging.hpp"
#include "escalation/refusal.hpp"
#include "escalation/step.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace shouwang::escalation {

namespace {

constexpr std::size_t ref_bytes_max = 64;
constexpr unsigned code_digits = 4;
constexpr Span drill_max = std::chrono::hours(12);
// Of one whose length nobody gave: none is left standing for ever.
constexpr Span drill_default = std::chrono::hours(2);
constexpr Span roll_call_default = std::chrono::minutes(30);

std::string indexed(const std::string& pointer, std::size_t i)
{
    return pointer + "/" + std::to_string(i);
}

bool printable_ascii(const std::string& text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::vector<Missing> faults_of(
    const Protocol& protocol, const Directory& directory, const Report& command, Instant now
)
{
    std::vector<Missing> faults;
    if (!protocol.trusted.contains(command.via) && !protocol.review.contains(command.via))
        faults.push_back({"via_unknown", "/via", "not a source this protocol knows"});
    else if (command.kind == Kind::Test && !protocol.trusted.contains(command.via))
        faults.push_back({"via_untrusted", "/via", "no roll-call is begun from outside"});
    if (command.subjects.size() > subjects_max)
        faults.push_back(
            {"too_many", "/subjects", "at most " + std::to_string(subjects_max) + " subjects"}
        );
    for (std::size_t i = 0; i < command.subjects.size(); ++i) {
        const SubjectReport& subject = command.subjects[i];
        const std::string pointer = indexed("/subjects", i);
        if (!subject.student.empty() && directory.student(subject.student) == nullptr)
            faults.push_back(
                {"student_unknown",
                 pointer + "/student_id",
                 "the roster has no such student; leave it out to open by place"}
            );
        check_length(subject.description, pointer + "/description", text_bytes_max, faults);
        check_facts(protocol, subject.facts, pointer + "/facts", faults);
        check_recorded(protocol, directory, subject, pointer + "/facts", now, faults);
        // What is said of nobody in particular is said of them as well.
        const SubjectReport as_said{subject.student, {}, command.facts};
        check_recorded(protocol, directory, as_said, "/facts", now, faults);
    }
    check_facts(protocol, command.facts, "/facts", faults);
    if (command.place) check_place(directory, *command.place, faults);
    check_length(command.text, "/text", text_bytes_max, faults);
    check_length(command.callback, "/callback", line_bytes_max, faults);
    if (command.ref.size() > ref_bytes_max || !printable_ascii(command.ref))
        faults.push_back({"ref_invalid", "/ref", "at most 64 printable ASCII characters"});
    const bool placed =
        command.place && !(command.place->building.empty() && command.place->detail.empty() &&
                           command.place->campus.empty());
    const bool known = std::any_of(
        command.subjects.begin(),
        command.subjects.end(),
        [](const SubjectReport& subject) {
            return !subject.student.empty() || !subject.description.empty();
        }
    );
    if (!placed && !known && command.callback.empty() && command.kind != Kind::Test)
        faults.push_back(
            {"nothing_to_go_by", "", "one of a subject, a place and a callback number is needed"}
        );
    return faults;
}

int local_year(const Protocol& protocol, Instant now)
{
    const auto day = std::chrono::floor<std::chrono::days>(now + protocol.utc_offset);
    return static_cast<int>(std::chrono::year_month_day(day).year());
}

// Says nothing of the level, which changes while the code is read out over the telephone.
std::string code_of(Kind kind, unsigned number)
{
    std::string digits = std::to_string(number);
    if (digits.size() < code_digits) digits.insert(0, code_digits - digits.size(), '0');
    switch (kind) {
        case Kind::Real: return "R" + digits;
        case Kind::Drill: return "D" + digits;
        case Kind::Test: return "T" + digits;
    }
    return digits;
}

// The live incident that every identified subject of the report is already a subject of.
const Incident* same_subject(const Board& board, const Report& command)
{
    for (const auto& [id, incident] : board.incidents) {
        if (!incident.live() || incident.kind != command.kind || command.subjects.empty()) continue;
        const bool all = std::all_of(
            command.subjects.begin(),
            command.subjects.end(),
            [&](const SubjectReport& report) {
                return !report.student.empty() &&
                       std::any_of(
                           incident.subjects.begin(),
                           incident.subjects.end(),
                           [&](const auto& entry) { return entry.second.student == report.student; }
                       );
            }
        );
        if (all) return &incident;
    }
    return nullptr;
}

// The subject that part `i` of a report speaks of: by the student in an incident that has them
// already, by position in the report's own.
SubjectId subject_in(const Incident& incident, const Report& command, std::size_t i)
{
    const StudentId& student = command.subjects[i].student;
    if (incident.id == command.id) return subject_id(i + 1);
    const auto found =
        std::find_if(incident.subjects.begin(), incident.subjects.end(), [&](const auto& entry) {
            return entry.second.student == student;
        });
    return found == incident.subjects.end() ? SubjectId{} : found->first;
}

enum class Joining { AsReported, WorseOnly };

void report_facts(Step& step, const Report& command, Joining how)
{
    const auto set = [&](const SubjectId& whose, const std::map<FactName, FactValue>& facts) {
        if (how == Joining::AsReported)
            set_facts(step, whose, facts, command.via, step.now(), command.by);
        else
            join_facts(step, whose, facts, command.via, step.now(), command.by, false);
    };
    set(SubjectId{}, command.facts);
    for (std::size_t i = 0; i < command.subjects.size(); ++i)
        if (const auto& facts = command.subjects[i].facts; !facts.empty())
            set(subject_in(step.incident(), command, i), facts);
}

// A further report of somebody who is a subject already: its facts count, nobody is asked twice.
// From a source that a person checks first only what is worse counts before anybody has looked.
std::vector<Event> attach(
    const Rules& rules,
    const Directory& directory,
    const Incident& into,
    const Report& command,
    Instant now
)
{
    std::vector<Event> events;
    const Protocol& protocol = rules.frozen(into.protocol);
    Step step(protocol, directory, into, now, events);
    step.emit(Attached{
        IncidentId{},
        into.id,
        now,
        command.via,
        command.by,
        command.callback,
        command.text,
        command.ref});
    const bool trusted = protocol.trusted.contains(command.via);
    report_facts(step, command, trusted ? Joining::AsReported : Joining::WorseOnly);
    if (into.stage == Stage::Review && trusted)
        open_incident(step, OpenedBecause::Trusted, command.by, protocol.floor);
    settle(step);
    return events;
}

// Who a subject of one incident is in another; empty: somebody it does not know, who may be any.
SubjectId same_student(const Incident& from, const SubjectId& subject, const Incident& into)
{
    const auto known = from.subjects.find(subject);
    if (known == from.subjects.end() || !known->second.identified()) return {};
    for (const auto& [id, candidate] : into.subjects)
        if (candidate.student == known->second.student) return id;
    return {};
}

}  // namespace

void open_incident(Step& step, OpenedBecause because, const Actor& by, const LevelName& at_least)
{
    settle_rules(step);
    const LevelName level = level_by_rules(step, at_least);
    step.emit(Opened{step.incident().id, step.now(), because, by, level});
}

Decision report(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Report& command,
    Instant now
)
{
    const Protocol& protocol = rules.in_force();
    std::vector<Missing> faults = faults_of(protocol, directory, command, now);
    if (command.id.empty() || board.find(command.id) != nullptr)
        faults.push_back({"id_taken", "", "an incident has this id already"});
    if (command.drill_for && command.kind == Kind::Real)
        faults.push_back({"not_a_drill", "/drill_minutes", "only a drill ends by itself"});
    if (command.drill_for && (*command.drill_for <= Span{} || *command.drill_for > drill_max))
        faults.push_back({"drill_too_long", "/drill_minutes", "from 1 minute to 12 hours"});
    if (!command.participants.empty() && command.kind != Kind::Drill)
        faults.push_back({"not_a_drill", "/participants", "only a drill is for some and not others"}
        );
    for (const StaffId& staff : command.participants)
        if (directory.person(staff) == nullptr)
            faults.push_back(
                {"staff_unknown",
                 "/participants",
                 "nobody on the roster has the id " + staff.text()}
            );
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
    // Nobody is woken up to be asked whether they can be reached.
    if (command.kind == Kind::Test && in_window(protocol, directory, protocol.roll_call_never, now))
        return refused("not_now", "", "no roll-call begins in these hours");
    if (const Incident* same = same_subject(board, command)) {
        // It has its own people and its own end.
        if (command.kind == Kind::Drill)
            return refused("drill_runs", "", same->code + " is a drill with this student");
        return attach(rules, directory, *same, command, now);
    }

    Reported event;
    event.incident = command.id;
    event.at = now;
    event.year = local_year(protocol, now);
    event.number = (event.year == board.codes.year ? board.codes.last : 0) + 1;
    event.code = code_of(command.kind, event.number);
    event.kind = command.kind;
    event.via = command.via;
    event.by = command.by;
    event.protocol = protocol.hash;
    event.directory = directory.version;
    if (command.place) event.place = place_of(directory, *command.place);
    event.callback = command.callback;
    event.text = command.text;
    event.ref = command.ref;
    for (std::size_t i = 0; i < command.subjects.size(); ++i)
        event.subjects.push_back(subject_of(
            protocol,
            directory,
            command.subjects[i].student,
            command.subjects[i].description,
            subject_id(i + 1),
            now
        ));
    if (command.kind != Kind::Real)
        event.ends_at = now + command.drill_for.value_or(
                                  command.kind == Kind::Drill ? drill_default : roll_call_default
                              );
    event.participants = command.participants;

    std::vector<Event> events;
    const Incident fresh;
    Step step(protocol, directory, fresh, now, events);
    step.emit(std::move(event));
    if (command.kind == Kind::Drill)
        if (const Incident* alarm = alarm_beside(directory, board, step.incident()))
            return refused("real_alarm", "", alarm->code + " is real, and beside it");
    report_facts(step, command, Joining::AsReported);
    if (protocol.trusted.contains(command.via))
        open_incident(step, OpenedBecause::Trusted, command.by, protocol.floor);
    suggest(step, board);
    settle(step);
    part_drills(rules, board, step, events);
    return events;
}

Decision triage(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Triage& command,
    Instant now
)
{
    const Incident& incident = board.incidents.at(command.incident);
    const Protocol& protocol = rules.frozen(incident.protocol);
    if (incident.stage != Stage::Review)
        return refused("not_under_review", "", "somebody has decided on this report already");

    std::vector<Missing> faults;
    check_length(command.reason, "/reason", reason_bytes_max, faults);
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};

    std::vector<Event> events;
    Step step(protocol, directory, incident, now, events);
    const auto end_review = [&] {
        for (const auto& [key, duty] : incident.duties)
            if (duty.open()) step.emit(DutyDone{incident.id, now, key, command.by.staff});
    };
    switch (command.judgement) {
        case Judgement::Open:
            end_review();
            open_incident(step, OpenedBecause::Triage, command.by, protocol.floor);
            settle(step);
            part_drills(rules, board, step, events);
            return events;
        case Judgement::Dismiss:
            if (command.reason.empty())
                return refused("reason", "/reason", "a report is dismissed for a reason");
            end_review();
            step.emit(Dismissed{incident.id, now, command.by, command.reason});
            return events;
        case Judgement::Attach: break;
    }
    const Incident* into = board.find(command.into);
    if (into == nullptr || !into->live() || into->id == incident.id)
        return refused("into_not_open", "/into", "the incident to attach to is not open");
    if (into->kind != incident.kind)
        return refused("into_other_kind", "/into", "a real report is never part of a drill");
    end_review();
    step.emit(Attached{
        incident.id,
        into->id,
        now,
        incident.via,
        command.by,
        incident.callback,
        incident.text,
        incident.ref});
    const Protocol* other = rules.find(into->protocol);
    Step joined(other == nullptr ? protocol : *other, directory, *into, now, events);
    // Whoever the report knows and the incident does not is one of its subjects from now on.
    for (const auto& [id, subject] : incident.subjects) {
        if (!subject.identified() || subject_with(*into, subject.student) != nullptr) continue;
        Subject lane = subject;
        lane.id = next_subject_id(joined.incident());
        const SubjectId there = lane.id;
        joined.emit(SubjectAdded{into->id, now, std::move(lane), command.by});
        forget_unrecorded(joined, there, command.by);
    }
    // Not through emit(): the batch already holds the event that tells both of them.
    for (const auto& [key, fact] : incident.facts)
        join_facts(
            joined,
            same_student(incident, key.subject, joined.incident()),
            {{key.fact, fact.value}},
            fact.source == record_source ? fact.source : incident.via,
            fact.since,
            command.by,
            true
        );
    settle(joined);
    part_drills(rules, board, joined, events);
    return events;
}

}  // namespace shouwang::escalation
