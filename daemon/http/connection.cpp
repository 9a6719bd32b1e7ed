#include "daemon/http/connection.hpp"

#include "daemon/http/instant_text.hpp"
#include "daemon/http/request_parser.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace shouwang::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using Message = beast::http::response<beast::http::string_body>;

namespace {

constexpr std::size_t read_piece_bytes = 4096;

// One connection reads its next request only after answering the last, so a pipeline of them
// waits in the kernel's buffer and in this one.
constexpr std::size_t pipeline_bytes = 8 * 1024;

constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view last_chunk = "0\r\n\r\n";

// Pages carry tokens in their address and speak of people in danger: nothing of them may be kept,
// framed, sniffed or told to another origin. A handler may replace each of these.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> default_headers{{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
}};

beast::string_view view(std::string_view text)
{
    return {text.data(), text.size()};
}

bool is_default(std::string_view name)
{
    return std::any_of(default_headers.begin(), default_headers.end(), [name](const auto& header) {
        return beast::iequals(view(header.first), view(name));
    });
}

class BeastConnection final : public Connection,
                              public StreamWriter,
                              public std::enable_shared_from_this<BeastConnection> {
public:
    BeastConnection(tcp::socket socket, ServerState& state)
        : socket_(std::move(socket)),
          state_(state),
          deadline_(socket_.get_executor()),
          buffer_(state.limits.head_bytes_max + state.limits.body_bytes_max + pipeline_bytes)
    {}

    [[nodiscard]] asio::awaitable<void> serve() override;
    [[nodiscard]] asio::awaitable<void> turn_away() override;
    void stop() override;
    void cut() noexcept override;

    [[nodiscard]] asio::awaitable<bool> write(std::string bytes) override;
    [[nodiscard]] bool closed() const noexcept override { return ending_ || gone_; }
    void on_close(std::function<void()> callback) override;
    void abort() noexcept override { cut(); }

private:
    enum class OnLate { StopReading, Cut };
    enum class Received { All, BrokenOff, Gone };

    void arm(std::chrono::milliseconds span, OnLate what);
    void disarm() noexcept;
    void tell_closed() noexcept;

    [[nodiscard]] asio::awaitable<bool> serve_one();
    [[nodiscard]] asio::awaitable<Received> read_request(RequestParser& parser);
    [[nodiscard]] asio::awaitable<bool> begin_body(const RequestParser& parser);
    [[nodiscard]] asio::awaitable<bool> read_piece();
    [[nodiscard]] asio::awaitable<void> refuse(Response refusal);

    [[nodiscard]] asio::awaitable<Response> answer(Request request);
    [[nodiscard]] asio::awaitable<bool> send(Response response, bool without_body, bool keep);
    [[nodiscard]] asio::awaitable<void> send_stream(Response response);
    [[nodiscard]] asio::awaitable<void> run_stream(Response response);
    [[nodiscard]] asio::awaitable<bool> send_bytes(std::string bytes);
    [[nodiscard]] asio::awaitable<void> watch_peer(std::shared_ptr<BeastConnection> self);
    [[nodiscard]] asio::awaitable<void> linger();

    [[nodiscard]] std::string request_id() const { return std::to_string(request_number_); }
    [[nodiscard]] std::string peer() const;
    [[nodiscard]] Message message_of(const Response& response, bool keep) const;

    tcp::socket socket_;
    ServerState& state_;
    asio::steady_timer deadline_;
    std::uint64_t armed_ = 0;  // a timer that fired before it was re-armed finds another number
    beast::flat_buffer buffer_;
    unsigned version_ = 11;
    std::uint64_t request_number_ = 0;
    bool first_request_ = true;
    bool idle_ = false;
    bool late_ = false;
    bool ending_ = false;  // the server stops; what is written still arrives
    bool gone_ = false;    // the peer went, or was cut
    bool streaming_ = false;
    std::function<void()> closed_callback_;
};

// Whoever waits for several pieces asks late_ after each of them: a deadline that passes while none
// is pending cancels nothing. (Shutting the socket for reading would not do either: Linux goes on
// giving out what still arrives, so a client that trickles could stay for ever.)
void BeastConnection::arm(std::chrono::milliseconds span, OnLate what)
{
    late_ = false;
    deadline_.expires_after(span);
    const auto number = ++armed_;
    deadline_.async_wait([weak = weak_from_this(), number, what](const error_code& cancelled) {
        const auto self = weak.lock();
        if (cancelled || !self || self->armed_ != number) return;
        self->late_ = true;
        if (what == OnLate::Cut) {
            self->cut();
            return;
        }
        error_code ignored;
        self->socket_.cancel(ignored);
    });
}

void BeastConnection::disarm() noexcept
{
    ++armed_;
    deadline_.cancel();
}

asio::awaitable<void> BeastConnection::serve()
{
    const auto self = shared_from_this();
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    for (bool keep = true; keep;) keep = co_await serve_one();
    co_await linger();
    cut();
}

