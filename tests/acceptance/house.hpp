#pragma once

#include "daemon/entropy.hpp"
#include "daemon/http/token_file.hpp"
#include "tests/acceptance/daemon_process.hpp"
#include "tests/acceptance/http_exchange.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"
#include "tests/support/loopback_sink.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shouwang::test {

using escalation::Instant;

// What a provider was handed: one message for one person by one channel.
struct Arrival {
    Instant at{};
    std::string key;     // webhook-id
    std::string target;  // "/sms", "/voice" or "/wecom"
    bool signed_right = false;
    boost::json::object page;

    [[nodiscard]] std::string text(std::string_view name) const;
    [[nodiscard]] std::string recipient() const { return text("recipient"); }
    [[nodiscard]] std::string channel() const { return text("channel"); }
    // Whether it asks this duty: "S03", or one instance of it, "S06@clinic_duty".
    [[nodiscard]] bool asks(std::string_view duty) const;
};

// A university on this machine's loopback: settings, protocol, roster, keys, tokens and secrets in
// a folder of its own, a provider that takes every page, and a daemon that can be started and
// killed as often as a story wants. Everything runs in one loop on the test's thread.
class House {
public:
    explicit House(std::string protocol);

    // Written into the settings with the next start(): see config::Settings.
    std::uint64_t journal_pages_max = 0;
    std::uint64_t ballast_mib = 0;
    bool demo = false;  // every channel is the handset wall, and nothing arrives at the sink
    // What an operator made of the settings before the next start(); not called when empty.
    std::function<void(std::string& settings)> edit_settings;

    // Starts a daemon on what the disk holds and returns when it listens.
    void start();
    // The same, without waiting for anything.
    void launch();
    [[nodiscard]] DaemonProcess& daemon() { return *daemon_; }
    void kill();
    // SIGTERM; the exit code.
    int stop();
    // Writes the settings, as the next start() would read them.
    void write_settings() const;

    // A token that this daemon takes. The desk is the person `hq`.
    [[nodiscard]] const std::string& desk() const noexcept { return desk_; }
    [[nodiscard]] const std::string& supervisor() const noexcept { return supervisor_; }
    [[nodiscard]] const std::string& public_intake() const noexcept { return public_; }
    // A responder's own; made at the first call, before the daemon is started.
    [[nodiscard]] const std::string& token_of(const std::string& staff);
    // An administrator's, who may begin drills from the console; before the daemon is started.
    [[nodiscard]] std::string admin_token(const std::string& staff);

    // One request to the daemon that runs, and its answer; the loop turns meanwhile.
    HttpReply call(HttpCall call);
    HttpReply get(const std::string& token, const std::string& target);
    HttpReply post(
        const std::string& token,
        const std::string& target,
        const boost::json::object& body,
        const std::string& idempotency_key = {}
    );
    // The sequence number of the last durable record, as /readyz tells it.
    [[nodiscard]] std::uint64_t journal_sequence();

    // Turns the loop until `done` says so; false when it has not after `within`.
    [[nodiscard]] bool wait(
        const std::function<bool()>& done,
        std::chrono::milliseconds within = std::chrono::seconds(20)
    );
    // Turns the loop for as long as nothing arrives: true when that was `span`, false after 30 s.
    [[nodiscard]] bool quiet_for(std::chrono::milliseconds span);

    [[nodiscard]] std::filesystem::path file(const std::string& name) const;
    [[nodiscard]] std::vector<std::string> arguments() const;

    // The machine's clock, which is the daemon's as well.
    [[nodiscard]] static Instant now();

private:
    std::string add_token(const http::TokenGrant& grant);
    SinkAnswer take(const SinkRequest& request);

    TemporaryFolder folder_;
    daemon::SystemEntropy entropy_;
    std::string desk_;
    std::string supervisor_;
    std::string public_;
    std::map<std::string, std::string> responders_;

public:
    boost::asio::io_context io{1};
    LoopbackSink sink;
    std::vector<Arrival> arrivals;
    std::function<void(const Arrival&)> on_arrival;  // before the provider answers

private:
    std::unique_ptr<DaemonProcess> daemon_;
};

}  // namespace shouwang::test
