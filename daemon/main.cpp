#include "daemon/application.hpp"
#include "daemon/configuration.hpp"
#include "daemon/last_good_settings.hpp"
#include "daemon/provider_secrets.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>
#include <vector>

using shouwang::daemon::Exit;

namespace {

struct Options {
    std::string config = "/etc/shouwang/shouwang.toml";
    bool check = false;
    bool demo = false;
};

void log_to_stderr()
{
    auto logger = spdlog::stderr_logger_st("shouwangd");
    logger->set_pattern("%l %v");  // the service manager's journal has the time
    spdlog::set_default_logger(std::move(logger));
}

void print(const std::vector<shouwang::config::Fault>& faults)
{
    const std::string text = shouwang::daemon::words(faults);
    if (!text.empty()) std::fputs(text.c_str(), stderr);
}

bool secrets_are_good(const shouwang::daemon::Configuration& read, bool demo)
{
    const auto faults = shouwang::daemon::check_secrets(read.settings, demo);
    print(faults);
    return std::all_of(faults.begin(), faults.end(), [](const shouwang::config::Fault& fault) {
        return fault.warning;
    });
}

// A settings file with errors: the settings that were in force last, which the journal holds.
Exit start_on_last_good(const Options& options)
{
    const char* state_directory = std::getenv("STATE_DIRECTORY");
    auto last = shouwang::daemon::last_good_settings(
        options.config, options.demo, state_directory == nullptr ? "" : state_directory
    );
    if (!last.settings) {
        std::fprintf(
            stderr,
            "shouwangd: the settings have errors, and no last good ones are to be had:\n%s",
            last.why_not.c_str()
        );
        return Exit::BadConfiguration;
    }
    auto configuration = shouwang::daemon::read_configuration(
        std::move(*last.settings), std::move(last.text), options.config
    );
    configuration.settings_from_journal = true;
    print(configuration.faults);
    return shouwang::daemon::run(configuration, options.demo);
}

Exit start(const Options& options)
{
    const auto read = shouwang::daemon::read_configuration(options.config, options.demo);
    print(read.configuration.faults);
    if (options.check) {
        const bool good = read.readable && secrets_are_good(read.configuration, options.demo) &&
                          read.configuration.usable();
        if (good) std::puts("the configuration is good");
        return good ? Exit::Done : Exit::BadConfiguration;
    }
    if (!read.readable) return start_on_last_good(options);
    return shouwang::daemon::run(read.configuration, options.demo);
}

}  // namespace

int main(int argc, char** argv)
{
    Options options;
    CLI::App app{"Shouwang: crisis alerting and on-call dispatch", "shouwangd"};
    app.set_version_flag("--version", "shouwangd " SHOUWANG_VERSION);
    app.add_option("--config", options.config, "settings file (shouwang.toml)");
    app.add_flag("--check-config", options.check, "check settings, protocol and roster, then stop");
    app.add_flag("--demo", options.demo, "no real channel; the handset wall on loopback");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);
        return code == 0 ? 0 : static_cast<int>(Exit::Usage);
    }
    // A peer that goes away is an error code where it is written to, never the end of the daemon.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        log_to_stderr();
        return static_cast<int>(start(options));
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "shouwangd: %s\n", fault.what());
        return static_cast<int>(Exit::Failed);
    }
}