asio::awaitable<void> BeastConnection::turn_away()
{
    const auto self = shared_from_this();
    Response busy = problem(503, "Too many connections are open. Try again in a moment.");
    busy.add_header("Retry-After", "2");
    const bool kept = co_await send(std::move(busy), false, false);
    static_cast<void>(kept);
    co_await linger();
    cut();
}

void BeastConnection::stop()
{
    ending_ = true;
    if (idle_) cut();
    tell_closed();
}

void BeastConnection::cut() noexcept
{
    gone_ = true;
    disarm();
    error_code ignored;
    socket_.close(ignored);
    tell_closed();
}

void BeastConnection::on_close(std::function<void()> callback)
{
    closed_callback_ = std::move(callback);
    if (closed()) tell_closed();
}

void BeastConnection::tell_closed() noexcept
{
    if (const auto callback = std::exchange(closed_callback_, nullptr)) callback();
}

// Reads one request and answers it. False: nothing more is to come over this connection.
asio::awaitable<bool> BeastConnection::serve_one()
{
    RequestParser parser(state_.limits.head_bytes_max, state_.limits.body_bytes_max);
    const Received received = co_await read_request(parser);
    disarm();
    idle_ = false;
    first_request_ = false;
    version_ = parser.version();
    if (received == Received::Gone) co_return false;
    if (received == Received::BrokenOff) {
        Response refusal = late_ ? problem(408, "The request did not arrive in time.")
                                 : problem(400, "The request broke off in the middle.");
        co_await refuse(std::move(refusal));
        co_return false;
    }
    if (parser.is_refused()) {
        Response refusal = parser.take_refusal();
        co_await refuse(std::move(refusal));
        co_return false;
    }

    Request request = parser.take_request(peer());
    const bool without_body = request.method() == Method::Head;
    Response response = co_await answer(std::move(request));
    const bool keep = parser.keep_alive() && !ending_;
    const bool kept = co_await send(std::move(response), without_body, keep);
    co_return kept;
}

// Leaves in `parser` a request that is whole or refused, unless the peer stops before.
asio::awaitable<BeastConnection::Received> BeastConnection::read_request(RequestParser& parser)
{
    const auto& limits = state_.limits;
    idle_ = buffer_.size() == 0;
    const bool resting = idle_ && !first_request_;
    arm(resting ? limits.idle_deadline : limits.head_deadline, OnLate::StopReading);
    for (;;) {
        const bool had_head = parser.has_head();
        const auto bytes = buffer_.cdata();
        const std::string_view text(static_cast<const char*>(bytes.data()), bytes.size());
        buffer_.consume(parser.put(text));
        if (parser.has_head() && !had_head) request_number_ = ++state_.counters.requests;
        if (parser.is_refused() || parser.is_whole()) co_return Received::All;
        if (ending_ && idle_) co_return Received::Gone;
        if (parser.has_head() && !had_head) {
            const bool begun = co_await begin_body(parser);
            if (!begun) co_return Received::BrokenOff;
        }

        const bool more = co_await read_piece();
        if (!more) co_return gone_ || idle_ ? Received::Gone : Received::BrokenOff;
        if (idle_ && resting) arm(limits.head_deadline, OnLate::StopReading);
        idle_ = false;
    }
}

asio::awaitable<bool> BeastConnection::begin_body(const RequestParser& parser)
{
    arm(state_.limits.body_deadline, OnLate::StopReading);
    if (!parser.expects_continue()) co_return true;
    const auto line = asio::buffer(continue_line);
    const auto [error, sent] =
        co_await asio::async_write(socket_, line, asio::as_tuple(asio::use_awaitable));
    co_return !error;
}

// False: the peer sends no more, or took too long, or sends what the parser cannot take and does
// not refuse either: a line between two chunks that is longer than any body.
asio::awaitable<bool> BeastConnection::read_piece()
{
    if (buffer_.size() + read_piece_bytes > buffer_.max_size()) co_return false;
    const auto room = buffer_.prepare(read_piece_bytes);
    const auto [error, received] =
        co_await socket_.async_read_some(room, asio::as_tuple(asio::use_awaitable));
    if (error || late_) co_return false;
    buffer_.commit(received);
    co_return true;
}

asio::awaitable<void> BeastConnection::refuse(Response refusal)
{
    ++state_.counters.refused_requests;
    const bool kept = co_await send(std::move(refusal), false, false);
    static_cast<void>(kept);
}

// A handler's exception is a bug in one request; it ends that request only.
asio::awaitable<Response> BeastConnection::answer(Request request)
{
    try {
        Response response = co_await state_.router.dispatch(std::move(request));
        co_return response;
    } catch (const std::exception& error) {
        spdlog::error("http: request {} failed: {}", request_id(), error.what());
    }
    ++state_.counters.failed_requests;
    Problem what;
    what.status = 500;
    what.detail = "The server failed at this request. Its log tells more under the request_id.";
    what.request_id = request_id();
    co_return problem(what);
}

