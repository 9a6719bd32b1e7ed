#include "escalation/resolve.hpp"

#include "escalation/evaluate.hpp"

#include <algorithm>
#include <set>

namespace shouwang::escalation {

namespace {

// Deep enough for every chain a checked protocol can have, and an end for one that is not.
constexpr unsigned substitutes_max = 8;

bool in_scope(const Subject& subject, const std::string& scope)
{
    if (scope.empty()) return true;
    if (scope == "-") return subject.college.empty();
    return scope == subject.college.text() || scope == subject.id.text();
}

// Once everybody's part in it is over, the people who sign for them are still theirs.
bool any_in_play(const Incident& incident)
{
    return std::any_of(incident.subjects.begin(), incident.subjects.end(), [](const auto& entry) {
        return !entry.second.closed;
    });
}

class Resolver {
public:
    Resolver(
        const Protocol& protocol,
        const Directory& directory,
        const Incident& incident,
        std::string scope,
        Instant now
    )
        : protocol_(protocol),
          directory_(directory),
          incident_(incident),
          scope_(std::move(scope)),
          now_(now),
          any_in_play_(any_in_play(incident))
    {}

    // Whose people are added from here on; nobody is added twice.
    void look_at(std::string scope) { scope_ = std::move(scope); }

    // Adds the people of `name`; false when there are none.
    bool add(const RoleName& name, const std::string& as, unsigned depth)
    {
        const auto found = protocol_.roles.find(name);
        if (found == protocol_.roles.end() || depth > substitutes_max) return false;
        const Role& role = found->second;
        for (const Swap& swap : role.swap)
            if (holds(view(), swap.when)) return add(swap.role, as, depth + 1);

        const std::set<UnitId> units = units_of(role);
        bool any = false;
        for (const UnitId& unit : units) any |= add_at(role, unit, as, depth);
        if (!any && units.empty()) {
            any = add_substitutes(role, depth);
            if (!any) out_.holes.push_back({role.name, UnitId{}});
        }
        return any;
    }

    Resolution take() { return std::move(out_); }

private:
    [[nodiscard]] View view() const
    {
        View view{protocol_, directory_, incident_, nullptr, now_, SubjectId{}, StaffId{}};
        if (scope_.empty()) return view;
        // A scope that no subject stands in is judged as somebody nobody knows.
        view.lane = SubjectId("-");
        for (const auto& [id, subject] : incident_.subjects)
            if (counts(subject)) {
                view.lane = id;
                break;
            }
        return view;
    }

    [[nodiscard]] bool counts(const Subject& subject) const
    {
        const bool named = !scope_.empty() && scope_ == subject.id.text();
        return in_scope(subject, scope_) && (!subject.closed || named || !any_in_play_);
    }

    [[nodiscard]] std::set<UnitId> units_of(const Role& role) const
    {
        std::set<UnitId> out;
        const auto of_subjects = [&](UnitId Subject::*unit) {
            for (const auto& [id, subject] : incident_.subjects)
                if (counts(subject) && !(subject.*unit).empty()) out.insert(subject.*unit);
        };
        switch (role.of) {
            case Path::University: units_with(role.holds, out); break;
            case Path::SubjectClass: of_subjects(&Subject::class_unit); break;
            case Path::SubjectCollege: of_subjects(&Subject::college); break;
            case Path::SubjectBuilding: of_subjects(&Subject::building); break;
            case Path::SubjectInternSite: of_subjects(&Subject::intern_site); break;
            case Path::PlaceBuilding:
                if (!incident_.place.building.empty())
                    out.insert(incident_.place.building);
                else
                    of_subjects(&Subject::building);
                break;
            case Path::PlaceCampus: campuses(out); break;
        }
        return out;
    }

    // A role of the university may sit in any of its departments.
    void units_with(const RoleName& holds, std::set<UnitId>& out) const
    {
        const auto collect = [&](const auto& table) {
            for (auto it = table.lower_bound(RoleAt{holds, UnitId{}});
                 it != table.end() && it->first.first == holds;
                 ++it)
                out.insert(it->first.second);
        };
        collect(directory_.holdings);
        collect(directory_.shifts);
        if (out.empty()) out.insert(directory_.root());
    }

    // Where the place is, else where the subjects' colleges are; not knowing means every campus.
    void campuses(std::set<UnitId>& out) const
    {
        if (!incident_.place.campus.empty()) {
            out.insert(incident_.place.campus);
            return;
        }
        for (const auto& [id, subject] : incident_.subjects) {
            if (!counts(subject)) continue;
            for (const UnitId& unit : {subject.building, subject.college})
                if (const Unit* known = directory_.unit(unit);
                    known != nullptr && !known->campus.empty()) {
                    out.insert(known->campus);
                    break;
                }
        }
        if (!out.empty()) return;
        for (const auto& [id, unit] : directory_.units)
            if (unit.kind == "campus") out.insert(id);
    }

