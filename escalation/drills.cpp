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

void pause_drills(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Incident& alarm,
    Instant now,
    std::vector<Event>& events
)
{
    if (alarm.kind != Kind::Real || alarm.stage == Stage::Aftercare || !alarm.live()) return;
    for (const auto& [id, drill] : board.incidents) {
        if (drill.kind != Kind::Drill || !drill.running() || drill.paused) continue;
        if (!beside(directory, alarm, drill)) continue;
        Step step(rules.frozen(drill.protocol), directory, drill, now, events);
        pause(step, alarm.id);
        settle(step);
    }
}

void pause_beside_alarm(Step& step, const Board& board)
{
    const Incident& drill = step.incident();
    if (drill.kind != Kind::Drill || !drill.running() || drill.paused) return;
    if (const Incident* alarm = alarm_beside(step.directory(), board, drill))
        pause(step, alarm->id);
}

}  // namespace shouwang::escalation
