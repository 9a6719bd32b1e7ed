#pragma once

#include "daemon/client/program.hpp"
#include "daemon/rehearsal/seeded_entropy.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"
#include "tests/support/loopback_sink.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace shouwang::test {

// Time that stands still, and a rest that is over at once; keeps how long it was asked to be.
class ImpatientTime final : public daemon::TimeSource {
public:
    [[nodiscard]] daemon::Instant now() const noexcept override
    {
        return daemon::Instant(std::chrono::milliseconds(1'791'569'860'000));
    }
    [[nodiscard]] daemon::Span boottime() const noexcept override { return {}; }
    [[nodiscard]] std::string boot_id() const override { return {}; }
    [[nodiscard]] boost::asio::awaitable<bool> sleep_until(daemon::Instant) override
    {
        co_return true;
    }
    [[nodiscard]] boost::asio::awaitable<bool> sleep_for(daemon::Span span) override
    {
        rests.push_back(span);
        co_return true;
    }

    std::vector<daemon::Span> rests;
};

// `shouwang` without a process: a daemon on loopback that answers from a script, and everything the
// program said.
class CommandLine {
public:
    CommandLine() { environment["SHOUWANG_URL"] = sink.url(""); }
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;
    ~CommandLine() { sink.stop(); }

    client::ExitCode run(const std::vector<std::string>& arguments, const std::string& input = {})
    {
        std::istringstream in(input);
        std::ostringstream out;
        std::ostringstream err;
        const auto look_up = [this](const char* name) { return environment[name]; };
        client::World world{in, out, err, look_up, io, time, entropy};
        const client::ExitCode exit = client::run(arguments, world);
        said = out.str();
        complained = err.str();
        return exit;
    }

    // Throws unless the program said exactly one JSON object.
    [[nodiscard]] boost::json::object document() const
    {
        return boost::json::parse(said).as_object();
    }

    std::filesystem::path write(const std::string& name, const std::string& text, int mode = 0600)
    {
        const std::filesystem::path file = folder / name;
        std::ofstream(file, std::ios::binary) << text;
        std::filesystem::permissions(file, static_cast<std::filesystem::perms>(mode));
        return file;
    }

    TemporaryFolder folder;
    boost::asio::io_context io;
    LoopbackSink sink{io.get_executor()};
    ImpatientTime time;
    rehearsal::SeededEntropy entropy{7};
    std::map<std::string, std::string> environment;
    std::string said;
    std::string complained;
};

}  // namespace shouwang::test
