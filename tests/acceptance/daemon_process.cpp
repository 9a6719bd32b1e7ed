#include "tests/acceptance/daemon_process.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

// POSIX: not in any header that has to declare it.
extern char** environ;

namespace shouwang::test {

namespace asio = boost::asio;

namespace {

constexpr std::string_view listening = "listening on ";

// The daemon that was built with these tests, or another one: an installed one, an older one.
const char* program()
{
    const char* other = std::getenv("SHOUWANG_DAEMON");
    return other == nullptr ? SHOUWANG_DAEMON : other;
}

class SpawnActions {
public:
    SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
    ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;

    void redirect(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const noexcept { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

// The port of "info listening on 127.0.0.1:40001"; 0 while that has not been said.
std::uint16_t port_in(std::string_view said)
{
    const auto at = said.find(listening);
    if (at == std::string_view::npos) return 0;
    said.remove_prefix(at + listening.size());
    const auto end = said.find('\n');
    if (end == std::string_view::npos) return 0;
    said = said.substr(0, end);
    said.remove_prefix(said.rfind(':') + 1);
    std::uint16_t port = 0;
    std::from_chars(said.data(), said.data() + said.size(), port);
    return port;
}

}  // namespace

bool wait_until(
    asio::io_context& io, const std::function<bool()>& done, std::chrono::milliseconds within
)
{
    bool late = false;
    asio::steady_timer limit(io, within);
    limit.async_wait([&late](const boost::system::error_code& cancelled) { late = !cancelled; });
    io.restart();
    while (!done() && !late) io.run_one();
    const bool held = done();
    // The handler refers to `late`.
    if (!late) {
        limit.cancel();
        bool unwound = false;
        asio::post(io, [&unwound] { unwound = true; });
        io.restart();
        while (!unwound) io.run_one();
    }
    return held;
}

// Shared with the handler of the read under way, which may outlive the process's object.
struct DaemonProcess::Output : std::enable_shared_from_this<Output> {
    explicit Output(asio::io_context& io) : pipe(io) {}

    void read_on()
    {
        pipe.async_read_some(
            asio::buffer(piece),
            [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
                self->said.append(self->piece.data(), size);
                if (error)
                    self->ended = true;
                else
                    self->read_on();
            }
        );
    }

    asio::posix::stream_descriptor pipe;
    std::array<char, 4096> piece{};
    std::string said;
    bool ended = false;  // nobody holds the other end any more: the process is gone
};

DaemonProcess::DaemonProcess(asio::io_context& io, const std::vector<std::string>& arguments)
    : io_(io), output_(std::make_shared<Output>(io))
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe");
    output_->pipe.assign(ends[0]);
    SpawnActions actions;
    actions.redirect(ends[1], STDOUT_FILENO);
    actions.redirect(ends[1], STDERR_FILENO);

    std::vector<std::string> words{program()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> line;
    for (std::string& word : words) line.push_back(word.data());
    line.push_back(nullptr);
    const int error = ::posix_spawn(&pid_, program(), actions.get(), nullptr, line.data(), environ);
    ::close(ends[1]);
    if (error != 0) throw std::system_error(error, std::generic_category(), program());
    output_->read_on();
}

DaemonProcess::~DaemonProcess()
{
    if (!reaped_) {
        kill_now();
        ::waitpid(pid_, nullptr, 0);
    }
    boost::system::error_code ignored;
    output_->pipe.close(ignored);
}

void DaemonProcess::wait_ready()
{
    const auto ready = [this] {
        port_ = port_in(output_->said);
        return port_ != 0 || output_->ended;
    };
    if (!wait_until(io_, ready, std::chrono::seconds(30)) || port_ == 0)
        throw std::runtime_error("the daemon does not listen; it said:\n" + output_->said);
}

void DaemonProcess::kill_now() noexcept
{
    if (!reaped_) ::kill(pid_, SIGKILL);
}

void DaemonProcess::terminate() noexcept
{
    if (!reaped_) ::kill(pid_, SIGTERM);
}

ProcessEnd DaemonProcess::wait_end(std::chrono::milliseconds within)
{
    if (reaped_) return end_;
    if (!wait_until(
            io_, [this] { return output_->ended; }, within
        ))
        throw std::runtime_error("the daemon does not end; it said:\n" + output_->said);
    int status = 0;
    if (::waitpid(pid_, &status, 0) != pid_)
        throw std::system_error(errno, std::generic_category(), "waitpid");
    reaped_ = true;
    if (WIFEXITED(status)) end_.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) end_.signal = WTERMSIG(status);
    return end_;
}

const std::string& DaemonProcess::said() const noexcept
{
    return output_->said;
}

Finished run_daemon(asio::io_context& io, const std::vector<std::string>& arguments)
{
    DaemonProcess process(io, arguments);
    const ProcessEnd end = process.wait_end();
    return {end, process.said()};
}

}  // namespace shouwang::test
