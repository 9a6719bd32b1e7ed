#pragma once

#include "daemon/audit_ledger.hpp"
#include "tests/simulation/oracle.hpp"
#include "tests/simulation/setting.hpp"
#include "tests/support/dice.hpp"

#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace shouwang::test {

// What a sweep went through: a rare path that no world took is a path nobody tested.
struct Tally {
    std::uint64_t commands = 0;
    std::uint64_t refusals = 0;
    std::uint64_t crashes = 0;
    std::uint64_t downtimes = 0;
    std::uint64_t incidents = 0;
    std::uint64_t closed = 0;
    std::uint64_t pages = 0;
    std::uint64_t rungs = 0;
    std::map<std::string, std::uint64_t> seen;  // by path
};

// The n-th of a container that is not empty, counted round and round.
template <class Container>
auto nth(const Container& container, std::uint64_t n)
{
    return std::next(container.begin(), static_cast<std::ptrdiff_t>(n % container.size()));
}

// A small world around the pure core. Its seed draws how bad it is; then people, gateways and the
// process itself misbehave for some hours, and an oracle looks on after every step. In the end all
// faults stop, everybody answers, and every incident must come to its close.
class CoreWorld {
public:
    CoreWorld(std::uint64_t seed, Setting setting, Tally& tally);
    // Throws a Breach when something that must always hold does not.
    void run();
    // The last events, for whoever has to find out why.
    [[nodiscard]] std::string tail() const;

private:
    struct Planned {
        escalation::Instant at{};
        std::uint64_t order = 0;
        escalation::Command command;
        bool sooner(const Planned& other) const
        {
            return at != other.at ? at < other.at : order < other.order;
        }
    };

    void plan(escalation::Instant at, escalation::Command command);
    // Returns whether the command was taken.
    bool feed(const escalation::Command& command);
    void serve_deadlines();
    void crash();
    void trouble();
    void heal();
    bool sign_off(const escalation::IncidentId& id, const escalation::End& end);
    void identify_everybody(const escalation::IncidentId& id);
    void end_all();
    void after_the_end();

    // Whether the auditor's ledger tells of the same deadlines, and of none that was missed.
    void hear_the_auditor();

    // What people and gateways make of a page.
    void received(const escalation::Paged& page);
    void deliver(const escalation::Paged& page);
    void reply(const escalation::Paged& page);
    void meddle();
    void report();
    void report_again(const escalation::Incident& incident);
    [[nodiscard]] std::map<escalation::FactName, escalation::FactValue> drawn_facts(
        bool subjects, Dice& dice
    );
    void change_facts(const escalation::Incident& incident);
    void speak_unasked(const escalation::Incident& incident);
    void write_down(const escalation::Incident& incident);
    void try_to_end(const escalation::Incident& incident);
    void judge(const escalation::Incident& incident);
    [[nodiscard]] const escalation::Incident* some_incident();
    [[nodiscard]] escalation::StaffId somebody();
    [[nodiscard]] static std::string some_value(const escalation::Fact& fact, Dice& dice);

    // What people do to the incident itself, in and out of turn: core_world_deeds.cpp.
    void deed();
    void deed_on(const escalation::Incident& incident);
    bool did(const char* what, const escalation::Command& command);
    void add_somebody(const escalation::Incident& incident);
    void identify_somebody(const escalation::Incident& incident);
    void put_elsewhere(const escalation::Incident& incident);
    void take_over(const escalation::Incident& incident);
    void waive_something(const escalation::Incident& incident);
    void take_up_again(const escalation::Incident& incident);
    void go_by_another_version(const escalation::Incident& incident);
    void merge_with_another(const escalation::Incident& incident);
    void keep_apart(const escalation::Incident& incident);
    void take_apart();
    void decide_late(const escalation::Incident& incident);
    void sign_properly(const escalation::Incident& incident);
    void alarm_at_the_same_place(const escalation::Incident& incident);
    void say_what_is_needed(escalation::Answer& answer, const escalation::Duty& duty);
    void second_cycle();
    [[nodiscard]] escalation::StaffId one_of(
        const escalation::Incident& incident,
        const std::vector<escalation::Target>& targets,
        const std::string& scope
    );
    [[nodiscard]] std::set<escalation::StaffId> people_of(
        const escalation::Incident& incident,
        const std::vector<escalation::Target>& targets,
        const std::string& scope
    ) const;

    // Healing.
    void calm(const escalation::IncidentId& id, const char* source);
    bool help(const escalation::Incident& incident);
    bool help(const escalation::Incident& incident, const escalation::DutyInstance& duty);
    void fill(const escalation::Incident& incident, const escalation::Register& rules);
    [[nodiscard]] std::vector<escalation::StaffId> possible_signers(
        const escalation::Incident& incident, const escalation::End& end
    ) const;

    const escalation::Protocol& protocol_;
    Setting setting_;
    Tally& tally_;
    Dice dice_;
    Dice whims_;  // of the deeds: a world in which nobody does any takes the course it always took
    Oracle oracle_;
    daemon::AuditLedger audit_;
    escalation::Board board_;
    std::vector<escalation::Event> journal_;
    std::vector<Planned> agenda_;
    std::vector<escalation::StaffId> staff_;
    std::vector<escalation::Word> words_;
    std::set<escalation::StaffId> silent_;
    std::set<escalation::StaffId> dead_;  // no channel reaches them
    escalation::Instant now_{};
    std::uint64_t order_ = 0;
    std::uint64_t next_id_ = 1;

    // In eight; nought is a kind world and eight a hopeless one.
    std::uint64_t lost_ = 0;
    std::uint64_t flaky_ = 0;
    std::uint64_t decline_ = 0;
    std::uint64_t stubborn_ = 0;  // answers twice, late, or takes them back
    std::uint64_t crashes_ = 0;
    std::uint64_t downtimes_ = 0;
    std::uint64_t news_ = 0;  // facts change
    std::uint64_t nosy_ = 0;  // people nobody asked
    std::uint64_t busy_ = 0;  // people who add, correct, merge, split, waive, sign and reopen
    bool healing_ = false;
};

}  // namespace shouwang::test
