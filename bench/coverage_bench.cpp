// Seconds per 1,000 class-hours of `shouwang coverage`, beside the least it could cost: asking the
// resolver once for every role. Both are timed in turn in the same run, so that their ratio says
// something on a busy machine too.

#include "config/protocol_loader.hpp"
#include "config/roster.hpp"
#include "daemon/configuration.hpp"
#include "daemon/rehearsal/coverage.hpp"
#include "escalation/decide.hpp"
#include "escalation/resolve.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <variant>
#include <vector>

using namespace shouwang;
using namespace shouwang::escalation;

namespace {

constexpr std::size_t rounds = 7;
constexpr std::size_t hours = 48;
// A Monday at noon, within the demo's duty table.
constexpr Instant from =
    std::chrono::sys_days(std::chrono::year(2026) / 12 / 7) + std::chrono::hours(4);
// What one incident may cost, in resolutions of every role: twice what it did when this was
// written. A core that does needless work at each of its ticks is dearer.
constexpr double limit = 220;

double seconds_of(const auto& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

// An incident of one student of each class, as the engine would hold it.
std::vector<Incident> incidents_of(
    const std::shared_ptr<const Protocol>& protocol, const Directory& directory
)
{
    std::vector<Incident> out;
    Rules rules;
    rules.current = protocol->hash;
    rules.protocols[protocol->hash] = protocol;
    std::set<UnitId> seen;
    for (const auto& [id, student] : directory.students) {
        if (!seen.insert(student.class_unit).second) continue;
        Report report;
        report.id = IncidentId("bench");
        report.via = *protocol->trusted.begin();
        SubjectReport subject;
        subject.student = id;
        report.subjects.push_back(std::move(subject));
        Board board;
        const Decision decision = decide(rules, directory, board, Command(report), from);
        for (const Event& event : std::get<std::vector<Event>>(decision)) evolve(board, event);
        out.push_back(board.incidents.at(report.id));
    }
    return out;
}

struct Measured {
    std::vector<double> quick;  // as the command does it
    std::vector<double> every;  // an incident for every hour
    std::vector<double> bare;   // the resolver alone
};

void print(const char* what, double seconds, double class_hours)
{
    std::printf("%-42s %8.4f s per 1,000 class-hours\n", what, seconds * 1000 / class_hours);
}

int report(const Measured& measured, std::size_t classes)
{
    const double class_hours = static_cast<double>(classes * hours);
    std::vector<double> ratios;
    for (std::size_t i = 0; i < rounds; ++i) ratios.push_back(measured.every[i] / measured.bare[i]);
    const double ratio = median(ratios);
    std::printf("%zu classes, %zu hours, %zu rounds, medians\n", classes, hours, rounds);
    print("coverage, like hours played once", median(measured.quick), class_hours);
    print("coverage, every hour played", median(measured.every), class_hours);
    print("every role resolved once", median(measured.bare), class_hours);
    std::printf("an incident costs %.1f of those; limit %.0f\n", ratio, limit);
    return ratio <= limit ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv)
{
    const std::string source = argc > 1 ? argv[1] : ".";
    const auto protocol = config::load_protocol(
        source + "/config/protocol/notice-safe.toml", {&daemon::content_hash}
    );
    const auto roster = config::load_roster(
        source + "/config/demo/roster",
        std::chrono::hours(8),
        daemon::roster_options(protocol.protocol.get())
    );
    if (protocol.protocol == nullptr || roster.directory == nullptr) {
        std::fprintf(stderr, "no protocol or roster below %s\n", source.c_str());
        return 2;
    }
    const Directory& directory = *roster.directory;
    const auto incidents = incidents_of(protocol.protocol, directory);
    rehearsal::CoverageQuestion question;
    question.from = from;
    question.hours = hours;
    std::size_t classes = 0;
    std::size_t people = 0;
    Measured measured;
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto cover = [&] {
            classes = rehearsal::coverage(question, protocol.protocol, directory).classes;
        };
        question.every_hour = false;
        measured.quick.push_back(seconds_of(cover));
        question.every_hour = true;
        measured.every.push_back(seconds_of(cover));
        measured.bare.push_back(seconds_of([&] {
            for (const Incident& incident : incidents)
                for (std::size_t hour = 0; hour < hours; ++hour)
                    for (const auto& [name, role] : protocol.protocol->roles)
                        people += resolve(
                                      *protocol.protocol,
                                      directory,
                                      incident,
                                      name,
                                      {},
                                      from + std::chrono::hours(hour)
                        )
                                      .people.size();
        }));
    }
    if (people == 0 || incidents.size() > classes) return 2;  // it was not the demo's roster
    return report(measured, classes);
}
