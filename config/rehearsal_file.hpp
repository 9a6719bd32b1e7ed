#pragma once

#include "config/fault.hpp"
#include "escalation/protocol.hpp"
#include "escalation/types.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A rehearsal file (docs/formats/rehearsal.md): what happens when, and what must come of it. Read
// and checked wholly; whether its people, facts and duties exist shows when it is played.
namespace shouwang::config {

using Values = std::vector<std::string>;

struct RehearsalSubject {
    std::string student;
    std::string description;
    std::map<std::string, Values> facts;
};

struct RehearsalPlace {
    std::string campus;
    std::string building;
    std::string floor;
    std::string room;
    std::string detail;
};

struct RehearsalStep {
    enum class Do {
        Open,
        Answer,
        Facts,
        Record,
        Sign,
        Triage,
        AddSubject,
        Identify,
        Place,
        Command,
        Waive,
        Note,
        Reopen,
        Switch,
        Merge,
        Split,
        KeepApart,
        Restart,
        Clock,
    };

    unsigned line = 0;
    escalation::Instant at{};  // as if nobody ever touched the wall clock
    Do what = Do::Open;
    std::string by;        // a member of staff, or a kind of reporter
    std::string incident;  // the name an earlier step gave it; empty: the one opened last
    std::string as;        // open: its name from here on

    std::string via;   // open, answer
    std::string kind;  // open: real, drill, test
    std::optional<escalation::Span> drill_for;
    std::vector<std::string> participants;
    std::vector<RehearsalSubject> subjects;
    std::optional<RehearsalPlace> place;
    std::string callback;
    std::string text;
    std::map<std::string, Values> facts;  // open, facts; empty values: unknown
    std::string subject;                  // the lane: its id, or the student it is about
    std::string student;                  // identify

    std::string answer;
    std::string ask;       // a duty, with or without its scope
    std::string decision;  // answer: the name of a duty that is one, instead of `ask`
    std::optional<escalation::Span> eta;
    std::string reason;
    std::string heard_by;  // who passed the answer on

    std::string duty;                           // record, waive
    std::map<std::string, std::string> fields;  // record, answer; sign: the evidence
    std::string end;                            // sign; empty: the first that has this outcome
    std::optional<escalation::EndOutcome> outcome;
    std::string judgement;  // triage: open, attach, dismiss
    std::string with;       // triage: attach to it; merge, keep apart
    std::string staff;      // command: who holds it from now on
    std::string held;       // command: which register; empty: the one that commands

    escalation::Span down{};  // restart
    escalation::Span step{};  // clock: by how much the wall clock jumps
};

struct Expectation {
    enum class Kind {
        Event,    // one that matches happens: at `at`, or between `from` and `until`
        Never,    // none that matches happens between them
        State,    // at `at`, when everything of that instant is done, it looks like this
        Refused,  // step `step` is refused with at least these codes
    };

    unsigned line = 0;
    Kind kind = Kind::Event;
    std::optional<escalation::Instant> at;
    std::optional<escalation::Instant> from;
    std::optional<escalation::Instant> until;
    std::map<std::string, Values> match;  // key by key; for a page with `event` = paged
    std::size_t step = 0;                 // from 1
    Values codes;
};

struct RehearsalFile {
    std::string title;
    escalation::Instant start{};
    escalation::Instant until{};
    std::chrono::minutes utc_offset{};  // of `start`: what times of day are told in
    std::string roster;                 // folder, relative to the file; empty: the shipped one
    std::string protocol;               // a name, or a path relative to the file
    std::vector<std::string> failing;   // channels
    std::vector<RehearsalStep> steps;   // in order of time
    std::vector<Expectation> expectations;

    // "02:17:40" or, beside a whole second, "02:17:40.250": how people read it.
    [[nodiscard]] std::string clock_of(escalation::Instant at) const;
};

struct LoadedRehearsal {
    std::optional<RehearsalFile> file;  // nothing when any fault is more than a warning
    std::vector<Fault> faults;
};

[[nodiscard]] LoadedRehearsal load_rehearsal(const std::filesystem::path& path);
// `name` is how faults call the text.
[[nodiscard]] LoadedRehearsal load_rehearsal_text(std::string_view text, const std::string& name);

}  // namespace shouwang::config
