#pragma once

#include "escalation/event.hpp"

#include <chrono>
#include <compare>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace shouwang::daemon {

using escalation::Instant;
using escalation::Span;

// Something that the journal promised for an instant that has passed, and does not tell of.
struct Finding {
    enum class Kind {
        Rung,        // the next rung of an open duty
        Repeat,      // the next repeat of an open duty
        Attempt,     // a personal attempt to reach somebody who has not answered
        Lapse,       // an open duty that goes on past the instant at which it lapses
        Check,       // a condition, or an hour, that time was to make true
        DrillEnd,    // a drill that goes on past its end
        NotStarted,  // a page that is wanted and that nobody began to send
        NoReceipt,   // a send that began and never ended
        NotEnded,    // a page that is to be tried again and is not
        Adrift,      // a duty of life, or an incident, left to itself: nothing is ahead of it
    };
    Kind kind = Kind::Rung;
    escalation::IncidentId incident;
    std::string code;          // what people call the incident
    escalation::DutyKey duty;  // empty: of the incident as a whole, or of a page
    unsigned number = 0;       // of the rung, counted from 1
    escalation::PageId page;
    escalation::ChannelName channel;
    Instant since{};  // when it was due, or began to wait
    friend auto operator<=>(const Finding&, const Finding&) = default;
};

// For the log and /readyz: the code of the incident, the name of the duty, what is missing. A scope
// may name a person, so it is left out.
[[nodiscard]] std::string words_of(const Finding& finding);

// What the journal says should have been paged by now: the auditor's own fold, pure.
//
// It shares nothing with what it checks. The instants are those the events carry (decision 3); the
// rules by which they end, pause or move are written here a second time. Where the two could differ
// in doubt it keeps silent: a page is not missed when every duty it asks is done, a merged incident
// has no deadlines, an incident told of in part (it had ended so long ago that it was forgotten) is
// never adrift.
//
// Memory: the incidents that go on, each with its duties, whom they ask and the pages still on
// their way; and of those that have ended the last `ended_kept`, as they may be reopened or split
// off.
class AuditLedger {
public:
    // A deadline is missed so long after its instant. The engine serves it at once, and twice a
    // second looks whether it did.
    static constexpr Span deadline_grace = std::chrono::seconds(10);
    // A page waits for one round of a channel's lines; this is more than twice that.
    static constexpr Span start_within = std::chrono::seconds(20);
    static constexpr Span receipt_within = std::chrono::seconds(20);
    // The outbox tries a page for a minute, and so it may wait for a provider that is known to
    // fail.
    static constexpr Span end_within = std::chrono::seconds(80);
    // While providers fail a page may wait unseen. It is over when none has failed for so long.
    static constexpr Span trouble_lasts = std::chrono::seconds(90);
    // With more waiting for a channel than it has lines, they take turns: as long as anything moves
    // there, none of them is late.
    static constexpr std::size_t crowd = 8;
    static constexpr std::size_t ended_kept = 256;

    // Takes one event, in the order of the journal. Total, as evolve() is.
    void feed(const escalation::Event& event);

    // A process begins: what was on its way is taken up again, and waits from now on.
    void restarted(Instant now);
    // The clock of the instants was set: what waits, waits from now on.
    void clock_moved(Instant now);

    // What is missing, if the journal is whole up to `now`. Looks at every duty, everybody asked
    // and every page of each incident that goes on. Measured (-O2, a thousand incidents of twelve
    // duties that ask six people each, with twenty pages): 20 microseconds and 30 KiB an incident.
    [[nodiscard]] std::vector<Finding> findings(Instant now) const;

    // The earliest instant at which something has to happen, as far as it knows.
    [[nodiscard]] std::optional<Instant> deadline() const;
    // What it holds in memory.
    [[nodiscard]] std::size_t incidents() const noexcept { return cases_.size(); }
    [[nodiscard]] std::size_t pages() const;

private:
    enum class Phase { Review, Open, Aftercare, Merged, Ended };
    struct Respondent {
        bool answered = false;
        bool satisfies = false;
        bool cannot = false;
        Instant answered_at{};
        std::vector<Instant> attempts;
    };
    struct Rung {
        Instant due{};
        bool reached = false;
    };
    struct Obligation {
        bool open = true;
        bool life = true;
        bool by_somebody = false;  // it ended, and somebody answers for that
        bool lapsed = false;       // it ended because time was up
        std::vector<Rung> rungs;
        std::optional<Instant> repeat;
        std::optional<Instant> lapses_at;
        std::map<escalation::StaffId, Respondent> people;

        [[nodiscard]] std::size_t reached() const noexcept;
        [[nodiscard]] std::optional<Instant> deadline() const;  // of the duty itself
    };
    enum class Sending { Queued, Started, Again, Ended };
    struct Way {
        Sending state = Sending::Queued;
        Instant queued_at{};
        Instant started_at{};
    };
    struct Letter {
        escalation::StaffId staff;
        Instant at{};
        std::vector<escalation::DutyKey> asks;  // empty: it only tells
        std::map<escalation::ChannelName, Way> ways;

        [[nodiscard]] bool ended() const;
    };
    struct Case {
        std::string code;
        Phase phase = Phase::Review;
        bool paused = false;
        bool whole = true;  // false: its beginning was forgotten
        std::optional<Instant> check_at;
        std::optional<Instant> turns_at;
        std::optional<Instant> ends_at;
        std::map<escalation::DutyKey, Obligation> duties;
        std::set<std::pair<escalation::RegisterName, escalation::StaffId>> registers;
        std::map<escalation::PageId, Letter> letters;
        std::size_t letters_max = 64;  // beyond it those that have ended make room

        [[nodiscard]] bool running() const noexcept
        {
            return phase == Phase::Open || phase == Phase::Aftercare;
        }
        [[nodiscard]] bool live() const noexcept { return phase == Phase::Review || running(); }
        [[nodiscard]] bool wants(const Letter& letter) const;
        [[nodiscard]] std::optional<Instant> deadline() const;
        [[nodiscard]] bool left_alone() const;
    };
    struct Lines {
        std::size_t waiting = 0;
        std::optional<Instant> crowded_at;  // when something last moved there while it was crowded
    };
    class Fold;
    class Look;

    std::map<escalation::IncidentId, Case> cases_;
    std::deque<escalation::IncidentId> ended_;  // in the order they ended
    std::map<escalation::ChannelName, Lines> lines_;
    std::optional<Instant> trouble_at_;  // when a send last failed
};

}  // namespace shouwang::daemon
