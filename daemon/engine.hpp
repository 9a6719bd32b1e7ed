#pragma once

#include "daemon/entropy.hpp"
#include "daemon/health.hpp"
#include "daemon/idempotency.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/journal/sealing.hpp"
#include "daemon/metrics.hpp"
#include "daemon/steady_wall.hpp"
#include "daemon/time_source.hpp"
#include "escalation/decide.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace shouwang::daemon {

using escalation::Board;
using escalation::Command;
using escalation::Event;
using escalation::IncidentId;

// The command was taken. `unjournaled`: the journal cannot be written just now, so this lives in
// memory alone and is journaled as soon as there is room.
struct Accepted {
    std::vector<Event> events;  // may be none: there was nothing to change
    Reply reply;
    std::uint64_t first_seq = 0;  // 0 when unjournaled or without a record
    std::uint64_t last_seq = 0;
    bool unjournaled = false;
};
struct Refused {
    escalation::Refusal refusal;
};
// The same key and body came before: its first answer.
struct Replayed {
    Reply reply;
};
// The same key came before with another body.
struct KeyReused {};
// Nothing may be promised now. The command may or may not take effect later; the same idempotency
// key finds out. `reason` is for people and holds nothing personal.
struct Unavailable {
    std::string reason;
};
using Outcome = std::variant<Accepted, Refused, Replayed, KeyReused, Unavailable>;

// One durable event, as the live stream tells it.
struct Durable {
    std::uint64_t seq = 0;
    Instant wall{};  // the wall clock when its batch was written
    const Event& event;
    journal::Hash hash{};
};

// What a replay met.
struct Replay {
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::uint64_t unreadable = 0;   // records that could not be decoded
    std::uint64_t erased_keys = 0;  // records whose personal part stays closed
    bool clock_doubtful = false;
};

// The single writer. One command at a time: decided, folded, queued to the journal as one batch;
// and only what is durable is told to anybody. Lives on one executor of one thread.
//
// Instants are SteadyWall's. When the journal has no room, running incidents go on in memory and
// opening commands are turned away; when a commit ends in the unknown, `fatal` is called once and
// nothing more is promised. The process must then exit and replay.
class Engine {
public:
    // Reads a protocol back from the journal; nullptr when this release cannot.
    using ParseProtocol =
        std::function<std::shared_ptr<const escalation::Protocol>(const std::string& text)>;
    using Fatal = std::function<void(const std::string& reason)>;
    // Makes the reply from the state in which the command has just been folded.
    using Render = std::function<Reply(const Board& board, const std::vector<Event>& events)>;

    // Requires: everything referred to outlives the engine, and the engine outlives the run of
    // `executor`'s context, or stop() was called and the context ran dry.
    Engine(
        boost::asio::any_io_executor executor,
        TimeSource& time,
        journal::Journal& journal,
        journal::KeyRing& keys,
        Health& health,
        Metrics& metrics,
        Fatal fatal
    );
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // Folds the whole journal. To be called once, before start(). A record that cannot be decoded
    // quarantines its stream: the incident goes on, and Health says what is wrong with it.
    // Throws std::runtime_error when the journal itself cannot be read.
    Replay replay(const ParseProtocol& parse);
    // Begins to serve deadlines; those that are overdue at once. To be called when protocol and
    // roster have been adopted.
    void start();
    [[nodiscard]] bool started() const noexcept { return heart_ != nullptr; }
    // Ends every wait with Unavailable and arms nothing any more.
    void stop();

    // What is in force from here on. Journaled, unless it is what the journal says already.
    [[nodiscard]] boost::asio::awaitable<Outcome> adopt_protocol(
        std::shared_ptr<const escalation::Protocol> protocol, std::string text
    );
    [[nodiscard]] boost::asio::awaitable<Outcome> adopt_roster(
        std::shared_ptr<const escalation::Directory> directory, std::string name, std::string text
    );
    [[nodiscard]] boost::asio::awaitable<Outcome> adopt_settings(
        std::string name, std::string hash, std::string text
    );

    // Takes one command and returns when its outcome may be told. `once` makes it happen at most
    // once; `render` may be empty.
    [[nodiscard]] boost::asio::awaitable<Outcome> submit(
        Command command, std::optional<Idempotency> once, Render render
    );
    [[nodiscard]] boost::asio::awaitable<Outcome> submit(Command command);

    // Returns when everything folded so far is durable, or known to live in memory alone. To be
    // waited for by every read before it is answered.
    [[nodiscard]] boost::asio::awaitable<void> settled();

    // Each event that replay() reads, in order. To be called before it. Must not throw.
    void on_replay(std::function<void(const Event&)> subscriber);
    // Each durable event, in order. Not called by replay(). Must not throw.
    void on_durable(std::function<void(const Durable&)> subscriber);
    // Called by start(), before anything else it does. Must not throw.
    void on_start(std::function<void()> subscriber);
    // Each event that may be acted upon, in order, exactly once: when durable, or from memory while
    // the journal cannot be written. Not called by replay(). Must not throw.
    void on_release(std::function<void(const Event&)> subscriber);

