#pragma once

#include "notifiers/http_error.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

#include <string>
#include <utility>
#include <vector>

namespace shouwang::notifiers {

struct HttpHeader {
    std::string name;
    std::string value;

    friend bool operator==(const HttpHeader&, const HttpHeader&) = default;
};

// A POST. The URL may hold a secret (a robot's key travels in the query): it is never logged, never
// part of an error. A class with a constructor for the reason given at Message.
class HttpRequest {
public:
    HttpRequest(std::string url, std::vector<HttpHeader> headers, std::string body)
        : url_(std::move(url)), headers_(std::move(headers)), body_(std::move(body))
    {}
    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    [[nodiscard]] const std::vector<HttpHeader>& headers() const noexcept { return headers_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }

private:
    std::string url_;
    std::vector<HttpHeader> headers_;
    std::string body_;
};

struct HttpResponse {
    long status = 0;
    std::string body;         // no longer than the client's bound; the rest was not read
    std::string retry_after;  // the header's value as it came; empty when there was none
};

using HttpResult = boost::system::result<HttpResponse>;

// Posts once and reports what came back: any response, whatever its status, or why there was none
// (an HttpErrc). The daemon's is CurlHttpClient.
class HttpClient {
public:
    virtual ~HttpClient() = default;
    [[nodiscard]] virtual boost::asio::awaitable<HttpResult> post(HttpRequest request) = 0;
};

}  // namespace shouwang::notifiers
