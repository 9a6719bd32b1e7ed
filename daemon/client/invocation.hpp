#pragma once

#include "config/fault.hpp"
#include "config/settings.hpp"
#include "daemon/client/daemon_link.hpp"
#include "daemon/client/program.hpp"
#include "daemon/client/words.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace shouwang::client {

// One command line on its way: what the options for every verb said, the work its verb left behind,
// and the two ways of saying how it went.
class Invocation {
public:
    using Work = std::function<ExitCode()>;
    using Render = std::string (*)(const boost::json::object&, const Words&);

    struct Options {
        std::string url;
        std::string token_file;
        std::string config;    // settings of the daemon, for verbs that work on its files
        std::string key;       // of a write that is sent again by hand
        std::string language;  // already heeded by whoever made the words
        bool json = false;
    };

    // `world` outlives the invocation.
    Invocation(World& world, Words say) : world_(world), say_(say) {}
    Invocation(const Invocation&) = delete;
    Invocation& operator=(const Invocation&) = delete;

    [[nodiscard]] World& world() noexcept { return world_; }
    [[nodiscard]] const Words& say() const noexcept { return say_; }
    [[nodiscard]] Options& options() noexcept { return options_; }

    // A verb leaves its work here while the line is read; perform() does it once all of the line
    // was understood.
    void leave(Work work) { work_ = std::move(work); }
    [[nodiscard]] ExitCode perform() { return work_(); }

    // Sends the request and shows the answer: the answer's JSON as it came, or rendered for people.
    [[nodiscard]] ExitCode ask(const ApiRequest& request, Render render);
    // The answer; nothing after saying why there is none, and failure() is then what to exit with.
    [[nodiscard]] std::optional<boost::json::object> fetch(const ApiRequest& request);
    [[nodiscard]] ExitCode failure() const noexcept { return last_failure_; }

    // `document` with --json, else `text`.
    ExitCode show(ExitCode exit, const boost::json::object& document, const std::string& text);
    // One reason, to people on `err`.
    ExitCode complain(ExitCode exit, const std::string& detail);

    // Whichever of `texts` is "-" becomes what standard input holds. What is personal can so stay
    // out of the command line, which every user of a machine can read while the program runs.
    // False after saying why: two of them, or more than 64 KiB; failure() is what to exit with.
    [[nodiscard]] bool take_input(std::initializer_list<std::string*> texts);
    [[nodiscard]] bool take_input(const std::vector<std::string*>& texts);

    // The daemon's own settings, for verbs that were not told where its files are. Nothing after
    // saying why: a bad configuration.
    [[nodiscard]] std::optional<config::Settings> settings();

private:
    void report(const ApiReply& reply, const ApiRequest& request, const std::string& key);

    World& world_;
    Words say_;
    Options options_;
    Work work_;
    ExitCode last_failure_ = ExitCode::Failed;
};

// Faults of files as JSON: [{file, line, column, what, hint, warning}].
[[nodiscard]] boost::json::array faults_document(const std::vector<config::Fault>& faults);
// True when one of them is more than a warning.
[[nodiscard]] bool has_error(const std::vector<config::Fault>& faults);

// Each family of verbs adds itself to the command line.
void add_incident_verbs(CLI::App& app, Invocation& invocation);
void add_deed_verbs(CLI::App& app, Invocation& invocation);
void add_report_verbs(CLI::App& app, Invocation& invocation);
void add_protocol_verbs(CLI::App& app, Invocation& invocation);
void add_rehearse_verb(CLI::App& app, Invocation& invocation);
void add_coverage_verb(CLI::App& app, Invocation& invocation);
void add_roster_verbs(CLI::App& app, Invocation& invocation);
void add_audit_verbs(CLI::App& app, Invocation& invocation);
void add_token_verbs(CLI::App& app, Invocation& invocation);

}  // namespace shouwang::client
