#include "daemon/http/server.hpp"

#include "daemon/http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <exception>
#include <utility>

namespace shouwang::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// When the process has no descriptor left, accepting again at once would only burn the processor.
constexpr std::chrono::milliseconds accept_pause{100};

// Refused clients that may linger to read why; those beyond are closed without a word.
constexpr std::size_t lingering_refusals_max = 64;

void log_escaped(const char* where, const std::exception_ptr& failure)
{
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        spdlog::error("http: {} ended by an exception: {}", where, error.what());
    }
}

}  // namespace

Server::Server(
    asio::io_context& io, const Router& router, daemon::TimeSource& time, ServerLimits limits
)
    : io_(io), state_{router, time, limits}, acceptor_(io), accept_pause_(io), drained_(io)
{}

Server::~Server() = default;

void Server::start(const tcp::endpoint& endpoint)
{
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
    asio::co_spawn(io_, accept(), [](const std::exception_ptr& failure) {
        log_escaped("accepting", failure);
    });
}

tcp::endpoint Server::endpoint() const
{
    return acceptor_.local_endpoint();
}

asio::awaitable<void> Server::accept()
{
    bool complained = false;
    while (!state_.stopping) {
        auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (state_.stopping) co_return;
        if (!error) {
            complained = false;
            serve(std::move(socket));
            continue;
        }
        if (!complained) spdlog::warn("http: cannot accept a connection: {}", error.message());
        complained = true;
        accept_pause_.expires_after(accept_pause);
        co_await accept_pause_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void Server::serve(tcp::socket socket)
{
    if (connections_.size() >= state_.limits.connections_max) {
        refuse(std::move(socket));
        return;
    }
    ++state_.counters.connections;
    const auto connection = make_connection(std::move(socket), state_);
    connections_.insert(connection);
    asio::co_spawn(io_, connection->serve(), [this, connection](const std::exception_ptr& failure) {
        log_escaped("a connection", failure);
        forget(connection);
    });
}

void Server::refuse(tcp::socket socket)
{
    ++state_.counters.refused_connections;
    if (lingering_refusals_ >= lingering_refusals_max) return;
    ++lingering_refusals_;
    const auto connection = make_connection(std::move(socket), state_);
    const auto done = [this, connection](const std::exception_ptr& failure) {
        log_escaped("a refusal", failure);
        --lingering_refusals_;
    };
    asio::co_spawn(io_, connection->turn_away(), done);
}

void Server::forget(const std::shared_ptr<Connection>& connection)
{
    connection->cut();
    connections_.erase(connection);
    if (connections_.empty()) drained_.cancel();
}

asio::awaitable<void> Server::stop()
{
    state_.stopping = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    accept_pause_.cancel();

    const auto open = connections_;
    for (const auto& connection : open) connection->stop();
    drained_.expires_after(state_.limits.drain_deadline);
    while (!connections_.empty()) {
        const auto [cancelled] = co_await drained_.async_wait(asio::as_tuple(asio::use_awaitable));
        if (cancelled) continue;
        spdlog::warn("http: cut {} connections that did not end in time", connections_.size());
        for (const auto& connection : connections_) connection->cut();
        drained_.expires_at(asio::steady_timer::time_point::max());
    }
}

}  // namespace shouwang::http
