#pragma once

#include "notifiers/curl_http_client.hpp"

#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

namespace shouwang::notifiers {

struct CurlEasyDeleter {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct CurlListDeleter {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

// One request on its way and what has come back of it. Internal to CurlHttpClient.
// libcurl holds pointers into it: it neither moves nor copies.
class CurlTransfer {
public:
    CurlTransfer(
        boost::asio::any_io_executor loop,
        HttpMethod method,
        HttpRequest request,
        const HttpLimits& limits
    );
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

    // False when the URL is not http or https with a host, or a header could smuggle another line.
    [[nodiscard]] bool is_sendable() const noexcept { return !host_.empty(); }

    // Scheme, host and port: what connections are counted by.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }

    // Makes the easy handle, ready to be added to a multi handle. False when libcurl refuses.
    // `ca_file` may be empty.
    [[nodiscard]] bool prepare(const std::string& ca_file);
    [[nodiscard]] CURL* easy() const noexcept { return easy_.get(); }
    void release_easy() noexcept { easy_.reset(); }

    // True when a byte of the request has been handed to the kernel.
    [[nodiscard]] bool has_sent() const noexcept;

    // What a transfer that libcurl has ended came to.
    [[nodiscard]] HttpResult outcome(CURLcode code);

    // Set once, by whoever ends it first; the timer's cancellation then wakes the coroutine.
    void settle(HttpResult result);
    [[nodiscard]] const std::optional<HttpResult>& result() const noexcept { return result_; }
    [[nodiscard]] boost::asio::steady_timer& deadline() noexcept { return deadline_; }

private:
    static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
    static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
    [[nodiscard]] HttpErrc fault_of(CURLcode code) const noexcept;

    HttpMethod method_;
    HttpRequest request_;
    std::size_t body_bytes_max_;
    std::string host_;
    boost::asio::steady_timer deadline_;
    std::unique_ptr<curl_slist, CurlListDeleter> headers_;
    std::unique_ptr<CURL, CurlEasyDeleter> easy_;
    HttpResponse response_;
    bool body_is_cut_ = false;
    std::optional<HttpResult> result_;
};

}  // namespace shouwang::notifiers
