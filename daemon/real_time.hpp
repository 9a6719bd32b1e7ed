#pragma once

#include "daemon/time_source.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <string>

namespace shouwang::daemon {

// The machine's own clocks.
class RealTime final : public TimeSource {
public:
    // Sleepers wake on `executor`, whose context outlives them.
    explicit RealTime(boost::asio::any_io_executor executor);

    [[nodiscard]] Instant now() const noexcept override;
    [[nodiscard]] Span boottime() const noexcept override;
    [[nodiscard]] std::string boot_id() const override { return boot_id_; }
    [[nodiscard]] boost::asio::awaitable<bool> sleep_until(Instant when) override;
    [[nodiscard]] boost::asio::awaitable<bool> sleep_for(Span span) override;

private:
    [[nodiscard]] boost::asio::awaitable<bool> doze(Span span);

    boost::asio::any_io_executor executor_;
    std::string boot_id_;
};

}  // namespace shouwang::daemon
