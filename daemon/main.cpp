#include "daemon/application.hpp"
#include "daemon/configuration.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

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

Exit start(const Options& options)
{
    const auto read = shouwang::daemon::read_configuration(options.config, options.demo);
    const std::string faults = shouwang::daemon::words(read.configuration.faults);
    if (!faults.empty()) std::fputs(faults.c_str(), stderr);
    if (options.check) {
        const bool good = read.readable && read.configuration.usable();
        if (good) std::puts("the configuration is good");
        return good ? Exit::Done : Exit::BadConfiguration;
    }
    if (!read.readable) return Exit::BadConfiguration;
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
