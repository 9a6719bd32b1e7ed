#include "daemon/outbox.hpp"

#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace shouwang::daemon {

namespace asio = boost::asio;
using namespace escalation;
using namespace std::chrono_literals;
using notifiers::Receipt;
using notifiers::Verdict;

namespace {

bool is_first(const Page& page)
{
    return page.repeat == 0 &&
           std::none_of(page.asks.begin(), page.asks.end(), [](const auto& ask) {
               return ask.attempt;
           });
}

}  // namespace

Outbox::Outbox(
    asio::any_io_executor executor,
    Engine& engine,
    TimeSource& time,
    Entropy& entropy,
    Health& health,
    Routes routes,
    Compose compose
)
    : executor_(std::move(executor)),
      engine_(engine),
      time_(time),
      entropy_(entropy),
      health_(health),
      routes_(std::move(routes)),
      compose_(std::move(compose))
{
    engine_.on_release([this](const Event& event) { on_event(event); });
    engine_.on_start([this] {
        for (const auto& [channel, queue] : queues_) pump(channel);
    });
}

void Outbox::resume()
{
    for (const auto& [id, incident] : engine_.board().incidents)
        for (const auto& [page_id, page] : incident.pages)
            for (const auto& [channel, state] : page.channels) {
                if (state.state == SendState::Queued) enqueue(id, page, channel, false);
                if (state.state == SendState::Started) enqueue(id, page, channel, true);
            }
}

void Outbox::on_event(const Event& event)
{
    const auto* paged = std::get_if<Paged>(&event);
    const auto* added = std::get_if<ChannelAdded>(&event);
    if (stopped_ || (paged == nullptr && added == nullptr)) return;
    const Incident* incident = engine_.board().find(escalation::incident_of(event));
    if (incident == nullptr) return;
    const auto page = incident->pages.find(paged != nullptr ? paged->page : added->page);
    if (page == incident->pages.end()) return;
    if (added != nullptr) return enqueue(incident->id, page->second, added->channel, false);
    for (const ChannelName& channel : paged->channels)
        enqueue(incident->id, page->second, channel, false);
}

void Outbox::enqueue(
    const IncidentId& incident, const Page& page, const ChannelName& channel, bool possible_repeat
)
{
    auto job = std::make_shared<SendJob>();
    job->incident = incident;
    job->page = page.id;
    job->channel = channel;
    job->first = is_first(page);
    job->queued_at = time_.boottime();
    job->possible_repeat = possible_repeat;
    if (!active_.insert(job->key()).second) return;
    queues_[channel].push(std::move(job));
    make_room();
    pump(channel);
    if (std::exchange(looking_after_, true)) return;
    auto work = look_after_the_queue();
    spawn(std::move(work), [this] { looking_after_ = false; });
}

// Beyond the bound the oldest repeats go, never somebody's first page.
void Outbox::make_room()
{
    while (active_.size() > jobs_max) {
        SendJobPtr spared;
        for (auto& [channel, queue] : queues_) {
            spared = queue.pop_oldest_repeat();
            if (spared) break;
        }
        if (!spared) return;
        health_.degrade("outbox", "more messages than can be sent: old repeats are dropped");
        auto work = finish(spared, SendState::Dropped, "too many messages", "", {});
        spawn(std::move(work), {});
    }
    if (active_.size() < jobs_max / 2) health_.recover("outbox");
}

void Outbox::pump(const ChannelName& channel)
{
    while (!stopped_ && engine_.started() && running_[channel] < sends_at_once) {
        SendJobPtr job = queues_[channel].pop();
        if (!job) return;
        ++running_[channel];
        job->running = true;
        auto work = attempt(std::move(job));
        spawn(std::move(work), [this, channel] {
            --running_[channel];
            pump(channel);
        });
    }
}

void Outbox::spawn(asio::awaitable<void> work, std::function<void()> after)
{
    asio::co_spawn(
        executor_,
        std::move(work),
        [alive = std::weak_ptr(alive_), after = std::move(after)](std::exception_ptr fault) {
            // A defect of ours: ends the loop's run, and the journal knows what was to be sent.
            if (fault) std::rethrow_exception(fault);
            if (!alive.expired() && after) after();
        }
    );
}

