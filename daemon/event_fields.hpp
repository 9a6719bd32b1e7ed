#pragma once

#include "daemon/json_values.hpp"
#include "escalation/event.hpp"

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

// What an event consists of, said once for writing and for reading: the name of each field, and
// whether it is open or personal. The order here is the order in the journal.
//
// `codec` offers open(name, field), sealed(name, field), part(name, composite) and
// parts(name, composites); a composite is itself described here.
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

void describe(auto& codec, Of<escalation::Reported> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("code", event.code);
    codec.open("year", event.year);
    codec.open("number", event.number);
    codec.open("kind", event.kind);
    codec.open("via", event.via);
    codec.open("by", event.by);
    codec.open("protocol", event.protocol);
    codec.open("directory", event.directory);
    codec.part("place", event.place);
    codec.sealed("callback", event.callback);
    codec.sealed("text", event.text);
    codec.open("ref", event.ref);
    codec.parts("subjects", event.subjects);
}

void describe(auto& codec, Of<escalation::Opened> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("because", event.because);
    codec.open("by", event.by);
    codec.open("level", event.level);
}

void describe(auto& codec, Of<escalation::Dismissed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("by", event.by);
    codec.sealed("reason", event.reason);
}

void describe(auto& codec, Of<escalation::Attached> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("into", event.into);
    codec.open("at", event.at);
    codec.open("via", event.via);
    codec.open("by", event.by);
    codec.sealed("callback", event.callback);
    codec.sealed("text", event.text);
    codec.open("ref", event.ref);
}

void describe(auto& codec, Of<escalation::FactsSet> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("subject", event.subject);
    codec.open("facts", event.facts);
    codec.open("source", event.source);
    codec.open("known_at", event.known_at);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::RulesChanged> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("holding", event.holding);
}

void describe(auto& codec, Of<escalation::LevelRaised> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("from", event.from);
    codec.open("to", event.to);
    codec.open("because", event.because);
}

void describe(auto& codec, Of<escalation::DutyOpened> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("life", event.life);
    codec.open("level", event.level);
    codec.open("clock_start", event.clock_start);
    codec.open("rungs", event.rungs);
    codec.open("due", event.due);
    codec.open("lapses_at", event.lapses_at);
    codec.open("parent", event.parent);
}

void describe(auto& codec, Of<escalation::DutyRaised> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("level", event.level);
    codec.open("rungs", event.rungs);
    codec.open("attempts", event.attempts);
    codec.open("lapses_at", event.lapses_at);
}

void describe(auto& codec, Of<escalation::RungReached> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("rung", event.rung);
    codec.open("because", event.because);
    codec.open("late_by", event.late_by);
    codec.open("skipped", event.skipped);
    codec.open("empty", event.empty);
}

void describe(auto& codec, Of<escalation::RepeatReached> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("repeat", event.repeat);
    codec.open("next", event.next);
    codec.open("late_by", event.late_by);
}

void describe(auto& codec, Of<escalation::RepeatArmed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("next", event.next);
}

void describe(auto& codec, Of<escalation::Asked> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("staff", event.staff);
    codec.open("role", event.role);
    codec.open("rung", event.rung);
    codec.open("text", event.text);
    codec.open("reason", event.reason);
    codec.open("attempts", event.attempts);
    codec.open("attempts_by", event.attempts_by);
}

void describe(auto& codec, Of<escalation::Paged> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("page", event.page);
    codec.open("staff", event.staff);
    codec.open("role", event.role);
    codec.open("asks", event.asks);
    codec.open("inform", event.inform);
    codec.open("text", event.text);
    codec.open("level", event.level);
    codec.open("rung", event.rung);
    codec.open("repeat", event.repeat);
    codec.open("channels", event.channels);
    codec.open("reason", event.reason);
    codec.open("late_by", event.late_by);
}

void describe(auto& codec, Of<escalation::Answered> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("staff", event.staff);
    codec.open("answer", event.answer);
    codec.open("eta", event.eta);
    codec.sealed("reason", event.reason);
    codec.open("by", event.by);
    codec.open("via", event.via);
    codec.open("satisfies", event.satisfies);
    codec.open("cannot", event.cannot);
    codec.open("late", event.late);
    codec.sealed("heard_by", event.heard_by);
}

void describe(auto& codec, Of<escalation::DutyDone> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::DutyReopened> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::DutyRenewed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("rungs", event.rungs);
    codec.open("due", event.due);
    codec.open("lapses_at", event.lapses_at);
}

void describe(auto& codec, Of<escalation::DutyLapsed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("final", event.final);
    codec.open("lapses_at", event.lapses_at);
}

void describe(auto& codec, Of<escalation::DutyMoot> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
}

void describe(auto& codec, Of<escalation::RegisterEntered> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("name", event.name);
    codec.open("staff", event.staff);
    codec.open("role", event.role);
}

void describe(auto& codec, Of<escalation::RegisterLeft> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("name", event.name);
    codec.open("staff", event.staff);
}

