#pragma once

#include "daemon/http/router.hpp"
#include "daemon/time_source.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>

namespace shouwang::http {

// What one client may take from everybody else. The deadlines are absolute: a byte now and then
// does not move them.
struct ServerLimits {
    std::size_t head_bytes_max = 8 * 1024;   // beyond: 431
    std::size_t body_bytes_max = 64 * 1024;  // beyond: 413
    std::size_t connections_max = 1000;      // beyond: 503 and closed
    std::chrono::milliseconds head_deadline{
        10'000};  // from the first byte (or the connect) to the blank line
    std::chrono::milliseconds body_deadline{15'000};
    std::chrono::milliseconds idle_deadline{30'000};   // between two requests of one connection
    std::chrono::milliseconds write_deadline{10'000};  // of one response, or one piece of a stream
    std::chrono::milliseconds linger_deadline{2'000};  // to let a refused client read why
    std::chrono::milliseconds drain_deadline{5'000};  // for what is under way when the server stops
};

// Since the server was made.
struct ServerCounters {
    std::uint64_t connections = 0;
    std::uint64_t refused_connections = 0;  // over connections_max
    std::uint64_t requests = 0;             // with a whole head
    std::uint64_t refused_requests = 0;     // malformed, too long or too slow
    std::uint64_t failed_requests = 0;      // the handler threw: a bug
};

// What a server and its connections share.
struct ServerState {
    const Router& router;
    daemon::TimeSource& time;
    ServerLimits limits;
    ServerCounters counters = {};
    bool stopping = false;
};

class Connection;

// An HTTP/1.1 server on one listening socket, all on the one thread that runs `io`. Deadlines run
// on monotonic timers. Router and time source outlive the server; the server outlives the run of
// `io`. TLS is a proxy's work.
class Server {
public:
    Server(
        boost::asio::io_context& io,
        const Router& router,
        daemon::TimeSource& time,
        ServerLimits limits = ServerLimits()
    );
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Binds and begins to accept. Throws boost::system::system_error if the address is not to be
    // had.
    void start(const boost::asio::ip::tcp::endpoint& endpoint);

    // Where it listens: tells the port when 0 was asked for. Requires: started.
    [[nodiscard]] boost::asio::ip::tcp::endpoint endpoint() const;

    // Accepts nothing more, ends idle connections and live streams, lets requests under way
    // finish, and cuts what is left after the drain deadline. Returns when no connection is left.
    [[nodiscard]] boost::asio::awaitable<void> stop();

    [[nodiscard]] const ServerCounters& counters() const noexcept { return state_.counters; }
    [[nodiscard]] std::size_t open_connections() const noexcept { return connections_.size(); }

private:
    [[nodiscard]] boost::asio::awaitable<void> accept();
    void serve(boost::asio::ip::tcp::socket socket);
    void refuse(boost::asio::ip::tcp::socket socket);
    void forget(const std::shared_ptr<Connection>& connection);

    boost::asio::io_context& io_;
    ServerState state_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer accept_pause_;
    boost::asio::steady_timer drained_;
    std::set<std::shared_ptr<Connection>> connections_;
    std::size_t lingering_refusals_ = 0;
};

}  // namespace shouwang::http
