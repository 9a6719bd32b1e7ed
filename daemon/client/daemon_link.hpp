#pragma once

#include "daemon/client/api_request.hpp"
#include "daemon/client/daemon_address.hpp"
#include "notifiers/curl_http_client.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace shouwang::client {

struct ApiReply {
    long status = 0;           // 0: no answer came
    boost::json::value body;   // null when there is none
    std::string fault;         // why no answer came, or why it cannot be read
    bool may_be_done = false;  // no answer came, but the request may have arrived

    [[nodiscard]] bool ok() const noexcept
    {
        return status >= 200 && status < 300 && fault.empty();
    }
};

// The way to the daemon: sends one request and waits for the answer.
//
// A connection that fails and a 503 are tried again, `retries_max` times, after a pause that
// doubles (or what Retry-After asks for, within bounds). A write is therefore sent with a key under
// which the daemon does it once, however often it arrives. All in all it takes at most half a
// minute.
class DaemonLink {
public:
    static constexpr unsigned retries_max = 3;
    static constexpr escalation::Span first_pause{250};
    static constexpr escalation::Span pause_max{2000};
    static constexpr escalation::Span attempt{5000};
    static constexpr std::size_t answer_bytes_max = std::size_t{64} << 20U;

    // Requires: nothing else runs `io` meanwhile.
    DaemonLink(boost::asio::io_context& io, daemon::TimeSource& time, DaemonAddress address);

    // `key` is the Idempotency-Key of a write; not looked at for a read.
    [[nodiscard]] ApiReply send(const ApiRequest& request, const std::string& key);

private:
    [[nodiscard]] boost::asio::awaitable<ApiReply> converse(
        const ApiRequest& request, const std::string& key
    );
    [[nodiscard]] boost::asio::awaitable<notifiers::HttpResult> exchange(
        const ApiRequest& request, const std::string& key
    );

    boost::asio::io_context& io_;
    daemon::TimeSource& time_;
    DaemonAddress address_;
    notifiers::CurlHttpClient http_;
};

}  // namespace shouwang::client
