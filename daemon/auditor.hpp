#pragma once

#include "daemon/audit_ledger.hpp"
#include "daemon/engine.hpp"
#include "daemon/health.hpp"
#include "daemon/metrics.hpp"
#include "daemon/time_source.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <chrono>
#include <memory>
#include <vector>

namespace shouwang::daemon {

// Watches the watcher: works out from the journal alone, every ten seconds, what should have been
// paged by now, and shouts when that did not happen: in the log, on /readyz, in the metrics.
//
// Its source is the journal's records as they become durable (Engine::on_durable), and those that a
// replay reads. It does not read the journal again: that waits on the loop for the one connection,
// which a slow disk holds for seconds, and deadlines would be late because somebody looks whether
// they are. Of the engine it takes no state but the clock and how far the journal is whole: while
// batches wait for a full or slow disk it judges the time before the oldest of them, as the rest
// cannot be known. One thing it cannot know at all: after days on a full disk the engine keeps no
// records of single sends any more, and those are then missed.
class Auditor {
public:
    static constexpr Span every = std::chrono::seconds(10);

    // Subscribes to the engine; begins with it. To be made before Engine::replay(). Requires:
    // everything referred to outlives the run of the executor's context.
    Auditor(
        boost::asio::any_io_executor executor,
        Engine& engine,
        TimeSource& time,
        Health& health,
        Metrics& metrics
    );
    Auditor(const Auditor&) = delete;
    Auditor& operator=(const Auditor&) = delete;

    void stop();

    // What the last audit found missing.
    [[nodiscard]] const std::vector<Finding>& missing() const noexcept { return missing_; }
    // How far back the last audit ends: ten seconds at most while the journal can be written.
    [[nodiscard]] Span age() const;
    [[nodiscard]] const AuditLedger& ledger() const noexcept { return ledger_; }

private:
    void begin();
    [[nodiscard]] boost::asio::awaitable<void> watch();
    void follow_the_clock();
    void audit();
    void shout(const std::vector<Finding>& fresh, Instant now);

    boost::asio::any_io_executor executor_;
    Engine& engine_;
    TimeSource& time_;
    Health& health_;
    Metrics& metrics_;

    AuditLedger ledger_;
    std::vector<Finding> missing_;  // sorted
    Span audited_at_{};             // boottime: where the last audit ended
    Instant clock_at_{};            // the engine's clock and boottime, read together
    Span boottime_at_{};
    bool stopped_ = false;
    std::shared_ptr<boost::asio::cancellation_signal> rest_;
    // What is posted to the executor may outlive this auditor.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace shouwang::daemon
