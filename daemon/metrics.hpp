#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace shouwang::daemon {

// The counters that matter: did alarms come in, were people asked, did the messages leave, was
// anything late, was anybody turned away.
struct Metrics {
    std::uint64_t incidents_opened = 0;
    std::uint64_t exercises_opened = 0;  // drills and roll-calls
    std::uint64_t exercise_pages_queued = 0;
    std::uint64_t pages_queued = 0;
    std::uint64_t sends_accepted = 0;
    std::uint64_t sends_failed = 0;          // attempts that did not end accepted
    std::uint64_t deadlines_late = 0;        // rungs and repeats more than a second late
    std::uint64_t commands_turned_away = 0;  // 503: journal full, queue full
    // What the auditor found missing, each thing once.
    std::uint64_t audit_deadlines_missed = 0;
    std::uint64_t audit_sends_missed = 0;
    std::uint64_t audit_adrift = 0;
};

// What is true at the moment of asking.
struct Gauges {
    std::uint64_t live_incidents = 0;
    double deadline_overdue_seconds = 0;
    std::uint64_t journal_sequence = 0;
    std::uint64_t journal_waiting = 0;  // batches not durable yet
    std::uint64_t outbox_waiting = 0;
    std::uint64_t quarantined = 0;
    std::uint64_t degraded = 0;
    double audit_age_seconds = 0;
};

// OpenMetrics text, ending in "# EOF". No labels: nothing personal can slip in.
[[nodiscard]] std::string render_metrics(const Metrics& metrics, const Gauges& gauges);

inline constexpr std::string_view metrics_content_type =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

}  // namespace shouwang::daemon
