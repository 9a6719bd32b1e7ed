#pragma once

#include "daemon/entropy.hpp"
#include "daemon/time_source.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

// `shouwang`: the daemon's command line. Most verbs are one call of its HTTP API; the others check
// files that an operator edits, or a journal, with no daemon at all.
namespace shouwang::client {

// What scripts go by. 78 is EX_CONFIG of sysexits(3), as shouwangd uses it.
enum class ExitCode { Done = 0, Failed = 1, Usage = 2, BadConfiguration = 78 };

// Everything outside the program. All of it outlives the run.
struct World {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    std::function<std::string(const char*)> environment;  // empty for what is not set
    boost::asio::io_context& io;
    daemon::TimeSource& time;
    daemon::Entropy& entropy;
};

// Runs one command line (without the program's name) and returns what to exit with. Results go to
// `out`, everything else to `err`; with --json exactly one JSON document goes to `out`, failures
// included, unless the command line itself was wrong.
[[nodiscard]] ExitCode run(const std::vector<std::string>& arguments, World& world);

}  // namespace shouwang::client
