#pragma once

#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace shouwang::http {

// One request out of its bytes: no socket, no clock. Refuses what is malformed, too long, or could
// be taken differently by another reader of the same bytes (RFC 9112, 3.2, 5.2, 6.1, 6.3).
class RequestParser {
public:
    RequestParser(std::size_t head_bytes_max, std::size_t body_bytes_max);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    // Looks at everything that was received and not yet taken, and returns how much of it from the
    // front it has taken: nothing of a head that is not there whole. Call again with more until
    // is_whole() or is_refused(); what follows a whole request belongs to the next.
    [[nodiscard]] std::size_t put(std::string_view bytes);

    [[nodiscard]] bool has_head() const noexcept;
    [[nodiscard]] bool is_whole() const noexcept;
    [[nodiscard]] bool is_refused() const noexcept;

    // Requires: is_refused(), once. The connection cannot be used for a further request.
    [[nodiscard]] Response take_refusal();

    // Requires: has_head().
    [[nodiscard]] bool expects_continue() const;
    [[nodiscard]] bool keep_alive() const;

    // 10 or 11; 11 until the head is there.
    [[nodiscard]] unsigned version() const noexcept;

    // Requires: is_whole(), once.
    [[nodiscard]] Request take_request(std::string remote);

private:
    struct State;  // Beast's parser is in it
    std::unique_ptr<State> state_;
};

}  // namespace shouwang::http
