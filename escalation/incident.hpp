#pragma once

#include "escalation/types.hpp"

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The state of one incident: the fold of its events, written by evolve() and by nothing else.
// Everything that time will do to it is held here as an instant, so a restart moves no deadline.
namespace shouwang::escalation {

// A test is a roll-call: whether those on duty can be reached. Nobody is called out by it.
enum class Kind { Real, Drill, Test };

// Who did something: the account that was used and, when known, the member of staff behind it.
struct Actor {
    std::string account;  // token id, or a fixed word such as "daemon"
    StaffId staff;        // empty: nobody on the roster
    friend bool operator==(const Actor&, const Actor&) = default;
};

struct Place {
    UnitId campus;
    UnitId building;  // empty: not one the roster knows
    std::string floor;
    std::string label;   // campus + building + floor, what a message may say; may be empty
    std::string room;    // personal
    std::string detail;  // personal: free text
    friend bool operator==(const Place&, const Place&) = default;
};

// One student of the incident, as the roster knew them when they were identified.
struct Subject {
    SubjectId id;
    StudentId student;        // personal; empty: not identified
    std::string description;  // personal
    UnitId class_unit;
    UnitId college;
    UnitId building;
    UnitId intern_site;
    std::string kind;  // ug, pg, intl
    bool minor = false;
    bool closed = false;  // their part in it is over: nothing is judged by them any more
    std::optional<Instant> corrected_at = {};  // when it came out that it is somebody else
    friend bool operator==(const Subject&, const Subject&) = default;

    [[nodiscard]] bool identified() const noexcept { return !student.empty(); }
};

// A fact's value: one word, or several for a set. Empty means unknown.
using FactValue = std::vector<std::string>;

// The empty subject holds what is known of the incident as a whole.
struct FactKey {
    SubjectId subject;
    FactName fact;
    friend auto operator<=>(const FactKey&, const FactKey&) = default;
};

struct FactState {
    FactValue value;
    Instant since{};  // when it took this value; kept when the same value is reported again
    Instant reported_at{};
    std::string source;
    friend bool operator==(const FactState&, const FactState&) = default;
};

// One instance of a duty: its name, what it is about, and how often it was started anew.
struct DutyKey {
    DutyName name;
    std::string scope;  // "" for the incident; else a unit, role, subject or staff id
    unsigned generation = 1;
    friend auto operator<=>(const DutyKey&, const DutyKey&) = default;

    // "S03", "S03@C05", "S03@C05#2"; parse() reads it back, nullopt when it is none.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] static std::optional<DutyKey> parse(const std::string& text);
};

enum class DutyState { Open, Done, Lapsed, Moot, Waived };

struct RungState {
    LevelName level;  // whose ladder this rung stands on
    Instant due{};
    std::optional<Instant> reached;
    friend bool operator==(const RungState&, const RungState&) = default;
};

// That one person was asked one duty, and what they said.
struct Ask {
    StaffId staff;
    RoleName role;
    unsigned rung = 0;
    TextCode text;
    Instant asked_at{};
    Word answer;  // the last one; empty: none yet
    Instant answered_at{};
    std::optional<Instant> eta;
    std::map<std::string, std::string> fields;  // personal: what went with the answer
    std::string reason;                         // personal: why, in their own words
    bool satisfies = false;                     // this answer is one that keeps the duty done
    bool cannot = false;                        // this answer sent the ladder on
    bool unreachable = false;                   // every address of theirs failed
    std::vector<Instant> attempts;              // personal attempts still to come
    std::vector<ChannelName> attempts_by;
    friend bool operator==(const Ask&, const Ask&) = default;
};

struct DutyInstance {
    DutyKey key;
    DutyState state = DutyState::Open;
    bool life = true;
    Instant opened_at{};
    Instant clock_start{};
    unsigned epoch = 1;  // counts openings, re-openings and raises: a late timer can be told apart
    LevelName level;
    std::vector<RungState> rungs;
    std::optional<Instant> forever_next;
    unsigned forever_count = 0;
    std::optional<Instant> due;  // when the duty should be done by, where it has such an instant
    std::optional<Instant> lapses_at;
    unsigned lapses = 0;
    std::map<StaffId, Ask> asks;
    std::optional<Instant> ended_at;
    StaffId ended_by;               // empty: circumstances, or time
    Word decided;                   // the word it ended with; empty: none did
    std::optional<DutyKey> parent;  // the duty whose answer opened this one
    friend bool operator==(const DutyInstance&, const DutyInstance&) = default;

    [[nodiscard]] bool open() const noexcept { return state == DutyState::Open; }
    // Rungs reached so far: they are reached in order, so this is also the next one's index.
    [[nodiscard]] unsigned reached() const noexcept;
};

struct RegisterEntry {
    StaffId staff;
    RoleName role;
    Instant since{};
    friend bool operator==(const RegisterEntry&, const RegisterEntry&) = default;
};

struct AskRef {
    DutyKey duty;
    bool attempt = false;  // this page is one of the ask's personal attempts
    friend auto operator<=>(const AskRef&, const AskRef&) = default;
};

enum class SendState { Queued, Started, Accepted, Failed, Unknown, Dropped };

struct ChannelState {
    SendState state = SendState::Queued;
    Instant at{};
    std::string detail;
    unsigned attempts = 0;
    std::string address;  // which of the person's addresses was tried last: phone, phone2 ...
    friend bool operator==(const ChannelState&, const ChannelState&) = default;
};

// One message to one person, whatever channels it goes by. Its id is the idempotency key.
struct Page {
    PageId id;
    StaffId staff;
    RoleName role;
    std::vector<AskRef> asks;  // empty: an inform
    InformName inform;         // empty: asks, or a notice of the engine itself
    TextCode text;
    LevelName level;
    unsigned rung = 0;
    unsigned repeat = 0;
    Instant at{};
    Span late_by{};
    std::map<ChannelName, ChannelState> channels;
    friend bool operator==(const Page&, const Page&) = default;

