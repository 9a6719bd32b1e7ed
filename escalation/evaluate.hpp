#pragma once

#include "escalation/condition.hpp"
#include "escalation/directory.hpp"
#include "escalation/incident.hpp"
#include "escalation/protocol.hpp"

#include <map>
#include <optional>
#include <string>

// Whether a condition of the protocol holds.
namespace shouwang::escalation {

// What a condition is judged by. `before` is the incident as it was when the command came in: the
// edges (turns, worse, fires) compare with it; without one no edge is ever seen.
struct View {
    const Protocol& protocol;
    const Directory& directory;
    const Incident& incident;
    const Incident* before = nullptr;
    Instant now{};
    SubjectId lane;  // not empty: facts of subjects are this one's
    StaffId self;    // for person-scoped duties
    // What has held for a while counts only when it came to that after this instant.
    std::optional<Instant> after = std::nullopt;
    const std::map<std::string, std::string>* record = nullptr;  // being filed, or said with a word
    const Guardian* contact = nullptr;                           // whom it names

    [[nodiscard]] View in_lane(const SubjectId& subject) const;
    [[nodiscard]] View as(const StaffId& staff) const;
    [[nodiscard]] View since(Instant instant) const;
};

[[nodiscard]] bool holds(const View& view, const Condition& condition);

// The value known of a subject, or else of the incident as a whole; nullptr when neither is known.
[[nodiscard]] const FactState* fact_of(
    const Incident& incident, const SubjectId& lane, const FactName& name
);

// The same time of day after so many working days: by weekday, and by the roster's calendar.
[[nodiscard]] Instant after_workdays(
    const Directory& directory, const Protocol& protocol, Instant now, unsigned days
);

// True in an hour of the window: local time, weekday, and the calendar's exceptions.
[[nodiscard]] bool in_window(
    const Protocol& protocol, const Directory& directory, const WindowName& name, Instant now
);

// The earliest instant after `view.now` at which a `held_for` in the condition comes true by time
// alone; nullopt when none is running.
[[nodiscard]] std::optional<Instant> next_check(const View& view, const Condition& condition);

// The earliest instant after `view.now` at which a window that the condition speaks of begins or
// ends; nullopt when it speaks of none.
[[nodiscard]] std::optional<Instant> next_turn(const View& view, const Condition& condition);

}  // namespace shouwang::escalation
