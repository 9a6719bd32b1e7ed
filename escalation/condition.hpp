#pragma once

#include "escalation/types.hpp"

#include <string>
#include <variant>
#include <vector>

// Conditions of the protocol file: what must hold for a duty to open, a rule to fire, a rung to
// apply. Parsed once by the loader; evaluated by escalation/evaluate.hpp. Two-valued: an unknown
// fact never matches `Is` or `AtLeast`, and always matches `IsNot`, so each rule says for itself
// what not knowing does to it.
namespace shouwang::escalation {

// What an atom speaks about. `name` and `attribute` of the atom say which one.
enum class Topic {
    Fact,   // name = fact
    Level,  // the incident's level
    Duty,  // name = duty or duty@scope; `Is` open | done | lapsed | moot | waived, or a word it was
           // decided with; of the newest instance in each scope
    Rule,  // name = rule; `Fires`, or `Is` on
    Window,    // name = window; `Is` yes | no, by local time and the calendar
    Register,  // name = register; `Is` held | empty, `Has` self
    Incident,  // attribute = state | kind | via
    Subject,  // attribute = identified | kind | minor | intern | housed ...; of the lane, or of any
    Subjects,  // the number of subjects, for `AtLeast`
    Colleges,  // the number of colleges the subjects are of, for `AtLeast`
    Place,     // attribute = known | housing | campus
    AnyFact,   // `Worse`: some fact of the lane, or of any, moved towards its bad end
    Record,    // name = field of the record being filed, or of the words that go with an answer
    Contact,   // attribute = known | legal | caution; of the contact the record names
};

enum class Op {
    Is,
    IsNot,
    AtLeast,
    Has,      // one of `values` is among a set's values
    Worse,    // edge: a scale moved towards its bad end in this very step
    Turns,    // edge: became the value in this very step
    HeldFor,  // has been the value (in `values`) for at least `span`
    Fires,    // edge: a rule became true in this very step
};

struct Atom {
    Topic topic = Topic::Fact;
    std::string name;
    std::string attribute;
    Op op = Op::Is;
    std::vector<std::string> values;
    Span span{};
};

struct Condition;

struct Always {};
struct Never {};
struct All {
    std::vector<Condition> parts;
};
struct Any {
    std::vector<Condition> parts;
};
struct Not {
    std::vector<Condition> parts;  // exactly one
};

struct Condition {
    std::variant<Never, Always, Atom, All, Any, Not> node;
};

}  // namespace shouwang::escalation
