#pragma once

#include "escalation/condition.hpp"
#include "escalation/types.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

// An emergency protocol as data: what config/protocol/*.toml says, parsed and checked by
// config/protocol_loader.hpp. The engine knows duties, ladders, asks, answers, facts, levels,
// registers and ends; every other word in here is the file's.
namespace shouwang::escalation {

struct Level {
    LevelName name;
    std::string label;                  // for people, e.g. 红色
    Span max_silence{};                 // a life duty at this level is never silent for longer
    std::vector<ChannelName> channels;  // all used at once
};

enum class FactKind { Scale, Set, Count, Moment };

// What is taken to be so while nobody has said anything else.
struct Assumption {
    std::string value;
    Condition when;
};

struct Fact {
    FactName name;
    std::string label;
    FactKind kind = FactKind::Scale;
    bool per_subject = false;
    std::vector<std::string> values;  // a scale runs from best to worst
    std::map<std::string, std::string> value_labels;
    bool course = false;  // how far something has come, not how grave it is: it never gets worse
    bool only_signed = false;               // said by a signed ending, and by nothing else
    bool only_recorded = false;             // said by a record, whose guards see to it
    Condition only_recorded_when{Never{}};  // the same of those for whom this holds
    std::vector<Assumption> assumed = {};   // the first that holds
    bool of_identity = false;  // of who they are: unknown again once it is somebody else
};

// The level rises to `level` while `when` holds for the incident or for any one subject.
struct LevelRule {
    RuleName name;
    std::string label;
    LevelName level;
    Condition when;
};

// Where a role's unit comes from.
enum class Path {
    University,
    SubjectClass,
    SubjectCollege,
    SubjectBuilding,
    SubjectInternSite,
    PlaceBuilding,  // the incident's place, else where the subject lives
    PlaceCampus,    // the campus of the place, else of the subject's college
};

struct Swap {
    Condition when;
    RoleName role;
};

// Who a role is, at run time. Order of resolution: the first `swap` whose condition holds replaces
// the role; then, with `rota`, the shift that covers now and its backup; then the holders of
// `holds` at the unit with an order in [order_from, order_to]; somebody on leave is replaced by the
// delegate; when nobody is left: `otherwise` in order, then the protocol's `unit_head` of the unit.
struct Role {
    RoleName name;
    std::string label;
    Path of = Path::University;
    RoleName holds;
    unsigned order_from = 0;
    std::optional<unsigned> order_to = 0;  // nullopt: no upper end ("1..")
    bool all = false;                      // everybody found, not only the first
    bool rota = false;
    std::vector<Swap> swap;
    std::vector<RoleName> otherwise;
};

// Whom a rung or an inform is for.
struct Target {
    enum class Kind {
        Role,
        Register,  // whoever stands in the register
        Self,      // the person a person-scoped duty is about
        Slot,      // a role named by the duty's `each` entry: role, head, alternate ...
        Doer,      // whoever did that duty, of the same subject where it is about subjects
    };
    Kind kind = Kind::Role;
    std::string name;
    friend auto operator<=>(const Target&, const Target&) = default;
};

// Personal attempts: somebody asked by this rung who has not answered is tried again on their own,
// even when the duty is satisfied by then (domain §5.2).
struct Again {
    std::vector<Span> after;
    std::vector<ChannelName> by;
};

struct Rung {
    Span after{};            // from the duty's clock
    bool after_due = false;  // `after` counts from the duty's due instant instead ("due+5m")
    Condition when{Always{}};
    std::vector<Target> to;
    TextCode text;
    std::vector<ChannelName> by;  // empty: the level's channels
    Again again;
    bool anew = false;   // also asks those whom an earlier rung asked
    bool joins = false;  // once reached, also asks whoever enters a register it names
};

using Ladder = std::vector<Rung>;

// How often, for as long as a round of calls is young, or an hour is late.
struct Pace {
    Condition when{Always{}};
    std::optional<Span> until;  // from the duty's clock; nullopt: without end
    Span every{};
};

// What a duty does when its ladder is exhausted and nobody has answered.
struct Forever {
    enum class To { AllButCannot, LastRung };
    Span every{};
    std::map<ChannelName, Span> spare;  // a channel one person gets at most this often in here
    To to = To::AllButCannot;
    std::vector<RoleName> widen;         // one more role joins at each repeat
    TextCode text;                       // empty: the text of the rung the person was asked by
    std::map<LevelName, Span> every_at;  // by level; `every` where it has none
    std::vector<Pace> paces;             // the first that holds goes before both
    std::vector<ChannelName> by;         // empty: the level's channels

