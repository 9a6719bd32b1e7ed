#include "config/roster_builder.hpp"

#include "config/roster_fields.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace shouwang::config {

namespace {

using namespace std::chrono_literals;
using escalation::Directory;
using escalation::Instant;
using escalation::RoleAt;
using escalation::RoleName;
using escalation::StaffId;
using escalation::StudentId;
using escalation::Unit;
using escalation::UnitId;

constexpr std::size_t short_name_characters_max = 8;
constexpr unsigned order_max = 99;
constexpr unsigned unit_depth_max = 32;

constexpr std::array unit_kinds{
    RosterWord{"university", "学校"},
    RosterWord{"campus", "校区"},
    RosterWord{"college", "学院"},
    RosterWord{"department", "部门"},
    RosterWord{"class", "班级"},
    RosterWord{"building", "楼栋"},
    RosterWord{"place", "场所"},
    RosterWord{"intern_site", "实习单位"},
};
constexpr std::array staff_kinds{
    RosterWord{"person", "个人"},
    RosterWord{"desk", "值班台"},
    RosterWord{"external", "校外"},
};
constexpr std::array student_kinds{
    RosterWord{"ug", "本科生"},
    RosterWord{"pg", "研究生"},
    RosterWord{"intl", "国际生"},
};
constexpr std::array day_kinds{RosterWord{"workday", "工作日"}, RosterWord{"holiday", "节假日"}};

// Flags in one field, whatever people put between them.
std::vector<std::string> split_flags(std::string_view text)
{
    std::vector<std::string> flags;
    while (!text.empty()) {
        std::size_t end = text.size();
        std::size_t width = 0;
        for (const std::string_view mark : {";", "|", "；", "、"}) {
            const auto at = text.find(mark);
            if (at >= end) continue;
            end = at;
            width = mark.size();
        }
        if (end != 0) flags.emplace_back(text.substr(0, end));
        text.remove_prefix(end + width);
    }
    return flags;
}

struct HoldingRow {
    RoleAt slot;
    escalation::Holding holding;
    unsigned line = 0;
};

class Builder {
public:
    Builder(const RosterTables& tables, std::chrono::minutes utc_offset)
        : tables_(tables), utc_offset_(utc_offset)
    {}

    RosterDraft build()
    {
        each("units.csv", &Builder::unit);
        unit_references();
        each("staff.csv", &Builder::staff);
        each("roles.csv", &Builder::holding);
        each("students.csv", &Builder::student);
        each("guardians.csv", &Builder::guardian);
        each("duty.csv", &Builder::shift);
        each("leave.csv", &Builder::leave);
        each("calendar.csv", &Builder::calendar_day);
        put_in_order();
        return std::move(draft_);
    }

private:
    void each(std::string_view file, void (Builder::*read)(const RosterRow&))
    {
        const RosterTable& table = tables_.at(file);
        for (const CsvRow& row : table.rows()) (this->*read)(RosterRow(table, row));
    }

    template <class Id>
    bool is_new(
        std::map<Id, unsigned>& lines, const Id& id, const RosterRow& row, const char* column
    )
    {
        if (id.empty()) return false;
        const auto [known, added] = lines.emplace(id, row.line());
        if (added) return true;
        row.fault(
            column,
            "\"" + id.text() + "\" is there already, on line " + std::to_string(known->second),
            "every row has an id of its own"
        );
        return false;
    }

    // An id of another table; reads as empty when it is not one of them.
    template <class Map>
    typename Map::key_type reference(
        const RosterRow& row, const char* column, const char* file, const Map& known
    )
    {
        typename Map::key_type id(row.id(column));
        if (id.empty() || known.contains(id) || !tables_.at(file).usable()) return id;
        row.fault(
            column,
            "\"" + id.text() + "\" is not in " + file,
            std::string("the id of a row of ") + file
        );
        return typename Map::key_type();
    }

    StaffId staff_reference(const RosterRow& row, const char* column)
    {
        return reference(row, column, "staff.csv", draft_.directory.staff);
    }

