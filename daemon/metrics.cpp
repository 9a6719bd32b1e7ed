#include "daemon/metrics.hpp"

#include <spdlog/fmt/fmt.h>

#include <iterator>

namespace shouwang::daemon {

namespace {

void counter(std::string& out, std::string_view name, std::string_view help, std::uint64_t value)
{
    fmt::format_to(
        std::back_inserter(out),
        "# TYPE shouwang_{0} counter\n# HELP shouwang_{0} {1}\nshouwang_{0}_total {2}\n",
        name,
        help,
        value
    );
}

template <class Number>
void gauge(std::string& out, std::string_view name, std::string_view help, Number value)
{
    fmt::format_to(
        std::back_inserter(out),
        "# TYPE shouwang_{0} gauge\n# HELP shouwang_{0} {1}\nshouwang_{0} {2}\n",
        name,
        help,
        value
    );
}

void seconds(std::string& out, std::string_view name, std::string_view help, double value)
{
    fmt::format_to(
        std::back_inserter(out),
        "# TYPE shouwang_{0} gauge\n# UNIT shouwang_{0} seconds\n# HELP shouwang_{0} {1}\n"
        "shouwang_{0} {2:.3f}\n",
        name,
        help,
        value
    );
}

}  // namespace

std::string render_metrics(const Metrics& metrics, const Gauges& gauges)
{
    std::string out;
    counter(out, "incidents_opened", "Incidents opened.", metrics.incidents_opened);
    counter(out, "exercises_opened", "Drills and roll-calls opened.", metrics.exercises_opened);
    counter(
        out,
        "exercise_pages_queued",
        "Pages of drills and roll-calls.",
        metrics.exercise_pages_queued
    );
    counter(out, "pages_queued", "Pages queued for somebody.", metrics.pages_queued);
    counter(out, "sends_accepted", "Messages a provider took.", metrics.sends_accepted);
    counter(out, "sends_failed", "Attempts no provider took.", metrics.sends_failed);
    counter(
        out,
        "deadlines_late",
        "Rungs and repeats reached more than a second late.",
        metrics.deadlines_late
    );
    counter(
        out, "commands_turned_away", "Commands answered with 503.", metrics.commands_turned_away
    );
    counter(
        out,
        "audit_deadlines_missed",
        "Deadlines in the journal that nothing came of.",
        metrics.audit_deadlines_missed
    );
    counter(
        out,
        "audit_sends_missed",
        "Pages in the journal that were not sent, or sent without end.",
        metrics.audit_sends_missed
    );
    counter(
        out, "audit_adrift", "Incidents with nothing ahead and nobody named.", metrics.audit_adrift
    );
    gauge(out, "live_incidents", "Incidents not ended.", gauges.live_incidents);
    seconds(
        out,
        "deadline_overdue_seconds",
        "Age of the oldest deadline not yet served.",
        gauges.deadline_overdue_seconds
    );
    seconds(
        out,
        "audit_age_seconds",
        "How long ago the journal was last compared with what should be.",
        gauges.audit_age_seconds
    );
    gauge(out, "journal_sequence", "Last durable record.", gauges.journal_sequence);
    gauge(out, "journal_waiting", "Batches not durable yet.", gauges.journal_waiting);
    gauge(out, "outbox_waiting", "Messages waiting to leave.", gauges.outbox_waiting);
    gauge(out, "quarantined", "Incidents with a record that cannot be read.", gauges.quarantined);
    gauge(out, "degraded", "Degraded states.", gauges.degraded);
    out += "# EOF\n";
    return out;
}

}  // namespace shouwang::daemon
