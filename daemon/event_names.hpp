#pragma once

#include "escalation/event.hpp"

#include <string_view>

// What each type of event is called in the journal, on the live stream and in rehearsals.
namespace shouwang::daemon {

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
inline constexpr std::string_view type_name<escalation::DutyWaived> = "duty_waived";
template <>
inline constexpr std::string_view type_name<escalation::LevelLowered> = "level_lowered";
template <>
inline constexpr std::string_view type_name<escalation::SubjectAdded> = "subject_added";
template <>
inline constexpr std::string_view type_name<escalation::SubjectIdentified> = "subject_identified";
template <>
inline constexpr std::string_view type_name<escalation::SubjectClosed> = "subject_closed";
template <>
inline constexpr std::string_view type_name<escalation::PlaceSet> = "place_set";
template <>
inline constexpr std::string_view type_name<escalation::Noted> = "noted";
template <>
inline constexpr std::string_view type_name<escalation::Reopened> = "reopened";
template <>
inline constexpr std::string_view type_name<escalation::ProtocolSwitched> = "protocol_switched";
template <>
inline constexpr std::string_view type_name<escalation::Suggested> = "suggested";
template <>
inline constexpr std::string_view type_name<escalation::SuggestionDropped> = "suggestion_dropped";
template <>
inline constexpr std::string_view type_name<escalation::DrillPaused> = "drill_paused";
template <>
inline constexpr std::string_view type_name<escalation::Merged> = "merged";
template <>
inline constexpr std::string_view type_name<escalation::SplitOff> = "split_off";
template <>
inline constexpr std::string_view type_name<escalation::DutyCarried> = "duty_carried";
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
