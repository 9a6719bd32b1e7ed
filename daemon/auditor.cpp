#include "daemon/auditor.hpp"

#include "daemon/outbox.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace shouwang::daemon {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

// A fault of the engine may make everything late: some lines say so as well as a thousand.
constexpr std::size_t lines_max = 20;
// A clock that was set by less than this makes no difference to a wait of many seconds.
constexpr Span clock_step_min = 1s;

// What the outbox may take, and what is made of it.
static_assert(AuditLedger::receipt_within > 2 * Outbox::attempt_max);
static_assert(AuditLedger::start_within > 2 * Outbox::attempt_max);
static_assert(AuditLedger::start_within > Breaker::probe_every);
static_assert(AuditLedger::end_within > Outbox::page_span + Outbox::attempt_max);
static_assert(AuditLedger::trouble_lasts >= Outbox::page_span + Breaker::failures_within);
static_assert(AuditLedger::crowd <= Outbox::sends_at_once);

std::uint64_t& counter_of(Metrics& metrics, Finding::Kind kind)
{
    switch (kind) {
        case Finding::Kind::Rung:
        case Finding::Kind::Repeat:
        case Finding::Kind::Attempt:
        case Finding::Kind::Lapse:
        case Finding::Kind::Check:
        case Finding::Kind::DrillEnd: return metrics.audit_deadlines_missed;
        case Finding::Kind::NotStarted:
        case Finding::Kind::NoReceipt:
        case Finding::Kind::NotEnded: return metrics.audit_sends_missed;
        case Finding::Kind::Adrift: break;
    }
    return metrics.audit_adrift;
}

}  // namespace

Auditor::Auditor(
    asio::any_io_executor executor,
    Engine& engine,
    TimeSource& time,
    Health& health,
    Metrics& metrics
)
    : executor_(std::move(executor)),
      engine_(engine),
      time_(time),
      health_(health),
      metrics_(metrics),
      audited_at_(time.boottime())
{
    engine_.on_replay([this](const Event& event) { ledger_.feed(event); });
    engine_.on_durable([this](const Durable& durable) { ledger_.feed(durable.event); });
    engine_.on_start([this] { begin(); });
}

void Auditor::begin()
{
    ledger_.restarted(engine_.now());
    clock_at_ = engine_.now();
    audited_at_ = boottime_at_ = time_.boottime();
    rest_ = std::make_shared<asio::cancellation_signal>();
    auto watching = watch();
    // A defect here must not end the daemon, which may be in order: it is told, and age() grows.
    auto on_end = [this, alive = std::weak_ptr(alive_), rest = rest_](std::exception_ptr fault) {
        if (!fault || alive.expired()) return;
        try {
            std::rethrow_exception(fault);
        } catch (const std::exception& error) {
            health_.degrade("auditor", std::string("it failed: ") + error.what());
        }
    };
    asio::co_spawn(
        executor_,
        std::move(watching),
        asio::bind_cancellation_slot(rest_->slot(), std::move(on_end))
    );
}

void Auditor::stop()
{
    stopped_ = true;
    if (rest_) rest_->emit(asio::cancellation_type::terminal);
}

Span Auditor::age() const
{
    return time_.boottime() - audited_at_;
}

asio::awaitable<void> Auditor::watch()
{
    const std::weak_ptr alive(alive_);
    for (;;) {
        auto rest = time_.sleep_for(every);
        const bool rested = co_await std::move(rest);
        if (!rested || alive.expired() || stopped_) co_return;
        follow_the_clock();
        audit();
    }
}

// With nothing pending the engine takes over the wall clock. Sends may be on their way all the
// same.
void Auditor::follow_the_clock()
{
    const Instant now = engine_.now();
    const Span boottime = time_.boottime();
    const Span moved = (now - clock_at_) - (boottime - boottime_at_);
    if (std::chrono::abs(moved) > clock_step_min) ledger_.clock_moved(now);
    clock_at_ = now;
    boottime_at_ = boottime;
}

void Auditor::audit()
{
    const Instant now = engine_.durable_until();
    std::vector<Finding> missing = ledger_.findings(now);
    std::sort(missing.begin(), missing.end());
    std::vector<Finding> fresh;
    std::set_difference(
        missing.begin(), missing.end(), missing_.begin(), missing_.end(), std::back_inserter(fresh)
    );
    missing_ = std::move(missing);
    audited_at_ = time_.boottime() - (engine_.now() - now);
    shout(fresh, now);
}

void Auditor::shout(const std::vector<Finding>& fresh, Instant now)
{
    if (missing_.empty()) return health_.recover("auditor");
    for (const Finding& finding : fresh) ++counter_of(metrics_, finding.kind);
    for (std::size_t i = 0; i < std::min(fresh.size(), lines_max); ++i) {
        const Span waited = fresh[i].since == Instant{} ? Span::zero() : now - fresh[i].since;
        spdlog::error("auditor: {} (for {} s)", words_of(fresh[i]), waited / 1s);
    }
    if (fresh.size() > lines_max) spdlog::error("auditor: and {} more", fresh.size() - lines_max);
    health_.degrade(
        "auditor",
        std::to_string(missing_.size()) + " missing, the first: " + words_of(missing_.front())
    );
}

}  // namespace shouwang::daemon
