#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace shouwang::daemon {

// The service manager's end of the line (sd_notify(3), written here because the protocol is one
// datagram and a library would be a dependency for it). Without NOTIFY_SOCKET nothing is sent.
class ServiceManager {
public:
    // Reads NOTIFY_SOCKET and WATCHDOG_USEC once.
    ServiceManager();

    // "READY=1", "STATUS=…", "WATCHDOG=1", "STOPPING=1"; several joined by newlines. A failure to
    // tell is ignored: the manager notices silence by itself.
    void tell(std::string_view state) const;

    // How often the manager wants to hear WATCHDOG=1, halved as its manual asks; nullopt: never.
    [[nodiscard]] std::optional<std::chrono::milliseconds> watchdog_interval() const noexcept
    {
        return watchdog_;
    }

private:
    std::string socket_;
    std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace shouwang::daemon
