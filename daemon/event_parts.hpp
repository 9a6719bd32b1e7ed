#pragma once

#include "daemon/json_values.hpp"
#include "escalation/event.hpp"

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

// What the fields of events consist of where that is more than a value: words of enumerations,
// subjects, places, duties. Described as events are, see event_fields.hpp.
namespace shouwang::daemon {

template <class Described, class Type>
concept Of = std::same_as<std::remove_const_t<Described>, Type>;

template <>
struct Words<escalation::Kind> {
    using enum escalation::Kind;
    static constexpr auto words = std::to_array<std::pair<escalation::Kind, std::string_view>>(
        {{Real, "real"}, {Drill, "drill"}, {Test, "test"}}
    );
};
template <>
struct Words<escalation::SendState> {
    using enum escalation::SendState;
    static constexpr auto words = std::to_array<std::pair<escalation::SendState, std::string_view>>(
        {{Queued, "queued"},
         {Started, "started"},
         {Accepted, "accepted"},
         {Failed, "failed"},
         {Unknown, "unknown"},
         {Dropped, "dropped"}}
    );
};
template <>
struct Words<escalation::OpenedBecause> {
    using enum escalation::OpenedBecause;
    static constexpr auto words =
        std::to_array<std::pair<escalation::OpenedBecause, std::string_view>>(
            {{Trusted, "trusted"}, {Triage, "triage"}, {Undecided, "undecided"}}
        );
};
template <>
struct Words<escalation::RungBecause> {
    using enum escalation::RungBecause;
    static constexpr auto words =
        std::to_array<std::pair<escalation::RungBecause, std::string_view>>(
            {{Due, "due"},
             {Cannot, "cannot"},
             {Empty, "empty"},
             {Unreachable, "unreachable"},
             {Reopened, "reopened"}}
        );
};

template <>
struct Words<escalation::DutyState> {
    using enum escalation::DutyState;
    static constexpr auto words = std::to_array<std::pair<escalation::DutyState, std::string_view>>(
        {{Open, "open"}, {Done, "done"}, {Lapsed, "lapsed"}, {Moot, "moot"}, {Waived, "waived"}}
    );
};
template <>
struct Words<escalation::EndOutcome> {
    using enum escalation::EndOutcome;
    static constexpr auto words =
        std::to_array<std::pair<escalation::EndOutcome, std::string_view>>(
            {{Closed, "closed"},
             {Aftercare, "aftercare"},
             {FalseAlarm, "false_alarm"},
             {DrillEnded, "drill_ended"},
             {Lane, "lane"},
             {Lower, "lower"},
             {Facts, "facts"}}
        );
};

// Who a student is lives in the sealed part; that somebody was identified does not.
void describe(auto& codec, Of<escalation::Subject> auto& subject)
{
    codec.open("id", subject.id);
    codec.identity("identified", "student", subject.student);
    codec.sealed("description", subject.description);
    codec.sealed("class", subject.class_unit);
    codec.open("college", subject.college);
    codec.open("building", subject.building);
    codec.open("intern_site", subject.intern_site);
    codec.open("kind", subject.kind);
    codec.open("minor", subject.minor);
    codec.open("closed", subject.closed);
    codec.open("corrected_at", subject.corrected_at);
}

void describe(auto& codec, Of<escalation::Place> auto& place)
{
    codec.open("campus", place.campus);
    codec.open("building", place.building);
    codec.open("floor", place.floor);
    codec.open("label", place.label);
    codec.sealed("room", place.room);
    codec.sealed("detail", place.detail);
}

void describe(auto& codec, Of<escalation::Carried> auto& carried)
{
    codec.open("was", carried.was);
    codec.open("is", carried.is);
}

void describe(auto& codec, Of<escalation::DutyInstance> auto& duty)
{
    codec.open("key", duty.key);
    codec.open("state", duty.state);
    codec.open("life", duty.life);
    codec.open("opened_at", duty.opened_at);
    codec.open("clock_start", duty.clock_start);
    codec.open("epoch", duty.epoch);
    codec.open("level", duty.level);
    codec.open("rungs", duty.rungs);
    codec.open("forever_next", duty.forever_next);
    codec.open("forever_count", duty.forever_count);
    codec.open("due", duty.due);
    codec.open("lapses_at", duty.lapses_at);
    codec.open("lapses", duty.lapses);
    codec.open("ended_at", duty.ended_at);
    codec.open("ended_by", duty.ended_by);
    codec.open("decided", duty.decided);
    codec.open("parent", duty.parent);
}

void describe(auto& codec, Of<escalation::Ask> auto& ask)
{
    codec.open("staff", ask.staff);
    codec.open("role", ask.role);
    codec.open("rung", ask.rung);
    codec.open("text", ask.text);
    codec.open("asked_at", ask.asked_at);
    codec.open("answer", ask.answer);
    codec.open("answered_at", ask.answered_at);
    codec.open("eta", ask.eta);
    codec.sealed("fields", ask.fields);
    codec.sealed("reason", ask.reason);
    codec.open("satisfies", ask.satisfies);
    codec.open("cannot", ask.cannot);
    codec.open("unreachable", ask.unreachable);
    codec.open("attempts", ask.attempts);
    codec.open("attempts_by", ask.attempts_by);
}

}  // namespace shouwang::daemon
