#include "daemon/outbox_queue.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::daemon {

void OutboxQueue::push(SendJobPtr job)
{
    Lane& lane = job->first ? first_ : others_;
    put(lane, std::move(job), false);
    ++size_;
}

void OutboxQueue::push_front(SendJobPtr job)
{
    Lane& lane = job->first ? first_ : others_;
    put(lane, std::move(job), true);
    ++size_;
}

SendJobPtr OutboxQueue::pop()
{
    SendJobPtr job = take(first_);
    if (!job) job = take(others_);
    if (job) --size_;
    return job;
}

SendJobPtr OutboxQueue::pop_oldest_repeat()
{
    const auto oldest = std::min_element(
        others_.jobs.begin(),
        others_.jobs.end(),
        [](const auto& a, const auto& b) {
            return a.second.front()->queued_at < b.second.front()->queued_at;
        }
    );
    if (oldest == others_.jobs.end()) return nullptr;
    SendJobPtr job = std::move(oldest->second.front());
    oldest->second.pop_front();
    if (oldest->second.empty()) {
        std::erase(others_.turns, oldest->first);
        others_.jobs.erase(oldest);
    }
    --size_;
    return job;
}

void OutboxQueue::for_each(const std::function<void(const SendJobPtr&)>& visit) const
{
    for (const Lane* lane : {&first_, &others_})
        for (const auto& [incident, jobs] : lane->jobs)
            for (const SendJobPtr& job : jobs) visit(job);
}

void OutboxQueue::put(Lane& lane, SendJobPtr job, bool in_front)
{
    std::deque<SendJobPtr>& jobs = lane.jobs[job->incident];
    if (jobs.empty()) lane.turns.push_back(job->incident);
    if (in_front)
        jobs.push_front(std::move(job));
    else
        jobs.push_back(std::move(job));
}

SendJobPtr OutboxQueue::take(Lane& lane)
{
    if (lane.turns.empty()) return nullptr;
    const escalation::IncidentId turn = std::move(lane.turns.front());
    lane.turns.pop_front();
    const auto found = lane.jobs.find(turn);
    SendJobPtr job = std::move(found->second.front());
    found->second.pop_front();
    if (found->second.empty())
        lane.jobs.erase(found);
    else
        lane.turns.push_back(turn);
    return job;
}

bool Breaker::try_pass(Span now)
{
    if (!open_) return true;
    if (now < next_probe_) return false;
    next_probe_ = now + probe_every;
    return true;
}

void Breaker::succeeded()
{
    open_ = false;
    failures_.clear();
}

void Breaker::failed(Span now)
{
    failures_.push_back(now);
    while (now - failures_.front() > failures_within) failures_.pop_front();
    if (open_ || failures_.size() >= failures_to_open) {
        open_ = true;
        next_probe_ = now + probe_every;
        failures_.clear();
    }
}

}  // namespace shouwang::daemon
