#include "escalation/resolve.hpp"
#include "tests/simulation/core_world.hpp"

#include <algorithm>
#include <chrono>

// What people do to the incident itself, in turn and out of turn: whom and what place it is about,
// who commands, what is waived, decided and signed, what is merged, split and taken up again.
namespace shouwang::test {

using namespace escalation;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t incidents_max = 6;
constexpr unsigned second_cycle_steps = 25;

Actor desk()
{
    return {"desk", StaffId{}};
}

}  // namespace

void CoreWorld::deed()
{
    if (board_.incidents.empty()) return;
    deed_on(nth(board_.incidents, whims_.next())->second);
}

void CoreWorld::deed_on(const Incident& incident)
{
    switch (whims_.below(18)) {
        case 0: add_somebody(incident); break;
        case 1: identify_somebody(incident); break;
        case 2: put_elsewhere(incident); break;
        case 3:
        case 4: take_over(incident); break;
        case 5: waive_something(incident); break;
        case 6:
            did("note", AddNote{incident.id, whims_.chance(1, 8) ? "" : "CANARY note", desk()});
            break;
        case 7: take_up_again(incident); break;
        case 8: go_by_another_version(incident); break;
        case 9:
        case 10: merge_with_another(incident); break;
        case 11: take_apart(); break;
        case 12: keep_apart(incident); break;
        case 13:
        case 14: decide_late(incident); break;
        case 15:
        case 16: sign_properly(incident); break;
        default: alarm_at_the_same_place(incident); break;
    }
}

bool CoreWorld::did(const char* what, const Command& command)
{
    const bool taken = feed(command);
    if (taken) ++tally_.seen[std::string("did ") + what];
    return taken;
}

std::set<StaffId> CoreWorld::people_of(
    const Incident& incident, const std::vector<Target>& targets, const std::string& scope
) const
{
    std::set<StaffId> out;
    for (const Target& target : targets) {
        if (target.kind == Target::Kind::Register) {
            const auto list = incident.registers.find(RegisterName(target.name));
            if (list == incident.registers.end()) continue;
            for (const RegisterEntry& entry : list->second) out.insert(entry.staff);
        } else if (target.kind == Target::Kind::Role) {
            const RoleName role(target.name);
            for (const Person& person :
                 resolve(protocol_, *setting_.directory, incident, role, scope, now_).people)
                out.insert(person.staff);
        }
    }
    return out;
}

// Mostly somebody who is meant, now and then anybody.
StaffId CoreWorld::one_of(
    const Incident& incident, const std::vector<Target>& targets, const std::string& scope
)
{
    const auto people = people_of(incident, targets, scope);
    if (people.empty() || whims_.chance(1, 8)) return staff_[whims_.below(staff_.size())];
    return *nth(people, whims_.next());
}

void CoreWorld::add_somebody(const Incident& incident)
{
    SubjectReport subject;
    const auto& students = setting_.directory->students;
    if (!students.empty() && whims_.chance(2, 3))
        subject.student = nth(students, whims_.next())->first;
    if (whims_.chance(3, 4)) subject.description = "CANARY description";
    subject.facts = drawn_facts(true, whims_);
    did("add a subject", AddSubject{incident.id, subject, "scene", desk()});
}

// Who somebody is, or who they really are.
void CoreWorld::identify_somebody(const Incident& incident)
{
    const auto& students = setting_.directory->students;
    Identify command{incident.id, SubjectId{}, StudentId("nobody"), desk()};
    if (!students.empty()) command.student = nth(students, whims_.next())->first;
    if (!incident.subjects.empty() && whims_.chance(2, 3))
        command.subject = nth(incident.subjects, whims_.next())->first;
    const auto known = incident.subjects.find(command.subject);
    const bool corrects = known != incident.subjects.end() && known->second.identified();
    did(corrects ? "correct who it is" : "identify", command);
}

void CoreWorld::put_elsewhere(const Incident& incident)
{
    PlaceReport place;
    for (const auto& [id, unit] : setting_.directory->units)
        if (unit.kind == "building" && whims_.chance(1, 2)) place.building = id.text();
    if (whims_.chance(1, 2)) place.detail = "CANARY detail";
    place.room = "CANARY room";
    did("set the place", SetPlace{incident.id, place, desk()});
}

