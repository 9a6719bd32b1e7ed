#pragma once

#include "daemon/http/request.hpp"
#include "daemon/http/router.hpp"
#include "daemon/http/server.hpp"
#include "daemon/rehearsal/virtual_time.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace shouwang::test {

// 2026-10-09T18:17:40Z, a Friday.
inline constexpr escalation::Instant night{std::chrono::milliseconds{1'791'569'860'000}};

// A server on loopback and its clients in one io_context on the test's own thread: every step of a
// client runs the loop until that step is done, so a test reads from top to bottom.
class Loopback {
public:
    explicit Loopback(http::ServerLimits limits = http::ServerLimits())
        : time(io, night), server(io, router, time, limits)
    {}

    void start()
    {
        const auto loopback = boost::asio::ip::address_v4::loopback();
        server.start(boost::asio::ip::tcp::endpoint(loopback, 0));
    }

    template <class Condition>
    void run_until(Condition condition)
    {
        io.restart();
        while (!condition()) io.run_one();
    }

    // Runs `task` to its end; its exception is this function's.
    void run(boost::asio::awaitable<void> task)
    {
        bool done = false;
        std::exception_ptr failure;
        boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr thrown) {
            failure = std::move(thrown);
            done = true;
        });
        run_until([&done] { return done; });
        if (failure) std::rethrow_exception(failure);
    }

    boost::asio::io_context io;
    rehearsal::VirtualTime time;
    http::Router router;
    http::Server server;
};

// A client that says exactly what it is told to, byte by byte.
class RawClient {
public:
    explicit RawClient(Loopback& loop) : loop_(loop), socket_(loop.io)
    {
        bool done = false;
        socket_.async_connect(loop.server.endpoint(), [&](boost::system::error_code) {
            done = true;
        });
        loop_.run_until([&done] { return done; });
    }

    // Sends what the server will take; one that has closed takes nothing.
    void send(std::string_view bytes)
    {
        bool done = false;
        boost::asio::async_write(
            socket_,
            boost::asio::buffer(bytes),
            [&](boost::system::error_code error, std::size_t) {
                refused_bytes_ = refused_bytes_ || error;
                done = true;
            }
        );
        loop_.run_until([&done] { return done; });
    }

    void finish_sending()
    {
        boost::system::error_code ignored;
        socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
    }

    void close() { socket_.close(); }

    // Everything up to and including `end`, which is taken out of what was received. At the end of
    // the connection: all that came before it.
    [[nodiscard]] std::string read_until(std::string_view end)
    {
        bool done = false;
        std::size_t length = 0;
        boost::asio::async_read_until(
            socket_,
            boost::asio::dynamic_buffer(received_),
            end,
            [&](boost::system::error_code error, std::size_t found) {
                length = error ? received_.size() : found;
                done = true;
            }
        );
        loop_.run_until([&done] { return done; });
        std::string text = received_.substr(0, length);
        received_.erase(0, length);
        return text;
    }

    // Everything up to the end of the connection.
    [[nodiscard]] std::string read_to_end()
    {
        bool done = false;
        boost::asio::async_read(
            socket_,
            boost::asio::dynamic_buffer(received_),
            [&](boost::system::error_code error, std::size_t) {
                ended_by_reset_ = error == boost::asio::error::connection_reset;
                done = true;
            }
        );
        loop_.run_until([&done] { return done; });
        return std::exchange(received_, std::string());
    }

    // The next response: its head, then as many bytes of body as its Content-Length tells.
    [[nodiscard]] std::string read_response()
    {
        std::string head = read_until("\r\n\r\n");
        const auto field = head.find("Content-Length: ");
        if (field == std::string::npos) return head;
        const auto length = std::strtoul(head.c_str() + field + 16, nullptr, 10);
        bool done = received_.size() >= length;
        if (!done) {
            boost::asio::async_read(
                socket_,
                boost::asio::dynamic_buffer(received_),
                boost::asio::transfer_exactly(length - received_.size()),
                [&](boost::system::error_code, std::size_t) { done = true; }
            );
        }
        loop_.run_until([&done] { return done; });
        head += received_.substr(0, length);
        received_.erase(0, length);
        return head;
    }

    // Whether the server closed the connection on bytes still under way: a client that then looks
    // at its socket's error first never sees the answer.
    [[nodiscard]] bool was_reset() const noexcept { return refused_bytes_ || ended_by_reset_; }

private:
    Loopback& loop_;
    boost::asio::ip::tcp::socket socket_;
    std::string received_;
    bool refused_bytes_ = false;
    bool ended_by_reset_ = false;
};

// "HTTP/1.1 404 Not Found\r\n…" is 404; 0 for what is no response.
[[nodiscard]] inline int status_of(std::string_view response)
{
    if (!response.starts_with("HTTP/1.")) return 0;
    return std::atoi(std::string(response.substr(9, 3)).c_str());
}

// A request as a handler gets it, without a connection.
[[nodiscard]] inline http::Request request(
    http::Method method, std::string_view target, http::Fields headers = {}, std::string body = {}
)
{
    return http::Request(
        method, http::parse_target(target).value(), std::move(headers), std::move(body), "192.0.2.7"
    );
}

}  // namespace shouwang::test
