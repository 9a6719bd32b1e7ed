#include "daemon/http/sight.hpp"

#include <algorithm>
#include <set>

namespace shouwang::http {

using namespace escalation;

namespace {

bool was_asked(const Incident& incident, const StaffId& staff)
{
    const bool asked =
        std::any_of(incident.duties.begin(), incident.duties.end(), [&](const auto& entry) {
            return entry.second.asks.contains(staff);
        });
    return asked || std::any_of(
                        incident.registers.begin(),
                        incident.registers.end(),
                        [&](const auto& entry) {
                            return std::any_of(
                                entry.second.begin(),
                                entry.second.end(),
                                [&](const RegisterEntry& member) { return member.staff == staff; }
                            );
                        }
                    );
}

bool belongs_to(const Directory& directory, const StaffId& id, const UnitId& college)
{
    const Staff* staff = directory.person(id);
    if (staff == nullptr || college.empty()) return false;
    std::set<UnitId> seen;
    UnitId at = staff->unit;
    while (!at.empty() && seen.insert(at).second) {
        if (at == college) return true;
        const Unit* unit = directory.unit(at);
        at = unit == nullptr ? UnitId{} : unit->parent;
    }
    return false;
}

}  // namespace

std::optional<Viewpoint> sight_of(
    const Identity& identity, const Directory& directory, const Incident& incident
)
{
    Viewpoint out;
    switch (identity.role) {
        case Role::DutyDesk:
            out.sight = Sight::Command;
            for (const auto& [id, subject] : incident.subjects) out.named.insert(id);
            return out;
        case Role::Admin:
        case Role::Supervisor: out.sight = Sight::Action; return out;
        case Role::Intake:
            if (incident.reported_by.account != identity.token_id) return std::nullopt;
            return out;
        case Role::Responder: break;
    }
    if (!identity.staff || !was_asked(incident, *identity.staff)) return std::nullopt;
    for (const auto& [id, subject] : incident.subjects)
        if (belongs_to(directory, *identity.staff, subject.college)) out.named.insert(id);
    out.sight = out.named.empty() ? Sight::Action : Sight::Command;
    return out;
}

std::string audience_of(const std::vector<StaffId>& asked)
{
    std::string out = "|";
    for (const StaffId& staff : asked) out += staff.text() + "|";
    return out;
}

bool may_see(const Identity& identity, const std::string& audience)
{
    switch (identity.role) {
        case Role::DutyDesk:
        case Role::Admin:
        case Role::Supervisor: return true;
        case Role::Intake: return false;
        case Role::Responder: break;
    }
    return identity.staff && audience.find("|" + identity.staff->text() + "|") != std::string::npos;
}

}  // namespace shouwang::http
