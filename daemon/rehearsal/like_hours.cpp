#include "daemon/rehearsal/like_hours.hpp"

#include "escalation/evaluate.hpp"

#include <chrono>
#include <iterator>

namespace shouwang::rehearsal {

using namespace escalation;
using std::chrono::days;

namespace {

constexpr int adult_years = 18;

// As escalation/reports.cpp counts it, at local midnight.
std::optional<Instant> grown_up(const Student& student, const Protocol& protocol)
{
    if (!student.birth_date) return std::nullopt;
    const auto grown =
        std::chrono::year_month_day(*student.birth_date) + std::chrono::years(adult_years);
    const Day day = grown.ok() ? Day(grown) : Day(grown.year() / std::chrono::March / 1);
    return day - protocol.utc_offset;
}

}  // namespace

LikeHours::LikeHours(
    const Protocol& protocol,
    const Directory& directory,
    Instant from,
    std::size_t hours,
    Span horizon
)
    : protocol_(protocol), directory_(directory), horizon_(horizon)
{
    const Instant until = from + std::chrono::hours(hours) + horizon;
    const auto add = [&](Instant at) {
        if (at > from && at <= until) of_roster_.insert(at);
    };
    for (const auto& [where, shifts] : directory.shifts)
        for (const Shift& shift : shifts) {
            add(shift.from);
            add(shift.to);
        }
    for (const auto& [staff, leaves] : directory.leaves)
        for (const Leave& leave : leaves) {
            add(leave.from);
            add(leave.to);
        }
    all_ = of_roster_;
    const auto first = std::chrono::floor<days>(from + protocol.utc_offset);
    for (auto day = first; day - protocol.utc_offset <= until; day += days(1)) {
        // Midnight too: a window of working days may begin or end there.
        all_.insert(day - protocol.utc_offset);
        for (const auto& [name, window] : protocol.windows)
            for (const Span hour : {window.from, window.to})
                all_.insert(day + hour - protocol.utc_offset);
    }
}

std::optional<LikeHours::Key> LikeHours::key(const StudentId& student, Instant at) const
{
    const auto next = all_.upper_bound(at);
    if (next != all_.end() && *next <= at + horizon_) return std::nullopt;
    const auto passed = std::distance(of_roster_.begin(), of_roster_.upper_bound(at));
    std::vector<bool> windows;
    for (const auto& [name, window] : protocol_.windows)
        windows.push_back(in_window(protocol_, directory_, name, at));
    const Student* known = directory_.student(student);
    const auto grown = known == nullptr ? std::nullopt : grown_up(*known, protocol_);
    return Key(static_cast<std::size_t>(passed), std::move(windows), grown && *grown <= at);
}

}  // namespace shouwang::rehearsal