void Outbox::later(SendJobPtr job, Span delay)
{
    auto rest = time_.sleep_for(delay);
    asio::co_spawn(
        executor_,
        std::move(rest),
        [this, alive = std::weak_ptr(alive_), job](std::exception_ptr fault, bool due) {
            if (fault) std::rethrow_exception(fault);
            if (!due || alive.expired() || stopped_) return;
            job->running = false;
            queues_[job->channel].push_front(job);
            pump(job->channel);
        }
    );
}

// A page must not wait for a free line longer than its fall-over may take.
asio::awaitable<void> Outbox::look_after_the_queue()
{
    const std::weak_ptr alive(alive_);
    for (bool due = true; due && !alive.expired() && !stopped_ && !active_.empty();) {
        std::vector<SendJobPtr> stuck;
        for (const auto& [channel, queue] : queues_)
            queue.for_each([&](const SendJobPtr& job) {
                if (engine_.started() && !job->fell_over && age(*job) >= attempt_max)
                    stuck.push_back(job);
            });
        for (const SendJobPtr& job : stuck) {
            if (job->running) continue;
            std::vector<ChannelName> further = next_channel(*job);
            if (further.empty()) continue;
            auto noted = finish(job, SendState::Queued, "no free line", "", std::move(further));
            co_await std::move(noted);
        }
        auto rest = time_.sleep_for(1s);
        due = co_await std::move(rest);
    }
}

asio::awaitable<void> Outbox::attempt(SendJobPtr job)
{
    if (page_of(*job) == nullptr) {
        active_.erase(job->key());
        co_return;
    }
    if (!wanted(*job) || (job->attempts != 0 && superseded(*job))) {
        auto noted = finish(job, SendState::Dropped, "not wanted any more", "", {});
        co_await std::move(noted);
        co_return;
    }
    const std::vector<Target> targets = targets_of(page_of(*job)->staff, job->channel);
    const Span now = time_.boottime();
    std::optional<Span> probe;
    while (job->target < targets.size()) {
        Breaker& breaker = breakers_[targets[job->target].provider.name];
        if (breaker.try_pass(now)) break;
        if (!probe || breaker.next_probe() < *probe) probe = breaker.next_probe();
        ++job->target;
        job->failed_on_target = 0;
    }
    if (job->target >= targets.size()) {
        if (probe) {
            auto waiting = wait_for_a_provider(job, *probe);
            co_await std::move(waiting);
        } else {
            auto ended = give_up(job, targets.empty() ? "no address or no provider" : "");
            co_await std::move(ended);
        }
        co_return;
    }

    const Target target = targets[job->target];
    auto starting = start(job, target);
    const bool started = co_await std::move(starting);
    if (!started) co_return;
    auto delivering = deliver(job, target);
    Receipt receipt = co_await std::move(delivering);
    job->possible_repeat = false;
    auto taken = take_receipt(job, target, std::move(receipt));
    co_await std::move(taken);
}

// Journals that the send begins. False: it does not, and the job has ended.
asio::awaitable<bool> Outbox::start(SendJobPtr job, Target target)
{
    StartSend command{
        job->incident, job->page, job->channel, target.address_name, job->possible_repeat};
    auto submitted = engine_.submit(Command(std::move(command)));
    const Outcome outcome = co_await std::move(submitted);
    if (!std::holds_alternative<Accepted>(outcome)) {
        active_.erase(job->key());
        co_return false;
    }
    ++job->attempts;
    // The answer may have come while the start was on its way to the disk.
    if (wanted(*job)) co_return true;
    auto noted = finish(job, SendState::Dropped, "not wanted any more", "", {});
    co_await std::move(noted);
    co_return false;
}

