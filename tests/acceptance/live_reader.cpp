#include "tests/acceptance/live_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace shouwang::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// The payload of whole chunks at the front of `raw`, which are taken out of it.
std::string take_chunks(std::string& raw)
{
    std::string out;
    for (;;) {
        const auto line = raw.find("\r\n");
        if (line == std::string::npos) return out;
        const std::size_t size = std::stoul(raw.substr(0, line), nullptr, 16);
        if (raw.size() < line + 2 + size + 2) return out;
        out += raw.substr(line + 2, size);
        raw.erase(0, line + 2 + size + 2);
        if (size == 0) return out;
    }
}

std::string field(std::string_view block, std::string_view name)
{
    while (!block.empty()) {
        const std::string_view line = block.substr(0, block.find('\n'));
        if (line.starts_with(name)) return std::string(line.substr(name.size()));
        block.remove_prefix(std::min(block.size(), line.size() + 1));
    }
    return {};
}

}  // namespace

// One connection. Its handlers keep it alive; `reader` is empty once the reader has let go.
struct LiveReader::Stream : std::enable_shared_from_this<Stream> {
    Stream(asio::io_context& io, LiveReader& whose) : socket(io), reader(&whose) {}

    void read_on()
    {
        socket.async_read_some(
            asio::buffer(piece),
            [self = shared_from_this()](const error_code& error, std::size_t size) {
                self->take(size);
                if (error || self->reader == nullptr)
                    self->ended = true;
                else
                    self->read_on();
            }
        );
    }

    void take(std::size_t size)
    {
        raw.append(piece.data(), size);
        if (status == 0) {
            const auto end = raw.find("\r\n\r\n");
            if (end == std::string::npos) return;
            status = parse_reply_head(raw.substr(0, end + 4)).status;
            raw.erase(0, end + 4);
        }
        if (status != 200) return;
        text += take_chunks(raw);
        for (auto end = text.find("\n\n"); end != std::string::npos; end = text.find("\n\n")) {
            if (reader != nullptr) reader->take(text.substr(0, end));
            text.erase(0, end + 2);
        }
    }

    tcp::socket socket;
    LiveReader* reader;
    std::array<char, 8192> piece{};
    std::string request;
    std::string raw;
    std::string text;
    int status = 0;
    bool ended = false;
};

LiveReader::LiveReader(asio::io_context& io, std::string token) : io_(io), token_(std::move(token))
{}

void LiveReader::connect(std::uint16_t port)
{
    cut();
    stream_ = std::make_shared<Stream>(io_, *this);
    stream_->request =
        "GET /api/v1/live?after=0 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " + token_ +
        "\r\n";
    if (last_id() != 0) stream_->request += "Last-Event-ID: " + std::to_string(last_id()) + "\r\n";
    stream_->request += "\r\n";
    const tcp::endpoint there(asio::ip::address_v4::loopback(), port);
    stream_->socket.async_connect(there, [stream = stream_](const error_code& error) {
        if (error) {
            stream->ended = true;
            return;
        }
        asio::async_write(
            stream->socket,
            asio::buffer(stream->request),
            [stream](const error_code&, std::size_t) { stream->read_on(); }
        );
    });
}

void LiveReader::cut()
{
    if (!stream_) return;
    stream_->reader = nullptr;
    error_code ignored;
    stream_->socket.close(ignored);
    stream_.reset();
}

int LiveReader::status() const noexcept
{
    return stream_ ? stream_->status : 0;
}

bool LiveReader::ended() const noexcept
{
    return !stream_ || stream_->ended;
}

void LiveReader::take(const std::string& block)
{
    LiveLine line;
    const std::string id = field(block, "id: ");
    line.type = field(block, "event: ");
    if (id.empty() || line.type == "tick") return;
    line.id = std::stoull(id);
    line.data = field(block, "data: ");
    seen_.push_back(std::move(line));
}

}  // namespace shouwang::test
