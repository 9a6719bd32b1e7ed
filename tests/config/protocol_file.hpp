#pragma once

#include "config/protocol_loader.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace shouwang::test {

inline std::string read_source(const std::string& path)
{
    std::ifstream in(std::string(SHOUWANG_SOURCE_DIR) + "/" + path, std::ios::binary);
    if (!in) throw std::runtime_error("no such file: " + path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline const std::string& notice_safe()
{
    static const std::string text = read_source("config/protocol/notice-safe.toml");
    return text;
}

inline const std::string& gas_leak_file()
{
    static const std::string text = read_source("tests/config/protocols/gas_leak.toml");
    return text;
}

inline config::ProtocolOptions protocol_options()
{
    config::ProtocolOptions options;
    options.hash = [](std::string_view text) { return "hash-" + std::to_string(text.size()); };
    return options;
}

inline config::LoadedProtocol load_text(const std::string& text)
{
    return config::load_protocol_text(text, "p.toml", protocol_options());
}

// The text with the first `from` replaced. A test whose starting point is gone must fail.
inline std::string with(std::string text, const std::string& from, const std::string& to)
{
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("not in the file: " + from);
    return text.replace(at, from.size(), to);
}

inline unsigned line_of(const std::string& text, const std::string& needle)
{
    const std::size_t at = text.find(needle);
    if (at == std::string::npos) throw std::runtime_error("not in the file: " + needle);
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(at);
    return static_cast<unsigned>(std::count(text.begin(), end, '\n')) + 1;
}

inline std::string words(const std::vector<config::Fault>& faults)
{
    std::string out;
    for (const config::Fault& fault : faults)
        out += std::to_string(fault.line) + ":" + std::to_string(fault.column) + ": " + fault.what +
               " (" + fault.hint + ")\n";
    return out;
}

}  // namespace shouwang::test