void describe(auto& codec, Of<escalation::HoleFound> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("role", event.role);
    // The unit may be a class, and the class tells who the student is.
    codec.sealed("unit", event.unit);
}

void describe(auto& codec, Of<escalation::Recorded> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.sealed("fields", event.fields);
    codec.open("by", event.by);
    codec.sealed("heard_by", event.heard_by);
}

void describe(auto& codec, Of<escalation::CheckArmed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("check_at", event.check_at);
    codec.open("turns_at", event.turns_at);
}

void describe(auto& codec, Of<escalation::EndSigned> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("end", event.end);
    codec.open("staff", event.staff);
    codec.sealed("evidence", event.evidence);
    codec.open("by", event.by);
    codec.sealed("heard_by", event.heard_by);
}

void describe(auto& codec, Of<escalation::Ended> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("end", event.end);
}

void describe(auto& codec, Of<escalation::SendStarted> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("page", event.page);
    codec.open("channel", event.channel);
    codec.open("address", event.address);
    codec.open("attempt", event.attempt);
    codec.open("possible_repeat", event.possible_repeat);
}

void describe(auto& codec, Of<escalation::SendFinished> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("page", event.page);
    codec.open("channel", event.channel);
    codec.open("state", event.state);
    codec.open("detail", event.detail);
    codec.open("provider_id", event.provider_id);
}

void describe(auto& codec, Of<escalation::ChannelAdded> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("page", event.page);
    codec.open("channel", event.channel);
    codec.open("because", event.because);
}

void describe(auto& codec, Of<escalation::Unreachable> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("staff", event.staff);
}

void describe(auto& codec, Of<escalation::Adopted> auto& event)
{
    codec.open("at", event.at);
    codec.open("what", event.what);
    codec.open("name", event.name);
    codec.open("hash", event.hash);
    // The roster is everybody's names and numbers. Reading, `what` stands already in the event.
    if (event.what == "roster")
        codec.sealed("text", event.text);
    else
        codec.open("text", event.text);
}

// The stable name of each event's type.
template <class Type>
inline constexpr std::string_view type_name{};

template <>
inline constexpr std::string_view type_name<escalation::Reported> = "reported";
template <>
inline constexpr std::string_view type_name<escalation::Opened> = "opened";
template <>
inline constexpr std::string_view type_name<escalation::Dismissed> = "dismissed";
template <>
inline constexpr std::string_view type_name<escalation::Attached> = "attached";
template <>
inline constexpr std::string_view type_name<escalation::FactsSet> = "facts_set";
template <>
inline constexpr std::string_view type_name<escalation::RulesChanged> = "rules_changed";
template <>
inline constexpr std::string_view type_name<escalation::LevelRaised> = "level_raised";
template <>
inline constexpr std::string_view type_name<escalation::DutyOpened> = "duty_opened";
template <>
inline constexpr std::string_view type_name<escalation::DutyRaised> = "duty_raised";
template <>
inline constexpr std::string_view type_name<escalation::RungReached> = "rung_reached";
template <>
inline constexpr std::string_view type_name<escalation::RepeatReached> = "repeat_reached";
template <>
inline constexpr std::string_view type_name<escalation::RepeatArmed> = "repeat_armed";
template <>
inline constexpr std::string_view type_name<escalation::Asked> = "asked";
template <>
inline constexpr std::string_view type_name<escalation::Paged> = "paged";
template <>
inline constexpr std::string_view type_name<escalation::Answered> = "answered";
template <>
inline constexpr std::string_view type_name<escalation::DutyDone> = "duty_done";
template <>
inline constexpr std::string_view type_name<escalation::DutyReopened> = "duty_reopened";
template <>
inline constexpr std::string_view type_name<escalation::DutyRenewed> = "duty_renewed";
template <>
inline constexpr std::string_view type_name<escalation::DutyLapsed> = "duty_lapsed";
template <>
inline constexpr std::string_view type_name<escalation::DutyMoot> = "duty_moot";
template <>
inline constexpr std::string_view type_name<escalation::RegisterEntered> = "register_entered";
template <>
inline constexpr std::string_view type_name<escalation::RegisterLeft> = "register_left";
template <>
inline constexpr std::string_view type_name<escalation::HoleFound> = "hole_found";
template <>
inline constexpr std::string_view type_name<escalation::Recorded> = "recorded";
template <>
inline constexpr std::string_view type_name<escalation::CheckArmed> = "check_armed";
template <>
inline constexpr std::string_view type_name<escalation::EndSigned> = "end_signed";
template <>
inline constexpr std::string_view type_name<escalation::Ended> = "ended";
template <>
inline constexpr std::string_view type_name<escalation::SendStarted> = "send_started";
template <>
inline constexpr std::string_view type_name<escalation::SendFinished> = "send_finished";
template <>
inline constexpr std::string_view type_name<escalation::ChannelAdded> = "channel_added";
template <>
inline constexpr std::string_view type_name<escalation::Unreachable> = "unreachable";
template <>
inline constexpr std::string_view type_name<escalation::Adopted> = "adopted";

}  // namespace shouwang::daemon
