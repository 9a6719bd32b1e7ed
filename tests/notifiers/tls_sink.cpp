#include "tests/notifiers/tls_sink.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/impl/src.hpp>  // Asio's TLS compiled once, here: nothing else uses it
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <stdexcept>
#include <tuple>
#include <utility>

namespace shouwang::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto told = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t request_bytes_max = 65'536;
constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

}  // namespace

TlsSink::TlsSink(asio::any_io_executor loop, const Identity& identity)
    : acceptor_(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      context_(asio::ssl::context::tls_server)
{
    SSL_CTX* const native = context_.native_handle();
    if (SSL_CTX_use_certificate(native, identity.certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(native, identity.key.get()) != 1)
        throw std::runtime_error("the sink's certificate cannot be used");
    asio::co_spawn(loop, accept(), [this](std::exception_ptr fault) {
        if (fault) fault_ = fault;
    });
}

std::string TlsSink::url() const
{
    return "https://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
}

void TlsSink::stop()
{
    error_code ignored;
    acceptor_.close(ignored);
}

asio::awaitable<void> TlsSink::accept()
{
    while (true) {
        auto next = acceptor_.async_accept(told);
        std::tuple<error_code, tcp::socket> accepted = co_await std::move(next);
        if (std::get<0>(accepted)) co_return;
        auto serving = serve(std::move(std::get<1>(accepted)));
        co_await std::move(serving);
    }
}

asio::awaitable<void> TlsSink::serve(tcp::socket socket)
{
    asio::ssl::stream<tcp::socket> stream(std::move(socket), context_);
    ++handshakes_;
    auto handshake = stream.async_handshake(asio::ssl::stream_base::server, told);
    const std::tuple<error_code> shaken = co_await std::move(handshake);
    if (std::get<0>(shaken)) co_return;
    std::string received;
    auto buffer = asio::dynamic_buffer(received, request_bytes_max);
    auto head = asio::async_read_until(stream, buffer, "\r\n\r\n", told);
    const std::tuple<error_code, std::size_t> head_read = co_await std::move(head);
    if (std::get<0>(head_read)) co_return;
    ++requests_;
    auto writing = asio::async_write(stream, asio::buffer(answer), told);
    const std::tuple<error_code, std::size_t> written = co_await std::move(writing);
    if (std::get<0>(written)) co_return;
    auto closing = stream.async_shutdown(told);
    static_cast<void>(co_await std::move(closing));
}

}  // namespace shouwang::test
