#include "daemon/rehearsal/rehearsal.hpp"

#include "config/protocol_loader.hpp"
#include "config/roster.hpp"
#include "daemon/configuration.hpp"
#include "daemon/rehearsal/rehearsal_deeds.hpp"
#include "daemon/rehearsal/rehearsal_house.hpp"
#include "daemon/rehearsal/rehearsal_record.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace shouwang::rehearsal {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace escalation;
using config::Expectation;
using config::RehearsalFile;
using config::RehearsalStep;
using config::Values;

namespace {

// Plays one file: its steps at their instants, each before whatever else is due then.
class Player {
public:
    Player(const RehearsalFile& file, Stage stage)
        : file_(file),
          stage_(std::move(stage)),
          failing_(file.failing.begin(), file.failing.end()),
          record_(file)
    {}

    RehearsalResult play()
    {
        begin(House::Clocks{file_.start, Span{}, Span{}}, {});
        std::set<Instant> stops{file_.until};
        for (const RehearsalStep& step : file_.steps)
            if (step.what == RehearsalStep::Do::Restart) stops.insert(step.at);
        for (const Expectation& wanted : file_.expectations)
            if (wanted.kind == Expectation::Kind::State) stops.insert(*wanted.at);
        for (const Instant stop : stops) {
            if (stop < file_.start || stop > file_.until) continue;
            house().run_to(std::max(house().passed(), stop - file_.start));
            for (const Expectation& wanted : file_.expectations)
                if (wanted.kind == Expectation::Kind::State && wanted.at == stop)
                    record_.judge_state(wanted, house().engine());
            for (const RehearsalStep& step : file_.steps)
                if (step.what == RehearsalStep::Do::Restart && step.at == stop) restart(step);
        }
        record_.judge_events();
        RehearsalResult out;
        out.title = file_.title;
        out.events = record_.lines();
        out.unmet = record_.take_unmet();
        if (!house().fatal().empty()) out.unmet.push_back("the engine gave up: " + house().fatal());
        return out;
    }

private:
    [[nodiscard]] House& house() { return *houses_.back(); }

    void begin(const House::Clocks& clocks, journal::MemoryJournal::Content content)
    {
        houses_.push_back(
            std::make_unique<House>(stage_, clocks, std::move(content), failing_, houses_.size())
        );
        // Before the engine sets its first timer: of two that are due together the one that was
        // set first comes first, and people come before deadlines.
        for (std::size_t i = 0; i < file_.steps.size(); ++i)
            if (file_.steps[i].at - file_.start > clocks.passed) house().spawn(perform(i, house()));
        house().replay();
        house().start([this](const Event& event) { record_.add(event); });
        for (std::size_t i = 0; i < file_.steps.size(); ++i)
            if (houses_.size() == 1 && file_.steps[i].at - file_.start == clocks.passed)
                house().spawn(perform(i, house()));
    }

    void restart(const RehearsalStep& step)
    {
        const Span down = house().passed();
        House::Clocks clocks{file_.start, down + step.down, house().time().wall_offset()};
        house().kill();
        auto content = house().journal().content();
        for (std::size_t i = 0; i < file_.steps.size(); ++i) {
            const Span at = file_.steps[i].at - file_.start;
            const bool missed = at > down && at <= clocks.passed;
            if (missed) record_.refused(i + 1, {"unavailable"});
        }
        begin(clocks, std::move(content));
    }

    // `within` is the house that stands when the step is set, which may fall before it is due.
    asio::awaitable<void> perform(std::size_t index, House& within)
    {
        const RehearsalStep& step = file_.steps[index];
        auto rest = within.time().sleep_for(step.at - file_.start - within.passed());
        co_await std::move(rest);
        if (step.what == RehearsalStep::Do::Restart) co_return;
        if (step.what == RehearsalStep::Do::Clock) {
            within.time().set_wall_offset(within.time().wall_offset() + step.step);
            co_return;
        }
        std::optional<Command> command = command_of(step, within);
        if (!command) {
            record_.refused(index + 1, {"incident_unknown"});
            co_return;
        }
        auto submitted = within.engine().submit(std::move(*command));
        const daemon::Outcome outcome = co_await std::move(submitted);
        take(index, outcome);
    }

