#include "escalation/lanes.hpp"

#include "escalation/facts.hpp"
#include "escalation/limits.hpp"
#include "escalation/refusal.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace shouwang::escalation {

namespace {

constexpr int adult_years = 18;

bool is_minor(const Student& student, const Protocol& protocol, Instant now)
{
    if (!student.birth_date) return false;
    const std::chrono::year_month_day born(*student.birth_date);
    const auto grown = born + std::chrono::years(adult_years);
    const auto today = std::chrono::floor<std::chrono::days>(now + protocol.utc_offset);
    return today < Day(grown.ok() ? grown : grown.year() / std::chrono::March / 1);
}

std::optional<Refusal> not_running(const Incident& incident)
{
    if (incident.running() || incident.stage == Stage::Review) return std::nullopt;
    return refused("ended", "", "the incident has ended");
}

// Who led for the college that turned out not to be theirs leads no longer. Who commands on the
// scene goes on until somebody takes over from them.
void let_go_of_leads(Step& step)
{
    std::vector<std::pair<RegisterName, StaffId>> gone;
    for (const auto& [name, entries] : step.incident().registers) {
        const auto rules = step.protocol().registers.find(name);
        if (rules == step.protocol().registers.end() || !rules->second.one || rules->second.command)
            continue;
        for (const RegisterEntry& entry : entries) {
            const auto role = step.protocol().roles.find(entry.role);
            if (role == step.protocol().roles.end() || !is_of_a_subject(role->second.of)) continue;
            const auto now = resolve(
                step.protocol(), step.directory(), step.incident(), entry.role, {}, step.now()
            );
            const bool still =
                std::any_of(now.people.begin(), now.people.end(), [&](const Person& person) {
                    return person.staff == entry.staff;
                });
            if (!still) gone.emplace_back(name, entry.staff);
        }
    }
    for (const auto& [name, staff] : gone)
        step.emit(RegisterLeft{step.incident().id, step.now(), name, staff});
}

// Whom everybody was asked about turns out to be somebody else: what was asked about them is over,
// and whoever was asked is told.
void put_right(Step& step, const Subject& was, const Actor& by)
{
    std::map<StaffId, RoleName> asked;
    std::vector<DutyKey> open;
    for (const auto& [key, duty] : step.incident().duties) {
        const Duty* definition = step.definition(key.name);
        if (definition == nullptr) continue;
        const bool theirs =
            (definition->scope == Scope::Subject && key.scope == was.id.text()) ||
            (definition->scope == Scope::College && key.scope == was.college.text());
        if (!theirs) continue;
        if (duty.open()) open.push_back(key);
        for (const auto& [staff, ask] : duty.asks) asked.emplace(staff, ask.role);
    }
    // What was learnt of the wrong student's family, say, is nothing known of the right one's.
    for (const auto& [name, fact] : step.protocol().facts)
        if (fact.of_identity) forget(step, was.id, name, identity_source, by);
    for (const DutyKey& key : open) step.emit(DutyMoot{step.incident().id, step.now(), key});
    let_go_of_leads(step);
    if (step.protocol().identity_text.empty()) return;
    for (const auto& [staff, role] : asked)
        step.inform(
            {staff, role, "already asked"}, InformName{}, step.protocol().identity_text, {}
        );
}

}  // namespace

SubjectId subject_id(std::size_t number)
{
    return SubjectId("s" + std::to_string(number));
}

SubjectId next_subject_id(const Incident& incident)
{
    std::size_t number = incident.subjects.size() + 1;
    while (incident.subjects.contains(subject_id(number))) ++number;
    return subject_id(number);
}

Subject subject_of(
    const Protocol& protocol,
    const Directory& directory,
    const StudentId& student,
    const std::string& description,
    const SubjectId& id,
    Instant now
)
{
    Subject subject;
    subject.id = id;
    subject.description = description;
    if (const Student* known = directory.student(student)) {
        subject.student = known->id;
        subject.class_unit = known->class_unit;
        subject.college = known->college;
        subject.building = known->building;
        subject.intern_site = known->intern_site;
        subject.kind = known->kind;
        subject.minor = is_minor(*known, protocol, now);
    }
    return subject;
}

void check_place(const Directory& directory, const PlaceReport& place, std::vector<Missing>& faults)
{
    if (!place.campus.empty()) {
        const Unit* campus = directory.unit(UnitId(place.campus));
        if (campus == nullptr || campus->kind != "campus")
            faults.push_back({"campus_unknown", "/place/campus", "no campus has this id"});
    }
    for (const auto& [name, value] :
         {std::pair<const char*, const std::string&>{"building", place.building},
          {"floor", place.floor},
          {"room", place.room},
          {"detail", place.detail}})
        check_length(value, std::string("/place/") + name, line_bytes_max, faults);
}

