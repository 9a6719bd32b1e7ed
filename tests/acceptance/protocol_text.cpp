#include "tests/acceptance/protocol_text.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <stdexcept>

namespace shouwang::test {

namespace {

std::string read_text(const std::string& file)
{
    std::ifstream stream(std::string(SHOUWANG_SOURCE_DIR) + "/" + file, std::ios::binary);
    if (!stream) throw std::runtime_error(file + " cannot be read");
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string hurried(const std::string& span, int hurry)
{
    static const std::map<std::string, std::int64_t> milliseconds{
        {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    std::size_t digits = 0;
    const std::int64_t number = std::stoll(span, &digits);
    const std::int64_t length = number * milliseconds.at(span.substr(digits));
    return std::to_string(length == 0 ? 0 : std::max<std::int64_t>(1, length / hurry)) + "ms";
}

}  // namespace

std::string notice_safe(int hurry)
{
    std::string text = read_text("config/protocol/notice-safe.toml");
    if (hurry == 1) return text;
    text = std::regex_replace(text, std::regex("\ncap = [^\n]*"), "");
    // "120s" as a value of its own, and the same behind "due+" and "held_for ".
    static const std::regex span("(\"|due\\+|held_for )([0-9]+(?:ms|s|m|h|d))\"");
    std::string out;
    auto rest = text.cbegin();
    for (std::sregex_iterator it(text.cbegin(), text.cend(), span), end; it != end; ++it) {
        out.append(rest, (*it)[0].first);
        out += (*it)[1].str() + hurried((*it)[2].str(), hurry) + "\"";
        rest = (*it)[0].second;
    }
    return out.append(rest, text.cend());
}

std::string short_ladders()
{
    return read_text("tests/acceptance/short_ladders.toml");
}

}  // namespace shouwang::test