asio::awaitable<Receipt> Outbox::deliver(SendJobPtr job, Target target)
{
    const Page& page = *page_of(*job);
    Attempt attempt;
    attempt.key = job->key();
    attempt.number = page.channels.at(job->channel).attempts;
    attempt.possible_repeat = job->possible_repeat;
    attempt.now = engine_.now();
    Receipt receipt;
    // One incident that cannot be put into words must not end the daemon for all the others.
    try {
        MessageContent content = compose_(*incident_of(*job), page, job->channel, attempt);
        const auto unix_now =
            std::chrono::floor<std::chrono::seconds>(time_.now()).time_since_epoch();
        notifiers::Message message(
            job->key(),
            target.address,
            std::move(content.text),
            std::move(content.payload),
            unix_now.count(),
            attempt.number,
            attempt.possible_repeat
        );
        auto delivered = target.provider.notifier->deliver(std::move(message));
        receipt = co_await std::move(delivered);
    } catch (const std::exception& fault) {
        spdlog::error("provider {}: a defect: {}", target.provider.name, fault.what());
        receipt.verdict = Verdict::Unknown;
        receipt.detail = "the notifier failed";
    }
    co_return receipt;
}

asio::awaitable<void> Outbox::take_receipt(SendJobPtr job, Target target, Receipt receipt)
{
    record_verdict(*job, target.provider, receipt);
    if (receipt.verdict == Verdict::Accepted) {
        auto noted = finish(job, SendState::Accepted, receipt.detail, receipt.provider_id, {});
        co_await std::move(noted);
        co_return;
    }
    job->unknown = job->unknown || receipt.verdict == Verdict::Unknown;
    Span delay{};
    bool same_target = receipt.verdict == Verdict::Retry;
    if (same_target && ++job->failed_on_target < failures_per_target) {
        delay = std::max(back_off(*job), receipt.retry_after.value_or(Span::zero()));
        same_target = age(*job) + delay < page_span;
    } else {
        same_target = false;
    }
    if (!same_target) {
        delay = Span::zero();
        ++job->target;
        job->failed_on_target = 0;
    }
    const Page* page = page_of(*job);
    const bool more_targets =
        page != nullptr && job->target < targets_of(page->staff, job->channel).size();
    if (!more_targets || age(*job) >= page_span) {
        auto ended = give_up(job, receipt.detail);
        co_await std::move(ended);
    } else {
        auto again = retry_later(job, delay, receipt.detail);
        co_await std::move(again);
    }
}

// Every provider of the channel is known to fail: another channel at once, and a probe when one
// is allowed.
asio::awaitable<void> Outbox::wait_for_a_provider(SendJobPtr job, Span until)
{
    job->target = 0;
    const Span delay = std::max(Span(1), until - time_.boottime());
    if (age(*job) + delay >= page_span) {
        auto ended = give_up(job, "no provider works");
        co_await std::move(ended);
        co_return;
    }
    std::vector<ChannelName> further = next_channel(*job);
    if (!further.empty()) {
        auto noted = finish(job, SendState::Queued, "no provider works", "", std::move(further));
        co_await std::move(noted);
    }
    later(job, delay);
}

asio::awaitable<void> Outbox::retry_later(SendJobPtr job, Span delay, std::string detail)
{
    std::vector<ChannelName> further;
    if (age(*job) + delay + attempt_max > fall_over_within) further = next_channel(*job);
    auto noted = finish(job, SendState::Queued, std::move(detail), "", std::move(further));
    co_await std::move(noted);
    later(job, delay);
}

asio::awaitable<void> Outbox::give_up(SendJobPtr job, std::string detail)
{
    const SendState state = job->unknown ? SendState::Unknown : SendState::Failed;
    std::vector<ChannelName> further = next_channel(*job);
    auto noted = finish(job, state, std::move(detail), "", std::move(further));
    co_await std::move(noted);
}

asio::awaitable<void> Outbox::finish(
    SendJobPtr job,
    SendState state,
    std::string detail,
    std::string provider_id,
    std::vector<ChannelName> fall_over
)
{
    FinishSend command{
        job->incident,
        job->page,
        job->channel,
        state,
        std::move(detail),
        std::move(provider_id),
        std::move(fall_over)};
    if (state != SendState::Queued) active_.erase(job->key());
    auto submitted = engine_.submit(Command(std::move(command)));
    const Outcome outcome = co_await std::move(submitted);
    if (std::holds_alternative<Refused>(outcome))
        spdlog::error("page {}: its receipt was refused", job->key());
}