    [[nodiscard]] const Board& board() const noexcept { return board_; }
    [[nodiscard]] const escalation::Rules& rules() const noexcept { return rules_; }
    [[nodiscard]] std::shared_ptr<const escalation::Directory> directory() const
    {
        return directory_;
    }
    [[nodiscard]] Instant now() const { return clock_.now(); }
    [[nodiscard]] const std::set<std::string>& quarantined() const noexcept { return quarantined_; }
    [[nodiscard]] std::uint64_t durable_seq() const noexcept { return durable_.seq; }
    [[nodiscard]] journal::Hash durable_hash() const noexcept { return durable_.hash; }
    [[nodiscard]] std::size_t waiting() const noexcept { return flights_.size(); }
    // Everything that was decided before this instant is durable.
    [[nodiscard]] Instant durable_until() const;
    [[nodiscard]] std::size_t live_incidents() const;

    // How long the oldest deadline has been overdue; zero when none is.
    [[nodiscard]] Span overdue() const;
    // What the watchdog is fed by: the loop turned within the last second and no deadline is
    // overdue by more than two.
    [[nodiscard]] bool working() const;

private:
    struct Flight;
    using FlightPtr = std::shared_ptr<Flight>;
    enum class Mode { Normal, Full, Dead };

    // engine.cpp
    [[nodiscard]] std::optional<std::string> reason_to_turn_away(const Command& command) const;
    [[nodiscard]] boost::asio::awaitable<Outcome> repeat(IdempotencyTable::Entry entry);
    [[nodiscard]] boost::asio::awaitable<Outcome> adopt(escalation::Adopt command);
    [[nodiscard]] boost::asio::awaitable<void> wait(FlightPtr flight);
    void fold(const Event& event);
    void remember_adopted(const escalation::Adopted& adopted);

    // engine_clock.cpp: deadlines and the heartbeat.
    [[nodiscard]] boost::asio::awaitable<void> beat();
    void arm();
    void run_due();
    [[nodiscard]] std::optional<Instant> next_deadline() const;
    [[nodiscard]] bool tick(Instant at);
    [[nodiscard]] bool tick_one_by_one(Instant at);
    void watch_the_journal();
    void realign_when_quiet();

    // engine_commit.cpp: batches on their way to the journal.
    FlightPtr commit(
        std::vector<Event> events,
        const std::optional<Idempotency>& once,
        const Reply& reply,
        bool opening
    );
    [[nodiscard]] journal::Batch make_batch(
        const std::vector<Event>& events, const std::optional<Idempotency>& once, const Reply& reply
    );
    void seal_into(journal::Batch& batch, journal::Draft draft, const std::string& plain);
    [[nodiscard]] std::string key_for(const std::string& stream, journal::Batch& batch);
    void flush();
    void on_appended(const FlightPtr& flight, journal::AppendResult result);
    void on_success(const FlightPtr& flight, const journal::Appended& appended);
    void die(const std::string& reason);
    void release(Flight& flight);
    void release_all_from_memory();
    void tell_durable(const Flight& flight, const journal::Appended& appended);
    void wake(Flight& flight);
    [[nodiscard]] bool in_memory() const noexcept { return mode_ == Mode::Full || slow_; }

    // engine_replay.cpp
    void replay_record(const journal::Record& record, const ParseProtocol& parse, Replay& counts);
    void take_keys(Replay& counts);
    void quarantine(const std::string& stream, const std::string& why);

    boost::asio::any_io_executor executor_;
    TimeSource& time_;
    journal::Journal& journal_;
    journal::KeyRing& keys_;
    Health& health_;
    Metrics& metrics_;
    Fatal fatal_;
    SteadyWall clock_;

    Board board_;
    escalation::Rules rules_;
    std::shared_ptr<const escalation::Directory> directory_;
    std::shared_ptr<const escalation::Directory> offered_directory_;
    IdempotencyTable answered_;
    std::set<std::string> quarantined_;
    std::map<IncidentId, unsigned> poisoned_;     // ticks on it failed so often
    std::map<std::string, std::string> key_ids_;  // by stream
    std::set<std::string> lost_key_ids_;          // in the journal, but not to be opened

    std::vector<std::function<void()>> start_subscribers_;
    std::vector<std::function<void(const Event&)>> replay_subscribers_;
    std::vector<std::function<void(const Durable&)>> durable_subscribers_;
    std::vector<std::function<void(const Event&)>> release_subscribers_;

    Mode mode_ = Mode::Normal;
    bool slow_ = false;
    bool stopped_ = false;
    std::deque<FlightPtr> flights_;  // not durable yet, oldest first
    std::size_t sent_ = 0;           // of them, with the journal
    std::uint64_t next_head_ = 0;
    journal::Head durable_;
    Span journaled_ahead_{};
    Span probed_at_{};

    Span beat_at_{};
    std::optional<Instant> armed_for_;
    std::shared_ptr<boost::asio::cancellation_signal> alarm_;
    std::shared_ptr<boost::asio::cancellation_signal> heart_;
    // What is posted to the executor may outlive this engine.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace shouwang::daemon
