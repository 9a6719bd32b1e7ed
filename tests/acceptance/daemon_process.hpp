#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace shouwang::test {

// Runs `io` until `done` says so; false when it has not after `within`.
[[nodiscard]] bool wait_until(
    boost::asio::io_context& io,
    const std::function<bool()>& done,
    std::chrono::milliseconds within = std::chrono::seconds(20)
);

// How a process ended: its exit code, or the signal that killed it.
struct ProcessEnd {
    int code = -1;
    int signal = 0;
};

// A real shouwangd as a child of the test. What it says is read in the test's own loop, which also
// tells when it is ready and when it is gone: nothing is polled and nobody sleeps.
// Requires: no journal is open in this process when one is made, as a fork would drop its locks.
class DaemonProcess {
public:
    // Throws std::runtime_error when the program cannot be started.
    DaemonProcess(boost::asio::io_context& io, const std::vector<std::string>& arguments);
    DaemonProcess(const DaemonProcess&) = delete;
    DaemonProcess& operator=(const DaemonProcess&) = delete;
    // Kills it if it still runs.
    ~DaemonProcess();

    // Returns when it listens. Throws std::runtime_error, with what it said, when it ends instead
    // or takes longer than 30 s.
    void wait_ready();
    // The port it listens on. Requires: wait_ready() has returned.
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    // SIGKILL, without waiting for anything. Harmless on one that has ended.
    void kill_now() noexcept;
    // SIGTERM.
    void terminate() noexcept;
    // Returns when it has ended; throws std::runtime_error when it has not after `within`.
    ProcessEnd wait_end(std::chrono::milliseconds within = std::chrono::seconds(30));

    // Everything it wrote to standard output and standard error so far.
    [[nodiscard]] const std::string& said() const noexcept;

private:
    struct Output;

    boost::asio::io_context& io_;
    std::shared_ptr<Output> output_;
    pid_t pid_ = -1;
    bool reaped_ = false;
    ProcessEnd end_;
    std::uint16_t port_ = 0;
};

// Runs the program to its end and returns what it said with how it ended.
struct Finished {
    ProcessEnd end;
    std::string said;
};
[[nodiscard]] Finished run_daemon(
    boost::asio::io_context& io, const std::vector<std::string>& arguments
);

}  // namespace shouwang::test
