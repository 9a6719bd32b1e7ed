#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace shouwang::test {

// One request, each on a connection of its own. Raw on purpose: the daemon's own client and parser
// are not to agree with each other about something that is not HTTP.
struct HttpCall {
    HttpCall(std::string with, std::string to, std::string bytes = {})
        : method(std::move(with)), target(std::move(to)), body(std::move(bytes))
    {}
    HttpCall&& with_token(const std::string& token) &&;
    HttpCall&& with_header(std::string name, std::string value) &&;

    std::string method;
    std::string target;
    std::string body;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
};

struct HttpReply {
    int status = 0;                              // 0: the connection ended without a whole answer
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;

    // Throws when the body is no JSON object.
    [[nodiscard]] boost::json::object json() const;
    [[nodiscard]] std::string header(const std::string& name) const;
};

// "HTTP/1.1 200 OK\r\n…" up to and with the empty line; status 0 for anything else.
[[nodiscard]] HttpReply parse_reply_head(const std::string& head);

// Never throws for what the network does: a daemon that is gone is part of these stories.
[[nodiscard]] boost::asio::awaitable<HttpReply> exchange(std::uint16_t port, HttpCall call);

}  // namespace shouwang::test