Place place_of(const Directory& directory, const PlaceReport& report)
{
    Place place;
    place.campus = UnitId(report.campus);
    place.floor = report.floor;
    place.room = report.room;
    place.detail = report.detail;
    if (const Unit* building = directory.building(report.building, place.campus)) {
        place.building = building->id;
        if (place.campus.empty()) place.campus = building->campus;
    } else if (!report.building.empty()) {
        // Not a building of the roster: kept for people to read, never sent in a message.
        place.detail = report.building + (place.detail.empty() ? "" : " " + place.detail);
    }
    place.label = place_label(directory, place.campus, place.building, place.floor);
    return place;
}

void check_recorded(
    const Protocol& protocol,
    const Directory& directory,
    const SubjectReport& report,
    const std::string& pointer,
    Instant now,
    std::vector<Missing>& faults
)
{
    Incident imagined;
    const SubjectId id = subject_id(1);
    imagined.subjects[id] = subject_of(protocol, directory, report.student, {}, id, now);
    const View view{protocol, directory, imagined, nullptr, now, id, StaffId{}};
    check_recorded(view, report.facts, pointer, faults);
}

const Subject* subject_with(const Incident& incident, const StudentId& student)
{
    if (student.empty()) return nullptr;
    for (const auto& [id, subject] : incident.subjects)
        if (subject.student == student) return &subject;
    return nullptr;
}

std::optional<Refusal> add_subject(Step& step, const AddSubject& command)
{
    const Incident& incident = step.incident();
    if (auto refusal = not_running(incident)) return refusal;
    std::vector<Missing> faults;
    const SubjectReport& report = command.subject;
    if (!report.student.empty() && step.directory().student(report.student) == nullptr)
        faults.push_back({"student_unknown", "/student_id", "the roster has no such student"});
    if (report.student.empty() && report.description.empty())
        faults.push_back(
            {"nothing_to_go_by", "/description", "a student or a description is needed"}
        );
    check_length(report.description, "/description", text_bytes_max, faults);
    check_facts(step.protocol(), report.facts, "/facts", faults);
    check_recorded(step.protocol(), step.directory(), report, "/facts", step.now(), faults);
    check_source(command.source, "/source", faults);
    if (incident.subjects.size() >= subjects_max)
        faults.push_back({"too_many", "", "at most " + std::to_string(subjects_max) + " subjects"});
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
    if (const Subject* known = subject_with(incident, report.student))
        return refused(
            "student_already", "/student_id", "this student is subject " + known->id.text()
        );
    const SubjectId id = next_subject_id(incident);
    step.emit(SubjectAdded{
        incident.id,
        step.now(),
        subject_of(
            step.protocol(), step.directory(), report.student, report.description, id, step.now()
        ),
        command.by});
    set_facts(step, id, report.facts, command.source, step.now(), command.by);
    forget_unrecorded(step, id, command.by);
    return std::nullopt;
}

std::optional<Refusal> identify(Step& step, const Identify& command)
{
    const Incident& incident = step.incident();
    if (auto refusal = not_running(incident)) return refusal;
    if (step.directory().student(command.student) == nullptr)
        return Refusal{
            Refusal::Because::Invalid,
            {{"student_unknown", "/student_id", "the roster has no such student"}}};
    SubjectId id = command.subject;
    if (id.empty()) {
        std::vector<SubjectId> unknown;
        for (const auto& [known, subject] : incident.subjects)
            if (!subject.identified() && !subject.closed) unknown.push_back(known);
        if (unknown.size() > 1)
            return refused("subject_needed", "/subject", "several are not identified yet");
        if (!unknown.empty())
            id = unknown.front();
        else if (incident.subjects.empty())
            id = subject_id(1);
        else
            return refused("subject_needed", "/subject", "nobody here is unidentified");
    } else if (!incident.subjects.contains(id)) {
        return Refusal{
            Refusal::Because::Unknown, {{"subject_unknown", "/subject", "no such subject"}}};
    }
    if (const Subject* known = subject_with(incident, command.student))
        return refused(
            "student_already", "/student_id", "this student is subject " + known->id.text()
        );
    const auto before = incident.subjects.find(id);
    const Subject was = before == incident.subjects.end() ? Subject{} : before->second;
    Subject now = subject_of(
        step.protocol(), step.directory(), command.student, was.description, id, step.now()
    );
    now.closed = was.closed;
    step.emit(SubjectIdentified{
        incident.id, step.now(), std::move(now), was.identified(), command.by});
    if (was.identified())
        put_right(step, was, command.by);
    else
        forget_unrecorded(step, id, command.by);
    return std::nullopt;
}

std::optional<Refusal> set_place(Step& step, const SetPlace& command)
{
    if (auto refusal = not_running(step.incident())) return refusal;
    std::vector<Missing> faults;
    check_place(step.directory(), command.place, faults);
    if (command.place.campus.empty() && command.place.building.empty() &&
        command.place.detail.empty())
        faults.push_back({"place_missing", "/place", "a campus, a building or a detail"});
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
    step.emit(PlaceSet{
        step.incident().id, step.now(), place_of(step.directory(), command.place), command.by});
    return std::nullopt;
}

}  // namespace shouwang::escalation
