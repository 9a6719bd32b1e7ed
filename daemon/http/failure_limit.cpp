#include "daemon/http/failure_limit.hpp"

#include <algorithm>

namespace shouwang::http {

bool FailureLimit::fail(const std::string& key)
{
    const daemon::Span now = time_.boottime();
    if (windows_.size() >= keys_max_ && !windows_.contains(key)) {
        const auto oldest =
            std::min_element(windows_.begin(), windows_.end(), [](const auto& a, const auto& b) {
                return a.second.began < b.second.began;
            });
        windows_.erase(oldest);
    }
    const auto [place, is_new] = windows_.try_emplace(key);
    Window& window = place->second;
    if (is_new || now - window.began >= window_) {
        window.began = now;
        window.failures = 0;
    }
    return ++window.failures > failures_max_;
}

}  // namespace shouwang::http
