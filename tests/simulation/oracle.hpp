#pragma once

#include "escalation/decide.hpp"
#include "tests/simulation/breach.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace shouwang::test {

// A drill leaves some duties out; a roll-call asks its own and nothing else.
[[nodiscard]] inline bool meant_for(const escalation::Duty& rule, escalation::Kind kind)
{
    if (kind == escalation::Kind::Test || rule.roll_call)
        return kind == escalation::Kind::Test && rule.roll_call;
    return rule.in_drills || kind != escalation::Kind::Drill;
}

// A second opinion. It reads the protocol and the events, works out by itself what every duty,
// rung and ask should look like, and throws a Breach when the engine thinks otherwise. It shares
// no code with the engine but the evaluation of conditions and the resolver, which it only asks
// who could have been meant.
class Oracle {
public:
    Oracle(const escalation::Rules& rules, const escalation::Directory& directory)
        : rules_(rules), directory_(directory)
    {}

    // The batch `command` was answered with at `now`, and the board with it folded in.
    void see(
        const escalation::Board& after,
        const escalation::Command& command,
        const std::vector<escalation::Event>& batch,
        escalation::Instant now
    );
    // To be called when everything due by `now` has been served: the engine's state must be what
    // the events say, nothing may be overdue, and nothing may be silent for longer than allowed.
    void at_rest(const escalation::Board& board, escalation::Instant now);
    // Nobody served any deadline for this long; silence is not the engine's fault then.
    void slept(escalation::Span span);
    // What must never be read in a page.
    void forbid(std::string text) { canaries_.push_back(std::move(text)); }

    [[nodiscard]] std::size_t pages() const noexcept { return page_count_; }
    [[nodiscard]] std::size_t rungs() const noexcept { return rung_count_; }

private:
    friend class Reading;

    struct SeenAsk {
        escalation::RoleName role;
        unsigned rung = 0;
        escalation::Instant asked_at{};
        escalation::Word answer;
        bool satisfies = false;
        bool cannot = false;
        bool unreachable = false;
        std::vector<escalation::Instant> attempts;
    };
    struct SeenDuty {
        const escalation::Duty* rule = nullptr;
        escalation::DutyState state = escalation::DutyState::Open;
        bool life = true;
        escalation::LevelName opened_level;
        escalation::Instant clock_start{};
        std::vector<escalation::RungState> rungs;
        std::optional<escalation::Instant> next_repeat;
        unsigned repeats = 0;
        std::optional<escalation::Instant> due;
        std::optional<escalation::Instant> lapses_at;
        unsigned lapses = 0;
        std::map<escalation::StaffId, SeenAsk> asks;
        std::optional<escalation::DutyKey> parent;
        bool done_by_answer = false;
        escalation::Word decided;
        escalation::Instant let_go_at{};
        escalation::Instant heard_at{};  // when somebody was last told of it
        escalation::Span asleep{};       // of the time since, nobody was there to tell

        [[nodiscard]] bool open() const { return state == escalation::DutyState::Open; }
        [[nodiscard]] std::size_t reached() const;
        [[nodiscard]] escalation::Instant last_due() const;  // of the highest rung reached
        [[nodiscard]] bool counts_on_nobody() const;
    };
    struct SeenIncident {
        const escalation::Protocol* protocol = nullptr;
        escalation::Stage stage = escalation::Stage::Review;
        escalation::LevelName level;
        escalation::Instant level_since{};
        std::map<escalation::DutyKey, SeenDuty> duties;
        std::map<escalation::RegisterName, std::set<escalation::StaffId>> registers;
        std::map<escalation::EndKey, std::vector<escalation::StaffId>> signers;
        // By which accounts the signatures came, and whose those are.
        std::map<escalation::EndKey, std::set<std::string>> hands;
        std::map<escalation::FactKey, escalation::FactValue> facts;
        bool paused = false;
        unsigned pages = 0;
        // Of one subject: what it has of its own, or else what holds for all.
        [[nodiscard]] escalation::FactValue known(const escalation::FactKey& key) const;
        [[nodiscard]] bool live() const
        {
            return stage == escalation::Stage::Review || stage == escalation::Stage::Open ||
                   stage == escalation::Stage::Aftercare;
        }
    };

    void decisions(
        const SeenIncident& seen, const escalation::Incident& incident, escalation::Instant
    ) const;
    // Whatever the protocol keeps open until it is signed off is asked of somebody.
    void never_without(
        const SeenIncident& seen, const escalation::Incident& incident, escalation::Instant
    ) const;
    static void apart(const escalation::Board& board, const escalation::Incident& drill);
    void compare(const SeenIncident& seen, const escalation::Incident& incident) const;
    void watch(const SeenIncident& seen, const escalation::Incident& incident, escalation::Instant)
        const;

    const escalation::Rules& rules_;
    const escalation::Directory& directory_;
    std::vector<std::string> canaries_;
    std::map<escalation::IncidentId, SeenIncident> incidents_;
    std::size_t page_count_ = 0;
    std::size_t rung_count_ = 0;
};

}  // namespace shouwang::test
