#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace shouwang::test {

// What a provider received.
struct SinkRequest {
    std::size_t connection = 0;  // counted from 1, as accepted
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
};

// How a provider behaves towards one request.
class SinkAnswer {
public:
    enum class Kind {
        Reply,    // a whole response
        Hold,     // nothing until release(), then `status` and `body`
        Half,     // promises the whole body, sends half of it and closes
        Close,    // closes without a byte
        Reset,    // RST instead of an answer
        Garbage,  // `body` as it is, without any HTTP around it, and closes
    };

    explicit SinkAnswer(unsigned status, std::string body = "", std::string headers = "")
        : status_(status), body_(std::move(body)), headers_(std::move(headers))
    {}
    SinkAnswer(Kind kind, unsigned status, std::string body)
        : kind_(kind), status_(status), body_(std::move(body))
    {}

    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }

    // `headers` are whole lines, each ended by CRLF.
    [[nodiscard]] std::string head() const
    {
        return "HTTP/1.1 " + std::to_string(status_) + " Scripted\r\n" + headers_ +
               "Content-Length: " + std::to_string(body_.size()) + "\r\n\r\n";
    }

private:
    Kind kind_ = Kind::Reply;
    unsigned status_;
    std::string body_;
    std::string headers_;
};

// A provider on loopback: an HTTP/1.1 server in the test's own io_context that keeps every request
// and answers as told. It understands what our client sends (POST with Content-Length, GET without
// a body, kept alive) and nothing more.
// Requires: one thread; the context is not run after the sink has gone.
class LoopbackSink {
public:
    using Script = std::function<SinkAnswer(const SinkRequest&)>;

    explicit LoopbackSink(boost::asio::any_io_executor loop);
    LoopbackSink(const LoopbackSink&) = delete;
    LoopbackSink& operator=(const LoopbackSink&) = delete;
    ~LoopbackSink();

    // "http://127.0.0.1:<port>" and `target`.
    [[nodiscard]] std::string url(const std::string& target = "/") const;

    // What is queued is answered first, one request each; then `fallback` decides, a plain 200
    // unless set.
    void queue(SinkAnswer answer) { queued_.push_back(std::move(answer)); }
    void fall_back_to(Script fallback) { fallback_ = std::move(fallback); }

    // Answers everything on hold.
    void release();

    // Closes every connection and accepts no more; run the context once more to let it unwind.
    void stop();

    [[nodiscard]] const std::vector<SinkRequest>& requests() const noexcept { return requests_; }
    [[nodiscard]] std::size_t connections() const noexcept { return connections_; }
    [[nodiscard]] std::size_t on_hold() const noexcept { return on_hold_; }

    // Something the sink could not understand: a test that looks at requests should see none.
    [[nodiscard]] std::exception_ptr fault() const noexcept { return fault_; }

private:
    using Socket = boost::asio::ip::tcp::socket;

    boost::asio::awaitable<void> accept();
    boost::asio::awaitable<void> serve(std::shared_ptr<Socket> socket, std::size_t connection);
    // False when the connection is over.
    boost::asio::awaitable<bool> answer(std::shared_ptr<Socket> socket, SinkAnswer answer);
    [[nodiscard]] SinkAnswer next_answer(const SinkRequest& request);

    boost::asio::any_io_executor loop_;
    boost::asio::ip::tcp::acceptor acceptor_;
    boost::asio::steady_timer hold_;
    std::deque<SinkAnswer> queued_;
    Script fallback_;
    std::vector<SinkRequest> requests_;
    std::vector<std::weak_ptr<Socket>> sockets_;
    std::size_t connections_ = 0;
    std::size_t on_hold_ = 0;
    std::exception_ptr fault_;
};

}  // namespace shouwang::test
