#pragma once

#include "daemon/rehearsal/coverage.hpp"
#include "escalation/decide.hpp"
#include "escalation/resolve.hpp"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace shouwang::rehearsal {

// One thing amiss in the first wave of one duty.
struct WaveFault {
    Corner::Kind kind = Corner::Kind::Nobody;
    escalation::RoleName role;
    escalation::UnitId unit;
    escalation::DutyName duty;
    escalation::Person stand_in;  // with Nobody: who it would be, were they within reach
    bool whole_wave = false;      // nobody else of the wave was reached either
};

struct WaveResult {
    std::vector<WaveFault> faults;
    std::vector<escalation::Missing> refused;
};

// Opens an incident and lets time pass up to the horizon without an answer; no engine, no outbox.
class FirstWave {
public:
    // `question` and `directory` outlive this.
    FirstWave(
        const CoverageQuestion& question,
        std::shared_ptr<const escalation::Protocol> protocol,
        const escalation::Directory& directory
    );

    [[nodiscard]] WaveResult play(const escalation::StudentId& student, escalation::Instant at)
        const;

private:
    class Play;

    [[nodiscard]] bool within_reach(const escalation::StaffId& staff) const;

    const CoverageQuestion& question_;
    const escalation::Directory& directory_;
    escalation::Rules rules_;
    const escalation::Protocol& protocol_;
    std::set<escalation::StaffId> within_reach_;  // has an address on a channel in use, not silent
};

}  // namespace shouwang::rehearsal
