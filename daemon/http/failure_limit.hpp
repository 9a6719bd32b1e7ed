#pragma once

#include "daemon/time_source.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>

namespace shouwang::http {

// Counts failures by key (an address, a token's id) in windows of time, for a bounded number of
// keys: when there are more, the oldest window is forgotten.
class FailureLimit {
public:
    explicit FailureLimit(
        daemon::TimeSource& time,
        std::size_t failures_max = 10,
        std::chrono::milliseconds window = std::chrono::minutes(1),
        std::size_t keys_max = 4096
    )
        : time_(time), failures_max_(failures_max), window_(window), keys_max_(keys_max)
    {}

    // Notes one failure. True: the key has had more than its share in this window.
    [[nodiscard]] bool fail(const std::string& key);

    [[nodiscard]] std::size_t keys() const noexcept { return windows_.size(); }

private:
    struct Window {
        daemon::Span began{0};
        std::size_t failures = 0;
    };

    daemon::TimeSource& time_;
    std::size_t failures_max_;
    std::chrono::milliseconds window_;
    std::size_t keys_max_;
    std::map<std::string, Window> windows_;
};

}  // namespace shouwang::http