// Takes it, hands it on, or is appointed.
void CoreWorld::take_over(const Incident& incident)
{
    TakeOver command;
    command.incident = incident.id;
    command.by = desk();
    std::vector<Target> ranks;
    std::vector<Target> takers;
    for (const auto& [name, rules] : protocol_.registers) {
        if (!rules.one) continue;
        command.name = name;
        ranks.clear();
        takers.clear();
        for (const RoleName& role : rules.rank) ranks.push_back({Target::Kind::Role, role.text()});
        for (const RoleName& role : rules.takers)
            takers.push_back({Target::Kind::Role, role.text()});
        if (whims_.chance(1, 2)) break;
    }
    command.staff = one_of(incident, ranks, {});
    const auto holder = incident.registers.find(command.name);
    switch (whims_.below(3)) {
        case 0: command.said_by = command.staff; break;
        case 1: command.said_by = one_of(incident, takers, {}); break;
        default:
            command.said_by = holder == incident.registers.end() || holder->second.empty()
                                  ? command.staff
                                  : holder->second.front().staff;
            break;
    }
    if (whims_.chance(1, 2)) command.reason = "CANARY reason";
    const bool appoints = people_of(incident, takers, {}).contains(command.said_by);
    if (did("take over", command) && command.said_by != command.staff)
        ++tally_.seen[appoints ? "did appoint" : "did hand over"];
}

void CoreWorld::waive_something(const Incident& incident)
{
    std::vector<DutyKey> open;
    for (const auto& [key, duty] : incident.duties) {
        const auto rule = protocol_.duties.find(key.name);
        if (!duty.open() || rule == protocol_.duties.end()) continue;
        if (!rule->second.waive_by.empty() || whims_.chance(1, 20)) open.push_back(key);
    }
    if (open.empty()) return;
    const DutyKey key = *nth(open, whims_.next());
    const StaffId staff = one_of(incident, protocol_.duties.at(key.name).waive_by, key.scope);
    did("waive",
        Waive{incident.id, key, whims_.chance(1, 8) ? "" : "CANARY reason", staff, desk(), {}});
}

// Of what is over, where there is any.
void CoreWorld::take_up_again(const Incident& incident)
{
    const Incident* chosen = &incident;
    for (const auto& [id, other] : board_.incidents)
        if (other.stage == Stage::Aftercare || other.stage == Stage::Closed ||
            other.stage == Stage::FalseAlarm)
            if (!chosen->ended_at || whims_.chance(1, 2)) chosen = &other;
    const Stage stage = chosen->stage;
    const char* what = stage == Stage::Aftercare ? "reopen from aftercare"
                       : stage == Stage::Closed  ? "reopen what was closed"
                                                 : "reopen a false alarm";
    did(what, Reopen{chosen->id, whims_.chance(1, 10) ? "" : "CANARY reason", desk()});
}

void CoreWorld::go_by_another_version(const Incident& incident)
{
    std::vector<std::string> hashes{"", "no such protocol"};
    for (const auto& [hash, rules] : setting_.rules.protocols) hashes.push_back(hash);
    const std::string to = hashes[whims_.chance(1, 6) ? whims_.below(2) : hashes.size() - 1];
    const std::string other = to == incident.protocol ? setting_.rules.current : to;
    did("switch the protocol", SwitchProtocol{incident.id, other, "CANARY reason", desk()});
}

void CoreWorld::merge_with_another(const Incident& incident)
{
    const Incident& with = nth(board_.incidents, whims_.next())->second;
    did("merge", Merge{incident.id, with.id, "CANARY reason", desk()});
}

// A merge, or a report that was attached.
void CoreWorld::take_apart()
{
    std::vector<IncidentId> gone;
    for (const auto& [id, incident] : board_.incidents)
        if (incident.stage == Stage::Merged || incident.stage == Stage::Attached)
            gone.push_back(id);
    if (gone.empty()) return;
    Split command{*nth(gone, whims_.next()), {}, "CANARY reason", desk()};
    if (whims_.chance(1, 2)) command.place = PlaceReport{{}, {}, {}, {}, "CANARY detail"};
    const bool merged = board_.incidents.at(command.incident).stage == Stage::Merged;
    did(merged ? "split" : "split off a report", command);
}

void CoreWorld::keep_apart(const Incident& incident)
{
    const auto& suggested = incident.suggestions;
    const IncidentId with = suggested.empty() || whims_.chance(1, 8)
                                ? nth(board_.incidents, whims_.next())->first
                                : nth(suggested, whims_.next())->first;
    did("keep apart", KeepApart{incident.id, with, desk()});
}

// What goes with the word, where somebody thought of it.
void CoreWorld::say_what_is_needed(Answer& answer, const Duty& duty)
{
    answer.reason = whims_.chance(3, 4) ? "CANARY reason" : "";
    answer.fields.clear();
    const auto terms = duty.terms.find(answer.word);
    if (terms == duty.terms.end()) return;
    for (const std::string& field : terms->second.needs)
        if (field != "reason" && whims_.chance(3, 4)) answer.fields[field] = "CANARY field";
    if (whims_.chance(1, 8)) answer.fields["note"] = "CANARY field";
    if (whims_.chance(1, 20)) answer.fields["no_such_field"] = "CANARY field";
}