    // A unit of one of `kinds` (empty: of any).
    UnitId unit_reference(
        const RosterRow& row, const char* column, std::initializer_list<std::string_view> kinds
    )
    {
        const UnitId id = reference(row, column, "units.csv", draft_.directory.units);
        const Unit* unit = draft_.directory.unit(id);
        if (unit == nullptr || unit->kind.empty() || kinds.size() == 0 ||
            std::find(kinds.begin(), kinds.end(), unit->kind) != kinds.end())
            return id;
        std::string wanted;
        for (const std::string_view kind : kinds)
            wanted += (wanted.empty() ? "a unit of kind " : " or ") + std::string(kind);
        row.fault(column, "\"" + id.text() + "\" is a " + unit->kind, wanted);
        return UnitId();
    }

    // A role belongs to a unit; without one, to the university.
    RoleAt slot(const RosterRow& row)
    {
        const std::string role = row.text("role");
        if (!role.empty() && !is_role_name(role))
            row.fault(
                "role",
                "\"" + role + "\" is no role",
                "the role's name in the protocol file: lower-case letters, digits and \"_\""
            );
        UnitId unit = unit_reference(row, "unit", {});
        if (unit.empty()) unit = root_;
        return {RoleName(role), unit};
    }

    std::string mobile(const RosterRow& row, const char* column) const
    {
        const std::string text = row.text(column);
        if (text.empty()) return {};
        if (auto number = parse_mobile(text)) return *number;
        row.fault(
            column,
            std::string(column) + " is no mobile number",
            "eleven digits that begin with 1, such as 199-0000-1234; other lines go into landline"
        );
        return {};
    }

    // A number that people call but no message goes to: families abroad have any.
    std::string any_number(const RosterRow& row, const char* column) const
    {
        const std::string text = row.text(column);
        if (text.empty()) return {};
        for (const auto& parse : {parse_mobile, parse_landline, parse_foreign})
            if (auto number = parse(text)) return *number;
        row.fault(
            column,
            std::string(column) + " is no telephone number",
            "a mobile number, a landline with its area code, or + and a number abroad"
        );
        return {};
    }

    std::string landline(const RosterRow& row) const
    {
        const std::string text = row.text("landline");
        if (text.empty()) return {};
        if (auto number = parse_landline(text)) return *number;
        if (is_emergency_number(text))
            row.fault(
                "landline",
                "\"" + text + "\" is an emergency number",
                "a line of the university's own: a person calls the police, not this system"
            );
        else
            row.fault(
                "landline",
                "landline is no landline number",
                "area code and number, such as 0000-1234567, or an internal number of 3 to 6 digits"
            );
        return {};
    }

    void unit(const RosterRow& row)
    {
        Unit unit;
        unit.id = UnitId(row.id("id"));
        unit.name = row.text("name");
        unit.short_name = row.text("short_name");
        unit.kind = row.word("kind", unit_kinds);
        unit.parent = UnitId(row.id("parent"));
        unit.campus = UnitId(row.id("campus"));
        check_short_name(row, unit);
        if (!is_new(draft_.unit_lines, unit.id, row, "id")) return;
        unit_rows_.emplace_back(row, unit.id);
        draft_.directory.units.emplace(unit.id, std::move(unit));
    }

    // A short name goes into messages of 70 characters: it is registered, never cut.
    static void check_short_name(const RosterRow& row, const Unit& unit)
    {
        const bool in_messages = unit.kind == "college" || unit.kind == "campus" ||
                                 unit.kind == "building" || unit.kind == "place" ||
                                 unit.kind == "intern_site";
        if (characters(unit.short_name) > short_name_characters_max)
            row.fault("short_name", "the short name is too long", "at most 8 characters");
        else if (in_messages && unit.short_name.empty() && characters(unit.name) > short_name_characters_max)
            row.fault(
                "short_name",
                "\"" + unit.name + "\" needs a short name: messages name it",
                "at most 8 characters"
            );
    }

    // In a second pass: a parent may stand below its children.
    void unit_references()
    {
        for (const auto& [row, id] : unit_rows_) {
            const Unit& unit = draft_.directory.units.at(id);
            if (!unit.parent.empty()) (void)unit_reference(row, "parent", {});
            if (!unit.campus.empty()) (void)unit_reference(row, "campus", {"campus"});
        }
        root_ = draft_.directory.root();
    }

