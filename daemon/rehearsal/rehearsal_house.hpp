#pragma once

#include "daemon/auditor.hpp"
#include "daemon/engine.hpp"
#include "daemon/entropy.hpp"
#include "daemon/health.hpp"
#include "daemon/journal/memory_journal.hpp"
#include "daemon/journal/sealing.hpp"
#include "daemon/metrics.hpp"
#include "daemon/outbox.hpp"
#include "daemon/rehearsal/rehearsal.hpp"
#include "daemon/rehearsal/scripted_notifier.hpp"
#include "daemon/rehearsal/seeded_entropy.hpp"
#include "daemon/rehearsal/virtual_time.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace shouwang::rehearsal {

// One life of the daemon's process in a rehearsal. A restart is a new house on what the old one's
// journal held; the old one stays as it fell, so that nothing it was waiting for ever comes back.
class House {
public:
    // How the machine stands when the process begins.
    struct Clocks {
        Instant start{};     // the wall clock when the rehearsal began
        Span passed{};       // since then
        Span wall_offset{};  // by how much the wall clock was stepped
    };

    House(
        const Stage& stage,
        const Clocks& clocks,
        journal::MemoryJournal::Content content,
        const std::set<std::string>& failing,
        std::uint64_t life
    );
    House(const House&) = delete;
    House& operator=(const House&) = delete;

    // Folds what the journal holds. To be called once, before start().
    void replay();
    // Puts the stage's protocol and roster in force and begins to serve deadlines. Of `on_release`
    // hears every event that may be acted upon.
    void start(std::function<void(const escalation::Event&)> on_release);
    // The process dies: what is not durable is gone.
    void kill();

    // Runs `work` at once, up to where it waits.
    void spawn(boost::asio::awaitable<void> work);
    // The same for whoever stands inside of run_to() already, such as a listener to events.
    void join(boost::asio::awaitable<void> work);
    // Lets the time pass to `passed` since the rehearsal began, that instant included.
    void run_to(Span passed);

    [[nodiscard]] Span passed() const noexcept { return time_.boottime(); }
    [[nodiscard]] VirtualTime& time() noexcept { return time_; }
    [[nodiscard]] daemon::Engine& engine() noexcept { return engine_; }
    [[nodiscard]] const daemon::Auditor& auditor() const noexcept { return auditor_; }
    [[nodiscard]] daemon::Entropy& entropy() noexcept { return entropy_; }
    [[nodiscard]] journal::MemoryJournal& journal() noexcept { return journal_; }
    [[nodiscard]] ScriptedNotifier& channel(const std::string& name);
    [[nodiscard]] const std::map<std::string, std::unique_ptr<ScriptedNotifier>>& channels() const
    {
        return channels_;
    }
    // Why the engine gave up; empty while it has not.
    [[nodiscard]] const std::string& fatal() const noexcept { return fatal_; }

private:
    // The executor, once the clocks stand as they should.
    [[nodiscard]] boost::asio::any_io_executor wound_up(const Clocks& clocks);
    [[nodiscard]] daemon::Routes routes();
    [[nodiscard]] daemon::MessageContent compose(
        const escalation::Incident& incident,
        const escalation::Page& page,
        const escalation::ChannelName& channel,
        const daemon::Attempt& attempt
    ) const;

    Stage stage_;
    boost::asio::io_context io_;  // before whatever waits on it
    VirtualTime time_;
    SeededEntropy entropy_;
    journal::MemoryJournal journal_;
    journal::KeyRing keys_;
    daemon::Health health_;
    daemon::Metrics metrics_;
    std::string fatal_;
    daemon::Engine engine_;
    daemon::Auditor auditor_;
    std::map<std::string, std::unique_ptr<ScriptedNotifier>> channels_;
    std::optional<daemon::Outbox> outbox_;
};

}  // namespace shouwang::rehearsal
