#include "daemon/application.hpp"

#include "daemon/adopted_text.hpp"
#include "daemon/auditor.hpp"
#include "daemon/channels.hpp"
#include "daemon/demo.hpp"
#include "daemon/engine.hpp"
#include "daemon/entropy.hpp"
#include "daemon/health.hpp"
#include "daemon/http/api.hpp"
#include "daemon/http/page_routes.hpp"
#include "daemon/http/server.hpp"
#include "daemon/http/timeline.hpp"
#include "daemon/http/token_file.hpp"
#include "daemon/journal/sealing.hpp"
#include "daemon/journal/sqlite_journal.hpp"
#include "daemon/message.hpp"
#include "daemon/outbox.hpp"
#include "daemon/real_time.hpp"
#include "daemon/respond_links.hpp"
#include "daemon/service_manager.hpp"
#include "daemon/wall_refill.hpp"
#include "notifiers/curl_http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/signal_set.hpp>
#include <spdlog/spdlog.h>

#include <csignal>
#include <exception>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace shouwang::daemon {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t mebibyte = 1U << 20U;
constexpr std::chrono::milliseconds watch_interval{1000};
constexpr unsigned beats_per_ballast = 60;

journal::SqliteOptions journal_options(const config::Settings& settings)
{
    journal::SqliteOptions options;
    options.file = journal_file(settings.data);
    options.ballast_bytes = settings.ballast_mib * mebibyte;
    options.pages_max = static_cast<std::uint32_t>(settings.journal_pages_max);
    return options;
}

http::TokenStore read_tokens(const fs::path& file)
{
    auto tokens = http::load_tokens(file);
    if (tokens) return http::TokenStore(std::move(*tokens));
    std::string faults = "the token file " + file.string() + " has faults:";
    for (const auto& fault : tokens.error().faults)
        faults += "\n  " + fault.pointer + ": " + fault.detail;
    throw std::runtime_error(faults);
}

MessageContent compose_for(
    const Engine& engine,
    const RespondLinks& links,
    const std::string& base_url,
    const escalation::Incident& incident,
    const escalation::Page& page,
    const escalation::ChannelName& channel,
    Attempt attempt
)
{
    const escalation::Protocol& protocol = engine.rules().frozen(incident.protocol);
    const auto directory = engine.directory();
    attempt.respond_url = base_url + "/r/" + links.token(incident, page.staff);
    return compose({protocol, *directory, incident, page}, channel, attempt);
}

// What an operator has to put right before anything can start.
class BadConfiguration : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The whole daemon. Members are made in the order they need each other and end in the reverse.
class Application {
public:
    Application(const Configuration& configuration, bool demo)
        : configuration_(configuration),
          settings_(configuration.settings),
          demo_(demo),
          time_(io_.get_executor()),
          master_(journal::MasterKey::load(settings_.master_key)),
          links_(LinkKey::derive(master_)),
          keys_(std::move(master_), entropy_),
          journal_(io_.get_executor(), journal_options(settings_)),
          engine_(
              io_.get_executor(),
              time_,
              journal_,
              keys_,
              health_,
              metrics_,
              [this](const std::string& reason) { on_fatal(reason); }
          ),
          auditor_(io_.get_executor(), engine_, time_, health_, metrics_),
          http_client_(io_.get_executor()),
          channels_(settings_, http_client_, wall_, health_),
          outbox_(
              io_.get_executor(), engine_, time_, entropy_, health_, channels_.routes(), composer()
          ),
          tokens_(read_tokens(settings_.tokens)),
          sessions_(time_, entropy_),
          authenticator_(tokens_, sessions_, time_, origin())
    {}

    Exit run()
    {
        replay();
        timeline_.emplace(journal_, keys_);
        live_.emplace(
            io_.get_executor(),
            time_,
            engine_.durable_seq(),
            [this](std::uint64_t after, std::size_t max) { return timeline_->replay(after, max); }
        );
        engine_.on_durable([this](const Durable& durable) {
            live_->publish(timeline_->add(durable));
        });
        engine_.on_release([this](const Event& event) { links_.on_event(event, engine_.board()); });
        asio::signal_set signals(io_, SIGTERM, SIGINT);
        signals.async_wait([this](const boost::system::error_code& error, int) {
            if (!error) spawn(shut_down(), "stopping");
        });
        spawn(start(), "starting");
        io_.run();
        return exit_;
    }

private:
    [[nodiscard]] http::Origin origin() const
    {
        http::Origin out;
        out.tls = settings_.base_url.rfind("https://", 0) == 0;
        out.also.push_back(settings_.base_url);
        return out;
    }

