#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shouwang::http {

// The open end of a response that goes on for as long as its handler likes (the live stream).
// Belongs to the connection; single-threaded like everything here.
class StreamWriter {
public:
    virtual ~StreamWriter() = default;

    // Sends `bytes`. False: the peer is gone or too slow, or the server stops; so does the stream.
    [[nodiscard]] virtual boost::asio::awaitable<bool> write(std::string bytes) = 0;

    [[nodiscard]] virtual bool closed() const noexcept = 0;

    // Runs `callback` when the peer goes or the server stops, at once if it has: at most one call
    // on each registration, and never after the stream's coroutine has returned.
    virtual void on_close(std::function<void()> callback) = 0;

    // Cuts the connection now, also in the middle of a write.
    virtual void abort() noexcept = 0;
};

// One HTTP response. A class, not an aggregate: g++ 12 destroys aggregate temporaries twice
// inside a co_await.
class Response {
public:
    using Stream = std::function<boost::asio::awaitable<void>(StreamWriter&)>;

    explicit Response(int status) : status_(status) {}
    Response(int status, std::string content_type, std::string body)
        : status_(status), content_type_(std::move(content_type)), body_(std::move(body))
    {}
    // The response ends when the coroutine of `stream` does. What it captures lives until then; a
    // HEAD request destroys it unused.
    Response(int status, std::string content_type, Stream stream)
        : status_(status), content_type_(std::move(content_type)), stream_(std::move(stream))
    {}

    // Adds a header; one of the same name stays (Set-Cookie). A security header set here replaces
    // the server's default. Throws std::invalid_argument for bytes that would break the message.
    Response& add_header(std::string name, std::string value);

    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] const std::string& content_type() const noexcept { return content_type_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }
    [[nodiscard]] const Stream& stream() const noexcept { return stream_; }
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& headers() const noexcept
    {
        return headers_;
    }
    // The first header of that name, as it was written; empty if there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;

private:
    int status_;
    std::string content_type_;
    std::string body_;
    Stream stream_;
    std::vector<std::pair<std::string, std::string>> headers_;
};

[[nodiscard]] Response json(int status, const boost::json::value& value);
[[nodiscard]] Response html(int status, std::string page);
[[nodiscard]] Response text(int status, std::string plain);
[[nodiscard]] Response no_content();

// After a form: 303, so that a reload does not send it again. `location` is ours, never a caller's.
[[nodiscard]] Response redirect(std::string location);

// A fault of the input: a JSON pointer into the body ("/subjects/0/facts") and what would be right.
struct InputFault {
    std::string pointer;
    std::string detail;
};

// Something a refused command still needs.
struct Missing {
    std::string code;
    std::string detail;
};

// RFC 9457 problem details. `type` is about:blank unless a client can act on the kind of problem;
// an empty title is the status's own name. `errors` and `missing` list all there is, at once.
struct Problem {
    int status = 500;
    std::string detail = {};
    std::string type = "about:blank";
    std::string title = {};
    std::vector<InputFault> errors = {};
    std::vector<Missing> missing = {};
    std::string request_id = {};
};

[[nodiscard]] Response problem(const Problem& what);
[[nodiscard]] Response problem(int status, std::string detail);

// "Not Found"; "Error" for a status nobody defined.
[[nodiscard]] std::string_view reason_of(int status) noexcept;

}  // namespace shouwang::http
