// Any bytes on a connection, in pieces of any size: they are a request or a refusal, never more
// than was allowed, and never something else when they come in other pieces.

#include "daemon/http/request_parser.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using shouwang::http::RequestParser;
using shouwang::test::require;

namespace {

constexpr std::size_t head_bytes_max = 512;
constexpr std::size_t body_bytes_max = 256;

// "refused", "waits", or the request that was read.
std::string outcome(std::string_view bytes, std::size_t piece)
{
    RequestParser parser(head_bytes_max, body_bytes_max);
    std::string buffer;
    while (!parser.is_whole() && !parser.is_refused()) {
        if (bytes.empty()) return "waits";
        const std::size_t size = std::min(piece, bytes.size());
        buffer += bytes.substr(0, size);
        bytes.remove_prefix(size);
        for (std::size_t taken = 1; taken != 0 && !parser.is_whole() && !parser.is_refused();) {
            taken = parser.put(buffer);
            require(taken <= buffer.size(), "it takes no more than there is");
            buffer.erase(0, taken);
        }
    }
    if (parser.is_refused()) {
        const int status = parser.take_refusal().status();
        require(status >= 400 && status < 600, "a refusal is an error");
        return "refused";
    }
    const auto request = parser.take_request("192.0.2.7");
    require(request.body().size() <= body_bytes_max, "a body is no longer than allowed");
    std::string out(name_of(request.method()));
    for (const std::string& segment : request.segments()) out += "/" + segment;
    return out + "\n" + request.body();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const std::size_t piece = 1 + data[0] % 64;
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    const std::string whole = outcome(bytes, bytes.size() + 1);
    const std::string pieces = outcome(bytes, piece);
    // A bad tail may be seen at once or only when more of it has come; it is never a request.
    const bool in_doubt =
        (whole == "waits" && pieces == "refused") || (whole == "refused" && pieces == "waits");
    require(pieces == whole || in_doubt, "pieces make no difference");
    return 0;
}
