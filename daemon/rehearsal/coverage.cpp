#include "daemon/rehearsal/coverage.hpp"

#include "daemon/rehearsal/coverage_wave.hpp"
#include "daemon/rehearsal/like_hours.hpp"

#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace shouwang::rehearsal {

using namespace escalation;
using std::chrono::hours;

namespace {

// What every class is asked with: a student of it, made up where the roster has none.
std::map<UnitId, StudentId> students_of_classes(Directory& directory)
{
    std::map<UnitId, StudentId> out;
    for (const auto& [id, student] : directory.students)
        if (!student.class_unit.empty()) out.try_emplace(student.class_unit, id);
    for (const auto& [id, unit] : directory.units) {
        if (unit.kind != "class" || out.contains(id)) continue;
        Student student;
        student.id = StudentId("coverage." + id.text());
        student.class_unit = id;
        for (const Unit* at = &unit; at != nullptr; at = directory.unit(at->parent))
            if (at->kind == "college") student.college = at->id;
        out.emplace(id, student.id);
        directory.students.emplace(student.id, std::move(student));
    }
    return out;
}

// One corner as it grows, hour by hour.
struct Growing {
    Corner corner;
    std::set<std::size_t> at;  // hours since the first
};

// Who stands in may change with the shifts; who is out of reach is the matter itself.
using GrowingKey = std::tuple<Corner::Kind, RoleName, UnitId, RoleName, StaffId>;

GrowingKey key_of(const WaveFault& fault)
{
    const bool nobody = fault.kind == Corner::Kind::Nobody;
    return {
        fault.kind,
        fault.role,
        fault.unit,
        fault.stand_in.role,
        nobody ? fault.stand_in.staff : StaffId{}};
}

void add(
    std::map<GrowingKey, Growing>& corners,
    const std::vector<WaveFault>& faults,
    const UnitId& class_unit,
    std::size_t hour
)
{
    for (const WaveFault& fault : faults) {
        const auto [it, fresh] = corners.try_emplace(key_of(fault));
        Corner& corner = it->second.corner;
        if (fresh) {
            corner.kind = fault.kind;
            corner.role = fault.role;
            corner.unit = fault.unit;
            corner.stand_in = fault.stand_in.staff;
            corner.stand_in_role = fault.stand_in.role;
            corner.reason = fault.stand_in.reason;
        }
        corner.duties.insert(fault.duty);
        if (fault.whole_wave) corner.skipped.insert(fault.duty);
        corner.classes.insert(class_unit);
        it->second.at.insert(hour);
    }
}

std::vector<Corner::Range> ranges_of(const std::set<std::size_t>& at, Instant from)
{
    std::vector<Corner::Range> out;
    for (const std::size_t hour : at) {
        const Instant begin = from + hours(hour);
        if (!out.empty() && out.back().to == begin)
            out.back().to += hours(1);
        else
            out.push_back({begin, begin + hours(1)});
    }
    return out;
}

std::vector<Corner> finished(std::map<GrowingKey, Growing> growing, Instant from)
{
    // The worst kind first, of one kind the longest, else in the order of the keys.
    std::map<std::tuple<Corner::Kind, hours, std::size_t>, Corner> sorted;
    for (auto& [key, grown] : growing) {
        Corner& corner = grown.corner;
        corner.ranges = ranges_of(grown.at, from);
        const std::tuple place{corner.kind, -corner.lasts(), sorted.size()};
        sorted.emplace(place, std::move(corner));
    }
    std::vector<Corner> out;
    for (auto& [place, corner] : sorted) out.push_back(std::move(corner));
    return out;
}

}  // namespace

hours Corner::lasts() const
{
    hours out{};
    for (const Range& range : ranges) out += std::chrono::floor<hours>(range.to - range.from);
    return out;
}

Coverage coverage(
    const CoverageQuestion& question,
    const std::shared_ptr<const Protocol>& protocol,
    const Directory& directory
)
{
    Coverage out;
    Directory peopled = directory;
    const auto classes = students_of_classes(peopled);
    out.classes = classes.size();
    const FirstWave wave(question, protocol, peopled);
    const LikeHours like(*protocol, peopled, question.from, question.hours, coverage_horizon);
    std::map<GrowingKey, Growing> corners;
    for (const auto& [class_unit, student] : classes) {
        std::map<LikeHours::Key, std::vector<WaveFault>> known;
        for (std::size_t hour = 0; hour < question.hours; ++hour) {
            const Instant at = question.from + hours(hour);
            const auto key = question.every_hour ? std::nullopt : like.key(student, at);
            if (const auto found = key ? known.find(*key) : known.end(); found != known.end()) {
                add(corners, found->second, class_unit, hour);
                continue;
            }
            ++out.played;
            WaveResult played = wave.play(student, at);
            if (!played.refused.empty()) {
                out.refused = std::move(played.refused);
                return out;
            }
            add(corners, played.faults, class_unit, hour);
            if (key) known.emplace(*key, std::move(played.faults));
        }
    }
    out.corners = finished(std::move(corners), question.from);
    return out;
}

}  // namespace shouwang::rehearsal