    [[nodiscard]] Compose composer()
    {
        return [this](
                   const escalation::Incident& incident,
                   const escalation::Page& page,
                   const escalation::ChannelName& channel,
                   const Attempt& attempt
               ) {
            return compose_for(
                engine_, links_, settings_.base_url, incident, page, channel, attempt
            );
        };
    }

    void spawn(asio::awaitable<void> work, const char* what)
    {
        asio::co_spawn(io_, std::move(work), [this, what](std::exception_ptr fault) {
            if (!fault) return;
            exit_ = Exit::Failed;
            try {
                std::rethrow_exception(fault);
            } catch (const BadConfiguration& error) {
                spdlog::critical("{}: {}", what, error.what());
                exit_ = Exit::BadConfiguration;
            } catch (const std::exception& error) {
                spdlog::critical("{}: {}", what, error.what());
            }
            io_.stop();
        });
    }

    void replay()
    {
        if (!journal_.start_verdict().ok())
            health_.degrade("journal chain", journal_.start_verdict().words());
        const Replay counts = engine_.replay(&protocol_from_journal);
        links_.rebuild(engine_.board());
        outbox_.resume();
        spdlog::info(
            "replayed {} records, {} incidents live", counts.records, engine_.live_incidents()
        );
        if (counts.unreadable != 0)
            health_.degrade("replay", std::to_string(counts.unreadable) + " records unreadable");
    }

    // Bad settings, a bad protocol or roster do not stop a start: the last good ones are in the
    // journal.
    asio::awaitable<void> adopt()
    {
        if (configuration_.protocol != nullptr) {
            auto adopting =
                engine_.adopt_protocol(configuration_.protocol, configuration_.protocol_text);
            expect(co_await std::move(adopting), "protocol");
        } else {
            last_good("protocol");
        }
        auto directory = configuration_.directory;
        std::string roster_text = configuration_.roster_text;
        if (directory == nullptr) {
            last_good("roster");
            roster_text = last_adopted_text(journal_, "roster", &keys_).value_or("");
            directory = roster_from_journal(roster_text, engine_.rules().in_force());
            if (directory == nullptr)
                throw std::runtime_error("the journaled roster cannot be read any more");
        }
        auto adopting_roster = engine_.adopt_roster(
            directory, settings_.roster.filename().string(), std::move(roster_text)
        );
        expect(co_await std::move(adopting_roster), "roster");
    }

    // Only once they have proved to be good: the daemon listens where they say.
    asio::awaitable<void> adopt_settings()
    {
        if (configuration_.settings_from_journal) {
            health_.degrade("settings", "the file has errors: the last good ones stay in force");
            co_return;
        }
        auto adopting = engine_.adopt_settings(
            "shouwang.toml",
            content_hash(configuration_.settings_text),
            configuration_.settings_text
        );
        expect(co_await std::move(adopting), "settings");
    }

    void last_good(const std::string& what)
    {
        if (!engine_.board().adopted.contains(what))
            throw BadConfiguration("the " + what + " has errors, and no earlier one is known");
        health_.degrade(what, "has errors: the last good one stays in force");
    }

    static void expect(const Outcome& outcome, const char* what)
    {
        if (const auto* unavailable = std::get_if<Unavailable>(&outcome))
            throw std::runtime_error(std::string(what) + ": " + unavailable->reason);
    }

    asio::awaitable<void> start()
    {
        auto adopting = adopt();
        co_await std::move(adopting);
        if (engine_.directory() == nullptr) throw std::runtime_error("there is no roster");
        if (demo_) refill_wall(wall_, engine_.board(), *engine_.directory(), composer());
        engine_.start();
        serve();
        auto adopting_settings = adopt_settings();
        co_await std::move(adopting_settings);
        manager_.tell("READY=1\nSTATUS=watching");
        if (demo_) print_demo(settings_, static_cast<unsigned>(server_->endpoint().port()));
        spdlog::info(
            "listening on {}:{}",
            settings_.address,
            static_cast<unsigned>(server_->endpoint().port())
        );
        spawn(live_->run(), "live stream");
        auto watching = watch();
        co_await std::move(watching);
    }

