#include "config/roster_checks.hpp"

#include "config/roster_fields.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace shouwang::config {

namespace {

using escalation::Directory;
using escalation::Leave;
using escalation::RoleAt;
using escalation::Shift;
using escalation::StaffId;
using escalation::Unit;
using escalation::UnitId;

// Exactly one unit has no parent, and from every other one the way up ends there.
void check_tree(const RosterTable& table, const RosterDraft& draft)
{
    const auto& units = draft.directory.units;
    std::vector<std::pair<unsigned, UnitId>> roots;
    std::set<UnitId> sound;
    for (const auto& [id, unit] : units)
        if (unit.parent.empty()) roots.emplace_back(draft.unit_lines.at(id), id);
    std::sort(roots.begin(), roots.end());
    for (std::size_t i = 1; i < roots.size(); ++i)
        table.fault(
            roots[i].first,
            "parent",
            "\"" + roots[i].second.text() + "\" has no parent, like \"" +
                roots.front().second.text() + "\"",
            "only the university has none"
        );
    for (const auto& [start, unit] : units) {
        std::vector<UnitId> way;
        std::set<UnitId> seen;
        UnitId id = start;
        bool circle = false;
        while (!sound.contains(id)) {
            circle = !seen.insert(id).second;
            const auto here = units.find(id);
            // A parent nobody knows has been reported as such.
            if (circle || here == units.end() || here->second.parent.empty()) break;
            way.push_back(id);
            id = here->second.parent;
        }
        if (circle) {
            std::string text;
            for (auto at = std::find(way.begin(), way.end(), id); at != way.end(); ++at)
                text += at->text() + " > ";
            table.fault(
                draft.unit_lines.at(id),
                "parent",
                "units are each other's parents: " + text + id.text(),
                "each unit's parent is the larger unit it belongs to"
            );
        }
        sound.insert(way.begin(), way.end());
    }
}

const std::string& label_part(const Unit& unit)
{
    return unit.short_name.empty() ? unit.name : unit.short_name;
}

// "主校区7号楼12层" must fit into the 12 characters that message templates keep for a place.
void check_place_labels(const RosterTable& table, const RosterDraft& draft)
{
    for (const auto& [id, unit] : draft.directory.units) {
        if (unit.kind != "building" && unit.kind != "place" && unit.kind != "intern_site") continue;
        const Unit* campus = draft.directory.unit(unit.campus);
        std::string label = campus == nullptr ? "" : label_part(*campus);
        label += label_part(unit);
        const std::size_t floor = unit.kind == "building" ? escalation::floor_characters_max : 0;
        if (characters(label) + floor <= escalation::place_label_characters_max) continue;
        table.fault(
            draft.unit_lines.at(id),
            "short_name",
            "the place \"" + label + "\"" + (floor == 0 ? "" : " with its floor") +
                " is longer than 12 characters",
            "register a shorter short_name for the campus or the building"
        );
    }
}

// The same person twice on one slot at one time is a slip of the pen: the second seat is empty.
void check_shifts(const RosterTable& table, const RosterDraft& draft)
{
    std::map<std::pair<RoleAt, StaffId>, std::vector<const ShiftRow*>> by_person;
    for (const ShiftRow& row : draft.shifts) by_person[{row.slot, row.shift.staff}].push_back(&row);
    for (const auto& [key, rows] : by_person) {
        const ShiftRow* longest = nullptr;
        for (const ShiftRow* row : rows) {
            if (longest != nullptr && row->shift.from < longest->shift.to)
                table.fault(
                    std::max(row->line, longest->line),
                    "staff",
                    "\"" + key.second.text() + "\" already has this duty at this time, on line " +
                        std::to_string(std::min(row->line, longest->line)),
                    "somebody else, or a time that does not overlap"
                );
            if (longest == nullptr || row->shift.to > longest->shift.to) longest = row;
        }
    }
}

using LeavesOf = std::map<StaffId, std::vector<const LeaveRow*>>;

LeavesOf leaves_by_person(const RosterDraft& draft)
{
    LeavesOf leaves;
    for (const LeaveRow& row : draft.leaves) leaves[row.staff].push_back(&row);
    return leaves;
}

template <class Time>
const LeaveRow* away(const LeavesOf& leaves, const StaffId& staff, const Time& time)
{
    const auto known = leaves.find(staff);
    if (known == leaves.end()) return nullptr;
    // One person's leaves do not overlap (else that is a fault of its own), so of those that begin
    // in time only the last can reach into it.
    const auto later =
        std::partition_point(known->second.begin(), known->second.end(), [&](const LeaveRow* row) {
            return row->leave.from < time.to;
        });
    if (later == known->second.begin()) return nullptr;
    const LeaveRow* row = *std::prev(later);
    return row->leave.to > time.from ? row : nullptr;
}

// A delegate who is away at that time: somebody stands in for them in turn, which is worth a look,
// unless it leads back to the one who went first and nobody is there at all.
void check_delegate(const RosterTable& table, const LeavesOf& leaves, const LeaveRow& row)
{
    Leave time = row.leave;
    std::set<StaffId> gone{row.staff};
    StaffId delegate = row.leave.delegate;
    bool first = true;
    while (gone.insert(delegate).second) {
        const LeaveRow* next = away(leaves, delegate, time);
        if (next == nullptr) return;
        if (first)
            table.warn(
                row.line,
                "delegate",
                "\"" + delegate.text() + "\" is on leave then, see line " +
                    std::to_string(next->line),
                "somebody who is there"
            );
        first = false;
        time.from = std::max(time.from, next->leave.from);
        time.to = std::min(time.to, next->leave.to);
        delegate = next->leave.delegate;
    }
    table.fault(
        row.line,
        "delegate",
        "the delegates of \"" + row.staff.text() + "\" are all on leave and name each other",
        "somebody who is there"
    );
}

void check_leaves(const RosterTables& tables, const RosterDraft& draft)
{
    const RosterTable& table = tables.at("leave.csv");
    const LeavesOf leaves = leaves_by_person(draft);
    for (const auto& [staff, rows] : leaves) {
        const LeaveRow* longest = nullptr;
        for (const LeaveRow* row : rows) {
            if (longest != nullptr && row->leave.from < longest->leave.to)
                table.fault(
                    std::max(row->line, longest->line),
                    "from",
                    "\"" + staff.text() + "\" is on leave already then, see line " +
                        std::to_string(std::min(row->line, longest->line)),
                    "leaves of one person that do not overlap"
                );
            if (longest == nullptr || row->leave.to > longest->leave.to) longest = row;
            check_delegate(table, leaves, *row);
        }
    }
    for (const ShiftRow& row : draft.shifts) {
        const LeaveRow* leave = away(leaves, row.shift.staff, row.shift);
        if (leave == nullptr) continue;
        tables.at("duty.csv")
            .warn(
                row.line,
                "staff",
                "\"" + row.shift.staff.text() +
                    "\" is on leave during this shift, see leave.csv line " +
                    std::to_string(leave->line),
                "somebody who is there; until then the backup or the delegate is called"
            );
    }
}

void check_classes(
    const RosterTables& tables, const RosterDraft& draft, const RosterOptions& options
)
{
    std::set<UnitId> studied;
    std::set<UnitId> held;
    for (const auto& [id, student] : draft.directory.students) studied.insert(student.class_unit);
    for (const auto& [at, holders] : draft.directory.holdings) {
        const auto& roles = options.class_roles;
        if (roles.empty() || std::find(roles.begin(), roles.end(), at.first) != roles.end())
            held.insert(at.second);
    }
    for (const UnitId& id : studied) {
        if (id.empty() || held.contains(id)) continue;
        tables.at("units.csv")
            .warn(
                draft.unit_lines.at(id),
                "id",
                "the class \"" + id.text() + "\" has students but nobody who is responsible for it",
                "a row in roles.csv; until then others of the college are called"
            );
    }
}

void check_reach(const RosterTable& table, const RosterDraft& draft)
{
    std::set<StaffId> needed;
    for (const auto& [at, holders] : draft.directory.holdings)
        for (const auto& holding : holders) needed.insert(holding.staff);
    for (const ShiftRow& row : draft.shifts) {
        needed.insert(row.shift.staff);
        needed.insert(row.shift.backup);
    }
    for (const LeaveRow& row : draft.leaves) needed.insert(row.leave.delegate);
    for (const StaffId& id : needed) {
        const escalation::Staff* staff = draft.directory.person(id);
        if (staff == nullptr || staff->has_address()) continue;
        table.warn(
            draft.staff_lines.at(id),
            "phone",
            "\"" + id.text() + "\" has duties but no address: every alarm passes them by",
            "a telephone number, WeCom, e-mail or webhook"
        );
    }
}

}  // namespace

void check_roster(
    const RosterTables& tables, const RosterDraft& draft, const RosterOptions& options
)
{
    check_tree(tables.at("units.csv"), draft);
    check_place_labels(tables.at("units.csv"), draft);
    check_shifts(tables.at("duty.csv"), draft);
    check_leaves(tables, draft);
    if (tables.at("units.csv").usable() && tables.at("roles.csv").usable())
        check_classes(tables, draft, options);
    check_reach(tables.at("staff.csv"), draft);
}

}  // namespace shouwang::config
