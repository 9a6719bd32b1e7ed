#include "tests/simulation/oracle.hpp"

#include "escalation/evaluate.hpp"
#include "tests/simulation/reading.hpp"
#include "tests/simulation/way_out.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::test {

using namespace escalation;

std::size_t Oracle::SeenDuty::reached() const
{
    std::size_t next = 0;
    while (next < rungs.size() && rungs[next].reached) ++next;
    return next;
}

Instant Oracle::SeenDuty::last_due() const
{
    const std::size_t next = reached();
    return next == 0 ? Instant{} : rungs[next - 1].due;
}

bool Oracle::SeenDuty::counts_on_nobody() const
{
    return std::all_of(asks.begin(), asks.end(), [](const auto& ask) {
        return ask.second.cannot || ask.second.unreachable;
    });
}

FactValue Oracle::SeenIncident::known(const FactKey& key) const
{
    const auto own = facts.find(key);
    if (own != facts.end() && !own->second.empty()) return own->second;
    const auto all = facts.find({SubjectId{}, key.fact});
    return all == facts.end() ? FactValue{} : all->second;
}

void Oracle::see(
    const Board& after, const Command& command, const std::vector<Event>& batch, Instant now
)
{
    std::size_t i = 0;
    while (i < batch.size()) {
        // One incident at a time: a tick serves several, an attachment two.
        const IncidentId id = incident_of(batch[i]);
        std::size_t end = i;
        const Incident* folded = after.find(id);
        must(folded != nullptr, "1", "an event of no incident");
        Reading reading(*this, incidents_[id], *folded, command, now);
        for (; end < batch.size() && incident_of(batch[end]) == id; ++end) reading.read(batch[end]);
        reading.finish();
        never_without(incidents_[id], *folded, now);
        i = end;
    }
}

void Oracle::slept(Span span)
{
    for (auto& [id, incident] : incidents_)
        for (auto& [key, duty] : incident.duties) duty.asleep += span;
}

void Oracle::at_rest(const Board& board, Instant now)
{
    must(incidents_.size() == board.incidents.size(), "1", "an incident is missing");
    std::size_t alarms = 0;
    for (const auto& [id, incident] : board.incidents) {
        const auto seen = incidents_.find(id);
        must(seen != incidents_.end(), "1", "nobody reported", id.text());
        compare(seen->second, incident);
        watch(seen->second, incident, now);
        decisions(seen->second, incident, now);
        never_without(seen->second, incident, now);
        apart(board, incident);
        if (const auto due = incident.deadline()) {
            must(incident.live(), "5", "an ended incident has a deadline", id.text());
            must(*due > now, "3", "something overdue is left standing", id.text());
            must(board.alarms.contains({*due, id}), "2", "the alarm clock misses", id.text());
            ++alarms;
        }
    }
    must(alarms == board.alarms.size(), "2", "the alarm clock holds a stale alarm");
}

namespace {

// Whatever the order of folding, these must be equal.
void same(bool equal, const DutyKey& key, const char* what)
{
    must(equal, "1", key.text(), "differs from its events:", what);
}

}  // namespace

// Whoever is on the scene must never wonder whether it is real.
void Oracle::apart(const Board& board, const Incident& drill)
{
    if (drill.kind != Kind::Drill || !drill.running() || drill.paused) return;
    for (const auto& [id, alarm] : board.incidents) {
        if (alarm.kind != Kind::Real || !alarm.live() || alarm.stage == Stage::Aftercare) continue;
        const UnitId& building = alarm.place.building;
        must(
            building.empty() || building != drill.place.building,
            "12",
            "a drill goes on where something is real:",
            drill.id.text(),
            id.text()
        );
        for (const auto& [subject, known] : alarm.subjects)
            for (const auto& [other, drilled] : drill.subjects)
                must(
                    known.student.empty() || known.student != drilled.student,
                    "12",
                    "a drill goes on about somebody in danger:",
                    drill.id.text(),
                    id.text()
                );
    }
}

void Oracle::compare(const SeenIncident& seen, const Incident& incident) const
{
    must(seen.stage == incident.stage, "1", "stage of", incident.id.text());
    must(seen.level == incident.level, "1", "level of", incident.id.text());
    must(seen.duties.size() == incident.duties.size(), "1", "duties of", incident.id.text());
    for (const auto& [key, duty] : incident.duties) {
        const auto found = seen.duties.find(key);
        must(found != seen.duties.end(), "1", "nobody opened", key.text());
        const SeenDuty& mine = found->second;
        same(mine.state == duty.state, key, "state");
        same(mine.decided == duty.decided, key, "what was decided");
        same(mine.clock_start == duty.clock_start, key, "clock");
        same(mine.rungs == duty.rungs, key, "rungs");
        same(mine.next_repeat == duty.forever_next, key, "next repeat");
        same(mine.repeats == duty.forever_count, key, "repeats");
        same(mine.due == duty.due, key, "due");
        same(mine.lapses_at == duty.lapses_at, key, "lapse");
        same(mine.asks.size() == duty.asks.size(), key, "number of asks");
        for (const auto& [staff, ask] : duty.asks) {
            const auto asked = mine.asks.find(staff);
            same(asked != mine.asks.end(), key, "an ask nobody made");
            same(asked->second.answer == ask.answer, key, "answer");
            same(asked->second.satisfies == ask.satisfies, key, "satisfies");
            same(asked->second.cannot == ask.cannot, key, "cannot");
            same(asked->second.unreachable == ask.unreachable, key, "unreachable");
            same(asked->second.attempts == ask.attempts, key, "personal attempts");
        }
    }
}

