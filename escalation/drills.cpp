#include "escalation/drills.hpp"

#include "escalation/lanes.hpp"
#include "escalation/merging.hpp"

#include <algorithm>

namespace shouwang::escalation {

namespace {

bool beside(const Directory& directory, const Incident& a, const Incident& b)
{
    const bool same_student =
        std::any_of(a.subjects.begin(), a.subjects.end(), [&](const auto& entry) {
            return subject_with(b, entry.second.student) != nullptr;
        });
    return same_student || same_place(directory, a.place, b.place);
}

}  // namespace

const Incident* alarm_beside(const Directory& directory, const Board& board, const Incident& drill)
{
    for (const auto& [id, alarm] : board.incidents)
        if (alarm.kind == Kind::Real && alarm.stage != Stage::Aftercare && alarm.live() &&
            beside(directory, alarm, drill))
            return &alarm;
    return nullptr;
}

namespace {

void pause(Step& step, const IncidentId& because_of)
{
    step.emit(DrillPaused{step.incident().id, because_of, step.now(), true});
    if (!step.protocol().pause_text.empty())
        tell_asked(step, step.before(), step.protocol().pause_text);
}

}  // namespace

void part_drills(const Rules& rules, const Board& board, Step& step, std::vector<Event>& events)
{
    const Incident& was = step.before();
    const Incident& now = step.incident();
    if (was.stage == now.stage && was.place == now.place && was.subjects == now.subjects) return;
    if (now.kind == Kind::Drill && now.running() && !now.paused) {
        if (const Incident* alarm = alarm_beside(step.directory(), board, now)) {
            pause(step, alarm->id);
            settle(step);
        }
    }
    if (now.kind != Kind::Real || now.stage == Stage::Aftercare || !now.live()) return;
    for (const auto& [id, drill] : board.incidents) {
        if (drill.kind != Kind::Drill || !drill.running() || drill.paused) continue;
        if (!beside(step.directory(), now, drill)) continue;
        Step other(rules.frozen(drill.protocol), step.directory(), drill, step.now(), events);
        pause(other, now.id);
        settle(other);
    }
}

}  // namespace shouwang::escalation