    bool add_at(const Role& role, const UnitId& unit, const std::string& as, unsigned depth)
    {
        bool any = false;
        if (role.rota) any = add_shifts(role, unit);
        if (!any) any = add_holders(role, unit, as);
        if (any) return true;
        out_.holes.push_back({role.name, unit});
        return add_substitutes(role, depth) || add_unit_head(role, unit);
    }

    bool add_shifts(const Role& role, const UnitId& unit)
    {
        bool any = false;
        bool covered = false;
        const auto found = directory_.shifts.find({role.holds, unit});
        if (found != directory_.shifts.end()) {
            for (const Shift& shift : found->second) {
                if (now_ < shift.from || now_ >= shift.to) continue;
                covered = true;
                if (any && !role.all) break;
                any |= take_or_delegate(shift.staff, role.name, "shift") ||
                       take_or_delegate(shift.backup, role.name, "backup");
            }
        }
        if (!covered) out_.holes.push_back({role.name, unit});
        return any;
    }

    bool add_holders(const Role& role, const UnitId& unit, const std::string& as)
    {
        bool any = false;
        for (const Holding& holding : directory_.holders(role.holds, unit)) {
            if (holding.order < role.order_from) continue;
            if (role.order_to && holding.order > *role.order_to) continue;
            if (any && !role.all) break;
            std::string reason =
                holding.order == 0 ? "holder" : "deputy " + std::to_string(holding.order);
            if (!as.empty()) reason += ", " + as;
            any |= take_or_delegate(holding.staff, role.name, reason);
        }
        return any;
    }

    bool add_substitutes(const Role& role, unsigned depth)
    {
        return std::any_of(role.otherwise.begin(), role.otherwise.end(), [&](const RoleName& next) {
            return add(next, "for want of " + role.name.text(), depth + 1);
        });
    }

    // Up the units: the head of the college stands in for a class of it.
    bool add_unit_head(const Role& role, const UnitId& unit)
    {
        UnitId at = unit;
        for (unsigned up = 0; up < substitutes_max && !at.empty(); ++up) {
            for (const Holding& holding : directory_.holders(protocol_.unit_head, at))
                if (take_or_delegate(holding.staff, role.name, "unit head")) return true;
            const Unit* known = directory_.unit(at);
            at = known == nullptr ? UnitId{} : known->parent;
        }
        return false;
    }

    bool take_or_delegate(const StaffId& staff, const RoleName& role, const std::string& reason)
    {
        if (staff.empty()) return false;
        const Leave* leave = directory_.leave(staff, now_);
        if (leave == nullptr) return accept(staff, role, reason);
        if (leave->delegate.empty() || directory_.leave(leave->delegate, now_) != nullptr)
            return false;
        return accept(leave->delegate, role, "delegate of " + staff.text());
    }

    bool accept(const StaffId& staff, const RoleName& role, const std::string& reason)
    {
        const Staff* known = directory_.person(staff);
        if (known == nullptr || !known->has_address()) return false;
        const bool there =
            std::any_of(out_.people.begin(), out_.people.end(), [&](const Person& person) {
                return person.staff == staff;
            });
        if (!there) out_.people.push_back({staff, role, reason});
        return true;
    }

    const Protocol& protocol_;
    const Directory& directory_;
    const Incident& incident_;
    std::string scope_;
    Instant now_;
    bool any_in_play_;
    Resolution out_;
};

// Whom the subjects still part of it are judged with: each college, and "-" for those nobody knows.
std::set<std::string> colleges_of(const Incident& incident)
{
    std::set<std::string> out;
    for (const auto& [id, subject] : incident.subjects)
        if (!subject.closed) out.insert(subject.college.empty() ? "-" : subject.college.text());
    return out;
}

}  // namespace

bool is_of_a_subject(Path path)
{
    return path == Path::SubjectClass || path == Path::SubjectCollege ||
           path == Path::SubjectBuilding || path == Path::SubjectInternSite;
}

Resolution resolve(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const RoleName& role,
    const std::string& scope,
    Instant now
)
{
    Resolver resolver(protocol, directory, incident, scope, now);
    const auto known = protocol.roles.find(role);
    const bool of_subjects = known != protocol.roles.end() && is_of_a_subject(known->second.of);
    std::set<std::string> colleges;
    if (scope.empty() && of_subjects) colleges = colleges_of(incident);
    if (colleges.size() < 2) {
        resolver.add(role, {}, 0);
        return resolver.take();
    }
    // One whom nobody knows must not turn the lead of another's college into a stand-in.
    for (const std::string& college : colleges) {
        resolver.look_at(college);
        resolver.add(role, {}, 0);
    }
    return resolver.take();
}

Resolution resolve_last_resort(
    const Protocol& protocol, const Directory& directory, const Incident& incident, Instant now
)
{
    Resolver resolver(protocol, directory, incident, {}, now);
    for (const RoleName& role : protocol.last_resort) resolver.add(role, "last resort", 0);
    return resolver.take();
}

}  // namespace shouwang::escalation
