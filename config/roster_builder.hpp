#pragma once

#include "config/roster_table.hpp"
#include "escalation/directory.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

// From tables to a directory: field by field and reference by reference. What only several rows
// together can get wrong is checked afterwards, in config/roster_checks.hpp.
namespace shouwang::config {

using RosterTables = std::map<std::string_view, RosterTable>;

struct ShiftRow {
    escalation::RoleAt slot;
    escalation::Shift shift;
    unsigned line = 0;
};

struct LeaveRow {
    escalation::StaffId staff;
    escalation::Leave leave;
    unsigned line = 0;
};

// A directory and where in the files its parts come from.
struct RosterDraft {
    escalation::Directory directory;
    std::map<escalation::UnitId, unsigned> unit_lines;
    std::map<escalation::StaffId, unsigned> staff_lines;
    std::map<escalation::StudentId, unsigned> student_lines;
    std::vector<ShiftRow> shifts;  // by start, then as in the file
    std::vector<LeaveRow> leaves;  // likewise
};

// Reports what is wrong through the tables' sink and goes on; the draft is only worth something
// when nothing was.
[[nodiscard]] RosterDraft build_roster(const RosterTables& tables, std::chrono::minutes utc_offset);

}  // namespace shouwang::config