    void staff(const RosterRow& row)
    {
        escalation::Staff staff;
        staff.id = StaffId(row.id("id"));
        staff.kind = row.word("kind", staff_kinds);
        staff.name = row.text("name");
        staff.sex = row.sex();
        staff.unit = unit_reference(row, "unit", {});
        staff.title = row.text("title");
        staff.phone = mobile(row, "phone");
        staff.phone2 = mobile(row, "phone2");
        staff.landline = landline(row);
        staff.wecom = row.text("wecom");
        staff.email = row.text("email");
        staff.webhook = row.text("webhook");
        staff.campus = unit_reference(row, "campus", {"campus"});
        staff.lives_on_campus = row.yes("lives_on_campus");
        staff.qualified_watch = row.yes("qualified_watch");
        staff.languages = row.text("languages");
        if (!staff.email.empty() && !is_email(staff.email))
            row.fault("email", "email is no e-mail address", "such as name@example.edu.cn");
        if (!staff.webhook.empty() && !is_url(staff.webhook))
            row.fault("webhook", "webhook is no address", "a URL: https://...");
        if (is_new(draft_.staff_lines, staff.id, row, "id"))
            draft_.directory.staff.emplace(staff.id, std::move(staff));
    }

    void holding(const RosterRow& row)
    {
        const RoleAt at = slot(row);
        const StaffId staff = staff_reference(row, "staff");
        const unsigned order = row.number("order", order_max);
        if (staff.empty()) return;
        if (held_.emplace(at, staff).second)
            holdings_.push_back({at, {staff, order}, row.line()});
        else
            row.fault(
                "staff",
                "\"" + staff.text() + "\" holds " + at.first.text() + " of this unit already",
                "one row for each person, role and unit"
            );
    }

    // Equal orders and starts keep the order of the file.
    void put_in_order()
    {
        Directory& directory = draft_.directory;
        std::sort(holdings_.begin(), holdings_.end(), [](const auto& a, const auto& b) {
            return std::tie(a.holding.order, a.line) < std::tie(b.holding.order, b.line);
        });
        for (const HoldingRow& row : holdings_) directory.holdings[row.slot].push_back(row.holding);

        std::sort(draft_.shifts.begin(), draft_.shifts.end(), [](const auto& a, const auto& b) {
            return std::tie(a.shift.from, a.line) < std::tie(b.shift.from, b.line);
        });
        for (const ShiftRow& row : draft_.shifts) directory.shifts[row.slot].push_back(row.shift);

        std::sort(draft_.leaves.begin(), draft_.leaves.end(), [](const auto& a, const auto& b) {
            return std::tie(a.leave.from, a.line) < std::tie(b.leave.from, b.line);
        });
        for (const LeaveRow& row : draft_.leaves) directory.leaves[row.staff].push_back(row.leave);
    }

    void student(const RosterRow& row)
    {
        escalation::Student student;
        student.id = StudentId(row.id("id"));
        student.name = row.text("name");
        student.sex = row.sex();
        student.birth_date = row.day("birth_date");
        student.class_unit = unit_reference(row, "class", {"class"});
        student.college = unit_reference(row, "college", {"college"});
        student.grade = row.text("grade");
        student.kind = row.word("kind", student_kinds);
        student.building = unit_reference(row, "building", {"building"});
        student.room = row.text("room");
        student.phone = any_number(row, "phone");
        student.supervisor = staff_reference(row, "supervisor");
        student.intern_site = unit_reference(row, "intern_site", {"intern_site"});
        student.flags = split_flags(row.text("flags"));
        settle_college(row, student);
        if (is_new(draft_.student_lines, student.id, row, "id"))
            draft_.directory.students.emplace(student.id, std::move(student));
    }

    // The college of a class is above it; a student's own column must not say otherwise.
    void settle_college(const RosterRow& row, escalation::Student& student)
    {
        if (student.class_unit.empty() || !tables_.at("units.csv").usable()) return;
        const UnitId above = college_above(student.class_unit);
        if (above.empty() && student.college.empty())
            row.fault(
                "class",
                "\"" + student.class_unit.text() + "\" belongs to no college",
                "give the class a parent in units.csv, or the student a college"
            );
        else if (!above.empty() && !student.college.empty() && above != student.college)
            row.fault(
                "college",
                "the class \"" + student.class_unit.text() + "\" belongs to \"" + above.text() +
                    "\"",
                "that college, or another class"
            );
        if (student.college.empty()) student.college = above;
    }

    UnitId college_above(UnitId id) const
    {
        // Units may still form a circle here.
        for (unsigned step = 0; step < unit_depth_max; ++step) {
            const Unit* unit = draft_.directory.unit(id);
            if (unit == nullptr) return UnitId();
            if (unit->kind == "college") return id;
            id = unit->parent;
        }
        return UnitId();
    }

