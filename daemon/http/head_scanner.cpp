#include "daemon/http/head_scanner.hpp"

namespace shouwang::http {

HeadScanner::Verdict HeadScanner::scan(std::string_view bytes) noexcept
{
    while (next_ < bytes.size()) {
        const char c = bytes[next_];
        if (c == '\r') {
            if (next_ + 1 == bytes.size()) return Verdict::Incomplete;
            if (bytes[next_ + 1] != '\n') return Verdict::Malformed;
            const bool blank = next_ == line_start_;
            next_ += 2;
            if (blank) return line_start_ == 0 ? Verdict::Malformed : Verdict::Complete;
            line_start_ = next_;
            continue;
        }
        const bool folded = next_ == line_start_ && (c == ' ' || c == '\t');
        const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\t';
        if (folded || control || c == 0x7f) return Verdict::Malformed;
        ++next_;
    }
    return Verdict::Incomplete;
}

}  // namespace shouwang::http
