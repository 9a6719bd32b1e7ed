#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace shouwang::daemon {

// What does not work as it should, by name: shown on /readyz, on the board and in the log. A name
// is "journal", "clock", "channel sms" and the like; never anything personal.
class Health {
public:
    // Logs when the name is new or its detail differs.
    void degrade(const std::string& name, const std::string& detail);
    // Logs when it was degraded.
    void recover(const std::string& name);

    [[nodiscard]] const std::map<std::string, std::string>& degraded() const noexcept
    {
        return degraded_;
    }

private:
    std::map<std::string, std::string> degraded_;
};

}  // namespace shouwang::daemon