    [[nodiscard]] Span every_for(const LevelName& level) const;
};

enum class Effect {
    Satisfy,   // the duty is done, and this person did it
    Note,      // recorded, changes nothing
    NextRung,  // the next rung starts at once
    Reopen,    // takes a satisfying answer back: the duty goes on where it stands
    Renew,     // the due instant moves to what the person says (a new ETA)
    Parent,    // the answer is given to the duty that opened this one
};

// What goes with an answer besides the word: what a decision must say before it counts, who may
// take it, and what opens the question again.
struct Terms {
    std::vector<std::string> needs;  // fields that must not be empty; "reason" is the answer's own
    std::vector<Target> from;        // only these may say it; empty: whoever may answer
    Condition reopens{Never{}};      // once it was said: a new instance opens when this comes true
};

enum class DutyClass { Life, Task };
enum class Scope { Incident, College, Each, Subject, Person };
enum class Clock { Level, Opening };

// A role that a duty of scope `Each` has one instance for.
struct Each {
    RoleName role;
    std::map<std::string, RoleName> slots;  // "role" is always there; also head, alternate ...
    std::map<std::string, TextCode> texts;  // by slot; replaces the rung's text
    std::vector<Word> satisfy;  // the words that satisfy this one; empty: as the duty says
    Condition when{Always{}};   // the instance exists only while this holds at opening
    Condition early{Never{}};   // opens this instance before the duty's own `opens` does
};

// How long a person-scoped duty gives; the first whose role and condition match.
struct DueRule {
    RoleName role;  // empty: any
    Condition when{Always{}};
    Span span{};
    unsigned workdays = 0;    // not 0: the end of so many working days after, instead of `span`
    bool from_level = false;  // counted from when the level began, and never before now
};

struct RecordField {
    std::string name;
    std::string label;
    FactName fact;  // not empty: the field also sets this fact
    bool required = true;
    bool contact = false;  // its value is the order of one of the student's contacts, or "other"
    RegisterName holder = {};  // not empty: its value is the staff id of who holds that from now on
};

struct RefuseWhen {
    Condition when;
    std::string code;
    std::string detail;
};

enum class Lapse {
    List,    // onto the overdue list, in view of everybody, no further page
    Parent,  // re-opens the duty that opened this one, where it stands
    Open,    // opens a report that is still under review (fail-open)
};

struct Duty {
    DutyName name;
    std::string label;
    std::string clause;  // of the notice, or where else it comes from
    DutyClass duty_class = DutyClass::Life;
    Scope scope = Scope::Incident;
    Clock clock = Clock::Opening;
    RegisterName of;            // scope Person: one instance for each person in this register
    Condition opens;            // while true, an instance exists for every scope member
    Condition done{Never{}};    // satisfied by circumstances
    Condition moot{Never{}};    // no longer needed
    Condition renews{Never{}};  // edge: a new generation of every instance starts
    std::map<Word, Effect> answers;
    std::map<Word, Terms> terms;      // of answers that need more than the word
    std::string decision;             // not empty: it is a decision, and this is its name
    std::string dial;                 // a number people may have to dial; nobody dials it for them
    bool in_drills = true;            // false: a drill never asks it
    bool roll_call = false;           // asked by roll-calls, and by nothing else
    std::vector<Target> answer_from;  // besides everybody who was asked
    std::map<LevelName, Ladder> ladders;  // by level
    Ladder ladder;                        // for every level that has none of its own
    std::optional<Forever> forever;
    std::vector<DueRule> due;
    Span eta_grace{};            // added to a person's own ETA
    std::optional<Span> lapses;  // from the due instant where there is one, else from the clock
    Lapse on_lapse = Lapse::List;
    unsigned lapses_max = 1;          // how often it lapses before `on_lapse`
    std::vector<RecordField> record;  // not empty: a record with these fields satisfies the duty
    bool record_ends = true;         // false: a record is kept, and only circumstances end the duty
    std::vector<RefuseWhen> refuse;  // a record or an answer that is not taken
    std::vector<Target> waive_by;    // who may waive it with a reason; empty: nobody
    Condition waive_when{Always{}};
    std::vector<Each> each;

