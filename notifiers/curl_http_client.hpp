#pragma once

#include "notifiers/http_client.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace shouwang::notifiers {

// A limit on everything. Each must be greater than zero.
struct HttpLimits {
    // From post() to the whole response, waiting for a place included.
    std::chrono::milliseconds attempt{5000};
    std::size_t per_host = 8;             // connections to one scheme, host and port
    std::size_t total = 64;               // connections in all
    std::size_t waiting = 4096;           // posts without a connection yet
    std::size_t body_bytes_max = 65'536;  // of a response; what comes after is not read
};

enum class HttpMethod { Post, Get };

// libcurl's multi interface on an Asio loop: one thread, no waiting in it.
//
// HTTP/1.1 alone (HTTP/2 of Debian's 7.88.1 is not trusted), kept alive for 30 idle seconds. Only
// http and https; certificates are verified; redirects are reported and not followed; no proxy, no
// credentials and no cookies from the environment.
//
// Cancelling the awaiting coroutine ends the exchange at once with Cancelled or CancelledUnsent; so
// does the client's destruction, for posts in flight. Destroying a suspended coroutine is allowed.
//
// As HTTP/1.1 permits, a request on a kept connection that the server closes without one byte of
// answer is sent once more on a fresh one. A provider without an idempotency key may in that rare
// case see it twice; the alternative is an Unknown for every connection that idled too long.
//
// Requires: `loop` runs on one thread, posts are awaited on it, and its context outlives the
// client. SIGPIPE is ignored by the process, for libcurl's TLS writes may raise it.
class CurlHttpClient final : public HttpClient {
public:
    // `ca_file`, in PEM: authorities that are trusted besides the system's folder of them, in place
    // of its bundle; empty: the system's alone. One that cannot be read makes every https exchange
    // end with TlsUntrusted. Throws std::invalid_argument for a limit of zero, std::runtime_error
    // if libcurl cannot start.
    explicit CurlHttpClient(
        boost::asio::any_io_executor loop, HttpLimits limits = {}, std::string ca_file = {}
    );
    CurlHttpClient(const CurlHttpClient&) = delete;
    CurlHttpClient& operator=(const CurlHttpClient&) = delete;
    ~CurlHttpClient() override;

    [[nodiscard]] boost::asio::awaitable<HttpResult> post(HttpRequest request) override;

    // The same without a body, for who reads; no notifier does, so it is no part of HttpClient.
    [[nodiscard]] boost::asio::awaitable<HttpResult> get(
        std::string url, std::vector<HttpHeader> headers
    );

private:
    class Exchanges;
    class Ticket;

    // Not a member's coroutine: a post may be resumed after its client has gone.
    static boost::asio::awaitable<HttpResult> exchange(
        std::shared_ptr<Exchanges> exchanges, HttpMethod method, HttpRequest request
    );

    std::shared_ptr<Exchanges> exchanges_;
};

}  // namespace shouwang::notifiers
