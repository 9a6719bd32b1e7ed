#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>
#include <utility>

namespace shouwang::test {

// Runs `io` until `done` says so. For tests with real sockets: a wait that is not over after 20 s
// never will be, and throws instead of hanging the suite.
inline void run_until(boost::asio::io_context& io, const std::function<bool()>& done)
{
    io.restart();
    while (!done()) {
        if (io.run_one_for(std::chrono::seconds(20)) == 0)
            throw std::runtime_error("the loop fell idle before the condition held");
    }
}

// Runs `io` until the coroutine is over, and hands out what it returned or threw.
template <class T>
T await_result(boost::asio::io_context& io, boost::asio::awaitable<T> work)
{
    std::optional<T> result;
    std::exception_ptr fault;
    bool done = false;
    boost::asio::co_spawn(io, std::move(work), [&](std::exception_ptr thrown, T value) {
        fault = thrown;
        if (!thrown) result = std::move(value);
        done = true;
    });
    run_until(io, [&] { return done; });
    if (fault) std::rethrow_exception(fault);
    return std::move(*result);
}

}  // namespace shouwang::test
