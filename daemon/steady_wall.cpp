#include "daemon/steady_wall.hpp"

#include <algorithm>

namespace shouwang::daemon {

SteadyWall::SteadyWall(TimeSource& time)
    : time_(time), anchor_(time.now()), anchor_boottime_(time.boottime())
{}

SteadyWall::Confidence SteadyWall::resume(const Mark& last)
{
    const Instant wall = time_.now();
    const Span boottime = time_.boottime();
    const Instant stood_at = last.wall + last.ahead;
    anchor_boottime_ = boottime;

    const bool same_boot = !last.boot_id.empty() && last.boot_id == time_.boot_id();
    if (same_boot && boottime >= last.boottime) {
        anchor_ = stood_at + (boottime - last.boottime);
        return Confidence::SameBoot;
    }
    anchor_ = std::max(wall + last.ahead, stood_at);
    const bool doubtful = wall < last.wall || wall - last.wall > away_max;
    return doubtful ? Confidence::Doubtful : Confidence::Rebooted;
}

Instant SteadyWall::now() const
{
    return anchor_ + (time_.boottime() - anchor_boottime_);
}

Span SteadyWall::ahead() const
{
    return now() - time_.now();
}

void SteadyWall::advance_to(Instant at)
{
    if (at > now()) anchor_ += at - now();
}

void SteadyWall::realign()
{
    anchor_ = time_.now();
    anchor_boottime_ = time_.boottime();
}

}  // namespace shouwang::daemon
