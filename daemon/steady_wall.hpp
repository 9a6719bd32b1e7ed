#pragma once

#include "daemon/time_source.hpp"

#include <optional>
#include <string>

namespace shouwang::daemon {

// The engine's instants: the wall clock as it stood at the start, carried on by BOOTTIME alone.
//
// Every deadline of the engine is a span from an instant. Counted on this clock, a step of the
// wall clock makes none early or late; the price is that after a step the engine's instants differ
// from the wall by `ahead()` until nothing is pending any more and realign() is called. The
// journal keeps both (docs/formats/journal.md), so a restart goes on where the last record stood.
class SteadyWall {
public:
    // Requires: `time` outlives this.
    explicit SteadyWall(TimeSource& time);

    // What the last record says about the clocks at its writing.
    struct Mark {
        Instant wall{};
        Span boottime{};
        std::string boot_id;
        Span ahead{};
    };

    enum class Confidence {
        SameBoot,  // exact: BOOTTIME tells how long the daemon was away
        Rebooted,  // the wall clock tells, and nothing speaks against it
        Doubtful,  // the wall clock stands before the last record or long after it
    };
    // A machine that was off for longer than this is more likely to have lost its clock.
    static constexpr Span away_max = std::chrono::hours(7 * 24);

    // Goes on from `last`. After Doubtful the caller treats what is pending as due: advance_to().
    Confidence resume(const Mark& last);

    [[nodiscard]] Instant now() const;
    // How far this clock stands before the wall clock; zero unless that was stepped.
    [[nodiscard]] Span ahead() const;
    // Jumps forward to `at`; never back.
    void advance_to(Instant at);
    // Takes the wall clock over again. Only while no deadline is pending.
    void realign();

private:
    TimeSource& time_;
    Instant anchor_;
    Span anchor_boottime_;
};

}  // namespace shouwang::daemon