    void guardian(const RosterRow& row)
    {
        escalation::Guardian guardian;
        guardian.student = reference(row, "student", "students.csv", draft_.directory.students);
        guardian.order = row.number("order", order_max);
        guardian.name = row.text("name");
        guardian.relation = row.text("relation");
        guardian.legal = row.yes("legal");
        guardian.phone = any_number(row, "phone");
        guardian.language = row.text("language");
        guardian.caution = row.prose("caution");
        if (guardian.student.empty()) return;
        const auto [first, last] = draft_.directory.guardians.equal_range(guardian.student);
        const bool twice = std::any_of(first, last, [&](const auto& other) {
            return other.second.order == guardian.order;
        });
        if (twice)
            row.fault(
                "order",
                "\"" + guardian.student.text() + "\" has a guardian with this order already",
                "the order in which they are called: 0, 1, 2 ..."
            );
        else
            draft_.directory.guardians.emplace(guardian.student, std::move(guardian));
    }

    std::optional<Instant> local(
        const RosterRow& row, const char* column, std::optional<std::chrono::minutes> day_alone
    ) const
    {
        const std::string text = row.text(column);
        if (text.empty()) return std::nullopt;
        const auto time = parse_local_time(text);
        if (time && time->has_clock) return time->at - utc_offset_;
        if (time && day_alone) return time->at + *day_alone - utc_offset_;
        row.fault(
            column,
            "\"" + text + "\" is no local time",
            day_alone ? "such as 2026-10-04 or 2026-10-04 17:30" : "such as 2026-10-04 17:30"
        );
        return std::nullopt;
    }

    // False, and a fault, unless the time runs forwards.
    static bool ordered(
        const RosterRow& row, const std::optional<Instant>& from, const std::optional<Instant>& to
    )
    {
        if (!from || !to) return false;
        if (*from < *to) return true;
        row.fault("to", "it ends before it begins", "a time after \"from\"");
        return false;
    }

    void shift(const RosterRow& row)
    {
        const RoleAt at = slot(row);
        const auto from = local(row, "from", std::nullopt);
        const auto to = local(row, "to", std::nullopt);
        const bool given = !row.text("staff").empty();
        const StaffId staff = staff_reference(row, "staff");
        const StaffId backup = staff_reference(row, "backup");
        const bool in_order = ordered(row, from, to);
        if (!given && !backup.empty()) {
            row.fault("staff", "a backup but nobody on duty", "put the backup into staff");
        } else if (!given) {
            row.warn("staff", "nobody is on duty as " + at.first.text(), "somebody from staff.csv");
        } else if (!staff.empty() && staff == backup) {
            row.fault("backup", "the backup is the person on duty", "somebody else, or nobody");
        } else if (!staff.empty() && in_order) {
            draft_.shifts.push_back({at, {*from, *to, staff, backup}, row.line()});
        }
    }

    void leave(const RosterRow& row)
    {
        const StaffId staff = staff_reference(row, "staff");
        const auto from = local(row, "from", 0min);
        const auto to = local(row, "to", 24h);
        const StaffId delegate = staff_reference(row, "delegate");
        const bool in_order = ordered(row, from, to);
        if (!staff.empty() && staff == delegate)
            row.fault("delegate", "nobody stands in for themselves", "somebody else");
        else if (!staff.empty() && !delegate.empty() && in_order)
            draft_.leaves.push_back({staff, {*from, *to, delegate}, row.line()});
    }

    void calendar_day(const RosterRow& row)
    {
        const auto day = row.day("date");
        const std::string kind = row.word("kind", day_kinds);
        (void)row.text("name");
        if (!day || kind.empty()) return;
        if (!draft_.directory.workdays.emplace(*day, kind == "workday").second)
            row.fault("date", "this date is there already", "one row for each date");
    }

    const RosterTables& tables_;
    std::chrono::minutes utc_offset_;
    RosterDraft draft_;
    UnitId root_;
    std::vector<std::pair<RosterRow, UnitId>> unit_rows_;
    std::set<std::pair<RoleAt, StaffId>> held_;
    std::vector<HoldingRow> holdings_;
};

}  // namespace

RosterDraft build_roster(const RosterTables& tables, std::chrono::minutes utc_offset)
{
    return Builder(tables, utc_offset).build();
}

}  // namespace shouwang::config
