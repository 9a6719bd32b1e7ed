#pragma once

#include <cstddef>
#include <string_view>

namespace shouwang::http {

// Looks at the raw bytes of a request's head before the parser does. Beast 1.81 joins folded lines
// silently (measured); what two programs read differently is how requests are smuggled, so this
// refuses every line break that is not CRLF, a line that begins with a space, and control bytes.
class HeadScanner {
public:
    enum class Verdict { Incomplete, Complete, Malformed };

    // `bytes` is everything received of this request so far; it only ever grows from call to call.
    [[nodiscard]] Verdict scan(std::string_view bytes) noexcept;

    // How long a complete head is, its blank line included.
    [[nodiscard]] std::size_t size() const noexcept { return next_; }

private:
    std::size_t next_ = 0;
    std::size_t line_start_ = 0;
};

}  // namespace shouwang::http
