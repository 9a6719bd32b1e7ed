#pragma once

#include "escalation/decide.hpp"
#include "escalation/directory.hpp"
#include "escalation/incident.hpp"
#include "escalation/protocol.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

// Where a roster leaves nobody to be called: an incident for every class at every hour, by the pure
// core, nobody answering, and a look at whom the first wave of each duty of life reaches.
namespace shouwang::rehearsal {

struct CoverageQuestion {
    escalation::Instant from{};  // the first hour
    std::size_t hours = 0;
    std::map<escalation::FactName, escalation::FactValue> facts;
    std::set<escalation::StaffId> silent;  // who counts as out of reach
    // Every hour by itself, even where nothing the engine looks at differs from another hour.
    bool every_hour = false;
};

// How long after the report a duty may open and still be looked at.
constexpr escalation::Span coverage_horizon = std::chrono::minutes(15);

// Something that is not as the roster's author would want it, for as long as it lasts.
struct Corner {
    enum class Kind {
        Nobody,      // the role has nobody who can be reached
        LastResort,  // the head of the unit, or a role of the last list, stands in
        StandIn,     // somebody else stands in: a slot is empty
    };
    struct Range {
        escalation::Instant from{};
        escalation::Instant to{};
    };
    Kind kind = Kind::Nobody;
    escalation::RoleName role;
    escalation::UnitId unit;  // empty: the role has no unit
    // In the first of the ranges. With Nobody it is who would be called, were they within reach;
    // empty when there is no such person.
    escalation::StaffId stand_in;
    escalation::RoleName stand_in_role;
    std::string reason;         // why they, as the engine says it
    std::vector<Range> ranges;  // in order, none touching the next
    std::set<escalation::DutyName> duties;
    std::set<escalation::UnitId> classes;  // whose students would notice
    // Duties of which nobody at all was reached at first: their ladder goes on at once.
    std::set<escalation::DutyName> skipped;

    [[nodiscard]] std::chrono::hours lasts() const;
};

struct Coverage {
    std::vector<Corner> corners;               // by kind, then the longest first
    std::vector<escalation::Missing> refused;  // not empty: it cannot be asked
    std::size_t classes = 0;
    std::size_t played = 0;  // incidents; the other hours were like one of these
};

[[nodiscard]] Coverage coverage(
    const CoverageQuestion& question,
    const std::shared_ptr<const escalation::Protocol>& protocol,
    const escalation::Directory& directory
);

}  // namespace shouwang::rehearsal