// A decision, also after it was taken, and also another one than the last.
void CoreWorld::decide_late(const Incident& incident)
{
    std::vector<DutyKey> questions;
    for (const auto& [key, duty] : incident.duties) {
        const auto rule = protocol_.duties.find(key.name);
        if (rule != protocol_.duties.end() && !rule->second.decision.empty())
            questions.push_back(key);
    }
    if (questions.empty()) return;
    Answer command;
    command.incident = incident.id;
    command.ask = *nth(questions, whims_.next());
    const Duty& duty = protocol_.duties.at(command.ask->name);
    command.word = nth(duty.answers, whims_.next())->first;
    const auto terms = duty.terms.find(command.word);
    const bool named = terms != duty.terms.end() && !terms->second.from.empty();
    command.staff =
        one_of(incident, named ? terms->second.from : duty.answer_from, command.ask->scope);
    say_what_is_needed(command, duty);
    const bool late = !incident.duties.at(*command.ask).open();
    did(late ? "decide again" : "decide", command);
}

// All that an ending needs, as far as people can give it: facts, a commander, evidence, signers.
void CoreWorld::sign_properly(const Incident& incident)
{
    const IncidentId id = incident.id;
    const End& end = nth(protocol_.ends, whims_.next())->second;
    if (!incident.running() ||
        (end.outcome == EndOutcome::DrillEnded && incident.kind != Kind::Drill))
        return;
    if (whims_.chance(1, 2)) calm(id, "scene");
    if (whims_.chance(1, 2)) take_over(incident);
    SignEnd command;
    command.incident = id;
    command.end = end.name;
    if (end.per_subject && !incident.subjects.empty())
        command.subject = nth(incident.subjects, whims_.next())->first;
    for (const std::string& field : end.evidence)
        if (whims_.chance(11, 12)) command.evidence[field] = "CANARY evidence";
    for (const auto& list : end.signers) {
        command.staff = one_of(incident, list, command.subject.text());
        command.by = {whims_.chance(1, 4) ? "desk" : command.staff.text(), command.staff};
        did("sign", command);
    }
    if (!journal_.empty())
        if (const auto* ended = std::get_if<LevelLowered>(&journal_.back()))
            ++tally_.seen["did lower to " + ended->to.text()];
}

// A drill beside what is real, or something real where a drill is on.
void CoreWorld::alarm_at_the_same_place(const Incident& incident)
{
    if (board_.incidents.size() >= incidents_max) return;
    Report command;
    command.id = IncidentId("I" + std::to_string(next_id_++));
    command.via = *nth(protocol_.trusted, whims_.next());
    command.by = desk();
    command.kind = incident.kind == Kind::Real && whims_.chance(2, 3) ? Kind::Drill : Kind::Real;
    if (command.kind == Kind::Drill ? whims_.chance(3, 4) : whims_.chance(1, 12))
        command.drill_for = std::chrono::minutes(1 + whims_.below(90));
    if (command.kind == Kind::Drill && whims_.chance(1, 3))
        for (const StaffId& staff : staff_)
            if (whims_.chance(1, 2)) command.participants.insert(staff);
    command.place =
        PlaceReport{{}, incident.place.building.text(), {}, "CANARY room", "CANARY detail"};
    command.facts = drawn_facts(false, whims_);
    if (whims_.chance(1, 3)) command.callback = incident.callback;
    for (const auto& [id, subject] : incident.subjects)
        if (whims_.chance(1, 3))
            command.subjects.push_back({subject.student, "CANARY description", {}});
    const bool drill = command.kind == Kind::Drill;
    if (did(drill ? "drill at the same place" : "alarm at the same place", command))
        ++tally_.incidents;
}

// What was over is not: some of it is taken up again, and ends once more.
void CoreWorld::second_cycle()
{
    healing_ = false;
    std::vector<IncidentId> over;
    for (const auto& [id, incident] : board_.incidents)
        if (incident.stage == Stage::Closed || incident.stage == Stage::FalseAlarm)
            over.push_back(id);
    for (const IncidentId& id : over)
        if (whims_.chance(2, 3)) take_up_again(board_.incidents.at(id));
    for (unsigned step = 0; step < second_cycle_steps && board_.deadline(); ++step) {
        now_ = std::max(now_, std::min(*board_.deadline(), now_ + 10min));
        serve_deadlines();
        deed();
        oracle_.at_rest(board_, now_);
    }
    end_all();
}

}  // namespace shouwang::test