    [[nodiscard]] bool finished() const noexcept;  // no channel has anything left to do
};

struct Record {
    DutyKey duty;
    std::map<std::string, std::string> fields;  // personal
    Actor by;
    Instant at{};
    friend bool operator==(const Record&, const Record&) = default;
};

struct Signature {
    StaffId staff;
    Instant at{};
    std::map<std::string, std::string> evidence;  // personal
    Actor by = {};
    friend bool operator==(const Signature&, const Signature&) = default;
};

struct Hole {
    RoleName role;
    UnitId unit;
    friend auto operator<=>(const Hole&, const Hole&) = default;
};

// A further incident that may be the same one. Suggested to people, never acted upon by itself.
struct Suggestion {
    std::string because;  // place, callback
    Instant at{};
    bool dropped = false;  // somebody decided that these are two
    friend bool operator==(const Suggestion&, const Suggestion&) = default;
};

struct Note {
    std::string text;  // personal
    Actor by;
    Instant at{};
    friend bool operator==(const Note&, const Note&) = default;
};

// An ending of the incident, or, where it is signed by subject, of one subject.
struct EndKey {
    EndName end;
    SubjectId subject;
    friend auto operator<=>(const EndKey&, const EndKey&) = default;
};

enum class Stage {
    Review,  // reported by a source that a person checks first; opens by itself in time
    Open,
    Aftercare,  // the emergency is over; what was promised for afterwards goes on
    Dismissed,  // a report a person judged to be nothing
    Attached,   // a report that was folded into another incident
    Closed,
    FalseAlarm,
    DrillEnded,
    Merged,  // goes on as part of another incident, until it is split off again
};

struct Incident {
    IncidentId id;
    std::string code;
    Kind kind = Kind::Real;
    std::string via;
    Stage stage = Stage::Review;
    unsigned cycle = 1;
    Actor reported_by;
    Instant reported_at{};
    Instant opened_at{};   // T0
    std::string protocol;  // hash of the protocol frozen into it
    LevelName level;       // empty while under review
    Instant level_since{};
    std::set<LevelName> levels;  // all that it ever was at
    Place place;
    std::string callback;  // personal
    std::string text;      // personal
    std::string ref;
    IncidentId attached_to;
    unsigned reports = 1;
    std::map<SubjectId, Subject> subjects;
    std::map<FactKey, FactState> facts;
    std::set<RuleName> rules;  // those that hold now
    std::map<DutyKey, DutyInstance> duties;
    std::map<RegisterName, std::vector<RegisterEntry>> registers;
    std::set<InformName> informed;
    std::map<PageId, Page> pages;  // the newest `pages_max`; finished ones make room first
    unsigned page_count = 0;
    std::vector<Record> records;
    std::map<EndKey, std::vector<Signature>> signatures;
    std::map<IncidentId, Suggestion> suggestions;
    std::vector<Note> notes;
    bool paused = false;                 // a drill that a real alarm has broken into
    std::set<StaffId> participants;      // of a drill; empty: everybody it would call out
    std::optional<Instant> ends_at;      // when a drill or a roll-call is over
    std::map<DutyKey, DutyKey> carried;  // merged: what each duty is called where it goes on
    std::map<SubjectId, SubjectId> carried_subjects;
    std::set<SubjectId> lanes_brought;  // those it added there
    std::set<Hole> holes;
    std::map<StaffId, std::map<ChannelName, Instant>> last_paged;
    std::optional<Instant> check_at;  // when a condition that waits for time may come true
    std::optional<Instant> turns_at;  // when an hour strikes that a condition speaks of
    std::optional<Instant> ended_at;
    friend bool operator==(const Incident&, const Incident&) = default;

    // The earliest instant at which time itself does something; nullopt once ended.
    [[nodiscard]] std::optional<Instant> deadline() const;
    // The same without hours that strike: what somebody has been promised, or is waiting for.
    [[nodiscard]] std::optional<Instant> promised() const;
    // Something is still asked of people, of the emergency or of what comes after it.
    [[nodiscard]] bool running() const noexcept
    {
        return stage == Stage::Open || stage == Stage::Aftercare;
    }
    [[nodiscard]] bool live() const noexcept { return stage == Stage::Review || running(); }
    // A drill calls out nobody but those who take part in it.
    [[nodiscard]] bool takes_part(const StaffId& staff) const;
};

// Enough for what may still be answered, sent or received; the journal has every page there was.
constexpr std::size_t pages_max = 500;

// As the conditions of a protocol and the journal name them.
[[nodiscard]] std::string_view word_of(Kind kind);
[[nodiscard]] std::string_view word_of(Stage stage);
[[nodiscard]] std::string_view word_of(DutyState state);
[[nodiscard]] std::string_view word_of(SendState state);

}  // namespace shouwang::escalation