    void take(std::size_t index, const daemon::Outcome& outcome)
    {
        const RehearsalStep& step = file_.steps[index];
        if (const auto* accepted = std::get_if<daemon::Accepted>(&outcome)) {
            if (step.what != RehearsalStep::Do::Open || accepted->events.empty()) return;
            record_.name(step.as, incident_of(accepted->events.front()));
            return;
        }
        std::vector<std::string> codes;
        if (const auto* refused = std::get_if<daemon::Refused>(&outcome))
            for (const Missing& missing : refused->refusal.missing) codes.push_back(missing.code);
        else
            codes.emplace_back("unavailable");
        record_.refused(index + 1, std::move(codes));
    }

    // Nothing when the incident it speaks of was never opened.
    std::optional<Command> command_of(const RehearsalStep& step, House& within)
    {
        DeedContext context{stage_, within.engine(), {}, {}, {}};
        context.named = [this](const std::string& name) { return record_.incident(name); };
        context.fresh = IncidentId(daemon::make_ulid(within.entropy(), within.engine().now()));
        if (step.what == RehearsalStep::Do::Open) return open_command(step, context);
        const IncidentId* id = record_.incident(step.incident);
        context.incident = id == nullptr ? nullptr : within.engine().board().find(*id);
        if (context.incident == nullptr) return std::nullopt;
        return rehearsal::command_of(step, context);
    }

    const RehearsalFile& file_;
    Stage stage_;
    std::set<std::string> failing_;
    RehearsalRecord record_;
    std::vector<std::unique_ptr<House>> houses_;
};

bool fatal(const std::vector<config::Fault>& faults)
{
    return std::any_of(faults.begin(), faults.end(), [](const config::Fault& fault) {
        return !fault.warning;
    });
}

void add(std::vector<config::Fault>& to, const std::vector<config::Fault>& more)
{
    std::copy_if(more.begin(), more.end(), std::back_inserter(to), [](const config::Fault& fault) {
        return !fault.warning;
    });
}

fs::path protocol_path(const RehearsalFile& file, const fs::path& beside, const fs::path& known)
{
    const bool named =
        file.protocol.find('/') == std::string::npos && !file.protocol.ends_with(".toml");
    return named ? known / (file.protocol + ".toml") : beside / file.protocol;
}

}  // namespace

bool RehearsalResult::played() const
{
    return !fatal(faults);
}

RehearsalResult play(const RehearsalFile& file, const Stage& stage)
{
    return Player(file, stage).play();
}

RehearsalResult rehearse(const fs::path& file, const RehearsalOptions& options)
{
    RehearsalResult out;
    config::LoadedRehearsal loaded = config::load_rehearsal(file);
    out.faults = std::move(loaded.faults);
    if (!loaded.file) return out;
    const RehearsalFile& rehearsal = *loaded.file;
    const fs::path beside = file.parent_path();
    const auto protocol = config::load_protocol(
        protocol_path(rehearsal, beside, options.protocols), {&daemon::content_hash}
    );
    add(out.faults, protocol.faults);
    const auto roster = config::load_roster(
        rehearsal.roster.empty() ? options.roster : beside / rehearsal.roster,
        rehearsal.utc_offset,
        daemon::roster_options(protocol.protocol.get())
    );
    add(out.faults, roster.faults);
    if (!out.played() || !protocol.protocol || !roster.directory) return out;
    std::vector<config::Fault> warnings = std::move(out.faults);
    out = play(rehearsal, Stage{protocol.protocol, roster.directory, protocol.text, options.seed});
    out.faults = std::move(warnings);
    return out;
}

}  // namespace shouwang::rehearsal
