#include "daemon/health.hpp"

#include <spdlog/spdlog.h>

namespace shouwang::daemon {

void Health::degrade(const std::string& name, const std::string& detail)
{
    const auto [entry, is_new] = degraded_.try_emplace(name);
    if (!is_new && entry->second == detail) return;
    entry->second = detail;
    spdlog::error("degraded: {}: {}", name, detail);
}

void Health::recover(const std::string& name)
{
    if (degraded_.erase(name) != 0) spdlog::info("recovered: {}", name);
}

}  // namespace shouwang::daemon
