#pragma once

#include "escalation/incident.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

// What is now true. Journaled for good: a field may be added with a default, none is ever renamed
// or dropped, and evolve() accepts every event ever written. An event carries the instants it
// computed, so folding needs neither clock nor protocol nor roster.
namespace shouwang::escalation {

struct Reported {
    IncidentId incident;
    Instant at{};
    std::string code;
    int year = 0;  // the local year the code was counted in
    unsigned number = 0;
    Kind kind = Kind::Real;
    std::string via;
    Actor by;
    std::string protocol;   // hash
    std::string directory;  // version
    Place place;
    std::string callback;
    std::string text;
    std::string ref;
    std::vector<Subject> subjects;
    std::optional<Instant> ends_at = {};  // of a drill or a roll-call
    std::set<StaffId> participants = {};
};
enum class OpenedBecause { Trusted, Triage, Undecided };
struct Opened {
    IncidentId incident;
    Instant at{};
    OpenedBecause because = OpenedBecause::Trusted;
    Actor by;
    LevelName level;
};
struct Dismissed {
    IncidentId incident;
    Instant at{};
    Actor by;
    std::string reason;
};
// The report `incident` was folded into `into`, or a further report never became its own incident.
struct Attached {
    IncidentId incident;  // empty when the report came straight to `into`
    IncidentId into;
    Instant at{};
    std::string via;
    Actor by;
    std::string callback;
    std::string text;
    std::string ref;
};
struct FactsSet {
    IncidentId incident;
    Instant at{};
    SubjectId subject;
    std::map<FactName, FactValue> facts;
    std::string source;
    Instant known_at{};
    Actor by;
};
struct RulesChanged {
    IncidentId incident;
    Instant at{};
    std::set<RuleName> holding;
};
struct LevelRaised {
    IncidentId incident;
    Instant at{};
    LevelName from;
    LevelName to;
    std::vector<RuleName> because;
};
struct DutyOpened {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    bool life = true;
    LevelName level;
    Instant clock_start{};
    std::vector<RungState> rungs;
    std::optional<Instant> due;
    std::optional<Instant> lapses_at;
    std::optional<DutyKey> parent;
};
// A level raise: unreached rungs are due at the earlier of their old and their new time.
struct DutyRaised {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    LevelName level;
    std::vector<RungState> rungs;
    std::map<StaffId, std::vector<Instant>> attempts;
    std::optional<Instant> lapses_at;
};
enum class RungBecause { Due, Cannot, Empty, Unreachable, Reopened };
struct RungReached {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    unsigned rung = 0;
    RungBecause because = RungBecause::Due;
    Span late_by{};
    bool skipped = false;  // its condition did not hold: nobody was meant
    bool empty = false;    // it resolved to nobody who can be reached
};
struct RepeatReached {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    unsigned repeat = 0;
    Instant next{};
    Span late_by{};
};
// The first repeat after the ladder's end, or a change of it.
struct RepeatArmed {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    Instant next{};
};
struct Asked {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    StaffId staff;
    RoleName role;
    unsigned rung = 0;
    TextCode text;
    std::string reason;  // why this person: holder, shift, backup, deputy, delegate ...
    std::vector<Instant> attempts;
    std::vector<ChannelName> attempts_by;
};
struct Paged {
    IncidentId incident;
    Instant at{};
    PageId page;
    StaffId staff;
    RoleName role;
    std::vector<AskRef> asks;
    InformName inform;
    TextCode text;
    LevelName level;
    unsigned rung = 0;
    unsigned repeat = 0;
    std::vector<ChannelName> channels;
    std::string reason;
    Span late_by{};
};
struct Answered {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    StaffId staff;
    Word answer;
    std::optional<Instant> eta;
    std::string reason;  // personal: free text
    Actor by;
    std::string via;
    bool satisfies = false;
    bool cannot = false;
    bool late = false;          // the duty had already ended
    std::string heard_by = {};  // personal: who heard it from them, when somebody passed it on
    std::map<std::string, std::string> fields = {};  // personal: what a decision says besides
};
struct DutyDone {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    StaffId by;         // empty: circumstances, or a record
    Word decided = {};  // the word it was answered with
};
struct DutyReopened {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    StaffId by;  // who took their answer back, or whose arrival lapsed
};
struct DutyRenewed {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    std::vector<RungState> rungs;
    std::optional<Instant> due;
    std::optional<Instant> lapses_at;
};
struct DutyLapsed {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    bool final = true;  // false: it goes on until `lapses_at`
    std::optional<Instant> lapses_at;
};
struct DutyMoot {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
};
struct DutyWaived {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    StaffId staff;
    std::string reason;  // personal
    Actor by;
    std::string heard_by;  // personal
};
struct RegisterEntered {
    IncidentId incident;
    Instant at{};
    RegisterName name;
    StaffId staff;
    RoleName role;
    Actor by = {};            // who took it over or handed it on by saying so; empty: an answer did
    std::string reason = {};  // personal
};
struct RegisterLeft {
    IncidentId incident;
    Instant at{};
    RegisterName name;
    StaffId staff;
};
struct HoleFound {
    IncidentId incident;
    Instant at{};
    RoleName role;
    UnitId unit;
};
struct Recorded {
    IncidentId incident;
    Instant at{};
    DutyKey duty;
    std::map<std::string, std::string> fields;
    Actor by;
    std::string heard_by = {};  // personal
};
struct CheckArmed {
    IncidentId incident;
    Instant at{};
    std::optional<Instant> check_at;
    std::optional<Instant> turns_at = {};  // a window that a condition speaks of begins or ends
};
struct EndSigned {
    IncidentId incident;
    Instant at{};
    EndName end;
    StaffId staff;
    std::map<std::string, std::string> evidence;
    Actor by;
    std::string heard_by = {};  // personal
    SubjectId subject = {};
};
// An ending is signed in full, or time has ended a drill. What comes of it is the outcome's.
struct Ended {
    IncidentId incident;
    Instant at{};
    EndName end;
    EndOutcome outcome = EndOutcome::Closed;
    SubjectId subject = {};
};
struct LevelLowered {
    IncidentId incident;
    Instant at{};
    LevelName from;
    LevelName to;
    EndName end;
};
struct SubjectAdded {
    IncidentId incident;
    Instant at{};
    Subject subject;
    Actor by;
};
// Who somebody is, or, told anew, who they really are.
struct SubjectIdentified {
    IncidentId incident;
    Instant at{};
    Subject subject;
    bool corrected = false;
    Actor by;
};
struct SubjectClosed {
    IncidentId incident;
    Instant at{};
    SubjectId subject;
    EndName end;
};
struct PlaceSet {
    IncidentId incident;
    Instant at{};
    Place place;
    Actor by;
};
struct Noted {
    IncidentId incident;
    Instant at{};
    std::string text;  // personal
    Actor by;
};
// A new cycle: everything that is still called for starts again, from this instant.
struct Reopened {
    IncidentId incident;
    Instant at{};
    unsigned cycle = 2;
    LevelName level;
    std::string reason;  // personal; empty: a fact did it
    Actor by;
};
struct ProtocolSwitched {
    IncidentId incident;
    Instant at{};
    std::string from;  // hash
    std::string to;
    std::string reason;  // personal
    Actor by;
};
struct Suggested {
    IncidentId incident;
    IncidentId with;
    Instant at{};
    std::string because;
};
struct SuggestionDropped {
    IncidentId incident;
    IncidentId with;
    Instant at{};
    Actor by;
};
struct DrillPaused {
    IncidentId incident;
    IncidentId because_of;  // empty: it goes on
    Instant at{};
    bool paused = true;
};
// What a duty of a merged incident is called where it goes on.
struct Carried {
    DutyKey was;
    DutyKey is;
    friend bool operator==(const Carried&, const Carried&) = default;
};
// `incident` goes on as part of `into`. Told to both.
struct Merged {
    IncidentId incident;
    IncidentId into;
    Instant at{};
    std::vector<Carried> duties;
    std::map<SubjectId, SubjectId> subjects;
    std::set<SubjectId> brought;  // those of `into` that it did not have before
    std::string reason;           // personal
    Actor by;
    std::set<LevelName> levels = {};      // that the one which went was ever at
    std::set<StaffId> participants = {};  // of the two drills that are one; empty: everybody
};
// What was merged into `from` goes on by itself again. Told to both.
struct SplitOff {
    IncidentId incident;
    IncidentId from;
    Instant at{};
    std::string reason;  // personal
    Actor by;
};
// A duty as it stands comes over from another incident: nobody is asked anew, no clock starts.
struct DutyCarried {
    IncidentId incident;
    IncidentId from;
    Instant at{};
    DutyKey was;
    DutyInstance as;  // without its asks
    std::vector<Ask> asks;
};
struct SendStarted {
    IncidentId incident;
    Instant at{};
    PageId page;
    ChannelName channel;
    std::string address;
    unsigned attempt = 1;
    bool possible_repeat = false;
};
struct SendFinished {
    IncidentId incident;
    Instant at{};
    PageId page;
    ChannelName channel;
    SendState state =
        SendState::Accepted;  // Accepted, Failed, Unknown, Dropped; Queued: will retry
    std::string detail;
    std::string provider_id;
};
// A further channel was put in, because those of the page failed.
struct ChannelAdded {
    IncidentId incident;
    Instant at{};
    PageId page;
    ChannelName channel;
    std::string because;
};
// No address of theirs works.
struct Unreachable {
    IncidentId incident;
    Instant at{};
    StaffId staff;
};
// The protocol, settings or roster in force from here on.
struct Adopted {
    Instant at{};
    std::string what;  // protocol, settings, roster
    std::string name;
    std::string hash;
    std::string text;  // personal when `what` is roster
};

using Event = std::variant<
    Reported,
    Opened,
    Dismissed,
    Attached,
    FactsSet,
    RulesChanged,
    LevelRaised,
    DutyOpened,
    DutyRaised,
    RungReached,
    RepeatReached,
    RepeatArmed,
    Asked,
    Paged,
    Answered,
    DutyDone,
    DutyReopened,
    DutyRenewed,
    DutyLapsed,
    DutyMoot,
    DutyWaived,
    RegisterEntered,
    RegisterLeft,
    HoleFound,
    Recorded,
    CheckArmed,
    EndSigned,
    Ended,
    LevelLowered,
    SubjectAdded,
    SubjectIdentified,
    SubjectClosed,
    PlaceSet,
    Noted,
    Reopened,
    ProtocolSwitched,
    Suggested,
    SuggestionDropped,
    DrillPaused,
    Merged,
    SplitOff,
    DutyCarried,
    SendStarted,
    SendFinished,
    ChannelAdded,
    Unreachable,
    Adopted>;

// The incident an event belongs to; empty for those of the settings stream.
[[nodiscard]] const IncidentId& incident_of(const Event& event);
// The other incident that an event is told to as well; empty for most.
[[nodiscard]] const IncidentId& second_of(const Event& event);

}  // namespace shouwang::escalation