const Incident* Outbox::incident_of(const SendJob& job) const
{
    return engine_.board().find(job.incident);
}

const Page* Outbox::page_of(const SendJob& job) const
{
    const Incident* incident = incident_of(job);
    if (incident == nullptr) return nullptr;
    const auto page = incident->pages.find(job.page);
    if (page == incident->pages.end() || !page->second.channels.contains(job.channel))
        return nullptr;
    return &page->second;
}

bool Outbox::wanted(const SendJob& job) const
{
    const Page* page = page_of(job);
    return page != nullptr && still_wanted(engine_.board(), *incident_of(job), *page);
}

// A newer page on this channel asks the same person all that this one does.
bool Outbox::superseded(const SendJob& job) const
{
    const Page& page = *page_of(job);
    const auto asks_all = [&](const Page& newer) {
        return std::all_of(page.asks.begin(), page.asks.end(), [&](const AskRef& ask) {
            return std::any_of(newer.asks.begin(), newer.asks.end(), [&](const AskRef& other) {
                return other.duty == ask.duty;
            });
        });
    };
    if (page.asks.empty()) return false;
    const auto& pages = incident_of(job)->pages;
    return std::any_of(pages.begin(), pages.end(), [&](const auto& entry) {
        const Page& newer = entry.second;
        return newer.staff == page.staff && newer.at > page.at &&
               newer.channels.contains(job.channel) && asks_all(newer);
    });
}

// Each address at the first provider, then each at the second.
std::vector<Outbox::Target> Outbox::targets_of(const StaffId& staff, const ChannelName& channel)
    const
{
    std::vector<Target> out;
    const Staff* person = engine_.directory()->person(staff);
    const auto providers = routes_.providers.find(channel);
    if (person == nullptr || providers == routes_.providers.end()) return out;
    const std::vector<Address> addresses = addresses_of(*person, channel);
    for (const Provider& provider : providers->second)
        for (const Address& address : addresses)
            out.push_back({address.name, address.value, provider});
    return out;
}

// The best channel that the page does not use yet and that may reach the person; at most once a
// job, as the channel put in looks after itself. One whose providers work goes before others.
std::vector<ChannelName> Outbox::next_channel(SendJob& job) const
{
    const Page* page = page_of(job);
    if (page == nullptr || std::exchange(job.fell_over, true)) return {};
    std::vector<ChannelName> failing;
    for (const ChannelName& channel : routes_.fall_over) {
        if (page->channels.contains(channel)) continue;
        const std::vector<Target> targets = targets_of(page->staff, channel);
        if (targets.empty()) continue;
        const bool works = std::any_of(targets.begin(), targets.end(), [&](const Target& target) {
            return !breakers_[target.provider.name].open();
        });
        if (works) return {channel};
        failing.push_back(channel);
    }
    failing.resize(std::min<std::size_t>(failing.size(), 1));
    return failing;
}

void Outbox::record_verdict(const SendJob& job, const Provider& provider, const Receipt& receipt)
{
    Breaker& breaker = breakers_[provider.name];
    const std::string name = "channel " + job.channel.text();
    switch (receipt.verdict) {
        case Verdict::Accepted:
            breaker.succeeded();
            health_.recover(name);
            break;
        case Verdict::Switch:  // the address is at fault, not the provider
            break;
        case Verdict::Alarm:
            health_.degrade(name, provider.name + ": " + receipt.detail);
            breaker.failed(time_.boottime());
            break;
        case Verdict::Retry:
        case Verdict::Unknown:
            breaker.failed(time_.boottime());
            if (breaker.open()) health_.degrade(name, provider.name + " fails");
            break;
    }
}

Span Outbox::age(const SendJob& job) const
{
    return time_.boottime() - job.queued_at;
}

// Full jitter over 1, 2, 4 ... seconds: many failed pages do not come back as one wave.
Span Outbox::back_off(const SendJob& job)
{
    const std::uint64_t most = 1000ULL << (job.failed_on_target - 1);
    return Span(static_cast<Span::rep>(1 + random_below(entropy_, most)));
}

}  // namespace shouwang::daemon
