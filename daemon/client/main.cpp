#include "daemon/client/program.hpp"
#include "daemon/real_time.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace client = shouwang::client;

namespace {

std::string environment(const char* name)
{
    const char* const value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

int main(int argc, char** argv)
{
    // TLS writes may raise it; a reader that goes away shows in the stream's state.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        boost::asio::io_context io;
        shouwang::daemon::RealTime time(io.get_executor());
        shouwang::daemon::SystemEntropy entropy;
        client::World world{std::cin, std::cout, std::cerr, &environment, io, time, entropy};
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        return static_cast<int>(client::run(arguments, world));
    } catch (const std::exception& fault) {
        std::cerr << "shouwang: " << fault.what() << "\n";
        return static_cast<int>(client::ExitCode::Failed);
    }
}
