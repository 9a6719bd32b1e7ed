#pragma once

#include <chrono>
#include <compare>
#include <string>
#include <string_view>
#include <utility>

namespace shouwang::escalation {

// Wall-clock UTC at millisecond grain: deadlines outlive a restart, so they are never steady time.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Span = std::chrono::milliseconds;

// A name or id that only compares with its own kind: a DutyName never fits where a RoleName is
// wanted. The words themselves come from the protocol file, the roster or the caller; the engine
// gives none of them a meaning.
template <class Tag>
class Name {
public:
    Name() = default;
    explicit Name(std::string text) : text_(std::move(text)) {}
    explicit Name(std::string_view text) : text_(text) {}
    explicit Name(const char* text) : text_(text) {}
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    friend auto operator<=>(const Name&, const Name&) = default;

private:
    std::string text_;
};

// Ids that come from outside: ULIDs for incidents, roster keys for people and units.
using IncidentId = Name<struct IncidentTag>;
using StaffId = Name<struct StaffTag>;
using StudentId = Name<struct StudentTag>;
using UnitId = Name<struct UnitTag>;
// Counted within an incident by the engine: "s1" for a subject, "<incident>.7" for a page.
using SubjectId = Name<struct SubjectTag>;
using PageId = Name<struct PageTag>;

// Words of the protocol file.
using LevelName = Name<struct LevelTag>;
using FactName = Name<struct FactTag>;
using RoleName = Name<struct RoleTag>;
using DutyName = Name<struct DutyTag>;
using RuleName = Name<struct RuleTag>;
using RegisterName = Name<struct RegisterTag>;
using WindowName = Name<struct WindowTag>;
using InformName = Name<struct InformTag>;
using EndName = Name<struct EndTag>;
using ChannelName = Name<struct ChannelTag>;
using TextCode = Name<struct TextTag>;
using Word = Name<struct WordTag>;  // an answer or a value, as a person gives it

// What a guarded ending leads to once it is signed.
enum class EndOutcome {
    Closed,      // the incident is over
    Aftercare,   // the emergency is over: nobody is called out any more, what was promised goes on
    FalseAlarm,  // it was none
    DrillEnded,
    Lane,   // the end of one subject's part in it
    Lower,  // the level falls to `level`
    Facts,  // sets `sets`
};

}  // namespace shouwang::escalation
