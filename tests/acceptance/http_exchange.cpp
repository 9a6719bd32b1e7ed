#include "tests/acceptance/http_exchange.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>
#include <tuple>

namespace shouwang::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto told = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view head_end = "\r\n\r\n";

std::string lower(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char byte) {
        return static_cast<char>(std::tolower(byte));
    });
    return out;
}

std::string bytes_of(const HttpCall& call)
{
    std::string out = call.method + " " + call.target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    for (const auto& [name, value] : call.headers) out += name + ": " + value + "\r\n";
    if (!call.body.empty() || call.method == "POST")
        out += "Content-Type: " + call.content_type +
               "\r\nContent-Length: " + std::to_string(call.body.size()) + "\r\n";
    return out + "Connection: close\r\n\r\n" + call.body;
}

}  // namespace

HttpCall&& HttpCall::with_token(const std::string& token) &&
{
    return std::move(*this).with_header("Authorization", "Bearer " + token);
}

HttpCall&& HttpCall::with_header(std::string name, std::string value) &&
{
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
}

boost::json::object HttpReply::json() const
{
    return boost::json::parse(body).as_object();
}

std::string HttpReply::header(const std::string& name) const
{
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
}

HttpReply parse_reply_head(const std::string& head)
{
    HttpReply reply;
    std::string_view rest(head);
    constexpr std::string_view version = "HTTP/1.1 ";
    if (!rest.starts_with(version) || rest.size() < version.size() + 3) return reply;
    const char* digits = rest.data() + version.size();
    std::from_chars(digits, digits + 3, reply.status);
    rest.remove_prefix(rest.find("\r\n") + 2);
    while (!rest.starts_with("\r\n") && !rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        const auto colon = line.find(": ");
        if (colon != std::string_view::npos)
            reply.headers[lower(line.substr(0, colon))] = line.substr(colon + 2);
        rest.remove_prefix(line.size() + 2);
    }
    return reply;
}

asio::awaitable<HttpReply> exchange(std::uint16_t port, HttpCall call)
{
    HttpReply reply;
    auto executor = co_await asio::this_coro::executor;
    tcp::socket socket(executor);
    const tcp::endpoint there(asio::ip::address_v4::loopback(), port);
    auto connecting = socket.async_connect(there, told);
    const std::tuple<error_code> connected = co_await std::move(connecting);
    if (std::get<0>(connected)) co_return reply;

    // One that refuses a body may answer before it was sent whole: read whatever comes of it.
    const std::string sent = bytes_of(call);
    auto writing = asio::async_write(socket, asio::buffer(sent), told);
    const std::tuple<error_code, std::size_t> written = co_await std::move(writing);
    static_cast<void>(written);

    std::string received;
    auto reading = asio::async_read(socket, asio::dynamic_buffer(received), told);
    const std::tuple<error_code, std::size_t> read = co_await std::move(reading);
    static_cast<void>(read);
    const auto end = received.find(head_end);
    if (end == std::string::npos) co_return reply;
    const std::string head = received.substr(0, end + head_end.size());
    HttpReply whole = parse_reply_head(head);
    whole.body = received.substr(end + head_end.size());
    const std::string length = whole.header("content-length");
    const bool cut =
        call.method != "HEAD" && !length.empty() && whole.body.size() < std::stoul(length);
    if (!cut) reply = std::move(whole);
    co_return reply;
}

}  // namespace shouwang::test
