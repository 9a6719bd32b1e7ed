#pragma once

#include "daemon/http/server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>

namespace shouwang::http {

// One accepted connection and the requests that come over it, one after the other.
class Connection {
public:
    virtual ~Connection() = default;

    // Returns when the connection is closed. Faults of the peer and of handlers stay inside.
    [[nodiscard]] virtual boost::asio::awaitable<void> serve() = 0;

    // Instead of serve(): answers 503 without reading what is asked, and closes.
    [[nodiscard]] virtual boost::asio::awaitable<void> turn_away() = 0;

    // No further request: closes at once when idle, ends a stream, else lets the request finish.
    virtual void stop() = 0;

    // Closes the socket in the middle of anything.
    virtual void cut() noexcept = 0;
};

// `state` outlives the connection's coroutine.
[[nodiscard]] std::shared_ptr<Connection> make_connection(
    boost::asio::ip::tcp::socket socket, ServerState& state
);

}  // namespace shouwang::http
