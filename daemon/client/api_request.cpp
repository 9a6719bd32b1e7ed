#include "daemon/client/api_request.hpp"

namespace shouwang::client {

std::string encoded(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char letter : text) {
        if (unreserved.find(letter) != std::string_view::npos) {
            out += letter;
            continue;
        }
        const auto byte = static_cast<unsigned char>(letter);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

void add_query(std::string& target, std::string_view name, std::string_view value)
{
    if (value.empty()) return;
    target += target.find('?') == std::string::npos ? '?' : '&';
    target += encoded(name) + "=" + encoded(value);
}

}  // namespace shouwang::client
