#pragma once

#include "escalation/incident.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

// What somebody asks for. A command decides nothing; decide() answers it with events or with a
// refusal. `Tick` is the passing of time itself.
namespace shouwang::escalation {

struct SubjectReport {
    StudentId student;  // empty: not known
    std::string description;
    std::map<FactName, FactValue> facts;
};

struct PlaceReport {
    std::string campus;
    std::string building;  // id, name or short name
    std::string floor;
    std::string room;
    std::string detail;
};

// A report from any source; opens at once from a trusted one. Any one of a subject, a place and a
// callback number is enough.
struct Report {
    IncidentId id;  // fresh
    Kind kind = Kind::Real;
    std::string via;
    Actor by;
    std::vector<SubjectReport> subjects;
    std::optional<PlaceReport> place;
    std::string callback;
    std::map<FactName, FactValue> facts;
    std::string text;
    std::string ref;
    std::optional<Span> drill_for = {};   // a drill or a roll-call ends by itself after this
    std::set<StaffId> participants = {};  // of a drill; empty: everybody it would call out
};

enum class Judgement { Open, Attach, Dismiss };
// What a person decides about a report under review.
struct Triage {
    IncidentId incident;
    Judgement judgement = Judgement::Open;
    IncidentId into;  // for Attach
    std::string reason;
    Actor by;
};

struct Answer {
    IncidentId incident;
    StaffId staff;  // whose answer it is
    Word word;
    std::optional<DutyKey> ask;
    std::optional<Span> eta;
    std::string reason;
    std::string via;                                 // handset, link, console ...
    Actor by;                                        // who passed it on, when it is somebody else
    std::string heard_by = {};                       // personal: who heard it from them
    std::map<std::string, std::string> fields = {};  // personal: what a decision says besides
};

struct SetFacts {
    IncidentId incident;
    SubjectId subject;  // empty: of the incident, or of its only subject for facts of subjects
    std::map<FactName, FactValue> facts;
    std::string source;  // one word
    std::optional<Instant> known_at;
    Actor by;
};

// A record that satisfies a duty. `duty` may leave the scope out when there is one open instance.
struct AddRecord {
    IncidentId incident;
    std::string duty;
    std::map<std::string, std::string> fields;
    Actor by;  // the account that files it, and whose record it is
    std::string heard_by = {};
};

struct SignEnd {
    IncidentId incident;
    EndName end;
    StaffId staff;
    std::map<std::string, std::string> evidence;
    Actor by;
    std::string heard_by = {};
    SubjectId subject = {};  // of an ending that is signed by subject
};

struct AddSubject {
    IncidentId incident;
    SubjectReport subject;
    std::string source;
    Actor by;
};

struct Identify {
    IncidentId incident;
    SubjectId subject;  // empty: the only one nobody knows yet
    StudentId student;
    Actor by;
};

// Where it is, when that was not known or was wrong.
struct SetPlace {
    IncidentId incident;
    PlaceReport place;
    Actor by;
};

// Takes a register of one over, or hands it on; empty: the one whose holder commands.
struct TakeOver {
    IncidentId incident;
    RegisterName name;
    StaffId staff;    // who holds it from now on
    StaffId said_by;  // the new holder, the old one, or one of the register's takers
    std::string reason;
    Actor by;
};

struct Waive {
    IncidentId incident;
    DutyKey duty;
    std::string reason;
    StaffId staff;  // who waives it
    Actor by;
    std::string heard_by = {};
};

struct AddNote {
    IncidentId incident;
    std::string text;
    Actor by;
};

struct Reopen {
    IncidentId incident;
    std::string reason;
    Actor by;
};

struct SwitchProtocol {
    IncidentId incident;
    std::string protocol;  // hash; empty: the one in force for new incidents
    std::string reason;
    Actor by;
};

// Two incidents are one. The earlier of the two goes on, whichever way round they are named.
struct Merge {
    IncidentId incident;
    IncidentId with;
    std::string reason;
    Actor by;
};

// What was merged, or a report that was attached, was not the same after all.
struct Split {
    IncidentId incident;               // the one that went into another
    std::optional<PlaceReport> place;  // where it really is
    std::string reason;
    Actor by;
};

// A suggestion was looked at: these are two.
struct KeepApart {
    IncidentId incident;
    IncidentId with;
    Actor by;
};

// The outbox's own reports.
struct StartSend {
    IncidentId incident;
    PageId page;
    ChannelName channel;
    std::string address;
    bool possible_repeat = false;
};
struct FinishSend {
    IncidentId incident;
    PageId page;
    ChannelName channel;
    SendState state = SendState::Accepted;  // Queued: failed for now, will be tried again
    std::string detail;
    std::string provider_id;
    std::vector<ChannelName> fall_over;  // channels to add, because this one failed for good
};

struct Adopt {
    std::string what;
    std::string name;
    std::string hash;
    std::string text;
};

struct Tick {};

using Command = std::variant<
    Report,
    Triage,
    Answer,
    SetFacts,
    AddRecord,
    SignEnd,
    AddSubject,
    Identify,
    SetPlace,
    TakeOver,
    Waive,
    AddNote,
    Reopen,
    SwitchProtocol,
    Merge,
    Split,
    KeepApart,
    StartSend,
    FinishSend,
    Adopt,
    Tick>;

}  // namespace shouwang::escalation
