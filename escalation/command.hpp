#pragma once

#include "escalation/incident.hpp"

#include <map>
#include <optional>
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
    std::string via;            // handset, link, console ...
    Actor by;                   // who passed it on, when it is somebody else
    std::string heard_by = {};  // personal: who heard it from them
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
    StartSend,
    FinishSend,
    Adopt,
    Tick>;

}  // namespace shouwang::escalation