    // The ladder climbed at `level`.
    [[nodiscard]] const Ladder& ladder_at(const LevelName& level) const;
};

// A message that asks for nothing, sent once when its condition first holds.
struct Inform {
    InformName name;
    Condition when;
    std::vector<Target> to;
    TextCode text;
    std::vector<ChannelName> by;
};

struct Register {
    RegisterName name;
    std::string label;
    std::vector<Word> enters;
    std::vector<Word> leaves;
    std::vector<DutyName> by;           // only answers to these duties count; empty: any
    bool one = false;                   // holds one person; a better rank takes over
    bool command = false;               // whoever is in it commands, as people are told
    bool anyone = false;                // staff who were not paged may enter too
    std::vector<RoleName> rank;         // best first; not empty: only these roles may enter
    std::vector<RoleName> takers = {};  // may take it over by saying so, and name another of `rank`
};

// Local hours; `calendar` lets the roster's calendar say what is a working day.
struct Window {
    WindowName name;
    bool negated = false;        // true: every instant outside of `hours`
    std::vector<unsigned> days;  // ISO weekdays 1..7
    Span from{};                 // since local midnight; from > to runs over midnight
    Span to{};
    bool calendar = false;
};

struct Phase {
    std::string name;
    std::string label;
    Condition when;
};

// A guarded ending: refused with the list of what is missing until all of it is there.
struct End {
    EndName name;
    std::string label;
    EndOutcome outcome = EndOutcome::Closed;
    bool per_subject = false;           // signed for each subject by itself
    bool duties_ended = true;           // every duty done, moot, waived or lapsed on a named list
    std::set<DutyName> may_stay_open;   // but these
    std::vector<std::string> evidence;  // fields that must not be empty
    std::vector<std::vector<Target>> signers;  // one person out of each list, all different
    std::vector<RefuseWhen> refuse;
    LevelName level = {};                       // Lower: to this one
    std::map<FactName, std::string> sets = {};  // Facts
    TextCode text = {};                         // told to everybody who was ever asked
    std::vector<ChannelName> by = {};           // by these; empty: the level's channels
};

struct Text {
    TextCode code;
    std::string sms;                   // the template, {{name}} variables; also what WeCom says
    std::string voice;                 // the spoken script; empty: `sms` without its signature
    std::map<std::string, Word> keys;  // what a reply digit or a pressed key means
};

struct Protocol {
    std::string name;
    unsigned version = 0;
    std::string title;
    std::string hash;  // of the file's bytes, lower-case hexadecimal
    std::chrono::minutes utc_offset{};
    std::vector<Level> levels;  // calmest first
    LevelName floor;            // a fresh incident is at least this
    std::map<FactName, Fact> facts;
    std::vector<FactName> intake;  // what the form asks for, in order
    std::map<RoleName, Role> roles;
    RoleName unit_head;  // stands in when a role of a unit resolves to nobody
    std::vector<RoleName> last_resort;
    std::map<WindowName, Window> windows;
    std::map<RegisterName, Register> registers;
    std::map<RuleName, LevelRule> rules;
    std::map<DutyName, Duty> duties;
    std::vector<DutyName> duty_order;  // as the file lists them; decides a page's leading text
    std::map<InformName, Inform> informs;
    std::vector<Phase> phases;  // the last one whose condition holds is the incident's
    std::map<EndName, End> ends;
    std::map<TextCode, Text> texts;
    std::set<std::string> trusted;  // sources (`via`) that open at once
    std::set<std::string>
        review;                   // sources whose reports wait for a person, and open by themselves
    LevelName fail_open;          // the level a report opens at when nobody decided
    std::vector<Target> hole_to;  // told when a role resolves to nobody
    TextCode hole_text;
    TextCode level_text;           // tells those already asked that the level rose
    TextCode identity_text;        // tells those asked about somebody that it is somebody else
    LevelName reopen_at;           // a rule of this level reopens what has been stood down
    TextCode pause_text;           // tells those in a drill that a real alarm has broken into it
    WindowName roll_call_never;    // no roll-call begins in these hours; empty: at any time
    Span same_place_within{};      // a report of the same place so soon may be of the same thing
    std::vector<Word> word_order;  // as the file lists them: how buttons are ordered
    std::map<Word, std::string> word_labels;  // what a person can answer, as a button says it

    // Position in `levels`, calmest 0. Requires: `wanted` is one of them.
    [[nodiscard]] std::size_t rank(const LevelName& wanted) const;
    [[nodiscard]] const Level& level(const LevelName& wanted) const;
    // The first ending of this outcome; of those that lower the level, rather the one that goes to
    // the level just below `from`. nullptr when there is none.
    [[nodiscard]] const End* ending(EndOutcome outcome, const LevelName& from = {}) const;
};

// The protocols an incident may have been opened under, by hash, and the one for new incidents.
struct Rules {
    std::map<std::string, std::shared_ptr<const Protocol>> protocols;
    std::string current;

    [[nodiscard]] const Protocol* find(const std::string& hash) const;
    // The one frozen into an incident, or, where nobody has it any more, the one in force.
    [[nodiscard]] const Protocol& frozen(const std::string& hash) const;
    // Requires: `current` is one of `protocols`.
    [[nodiscard]] const Protocol& in_force() const;
};

}  // namespace shouwang::escalation
