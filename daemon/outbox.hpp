#pragma once

#include "daemon/address.hpp"
#include "daemon/engine.hpp"
#include "daemon/entropy.hpp"
#include "daemon/health.hpp"
#include "daemon/message.hpp"
#include "daemon/outbox_queue.hpp"
#include "daemon/time_source.hpp"
#include "notifiers/notifier.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace shouwang::daemon {

// A way out of the house. Two channels may share one: its breaker is one then.
struct Provider {
    std::string name;
    notifiers::Notifier* notifier = nullptr;  // never nullptr
};

struct Routes {
    // The providers of each channel, the preferred one first.
    std::map<escalation::ChannelName, std::vector<Provider>> providers;
    // Which channel is put in when one fails, best first.
    std::vector<escalation::ChannelName> fall_over;
};

// Makes what a channel carries of a page, for one attempt. Must not throw.
using Compose = std::function<MessageContent(
    const escalation::Incident& incident,
    const escalation::Page& page,
    const escalation::ChannelName& channel,
    const Attempt& attempt
)>;

// Carries out what pages ask for: a fold of the released events, and the only place that sends.
//
// Each send is journaled as started before and as finished after; just before it the page is asked
// whether it is still wanted. A channel that has not accepted within 10 s of queueing gets a
// further channel beside it; retries go on for a page's span. One person's failure never holds up
// another.
class Outbox {
public:
    static constexpr Span page_span = std::chrono::seconds(60);
    static constexpr Span fall_over_within = std::chrono::seconds(10);
    static constexpr Span attempt_max = std::chrono::seconds(5);  // kept by the HTTP client
    static constexpr unsigned failures_per_target = 5;
    static constexpr std::size_t sends_at_once = 8;  // a channel
    static constexpr std::size_t jobs_max = 20'000;

    // Subscribes to the engine. Requires: everything referred to outlives the run of the executor's
    // context.
    Outbox(
        boost::asio::any_io_executor executor,
        Engine& engine,
        TimeSource& time,
        Entropy& entropy,
        Health& health,
        Routes routes,
        Compose compose
    );
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    // Takes up what a replay left unfinished: queued pages are sent, started ones are sent again
    // under the same key. To be called between Engine::replay() and Engine::start(); nothing leaves
    // before the latter, as until then there is no roster to find an address in.
    void resume();
    // Goes on with other routes. The notifiers of the earlier ones are still used by what is on its
    // way.
    void reroute(Routes routes) { routes_ = std::move(routes); }
    // Starts nothing more. What is on its way comes back or does not; its start is journaled.
    void stop() { stopped_ = true; }

    [[nodiscard]] std::size_t waiting() const noexcept { return active_.size(); }

private:
    struct Target {
        std::string address_name;  // phone, phone2 ...
        std::string address;
        Provider provider;  // a copy: the routes may change while it is under way
    };

    void on_event(const Event& event);
    void enqueue(
        const IncidentId& incident,
        const escalation::Page& page,
        const escalation::ChannelName& channel,
        bool possible_repeat
    );
    void make_room();
    void pump(const escalation::ChannelName& channel);
    void spawn(boost::asio::awaitable<void> work, std::function<void()> after);
    void later(SendJobPtr job, Span delay);
    [[nodiscard]] boost::asio::awaitable<void> look_after_the_queue();
    [[nodiscard]] boost::asio::awaitable<void> attempt(SendJobPtr job);
    [[nodiscard]] boost::asio::awaitable<bool> start(SendJobPtr job, Target target);
    [[nodiscard]] boost::asio::awaitable<notifiers::Receipt> deliver(SendJobPtr job, Target target);
    [[nodiscard]] boost::asio::awaitable<void> take_receipt(
        SendJobPtr job, Target target, notifiers::Receipt receipt
    );
    [[nodiscard]] boost::asio::awaitable<void> wait_for_a_provider(SendJobPtr job, Span until);
    [[nodiscard]] boost::asio::awaitable<void> retry_later(
        SendJobPtr job, Span delay, std::string detail
    );
    // Ends the job, with a further channel where that helps.
    [[nodiscard]] boost::asio::awaitable<void> give_up(SendJobPtr job, std::string detail);
    [[nodiscard]] boost::asio::awaitable<void> finish(
        SendJobPtr job,
        escalation::SendState state,
        std::string detail,
        std::string provider_id,
        std::vector<escalation::ChannelName> fall_over
    );

    [[nodiscard]] const escalation::Incident* incident_of(const SendJob& job) const;
    [[nodiscard]] const escalation::Page* page_of(const SendJob& job) const;
    [[nodiscard]] bool wanted(const SendJob& job) const;
    [[nodiscard]] bool superseded(const SendJob& job) const;
    [[nodiscard]] std::vector<Target> targets_of(
        const escalation::StaffId& staff, const escalation::ChannelName& channel
    ) const;
    [[nodiscard]] std::vector<escalation::ChannelName> next_channel(SendJob& job) const;
    void record_verdict(
        const SendJob& job, const Provider& provider, const notifiers::Receipt& receipt
    );
    [[nodiscard]] Span age(const SendJob& job) const;
    [[nodiscard]] Span back_off(const SendJob& job);

    boost::asio::any_io_executor executor_;
    Engine& engine_;
    TimeSource& time_;
    Entropy& entropy_;
    Health& health_;
    Routes routes_;
    Compose compose_;

    std::map<escalation::ChannelName, OutboxQueue> queues_;
    std::map<escalation::ChannelName, std::size_t> running_;
    mutable std::map<std::string, Breaker> breakers_;  // by provider
    std::set<std::string> active_;                     // keys of every job there is
    bool looking_after_ = false;
    bool stopped_ = false;
    // What is posted to the executor may outlive this outbox.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace shouwang::daemon
