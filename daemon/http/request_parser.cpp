#include "daemon/http/request_parser.hpp"

#include "daemon/http/head_scanner.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace shouwang::http {

namespace beast = boost::beast;
using boost::system::error_code;
using BeastParser = beast::http::request_parser<beast::http::string_body>;

namespace {

// "0", CRLF, CRLF.
constexpr std::size_t last_chunk_bytes_min = 5;

std::string copy(beast::string_view text)
{
    return std::string(text.data(), text.size());
}

Method method_of(beast::http::verb verb) noexcept
{
    if (verb == beast::http::verb::get) return Method::Get;
    if (verb == beast::http::verb::head) return Method::Head;
    if (verb == beast::http::verb::post) return Method::Post;
    if (verb == beast::http::verb::put) return Method::Put;
    if (verb == beast::http::verb::delete_) return Method::Delete;
    return Method::Other;
}

Response malformed()
{
    return problem(400, "The request is not well-formed HTTP/1.1.");
}

Response head_too_long()
{
    return problem(431, "The request line and headers are too long.");
}

Response explain(const error_code& error)
{
    if (error == beast::http::error::body_limit) return problem(413, "The body is too long.");
    if (error == beast::http::error::header_limit) return head_too_long();
    return malformed();
}

// What is ambiguous although Beast takes it.
std::optional<Response> framing_fault(const BeastParser::value_type& head)
{
    using beast::http::field;
    const auto lengths = head.count(field::content_length);
    const auto codings = head.count(field::transfer_encoding);
    if (lengths > 1 || codings > 1 || (lengths != 0 && codings != 0)) {
        return problem(400, "The length of the body is told more than once.");
    }
    if (codings != 0 && head.version() < 11) {
        return problem(400, "HTTP/1.0 has no transfer codings.");
    }
    if (codings != 0 && !beast::iequals(head[field::transfer_encoding], "chunked")) {
        return problem(501, "The only transfer coding understood is chunked.");
    }
    const auto hosts = head.count(field::host);
    if (hosts > 1 || (hosts == 0 && head.version() >= 11)) {
        return problem(400, "A request names its host exactly once.");
    }
    const auto expected = head[field::expect];
    if (!expected.empty() && !beast::iequals(expected, "100-continue")) {
        return problem(417, "The only expectation understood is 100-continue.");
    }
    return std::nullopt;
}

}  // namespace

struct RequestParser::State {
    explicit State(std::size_t head_max) : head_bytes_max(head_max) {}

    std::size_t put_head(std::string_view bytes);
    std::size_t put_body(std::string_view bytes);

    std::size_t head_bytes_max;
    HeadScanner scanner;
    BeastParser parser;
    Target target;
    Fields headers;
    std::optional<Response> refusal;
    bool has_head = false;
};

std::size_t RequestParser::State::put_head(std::string_view bytes)
{
    const auto verdict = scanner.scan(bytes);
    if (verdict == HeadScanner::Verdict::Malformed) {
        refusal = malformed();
        return 0;
    }
    const bool complete = verdict == HeadScanner::Verdict::Complete;
    const std::size_t size = complete ? scanner.size() : bytes.size();
    if (size > head_bytes_max) refusal = head_too_long();
    if (!complete || refusal) return 0;

    error_code error;
    const auto taken = parser.put(boost::asio::buffer(bytes.data(), size), error);
    refusal = error ? explain(error) : framing_fault(parser.get());
    if (refusal) return taken;

    const auto text = parser.get().target();
    auto parsed = parse_target(std::string_view(text.data(), text.size()));
    if (!parsed) {
        refusal = problem(400, "The target of the request is not a path.");
        return taken;
    }
    target = std::move(*parsed);
    // Taken before the body, so that trailers cannot add a header afterwards.
    for (const auto& field : parser.get()) {
        headers.emplace_back(copy(field.name_string()), copy(field.value()));
    }
    parser.eager(true);
    has_head = true;
    return taken;
}

std::size_t RequestParser::State::put_body(std::string_view bytes)
{
    // Boost 1.81 aborts (an assertion on its size) when it is shown the beginning of the last chunk
    // twice and the second time there are fewer bytes than a last chunk has. Nothing that ends a
    // chunked body is shorter, so it is not shown less.
    if (parser.chunked() && bytes.size() < last_chunk_bytes_min) return 0;
    error_code error;
    const auto taken = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
    if (error && error != beast::http::error::need_more) refusal = explain(error);
    return taken;
}

RequestParser::RequestParser(std::size_t head_bytes_max, std::size_t body_bytes_max)
    : state_(std::make_unique<State>(head_bytes_max))
{
    state_->parser.header_limit(static_cast<std::uint32_t>(head_bytes_max + 1));
    state_->parser.body_limit(body_bytes_max);
}

RequestParser::~RequestParser() = default;

std::size_t RequestParser::put(std::string_view bytes)
{
    if (is_whole() || is_refused()) return 0;
    std::size_t taken = 0;
    if (!has_head()) taken = state_->put_head(bytes);
    if (!has_head() || is_whole() || taken == bytes.size()) return taken;
    return taken + state_->put_body(bytes.substr(taken));
}

bool RequestParser::has_head() const noexcept
{
    return state_->has_head;
}

bool RequestParser::is_whole() const noexcept
{
    return state_->has_head && !state_->refusal && state_->parser.is_done();
}

bool RequestParser::is_refused() const noexcept
{
    return state_->refusal.has_value();
}

Response RequestParser::take_refusal()
{
    return std::move(*state_->refusal);
}

bool RequestParser::expects_continue() const
{
    return state_->parser.get().count(beast::http::field::expect) != 0;
}

bool RequestParser::keep_alive() const
{
    return state_->parser.keep_alive();
}

unsigned RequestParser::version() const noexcept
{
    return state_->parser.is_header_done() ? state_->parser.get().version() : 11;
}

Request RequestParser::take_request(std::string remote)
{
    return Request(
        method_of(state_->parser.get().method()),
        std::move(state_->target),
        std::move(state_->headers),
        std::move(state_->parser.get().body()),
        std::move(remote)
    );
}

}  // namespace shouwang::http
