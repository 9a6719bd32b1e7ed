#pragma once

#include "tests/notifiers/test_authority.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <exception>
#include <string>

namespace shouwang::test {

// A provider on loopback that speaks TLS: it answers the first request of each connection with 200
// and closes it. One connection at a time.
// Requires: one thread; the context is run until stop() has unwound.
class TlsSink {
public:
    TlsSink(boost::asio::any_io_executor loop, const Identity& identity);
    TlsSink(const TlsSink&) = delete;
    TlsSink& operator=(const TlsSink&) = delete;

    [[nodiscard]] std::string url() const;
    void stop();

    // Connections that got as far as a TLS handshake, whatever became of it.
    [[nodiscard]] unsigned handshakes() const noexcept { return handshakes_; }
    // Requests that came through one, each with its head alone.
    [[nodiscard]] unsigned requests() const noexcept { return requests_; }
    [[nodiscard]] std::exception_ptr fault() const noexcept { return fault_; }

private:
    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);

    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::ssl::context context_;
    unsigned handshakes_ = 0;
    unsigned requests_ = 0;
    std::exception_ptr fault_;
};

}  // namespace shouwang::test