    void serve()
    {
        api_.emplace(http::ApiParts{
            engine_,
            entropy_,
            health_,
            metrics_,
            [this] { return gauges(); },
            authenticator_,
            *live_,
            *timeline_,
            settings_.emergency_phones,
            demo_});
        api_->add_routes(router_);
        page_routes_.emplace(*api_, links_, demo_ ? &wall_ : nullptr);
        page_routes_->add_routes(router_);
        server_.emplace(io_, router_, time_);
        server_->start({asio::ip::make_address(settings_.address), settings_.port});
    }

    [[nodiscard]] Gauges gauges() const
    {
        Gauges out;
        out.live_incidents = engine_.live_incidents();
        out.deadline_overdue_seconds = static_cast<double>(engine_.overdue().count()) / 1000.0;
        out.journal_sequence = engine_.durable_seq();
        out.journal_waiting = engine_.waiting();
        out.outbox_waiting = outbox_.waiting();
        out.quarantined = engine_.quarantined().size();
        out.degraded = health_.degraded().size();
        out.audit_age_seconds = static_cast<double>(auditor_.age().count()) / 1000.0;
        return out;
    }

    // The watchdog is fed by the loop that serves deadlines, and only while it really does.
    asio::awaitable<void> watch()
    {
        const auto interval = std::min<std::chrono::milliseconds>(
            watch_interval, manager_.watchdog_interval().value_or(watch_interval)
        );
        for (;;) {
            auto waiting = time_.sleep_for(interval);
            const bool due = co_await std::move(waiting);
            if (!due || stopping_) co_return;
            if (engine_.working()) manager_.tell("WATCHDOG=1");
            take_over_tokens();
            if (channels_.retry()) outbox_.reroute(channels_.routes());
            if (++beats_ % beats_per_ballast == 0 &&
                journal_.space_state() == journal::SpaceState::BallastUsed &&
                journal_.restore_ballast())
                spdlog::info("the ballast is back in place");
        }
    }

    // A token made or revoked with `shouwang token` counts within a second. A file with faults
    // changes nothing: those who could log in still can.
    void take_over_tokens()
    {
        std::error_code error;
        const auto changed = fs::last_write_time(settings_.tokens, error);
        if (error || changed == tokens_changed_) return;
        tokens_changed_ = changed;
        try {
            tokens_ = read_tokens(settings_.tokens);
            health_.recover("tokens");
        } catch (const std::exception& fault) {
            health_.degrade("tokens", fault.what());
        }
    }

    asio::awaitable<void> shut_down()
    {
        if (stopping_) co_return;
        stopping_ = true;
        manager_.tell("STOPPING=1");
        if (live_) live_->stop();
        if (server_) {
            auto stopping = server_->stop();
            co_await std::move(stopping);
        }
        outbox_.stop();
        auditor_.stop();
        engine_.stop();
        journal_.close();
        io_.stop();
    }

    void on_fatal(const std::string& reason)
    {
        spdlog::critical("stopping at once, to replay: {}", reason);
        exit_ = Exit::JournalUnknown;
        io_.stop();
    }

    const Configuration& configuration_;
    const config::Settings& settings_;
    bool demo_;
    Exit exit_ = Exit::Done;
    bool stopping_ = false;
    unsigned beats_ = 0;
    fs::file_time_type tokens_changed_{};

    asio::io_context io_{1};
    RealTime time_;
    SystemEntropy entropy_;
    ServiceManager manager_;
    journal::MasterKey master_;
    RespondLinks links_;
    journal::KeyRing keys_;
    Health health_;
    Metrics metrics_;
    journal::SqliteJournal journal_;
    Engine engine_;
    Auditor auditor_;
    notifiers::HandsetWall wall_;
    notifiers::CurlHttpClient http_client_;
    Channels channels_;
    Outbox outbox_;
    http::TokenStore tokens_;
    http::SessionStore sessions_;
    http::Authenticator authenticator_;
    std::optional<http::Timeline> timeline_;
    std::optional<http::EventStream> live_;
    std::optional<http::Api> api_;
    std::optional<http::PageRoutes> page_routes_;
    http::Router router_;
    std::optional<http::Server> server_;
};

}  // namespace

Exit run(const Configuration& configuration, bool demo)
{
    if (demo) {
        asio::io_context io;
        prepare_demo(configuration.settings, RealTime(io.get_executor()).now());
    }
    fs::create_directories(configuration.settings.data);
    Application application(configuration, demo);
    return application.run();
}

}  // namespace shouwang::daemon