asio::awaitable<bool> BeastConnection::send(Response response, bool without_body, bool keep)
{
    if (response.stream() && !without_body) {
        co_await send_stream(std::move(response));
        co_return false;
    }
    Message message = message_of(response, keep);
    const bool bodiless = response.status() == 204 || response.status() == 304;
    if (!bodiless && !response.stream()) message.content_length(response.body().size());
    if (!bodiless && !without_body) message.body() = response.body();

    arm(state_.limits.write_deadline, OnLate::Cut);
    const auto [error, sent] =
        co_await beast::http::async_write(socket_, message, asio::as_tuple(asio::use_awaitable));
    disarm();
    co_return !error && keep;
}

asio::awaitable<void> BeastConnection::send_stream(Response response)
{
    Message message = message_of(response, false);
    message.chunked(version_ >= 11);
    beast::http::response_serializer<beast::http::string_body> serializer(message);
    arm(state_.limits.write_deadline, OnLate::Cut);
    const auto [error, sent] = co_await beast::http::async_write_header(
        socket_, serializer, asio::as_tuple(asio::use_awaitable)
    );
    disarm();
    if (error) co_return;

    streaming_ = true;
    const auto self = shared_from_this();
    asio::co_spawn(socket_.get_executor(), watch_peer(self), [](const std::exception_ptr& failure) {
        if (failure) spdlog::error("http: watching a stream's peer ended by an exception");
    });
    co_await run_stream(std::move(response));
    streaming_ = false;
    closed_callback_ = nullptr;
    error_code ignored;
    socket_.cancel(ignored);
    if (gone_ || version_ < 11) co_return;
    std::string end(last_chunk);
    const bool ended = co_await send_bytes(std::move(end));
    static_cast<void>(ended);
}

// A stream that throws is cut without its last chunk, so that the client knows it was not whole.
asio::awaitable<void> BeastConnection::run_stream(Response response)
{
    try {
        co_await response.stream()(*this);
        co_return;
    } catch (const std::exception& error) {
        spdlog::error("http: stream {} failed: {}", request_id(), error.what());
    }
    ++state_.counters.failed_requests;
    cut();
}

// Notices at once that the reader of a quiet stream has gone. What it sends is thrown away.
asio::awaitable<void> BeastConnection::watch_peer(std::shared_ptr<BeastConnection> self)
{
    std::array<char, 512> thrown_away;
    while (self->streaming_) {
        const auto [error, received] = co_await self->socket_.async_read_some(
            asio::buffer(thrown_away), asio::as_tuple(asio::use_awaitable)
        );
        if (!error || !self->streaming_) continue;
        self->gone_ = true;
        self->tell_closed();
        co_return;
    }
}

asio::awaitable<bool> BeastConnection::write(std::string bytes)
{
    if (closed()) co_return false;
    if (bytes.empty()) co_return true;  // an empty chunk would end the stream
    if (version_ >= 11) {
        std::array<char, 24> size{};
        const int length = std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size());
        bytes.insert(0, size.data(), static_cast<std::size_t>(length));
        bytes.append("\r\n");
    }
    const bool sent = co_await send_bytes(std::move(bytes));
    co_return sent && !closed();
}

asio::awaitable<bool> BeastConnection::send_bytes(std::string bytes)
{
    arm(state_.limits.write_deadline, OnLate::Cut);
    const auto [error, sent] = co_await asio::async_write(
        socket_, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable)
    );
    disarm();
    if (error) gone_ = true;
    co_return !error;
}

// A socket closed with unread bytes in it resets the connection, and the client may never see the
// answer that lies in its own buffer. So the rest of what it sends is read, for a while.
asio::awaitable<void> BeastConnection::linger()
{
    if (gone_) co_return;
    error_code error;
    socket_.shutdown(tcp::socket::shutdown_send, error);
    arm(state_.limits.linger_deadline, OnLate::Cut);
    std::array<char, read_piece_bytes> thrown_away;
    while (!error && !gone_) {
        const auto [ended, discarded] = co_await socket_.async_read_some(
            asio::buffer(thrown_away), asio::as_tuple(asio::use_awaitable)
        );
        error = ended;
    }
    disarm();
}

std::string BeastConnection::peer() const
{
    error_code error;
    const auto endpoint = socket_.remote_endpoint(error);
    return error ? std::string() : endpoint.address().to_string();
}

Message BeastConnection::message_of(const Response& response, bool keep) const
{
    Message message;
    message.version(version_);
    message.result(static_cast<unsigned>(response.status()));
    message.reason(view(reason_of(response.status())));
    message.set(beast::http::field::date, to_http_date(state_.time.now()));
    if (request_number_ != 0) message.set("X-Request-Id", request_id());
    for (const auto& [name, value] : default_headers) message.set(view(name), view(value));
    if (!response.content_type().empty()) {
        message.set(beast::http::field::content_type, response.content_type());
    }
    for (const auto& [name, value] : response.headers()) {
        if (is_default(name)) {
            message.set(name, value);
        } else {
            message.insert(name, value);
        }
    }
    message.keep_alive(keep);
    return message;
}

}  // namespace

std::shared_ptr<Connection> make_connection(tcp::socket socket, ServerState& state)
{
    return std::make_shared<BeastConnection>(std::move(socket), state);
}

}  // namespace shouwang::http
