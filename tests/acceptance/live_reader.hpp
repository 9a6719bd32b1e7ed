#pragma once

#include "tests/acceptance/http_exchange.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace shouwang::test {

struct LiveLine {
    std::uint64_t id = 0;
    std::string type;
    std::string data;
};

// A reader of the live stream: a browser's EventSource that the test can cut at any moment and that
// then goes on from the last id it has seen. Ticks are not kept.
class LiveReader {
public:
    LiveReader(boost::asio::io_context& io, std::string token);
    LiveReader(const LiveReader&) = delete;
    LiveReader& operator=(const LiveReader&) = delete;
    ~LiveReader() { cut(); }

    // Connects, and reads on after the last event seen; from the beginning of the journal if none.
    void connect(std::uint16_t port);
    // Drops the connection wherever it is.
    void cut();

    // 0 while there is no answer yet.
    [[nodiscard]] int status() const noexcept;
    // The daemon closed the stream.
    [[nodiscard]] bool ended() const noexcept;
    [[nodiscard]] const std::vector<LiveLine>& seen() const noexcept { return seen_; }
    [[nodiscard]] std::uint64_t last_id() const noexcept
    {
        return seen_.empty() ? 0 : seen_.back().id;
    }

private:
    struct Stream;
    void take(const std::string& block);

    boost::asio::io_context& io_;
    std::string token_;
    std::shared_ptr<Stream> stream_;
    std::vector<LiveLine> seen_;
};

}  // namespace shouwang::test
