#include "escalation/merging.hpp"

#include "escalation/drills.hpp"
#include "escalation/facts.hpp"
#include "escalation/lanes.hpp"
#include "escalation/limits.hpp"
#include "escalation/refusal.hpp"
#include "escalation/reports.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <tuple>
#include <utility>

namespace shouwang::escalation {

bool same_place(const Directory& directory, const Place& a, const Place& b)
{
    if (!a.building.empty() && !b.building.empty()) return a.building == b.building;
    const auto speaks_of = [&](const Place& vague, const Place& known) {
        const Unit* unit = directory.unit(known.building);
        if (unit == nullptr || vague.detail.empty()) return false;
        return (!unit->name.empty() && vague.detail.find(unit->name) != std::string::npos) ||
               (!unit->short_name.empty() &&
                vague.detail.find(unit->short_name) != std::string::npos);
    };
    return speaks_of(a, b) || speaks_of(b, a);
}

namespace {

constexpr std::size_t suggestions_max = 20;
// Merges of merges are followed this far.
constexpr unsigned hops_max = 16;

bool knows_everybody(const Incident& incident)
{
    return !incident.subjects.empty() &&
           std::all_of(incident.subjects.begin(), incident.subjects.end(), [](const auto& entry) {
               return entry.second.identified();
           });
}

std::optional<std::string> why_the_same(
    const Protocol& protocol, const Directory& directory, const Incident& a, const Incident& b
)
{
    if (!a.callback.empty() && a.callback == b.callback) return "callback";
    const Span apart = a.reported_at < b.reported_at ? b.reported_at - a.reported_at
                                                     : a.reported_at - b.reported_at;
    if (apart > protocol.same_place_within) return std::nullopt;
    // Two that are each about known students are two, or one by their students.
    if (knows_everybody(a) && knows_everybody(b)) return std::nullopt;
    if (same_place(directory, a.place, b.place)) return "place";
    return std::nullopt;
}

// What a duty of one incident would be called in the other.
DutyKey key_there(
    const Step& step, const DutyKey& key, const std::map<SubjectId, SubjectId>& subjects
)
{
    DutyKey out = key;
    const Duty* duty = step.definition(key.name);
    if (duty == nullptr || duty->scope != Scope::Subject) return out;
    const auto found = subjects.find(SubjectId(key.scope));
    if (found != subjects.end()) out.scope = found->second.text();
    return out;
}

const DutyInstance* newest(const Incident& incident, const DutyKey& key)
{
    const DutyInstance* out = nullptr;
    for (const auto& [known, duty] : incident.duties)
        if (known.name == key.name && known.scope == key.scope) out = &duty;
    return out;
}

void carry(Step& step, const DutyKey& was, DutyInstance duty, const IncidentId& from)
{
    std::vector<Ask> asks;
    for (const auto& [staff, ask] : duty.asks) asks.push_back(ask);
    duty.asks.clear();
    step.emit(DutyCarried{
        step.incident().id, from, step.now(), was, std::move(duty), std::move(asks)});
}

// Both incidents have this duty: whoever is asked in either is asked, and whoever does it does it.
DutyInstance joined(DutyInstance into, const DutyInstance& from, bool decision)
{
    // What was said before this one was called for anew does not count here.
    const auto of_now = [&](const Ask& ask) {
        return into.key.generation == 1 || ask.answered_at >= into.opened_at;
    };
    for (const auto& [staff, ask] : from.asks) {
        const auto [it, fresh] = into.asks.try_emplace(staff, ask);
        // Whoever has answered the one has answered, and is not called on account of the other.
        const bool heard =
            !fresh && it->second.answer.empty() && !ask.answer.empty() && of_now(ask);
        if (heard) it->second = ask;
        // What they decided was about the other one: here they are still asked.
        const bool counts = !decision && of_now(ask);
        if ((fresh || heard) && !counts && into.open()) it->second.satisfies = false;
    }
    const bool satisfied = std::any_of(from.asks.begin(), from.asks.end(), [&](const auto& entry) {
        return entry.second.satisfies && of_now(entry.second);
    });
    if (into.open() && from.state == DutyState::Done && satisfied && !decision) {
        into.state = DutyState::Done;
        into.ended_at = from.ended_at;
        into.ended_by = from.ended_by;
        into.decided = from.decided;
    }
    // What is put aside reaches nobody any more; an attempt left standing would be due for ever.
    if (!into.open() && into.state != DutyState::Done)
        for (auto& [staff, ask] : into.asks) ask.attempts.clear();
    return into;
}

// What the duty of the one that goes is called where it goes on. What is over in either has no
// bearing on what is asked: only the newest of each is joined to the newest of the other.
DutyKey carried_as(
    const Step& step,
    const Incident& stays,
    const Incident& gone,
    const DutyInstance& duty,
    const std::map<SubjectId, SubjectId>& subjects
)
{
    DutyKey there = key_there(step, duty.key, subjects);
    const DutyInstance* known = newest(stays, there);
    if (known == nullptr) return there;
    there = known->key;
    if (newest(gone, duty.key) != &duty || !duty.open() || known->open()) return there;
    // A question that is open in one of the two is open: what was decided was about the other.
    // So is whatever the other has put aside and nobody has done.
    const Duty* definition = step.definition(duty.key.name);
    if (!definition->decision.empty() || known->state != DutyState::Done) ++there.generation;
    return there;
}

// Brings the duties of `gone` over; returns what each is called from now on.
std::vector<Carried> carry_duties(
    Step& step,
    const Incident& stays,
    const Incident& gone,
    const std::map<SubjectId, SubjectId>& subjects
)
{
    std::map<DutyKey, DutyKey> names;
    for (const auto& [key, duty] : gone.duties) {
        const Duty* definition = step.definition(key.name);
        if (definition == nullptr || definition->on_lapse == Lapse::Open) continue;
        names[key] = carried_as(step, stays, gone, duty, subjects);
    }
    std::vector<Carried> out;
    for (const auto& [key, there] : names) {
        const DutyInstance& duty = gone.duties.at(key);
        out.push_back({key, there});
        if (const auto known = stays.duties.find(there); known != stays.duties.end()) {
            if (newest(gone, key) != &duty) continue;
            const bool decision = !step.definition(key.name)->decision.empty();
            DutyInstance both = joined(known->second, duty, decision);
            if (!(both == known->second)) carry(step, key, std::move(both), gone.id);
            continue;
        }
        DutyInstance moved = duty;
        moved.key = there;
        if (moved.parent && names.contains(*moved.parent)) moved.parent = names.at(*moved.parent);
        carry(step, key, std::move(moved), gone.id);
    }
    return out;
}

void carry_registers(Step& step, const Incident& gone)
{
    for (const auto& [name, entries] : gone.registers) {
        const auto rules = step.protocol().registers.find(name);
        for (const RegisterEntry& entry : entries) {
            const auto here = step.incident().registers.find(name);
            const bool held = here != step.incident().registers.end() && !here->second.empty();
            const bool one = rules != step.protocol().registers.end() && rules->second.one;
            if ((one && held) || in_register(step.incident(), name, entry.staff)) continue;
            step.emit(RegisterEntered{
                step.incident().id, step.now(), name, entry.staff, entry.role, Actor{}, {}});
        }
    }
}

std::map<SubjectId, SubjectId> carry_subjects(
    Step& step, const Incident& gone, const Actor& by, std::set<SubjectId>& brought
)
{
    std::map<SubjectId, SubjectId> out;
    for (const auto& [id, subject] : gone.subjects) {
        if (const Subject* known = subject_with(step.incident(), subject.student)) {
            out[id] = known->id;
            continue;
        }
        Subject lane = subject;
        lane.id = next_subject_id(step.incident());
        out[id] = lane.id;
        brought.insert(lane.id);
        step.emit(SubjectAdded{step.incident().id, step.now(), std::move(lane), by});
    }
    return out;
}

std::optional<Refusal> cannot_merge(const Incident& a, const Incident& b)
{
    if (a.id == b.id) return refused("same_incident", "/with", "this is one incident");
    if (a.stage != Stage::Open || b.stage != Stage::Open)
        return refused("not_open", "", "both incidents have to be open");
    if (a.kind != b.kind)
        return refused("other_kind", "/with", "a real alarm is never part of a drill");
    if (a.protocol != b.protocol)
        return refused(
            "other_protocol", "/with", "switch one of them to the other's protocol first"
        );
    return std::nullopt;
}

}  // namespace

void suggest(Step& step, const Board& board)
{
    for (const auto& [id, other] : board.incidents) {
        if (!other.live() || other.kind != step.incident().kind || id == step.incident().id)
            continue;
        if (step.incident().suggestions.size() >= suggestions_max) return;
        if (const auto why =
                why_the_same(step.protocol(), step.directory(), step.incident(), other))
            step.emit(Suggested{step.incident().id, id, step.now(), *why});
    }
}

Decision merge(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Merge& command,
    Instant now
)
{
    const Incident& a = board.incidents.at(command.incident);
    const Incident& b = board.incidents.at(command.with);
    std::vector<Missing> faults;
    check_length(command.reason, "/reason", reason_bytes_max, faults);
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
    if (auto refusal = cannot_merge(a, b)) return std::move(*refusal);
    // The earlier alarm goes on: its clock has run for longer.
    const bool first = std::tie(a.opened_at, a.id) < std::tie(b.opened_at, b.id);
    const Incident& stays = first ? a : b;
    const Incident& gone = first ? b : a;

    std::vector<Event> events;
    Step step(rules.frozen(stays.protocol), directory, stays, now, events);
    std::set<SubjectId> brought;
    const auto subjects = carry_subjects(step, gone, command.by, brought);
    const auto duties = carry_duties(step, stays, gone, subjects);
    carry_registers(step, gone);
    for (const auto& [key, fact] : gone.facts) {
        const auto lane = subjects.find(key.subject);
        join_facts(
            step,
            lane == subjects.end() ? SubjectId{} : lane->second,
            {{key.fact, fact.value}},
            fact.source == record_source ? fact.source : gone.via,
            fact.since,
            command.by,
            true
        );
    }
    for (const SubjectId& lane : brought) forget_unrecorded(step, lane, command.by);
    std::set<StaffId> participants;
    if (!stays.participants.empty() && !gone.participants.empty()) {
        participants = stays.participants;
        participants.insert(gone.participants.begin(), gone.participants.end());
    }
    step.emit(Merged{
        gone.id,
        stays.id,
        now,
        duties,
        subjects,
        brought,
        command.reason,
        command.by,
        gone.levels,
        std::move(participants)});
    const std::size_t told = events.size() - 1;
    if (step.protocol().rank(gone.level) > step.protocol().rank(step.incident().level))
        raise_to(step, gone.level, {});
    else if (gone.level != step.incident().level)
        // What comes from a calmer one goes on at the pace of this one.
        for (const Carried& carried : duties)
            if (!stays.duties.contains(carried.is)) raise_duty(step, carried.is);
    settle(step);
    // What follows of the one that goes on stands together; what is told to both comes last.
    const auto merged = events.begin() + static_cast<std::ptrdiff_t>(told);
    std::rotate(merged, merged + 1, events.end());
    return events;
}

namespace {

// What came over and is nobody else's goes back as it stands now; here it is no longer asked.
void give_back(Step& survivor, const Incident& gone, std::map<DutyKey, DutyInstance>& as_they_stand)
{
    std::set<DutyKey> shared;
    for (const auto& [was, is] : gone.carried) {
        const auto found = survivor.incident().duties.find(is);
        if (found == survivor.incident().duties.end()) continue;
        const auto mine = gone.duties.find(was);
        // What had been asked anew since was over when it went, and is over when it is back.
        if (mine != gone.duties.end() && newest(gone, was) != &mine->second) continue;
        // Begun elsewhere, it was there before: it stays, and this one goes on as it was.
        const bool theirs = mine != gone.duties.end() &&
                            mine->second.clock_start == found->second.clock_start &&
                            mine->second.opened_at == found->second.opened_at;
        if (!theirs || !shared.insert(is).second) continue;
        DutyInstance back = found->second;
        back.key = was;
        if (mine->second.parent) back.parent = mine->second.parent;
        // Whoever was asked there and takes no part here is not asked here.
        std::erase_if(back.asks, [&](const auto& ask) { return !gone.takes_part(ask.first); });
        as_they_stand[was] = std::move(back);
        // What this one calls for by itself, it goes on asking: twice is cheaper than not at all.
        const Duty* duty = survivor.definition(is.name);
        const bool own = duty != nullptr && duty->scope != Scope::Person &&
                         holds(survivor.view_of(*duty, is.scope), duty->opens);
        if (found->second.open() && !own)
            survivor.emit(DutyMoot{survivor.incident().id, survivor.now(), is});
    }
    for (const SubjectId& is : gone.lanes_brought) {
        const auto found = survivor.incident().subjects.find(is);
        if (found == survivor.incident().subjects.end() || found->second.closed) continue;
        survivor.emit(SubjectClosed{survivor.incident().id, survivor.now(), is, EndName("split")});
    }
}

}  // namespace

Decision split(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Split& command,
    Instant now
)
{
    const Incident& gone = board.incidents.at(command.incident);
    std::vector<Missing> faults;
    check_length(command.reason, "/reason", reason_bytes_max, faults);
    if (command.reason.empty()) faults.push_back({"reason", "/reason", "a reason is needed"});
    if (command.place) check_place(directory, *command.place, faults);
    if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
    if (gone.stage != Stage::Merged && gone.stage != Stage::Attached)
        return refused("not_merged", "", "this incident is not part of another");
    const Incident* into = board.find(gone.attached_to);
    if (into == nullptr) return refused("not_merged", "", "this incident is not part of another");

    std::vector<Event> events;
    std::map<DutyKey, DutyInstance> as_they_stand;
    Step survivor(rules.frozen(into->protocol), directory, *into, now, events);
    Step own(rules.frozen(gone.protocol), directory, gone, now, events);
    if (gone.stage == Stage::Merged) give_back(survivor, gone, as_they_stand);
    if (into->live()) settle(survivor);
    own.emit(SplitOff{gone.id, into->id, now, command.reason, command.by});
    if (command.place)
        own.emit(PlaceSet{gone.id, now, place_of(directory, *command.place), command.by});
    if (gone.stage == Stage::Attached) {
        // It never was an incident by itself: it opens now, and its report keeps its own time.
        open_incident(own, OpenedBecause::Triage, command.by, own.protocol().floor);
    } else {
        for (const auto& [key, duty] : as_they_stand) {
            carry(own, key, duty, into->id);
            // There it may have become calmer than it was here.
            raise_duty(own, key);
        }
    }
    settle(own);
    part_drills(rules, board, own, events);
    return events;
}

std::optional<Refusal> keep_apart(Step& step, const KeepApart& command)
{
    const auto& suggestions = step.incident().suggestions;
    const auto found = suggestions.find(command.with);
    if (found == suggestions.end())
        return Refusal{
            Refusal::Because::Unknown, {{"not_suggested", "/with", "nobody suggested this"}}};
    if (found->second.dropped) return std::nullopt;
    step.emit(SuggestionDropped{step.incident().id, command.with, step.now(), command.by});
    return std::nullopt;
}

namespace {

// Follows a command to where its incident goes on; `rename` says what it speaks of there.
template <class Given, class Rename>
Given followed(const Board& board, Given command, const Rename& rename)
{
    for (unsigned hop = 0; hop < hops_max; ++hop) {
        const Incident* here = board.find(command.incident);
        if (here == nullptr || here->stage != Stage::Merged) break;
        const Incident* next = board.find(here->attached_to);
        if (next == nullptr) break;
        rename(command, *here);
        command.incident = next->id;
    }
    return command;
}

// What the duty or the subject is called where it went; as it was when it did not.
template <class Name>
Name called_there(const std::map<Name, Name>& carried, const Name& name)
{
    const auto there = carried.find(name);
    return there == carried.end() ? name : there->second;
}

}  // namespace

bool still_wanted(const Board& board, const Incident& incident, const Page& page)
{
    Page there = page;
    const Incident* here = &incident;
    for (unsigned hop = 0; hop < hops_max && here->stage == Stage::Merged; ++hop) {
        const Incident* next = board.find(here->attached_to);
        if (next == nullptr) return false;
        for (AskRef& ask : there.asks) ask.duty = called_there(here->carried, ask.duty);
        here = next;
    }
    // What was told, not asked, before they were one is told while the one goes on.
    return still_wanted(*here, there);
}

Answer where_it_goes_on(const Board& board, Answer command)
{
    return followed(board, std::move(command), [](Answer& answer, const Incident& here) {
        if (answer.ask) answer.ask = called_there(here.carried, *answer.ask);
    });
}

SetFacts where_it_goes_on(const Board& board, SetFacts command)
{
    return followed(board, std::move(command), [](SetFacts& facts, const Incident& here) {
        facts.subject = called_there(here.carried_subjects, facts.subject);
    });
}

SignEnd where_it_goes_on(const Board& board, SignEnd command)
{
    return followed(board, std::move(command), [](SignEnd& end, const Incident& here) {
        end.subject = called_there(here.carried_subjects, end.subject);
    });
}

Identify where_it_goes_on(const Board& board, Identify command)
{
    return followed(board, std::move(command), [](Identify& who, const Incident& here) {
        who.subject = called_there(here.carried_subjects, who.subject);
    });
}

Waive where_it_goes_on(const Board& board, Waive command)
{
    return followed(board, std::move(command), [](Waive& waiver, const Incident& here) {
        waiver.duty = called_there(here.carried, waiver.duty);
    });
}

AddNote where_it_goes_on(const Board& board, AddNote command)
{
    return followed(board, std::move(command), [](AddNote&, const Incident&) {});
}

AddSubject where_it_goes_on(const Board& board, AddSubject command)
{
    return followed(board, std::move(command), [](AddSubject&, const Incident&) {});
}

TakeOver where_it_goes_on(const Board& board, TakeOver command)
{
    return followed(board, std::move(command), [](TakeOver&, const Incident&) {});
}

AddRecord where_it_goes_on(const Board& board, AddRecord command)
{
    return followed(board, std::move(command), [](AddRecord& record, const Incident& here) {
        const auto key = DutyKey::parse(record.duty);
        if (key && here.carried.contains(*key)) record.duty = here.carried.at(*key).text();
    });
}

}  // namespace shouwang::escalation
