#include "daemon/service_manager.hpp"

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace shouwang::daemon {

namespace {

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

ServiceManager::ServiceManager() : socket_(environment("NOTIFY_SOCKET"))
{
    const std::string text = environment("WATCHDOG_USEC");
    const std::string pid = environment("WATCHDOG_PID");
    if (!pid.empty() && pid != std::to_string(::getpid())) return;
    std::uint64_t microseconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), microseconds);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return;
    watchdog_ = std::chrono::milliseconds(microseconds / 2000);
}

void ServiceManager::tell(std::string_view state) const
{
    sockaddr_un address{};
    if (socket_.empty() || socket_.size() >= sizeof(address.sun_path)) return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // an abstract socket
    const int handle = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (handle < 0) return;
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    // The kernel's interface takes every address through this one type.
    const auto* to = reinterpret_cast<const sockaddr*>(&address);
    [[maybe_unused]] const auto sent =
        ::sendto(handle, state.data(), state.size(), MSG_NOSIGNAL, to, length);
    ::close(handle);
}

}  // namespace shouwang::daemon