void Oracle::watch(const SeenIncident& seen, const Incident& incident, Instant now) const
{
    must(seen.paused == incident.paused, "1", "paused:", incident.id.text());
    if (!seen.live() || seen.paused) return;
    bool waiting = false;
    for (const auto& [key, duty] : seen.duties) {
        for (const auto& [staff, ask] : duty.asks)
            must(
                !ask.answer.empty() || ask.attempts.empty() || ask.attempts.front() > now,
                "3",
                "a personal attempt is overdue:",
                key.text(),
                staff.text()
            );
        if (duty.done_by_answer && duty.state == DutyState::Done)
            must(
                std::any_of(
                    duty.asks.begin(),
                    duty.asks.end(),
                    [](const auto& ask) { return ask.second.satisfies; }
                ),
                "5",
                "done, and nobody does it:",
                key.text()
            );
        if (!duty.open()) continue;
        std::optional<Instant> next = duty.next_repeat;
        // They are reached in order: one that is due before the one it waits for is not yet.
        if (const std::size_t waits = duty.reached(); waits < duty.rungs.size()) {
            const Instant due = duty.rungs[waits].due;
            must(due > now, "3", "a rung is overdue:", key.text());
            next = next ? std::min(*next, due) : due;
        }
        must(!duty.next_repeat || *duty.next_repeat > now, "3", "a repeat is overdue:", key.text());
        must(!duty.lapses_at || *duty.lapses_at > now, "3", "a lapse is overdue:", key.text());
        must(
            !duty.life || seen.stage != Stage::Aftercare,
            "5",
            "called out in aftercare:",
            key.text()
        );
        if (!duty.life) continue;
        waiting = true;
        if (duty.lapses_at) next = next ? std::min(*next, *duty.lapses_at) : duty.lapses_at;
        // A raise moves rungs to the earlier of two times, so two of them may stand as far apart
        // as the level the duty was opened at allows.
        const bool climbing = duty.reached() < duty.rungs.size();
        const LevelName& level = climbing ? duty.opened_level : incident.level;
        const Span bound = seen.protocol->level(level).max_silence;
        must(next.has_value(), "2", "a life duty waits for nothing:", key.text());
        // How long it waits before anybody hears of it at all is the protocol's own choice.
        if (!duty.rungs.empty() && !duty.rungs.front().reached) continue;
        // A rung reached out of turn brings people in sooner and leaves the later ones where they
        // were: silence is measured from when it would have been due.
        const Instant turn = duty.last_due();
        must(
            *next - std::max(now, turn) <= bound,
            "2",
            "a life duty will be silent too long:",
            key.text()
        );
        const Instant since = std::max({duty.heard_at, seen.level_since, turn});
        // A drill whose people take no part in it is silent to everybody else.
        must(
            now - since <= bound + duty.asleep || !incident.participants.empty(),
            "2",
            "a life duty fell silent:",
            key.text()
        );
    }
    must(!waiting || incident.deadline().has_value(), "2", "no deadline:", incident.id.text());
}

// An incident that goes on has something open, as long as it is not signed off. That is what a
// duty nobody can do is for; a protocol without one for this stage promises nothing of the kind.
void Oracle::never_without(const SeenIncident& seen, const Incident& incident, Instant now) const
{
    if ((seen.stage != Stage::Open && seen.stage != Stage::Aftercare) || seen.paused) return;
    const View view{*seen.protocol, directory_, incident, nullptr, now, SubjectId{}, StaffId{}};
    const auto& rules = seen.protocol->duties;
    const bool promised = std::any_of(rules.begin(), rules.end(), [&](const auto& entry) {
        const Duty& rule = entry.second;
        return only_signed_off(rule) && meant_for(rule, incident.kind) && holds(view, rule.opens);
    });
    must(
        !promised || std::any_of(
                         seen.duties.begin(),
                         seen.duties.end(),
                         [](const auto& duty) { return duty.second.open(); }
                     ),
        "6",
        "goes on with nothing open:",
        incident.id.text(),
        " ",
        std::string(word_of(seen.stage))
    );
}

// While the facts ask for a decision of people, it is made or it is asked.
void Oracle::decisions(const SeenIncident& seen, const Incident& incident, Instant now) const
{
    if (seen.stage != Stage::Open || seen.paused) return;
    const View view{*seen.protocol, directory_, incident, nullptr, now, SubjectId{}, StaffId{}};
    for (const auto& [name, rule] : seen.protocol->duties) {
        if (rule.decision.empty() || rule.scope != Scope::Incident || !holds(view, rule.opens))
            continue;
        const bool meant = meant_for(rule, incident.kind);
        const bool there =
            std::any_of(seen.duties.begin(), seen.duties.end(), [&](const auto& entry) {
                return entry.first.name == name &&
                       (entry.second.open() || !entry.second.decided.empty());
            });
        must(
            there == meant || holds(view, rule.moot), "6", "nobody is asked to decide:", name.text()
        );
    }
}

}  // namespace shouwang::test
