#pragma once

#include "daemon/rehearsal/rehearsal_house.hpp"
#include "tests/simulation/breach.hpp"
#include "tests/simulation/setting.hpp"
#include "tests/support/dice.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace shouwang::test {

// What a sweep over the shell went through.
struct ShellTally {
    std::uint64_t incidents = 0;
    std::uint64_t kills = 0;
    std::uint64_t lost_batches = 0;  // kills with something not durable
    std::uint64_t untold = 0;        // kills with something durable that nobody was told of
    std::uint64_t unknown_commits = 0;
    std::uint64_t full_disks = 0;
    std::uint64_t clock_steps = 0;
    std::uint64_t deliveries = 0;
    std::uint64_t possible_repeats = 0;
    std::uint64_t retried_keys = 0;
    std::uint64_t replayed = 0;
    std::uint64_t turned_away = 0;
};

// The real engine, outbox and journal interface under virtual time, with everything around them
// failing: providers, the disk, the clock, the process itself. A ledger of what was promised and
// what reached the providers is kept over all lives of the process and held against the state.
class ShellWorld {
public:
    ShellWorld(std::uint64_t seed, const Setting& setting, ShellTally& tally);
    // Throws a Breach when something that must always hold does not.
    void run();

private:
    using Outcome = daemon::Outcome;
    struct Planned {
        daemon::Span at{};  // since the world began
        escalation::Command command;
    };
    // An alarm that somebody tries to raise until they are answered.
    struct Alarm {
        escalation::Report report;
        std::string key;
        bool answered = false;
        unsigned tries = 0;
    };
    // What reached a provider under one key, over all lives.
    struct Sent {
        std::uint64_t times = 0;
        std::uint64_t kills_before = 0;  // when it was first sent
    };

    // The process.
    void begin(daemon::Span passed, journal::MemoryJournal::Content content);
    void kill();
    void be_killed_somehow();
    void die_if_fatal();
    void on_release(const escalation::Event& event);
    [[nodiscard]] rehearsal::House& house() { return *houses_.back(); }
    [[nodiscard]] const escalation::Board& board() { return house().engine().board(); }

    // What happens to it.
    void trouble();
    void fail_providers();
    void fill_the_disk();
    void step_the_clock();
    void raise_alarm();
    void try_again();
    void pass(daemon::Span span);

    // Commands and their answers.
    [[nodiscard]] boost::asio::awaitable<void> perform(
        escalation::Command command, std::shared_ptr<std::optional<Outcome>> slot
    );
    [[nodiscard]] boost::asio::awaitable<void> perform_once(
        escalation::Command command,
        daemon::Idempotency once,
        std::shared_ptr<std::optional<Outcome>> slot
    );
    // The outcome comes at once, later, or with the process's death never.
    std::shared_ptr<std::optional<Outcome>> submit(escalation::Command command);
    void ask_for(Alarm& alarm);
    void take(Alarm& alarm, const Outcome& outcome);
    void collect_answers();

    // The ledger.
    void look();
    void look_at_deliveries();
    void look_at(const std::string& channel, const notifiers::Message& message);
    void look_at_state();
    void look_at_promises();
    void reply_to(const escalation::IncidentId& incident, const escalation::PageId& page);

    // In the end.
    void heal();
    void calm_down();
    bool help();
    void sign(
        const escalation::IncidentId& id,
        const escalation::EndName& name,
        const escalation::End& end
    );
    [[nodiscard]] escalation::StaffId who_writes(
        const escalation::Incident& incident,
        const escalation::Duty& rule,
        const escalation::DutyInstance& duty
    );
    [[nodiscard]] std::string open_duties();
    void end_all();
    void end_all_by(const escalation::End& end);
    void audit();

    Setting setting_;
    rehearsal::Stage stage_;
    ShellTally& tally_;
    Dice dice_;
    std::vector<std::unique_ptr<rehearsal::House>> houses_;
    std::uint64_t lives_ = 0;
    escalation::Board shadow_;  // the fold of what was released
    daemon::Instant began_{};   // when this life began, on the engine's clock
    daemon::Span wall_offset_{};
    bool from_memory_ = false;   // this life has told of what may never be durable
    bool commit_fails_ = false;  // the next one of this life ends in the unknown
    bool healing_ = false;

    std::vector<Planned> agenda_;
    std::vector<Alarm> alarms_;
    std::vector<std::pair<std::size_t, std::shared_ptr<std::optional<Outcome>>>> open_answers_;
    std::set<escalation::IncidentId> promised_;  // answered 201, durable
    std::map<std::pair<escalation::IncidentId, escalation::DutyKey>, daemon::Instant> clocks_;
    std::map<std::pair<escalation::IncidentId, escalation::DutyKey>, daemon::Instant> reopened_;
    std::map<std::string, Sent> sent_;  // by key
    std::map<std::string, std::uint64_t> retries_;
    std::set<std::string> doubtful_;  // started before a kill: to be marked when sent again
    std::map<std::string, std::size_t> seen_deliveries_;  // by channel, in this life
    std::set<escalation::PageId> unwanted_;               // when the present step began
    std::set<escalation::IncidentId> tainted_;  // told of from memory in a life that was killed
    std::set<escalation::IncidentId> calmed_;
    std::vector<std::string> canaries_;

    std::uint64_t deaf_ = 0;      // in eight
    std::uint64_t decline_ = 0;   // in eight
    std::uint64_t bad_ = 0;       // providers, in eight
    std::uint64_t deadly_ = 0;    // kills, in eight
    std::uint64_t full_ = 0;      // in eight
    std::uint64_t stepping_ = 0;  // in eight
};

}  // namespace shouwang::test
