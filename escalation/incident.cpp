#include "escalation/incident.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace shouwang::escalation {

namespace {

void earliest(std::optional<Instant>& so_far, const std::optional<Instant>& candidate)
{
    if (candidate && (!so_far || *candidate < *so_far)) so_far = candidate;
}

}  // namespace

std::string DutyKey::text() const
{
    std::string out = name.text();
    if (!scope.empty()) out += "@" + scope;
    if (generation != 1) out += "#" + std::to_string(generation);
    return out;
}

std::optional<DutyKey> DutyKey::parse(const std::string& text)
{
    DutyKey key;
    std::string rest = text;
    if (const auto hash = rest.rfind('#'); hash != std::string::npos) {
        const char* first = rest.data() + hash + 1;
        const char* last = rest.data() + rest.size();
        const auto [end, error] = std::from_chars(first, last, key.generation);
        if (error != std::errc{} || end != last || key.generation == 0) return std::nullopt;
        rest.resize(hash);
    }
    if (const auto at = rest.find('@'); at != std::string::npos) {
        key.scope = rest.substr(at + 1);
        if (key.scope.empty()) return std::nullopt;
        rest.resize(at);
    }
    if (rest.empty()) return std::nullopt;
    key.name = DutyName(rest);
    return key;
}

unsigned DutyInstance::reached() const noexcept
{
    const auto next = std::find_if(rungs.begin(), rungs.end(), [](const RungState& rung) {
        return !rung.reached;
    });
    return static_cast<unsigned>(next - rungs.begin());
}

bool Page::finished() const noexcept
{
    return std::none_of(channels.begin(), channels.end(), [](const auto& channel) {
        return channel.second.state == SendState::Queued ||
               channel.second.state == SendState::Started;
    });
}

bool Incident::takes_part(const StaffId& staff) const
{
    return kind != Kind::Drill || participants.empty() || participants.contains(staff);
}

std::optional<Instant> Incident::deadline() const
{
    std::optional<Instant> out = promised();
    if (live()) {
        if (!paused) earliest(out, turns_at);
        earliest(out, ends_at);
    }
    return out;
}

std::optional<Instant> Incident::promised() const
{
    std::optional<Instant> out;
    if (!live() || paused) return out;
    earliest(out, check_at);
    for (const auto& [key, duty] : duties) {
        if (duty.open()) {
            // Rungs are reached in order: one that is due before the one it waits for is not yet.
            if (const unsigned next = duty.reached(); next < duty.rungs.size())
                earliest(out, duty.rungs[next].due);
            earliest(out, duty.forever_next);
            earliest(out, duty.lapses_at);
        }
        for (const auto& [staff, ask] : duty.asks)
            if (ask.answer.empty() && !ask.attempts.empty()) earliest(out, ask.attempts.front());
    }
    return out;
}

std::string_view word_of(Kind kind)
{
    switch (kind) {
        case Kind::Real: return "real";
        case Kind::Drill: return "drill";
        case Kind::Test: return "test";
    }
    return {};
}

std::string_view word_of(Stage stage)
{
    switch (stage) {
        case Stage::Review: return "review";
        case Stage::Open: return "open";
        case Stage::Dismissed: return "dismissed";
        case Stage::Attached: return "attached";
        case Stage::Closed: return "closed";
        case Stage::Aftercare: return "aftercare";
        case Stage::FalseAlarm: return "false_alarm";
        case Stage::DrillEnded: return "drill_ended";
        case Stage::Merged: return "merged";
    }
    return {};
}

std::string_view word_of(DutyState state)
{
    switch (state) {
        case DutyState::Open: return "open";
        case DutyState::Done: return "done";
        case DutyState::Lapsed: return "lapsed";
        case DutyState::Moot: return "moot";
        case DutyState::Waived: return "waived";
    }
    return {};
}

std::string_view word_of(SendState state)
{
    switch (state) {
        case SendState::Queued: return "queued";
        case SendState::Started: return "started";
        case SendState::Accepted: return "accepted";
        case SendState::Failed: return "failed";
        case SendState::Unknown: return "unknown";
        case SendState::Dropped: return "dropped";
    }
    return {};
}

}  // namespace shouwang::escalation
