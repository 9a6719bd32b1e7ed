#include "daemon/metrics.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace shouwang::daemon;

TEST_CASE("metrics: the text is OpenMetrics, counters end in _total, EOF ends it", "[daemon]")
{
    Metrics metrics;
    metrics.pages_queued = 12;
    Gauges gauges;
    gauges.deadline_overdue_seconds = 1.5;
    metrics.audit_sends_missed = 3;
    gauges.audit_age_seconds = 9.25;
    const std::string text = render_metrics(metrics, gauges);
    CHECK(text.find("# TYPE shouwang_pages_queued counter\n") != std::string::npos);
    CHECK(text.find("\nshouwang_pages_queued_total 12\n") != std::string::npos);
    CHECK(text.find("\nshouwang_deadline_overdue_seconds 1.500\n") != std::string::npos);
    CHECK(text.find("\nshouwang_audit_sends_missed_total 3\n") != std::string::npos);
    CHECK(text.find("\nshouwang_audit_age_seconds 9.250\n") != std::string::npos);
    CHECK(text.substr(text.size() - 6) == "# EOF\n");

    // Every sample belongs to the family announced just before it, and no line carries a label.
    std::istringstream lines(text);
    std::string family;
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        CHECK(line.find('{') == std::string::npos);
        if (line.rfind("# TYPE ", 0) == 0) family = line.substr(7, line.rfind(' ') - 7);
        if (line.rfind("# ", 0) != 0) CHECK(line.rfind(family, 0) == 0);
    }
}
