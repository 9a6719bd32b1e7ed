#include "tests/simulation/describe.hpp"

#include <array>
#include <variant>

namespace shouwang::test {

using namespace escalation;

namespace {

constexpr std::array<const char*, std::variant_size_v<Event>> names{
    "reported",
    "opened",
    "dismissed",
    "attached",
    "facts_set",
    "rules_changed",
    "level_raised",
    "duty_opened",
    "duty_raised",
    "rung_reached",
    "repeat",
    "repeat_armed",
    "asked",
    "paged",
    "answered",
    "duty_done",
    "duty_reopened",
    "duty_renewed",
    "duty_lapsed",
    "duty_moot",
    "duty_waived",
    "entered",
    "left",
    "hole_found",
    "recorded",
    "check_armed",
    "end_signed",
    "ended",
    "level_lowered",
    "subject_added",
    "subject_identified",
    "subject_closed",
    "place_set",
    "noted",
    "reopened",
    "switched",
    "suggested",
    "suggestion_dropped",
    "drill_paused",
    "merged",
    "split_off",
    "duty_carried",
    "send_started",
    "send_finished",
    "channel_added",
    "unreachable",
    "adopted"};

std::string clock_of(Instant at)
{
    const auto since = at.time_since_epoch() % std::chrono::hours(24);
    const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(since);
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(since - hours);
    const auto rest = since - hours - minutes;
    return two(hours.count()) + ":" + two(minutes.count()) + ":" + two(rest.count() / 1000) + "." +
           std::to_string(rest.count() % 1000);
}

}  // namespace

std::string describe(const Event& event)
{
    return std::visit(
        [&](const auto& e) {
            std::string out = clock_of(e.at) + " " + names.at(event.index());
            if constexpr (requires { e.incident; }) out += " " + e.incident.text();
            if constexpr (requires { e.duty.text(); }) out += " " + e.duty.text();
            if constexpr (requires { e.staff.text(); }) out += " " + e.staff.text();
            if constexpr (requires { e.role.text(); }) out += "/" + e.role.text();
            if constexpr (requires { e.rung + 1U; }) out += " rung " + std::to_string(e.rung);
            if constexpr (requires { e.repeat + 1U; }) out += " repeat " + std::to_string(e.repeat);
            if constexpr (requires { e.skipped; }) out += e.skipped ? " skipped" : "";
            if constexpr (requires { e.empty; }) out += e.empty ? " empty" : "";
            if constexpr (requires { e.answer.text(); }) out += " " + e.answer.text();
            if constexpr (requires { e.next; }) out += " next " + clock_of(e.next);
            if constexpr (requires { e.level.text(); }) out += " " + e.level.text();
            if constexpr (requires { e.because == RungBecause::Due; })
                out += " because " + std::to_string(static_cast<int>(e.because));
            if constexpr (requires { e.rungs.front().due; })
                for (const RungState& rung : e.rungs) out += " " + clock_of(rung.due);
            if constexpr (requires { e.asks.front().duty; })
                for (const AskRef& ref : e.asks)
                    out += " [" + ref.duty.text() + (ref.attempt ? " attempt]" : "]");
            if constexpr (requires { e.subject.text(); }) out += " of " + e.subject.text();
            if constexpr (requires { e.subject.id.text(); }) out += " " + e.subject.id.text();
            if constexpr (requires { e.facts.begin()->second.front(); })
                for (const auto& [name, value] : e.facts)
                    out += " " + name.text() + "=" + (value.empty() ? "?" : value.front());
            if constexpr (requires { e.as.key; })
                out += " " + e.was.text() + " as " + e.as.key.text() + " " +
                       std::string(word_of(e.as.state));
            if constexpr (requires { e.into.text(); }) out += " into " + e.into.text();
            if constexpr (requires { e.from.text(); }) out += " from " + e.from.text();
            if constexpr (requires { e.with.text(); }) out += " with " + e.with.text();
            if constexpr (requires { e.by.text(); }) out += " by " + e.by.text();
            return out;
        },
        event
    );
}

}  // namespace shouwang::test
