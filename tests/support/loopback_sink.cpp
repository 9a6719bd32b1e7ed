#include "tests/support/loopback_sink.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <tuple>

namespace shouwang::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t request_bytes_max = 4U << 20U;
constexpr auto told = asio::as_tuple(asio::use_awaitable);

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char byte) {
        return static_cast<char>(std::tolower(byte));
    });
    return text;
}

// `head` ends with its empty line. Throws std::runtime_error when it is not a request's.
SinkRequest parse_head(std::string_view head)
{
    const auto take_line = [&head] {
        const auto end = head.find("\r\n");
        if (end == std::string_view::npos) throw std::runtime_error("a line without an end");
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        return line;
    };
    SinkRequest request;
    const std::string_view first = take_line();
    const auto target = first.find(' ');
    const auto version = first.rfind(" HTTP/1.1");
    if (target == std::string_view::npos || version == std::string_view::npos || version <= target)
        throw std::runtime_error("not a request line: " + std::string(first));
    request.method = first.substr(0, target);
    request.target = first.substr(target + 1, version - target - 1);
    for (std::string_view line = take_line(); !line.empty(); line = take_line()) {
        const auto colon = line.find(": ");
        if (colon == std::string_view::npos) throw std::runtime_error("not a header line");
        request.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
    }
    return request;
}

}  // namespace

LoopbackSink::LoopbackSink(asio::any_io_executor loop)
    : loop_(loop),
      acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      hold_(loop, asio::steady_timer::time_point::max())
{
    asio::co_spawn(loop_, accept(), [this](std::exception_ptr fault) {
        if (fault) fault_ = fault;
    });
}

LoopbackSink::~LoopbackSink()
{
    stop();
}

std::string LoopbackSink::url(const std::string& target) const
{
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + target;
}

void LoopbackSink::release()
{
    hold_.cancel();
}

void LoopbackSink::stop()
{
    error_code ignored;
    acceptor_.close(ignored);
    hold_.cancel();
    for (const auto& weak : sockets_)
        if (const auto socket = weak.lock()) socket->close(ignored);
}

asio::awaitable<void> LoopbackSink::accept()
{
    while (true) {
        auto next = acceptor_.async_accept(told);
        std::tuple<error_code, tcp::socket> accepted = co_await std::move(next);
        if (std::get<0>(accepted)) co_return;
        const auto socket = std::make_shared<Socket>(std::move(std::get<1>(accepted)));
        sockets_.push_back(socket);
        asio::co_spawn(loop_, serve(socket, ++connections_), [this](std::exception_ptr fault) {
            if (fault) fault_ = fault;
        });
    }
}

asio::awaitable<void> LoopbackSink::serve(std::shared_ptr<Socket> socket, std::size_t connection)
{
    std::string received;
    for (bool open = true; open;) {
        auto buffer = asio::dynamic_buffer(received, request_bytes_max);
        auto head = asio::async_read_until(*socket, buffer, "\r\n\r\n", told);
        const std::tuple<error_code, std::size_t> head_read = co_await std::move(head);
        if (std::get<0>(head_read)) co_return;
        const std::size_t head_bytes = std::get<1>(head_read);

        SinkRequest request = parse_head(std::string_view(received).substr(0, head_bytes));
        request.connection = connection;
        const auto length = request.headers.find("content-length");
        const std::size_t body_bytes =
            length == request.headers.end() ? 0 : std::stoul(length->second);
        const std::size_t whole = head_bytes + body_bytes;
        if (received.size() < whole) {
            const auto missing = asio::transfer_exactly(whole - received.size());
            auto rest = asio::async_read(*socket, buffer, missing, told);
            const std::tuple<error_code, std::size_t> rest_read = co_await std::move(rest);
            if (std::get<0>(rest_read)) co_return;
        }
        request.body = received.substr(head_bytes, body_bytes);
        received.erase(0, whole);

        SinkAnswer next = next_answer(request);
        requests_.push_back(std::move(request));
        auto answered = answer(socket, std::move(next));
        open = co_await std::move(answered);
    }
}

SinkAnswer LoopbackSink::next_answer(const SinkRequest& request)
{
    if (!queued_.empty()) {
        SinkAnswer next = std::move(queued_.front());
        queued_.pop_front();
        return next;
    }
    if (fallback_) return fallback_(request);
    return SinkAnswer(200);
}

asio::awaitable<bool> LoopbackSink::answer(std::shared_ptr<Socket> socket, SinkAnswer answer)
{
    using Kind = SinkAnswer::Kind;
    if (answer.kind() == Kind::Hold) {
        ++on_hold_;
        auto held = hold_.async_wait(told);
        const std::tuple<error_code> woken = co_await std::move(held);
        static_cast<void>(woken);
        --on_hold_;
    }

    std::string text;
    const std::string& body = answer.body();
    switch (answer.kind()) {
        case Kind::Reply:
        case Kind::Hold: text = answer.head() + body; break;
        case Kind::Half: text = answer.head() + body.substr(0, body.size() / 2); break;
        case Kind::Garbage: text = body; break;
        case Kind::Close: break;
        case Kind::Reset: socket->set_option(asio::socket_base::linger(true, 0)); break;
    }
    auto writing = asio::async_write(*socket, asio::buffer(text), told);
    const std::tuple<error_code, std::size_t> written = co_await std::move(writing);
    const bool stays = answer.kind() == Kind::Reply || answer.kind() == Kind::Hold;
    if (!stays) socket->close();
    co_return stays && !std::get<0>(written);
}

}  // namespace shouwang::test
