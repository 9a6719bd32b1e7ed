#pragma once

#include "escalation/types.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// The people: an immutable, versioned snapshot of the roster folder (roster, rota, leave,
// calendar). Built and checked by config/roster.hpp; never changed afterwards, only replaced.
namespace shouwang::escalation {

using Day = std::chrono::sys_days;  // a local calendar day

struct Unit {
    UnitId id;
    std::string name;
    std::string short_name;  // at most 8 characters; what a message may carry
    std::string
        kind;       // university, campus, college, department, class, building, place, intern_site
    UnitId parent;  // empty: the root
    UnitId campus;  // empty: not on a campus
};

struct Staff {
    StaffId id;
    std::string kind;  // person, desk, external
    std::string name;
    std::string sex;
    UnitId unit;
    std::string title;
    std::string phone;
    std::string phone2;
    std::string landline;
    std::string wecom;
    std::string email;
    std::string webhook;
    UnitId campus;
    bool lives_on_campus = false;
    bool qualified_watch = false;
    std::string languages;

    // Someone no channel can reach counts as nobody: the ladder moves on at once.
    [[nodiscard]] bool has_address() const
    {
        return !(
            phone.empty() && phone2.empty() && landline.empty() && wecom.empty() && email.empty() &&
            webhook.empty()
        );
    }
};

struct Student {
    StudentId id;
    std::string name;
    std::string sex;
    std::optional<Day> birth_date;
    UnitId class_unit;
    UnitId college;
    std::string grade;
    std::string kind;  // ug, pg, intl
    UnitId building;   // empty: lives off campus
    std::string room;
    std::string phone;
    StaffId supervisor;
    UnitId intern_site;
    std::vector<std::string> flags;
};

struct Guardian {
    StudentId student;
    unsigned order = 0;
    std::string name;
    std::string relation;
    bool legal = false;
    std::string phone;
    std::string language;
    std::string caution;
};

// `order` 0 holds the role, 1.. are the deputies in order.
struct Holding {
    StaffId staff;
    unsigned order = 0;
};

struct Shift {
    Instant from;
    Instant to;
    StaffId staff;
    StaffId backup;  // empty: none
};

struct Leave {
    Instant from;
    Instant to;
    StaffId delegate;  // empty: none
};

using RoleAt = std::pair<RoleName, UnitId>;

struct Directory {
    std::string version;  // the hash of the folder's content, lower-case hexadecimal
    std::map<UnitId, Unit> units;
    std::map<StaffId, Staff> staff;
    std::map<StudentId, Student> students;
    std::multimap<StudentId, Guardian> guardians;
    std::map<RoleAt, std::vector<Holding>> holdings;  // sorted by order
    std::map<RoleAt, std::vector<Shift>> shifts;      // sorted by start
    std::map<StaffId, std::vector<Leave>> leaves;
    std::map<Day, bool> workdays;  // the calendar's exceptions: true = a working day (调休)

    [[nodiscard]] const Unit* unit(const UnitId& id) const;
    [[nodiscard]] const Staff* person(const StaffId& id) const;
    [[nodiscard]] const Student* student(const StudentId& id) const;
    // The leave that covers `at`, or nullptr.
    [[nodiscard]] const Leave* leave(const StaffId& id, Instant at) const;
    // The holders of `role` at `unit`, empty when there are none.
    [[nodiscard]] const std::vector<Holding>& holders(const RoleName& role, const UnitId& unit)
        const;
    // True when `person` holds `role` anywhere, as holder, deputy or on a shift that covers `at`.
    [[nodiscard]] bool holds(const StaffId& person, const RoleName& role, Instant at) const;
    // A building by id, name or short name, on `campus` when that is given; nullptr when unknown
    // or when two campuses have it and none was given.
    [[nodiscard]] const Unit* building(const std::string& text, const UnitId& campus) const;
    [[nodiscard]] bool is_housing(const UnitId& building) const;
    // The root unit: the one without a parent. Empty id when there is none.
    [[nodiscard]] UnitId root() const;
};

// What message templates keep for a place, and what its floor takes of that ("12层").
constexpr std::size_t place_label_characters_max = 12;
constexpr std::size_t floor_characters_max = 3;

// What a message may say of a place: campus, building and floor by their short names, at most 12
// characters for every place of a checked roster; empty when the building is not known. A campus
// not given is the building's own. `floor` is what a caller typed ("4", "4楼", "四层", "B1");
// anything but a floor is left out, because a message carries nothing else.
[[nodiscard]] std::string place_label(
    const Directory& directory,
    const UnitId& campus,
    const UnitId& building,
    const std::string& floor
);

}  // namespace shouwang::escalation
