#pragma once

#include "config/rehearsal_file.hpp"
#include "daemon/engine.hpp"
#include "escalation/event.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shouwang::rehearsal {

// What came of a rehearsal, and whether it is what was expected.
class RehearsalRecord {
public:
    // Requires: `file` outlives the record.
    explicit RehearsalRecord(const config::RehearsalFile& file) : file_(file) {}

    void add(const escalation::Event& event);
    // Step `number` (from 1) was refused with these codes.
    void refused(std::size_t number, std::vector<std::string> codes);

    // From here on `name` means this incident, and so does the empty name.
    void name(const std::string& name, const escalation::IncidentId& incident);
    // nullptr when no step opened one of that name.
    [[nodiscard]] const escalation::IncidentId* incident(const std::string& name) const;

    // A state that was to be found now. Says what is wrong of it.
    void judge_state(const config::Expectation& wanted, daemon::Engine& engine);
    // All the others, once everything is over.
    void judge_events();

    [[nodiscard]] std::vector<std::string> lines() const;
    [[nodiscard]] std::vector<std::string> take_unmet() { return std::move(unmet_); }

private:
    struct Happened {
        escalation::Instant at{};
        boost::json::object line;
    };

    void unmet(unsigned line, const std::string& what);
    [[nodiscard]] std::string alias_of(const std::string& incident) const;
    [[nodiscard]] bool matches(
        const Happened& happened, const std::map<std::string, config::Values>& wanted
    ) const;
    void judge_event(const config::Expectation& wanted);
    void judge_never(const config::Expectation& wanted);
    void judge_refusals();

    const config::RehearsalFile& file_;
    std::vector<Happened> happened_;
    std::map<std::size_t, std::vector<std::string>> refusals_;
    std::map<std::string, escalation::IncidentId> incidents_;
    std::string last_;
    std::vector<std::string> unmet_;
};

}  // namespace shouwang::rehearsal
