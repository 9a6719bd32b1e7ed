#pragma once

#include "config/fault.hpp"
#include "config/toml_reader.hpp"
#include "escalation/directory.hpp"
#include "escalation/protocol.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// The protocol file (docs/formats/protocol.md): read, and checked wholly. Loading gives an
// immutable protocol, or every fault at once and nothing.
namespace shouwang::config {

struct ProtocolOptions {
    // Lower-case hexadecimal SHA-256 of its argument; it becomes the protocol's hash.
    std::function<std::string(std::string_view)> hash;
    // A protocol that was in force once, out of the journal: what a later release checks more
    // strictly is still reported and no longer refused.
    bool adopted = false;
};

struct LoadedProtocol {
    // nullptr when any fault is more than a warning (of an adopted one: when it is no TOML).
    std::shared_ptr<const escalation::Protocol> protocol;
    std::vector<Fault> faults;  // by line
    std::string file;
    std::string text;  // the file's bytes: what load_protocol_text() takes
    std::map<std::string, Location> places;
};

[[nodiscard]] LoadedProtocol load_protocol(
    const std::filesystem::path& path, const ProtocolOptions& options
);
// `name` is how faults call the text, and nothing else.
[[nodiscard]] LoadedProtocol load_protocol_text(
    std::string_view text, const std::string& name, const ProtocolOptions& options
);

// What only shows with the roster in force: texts that get too long, emergency numbers, roles
// nobody holds. Requires: `loaded.protocol`.
[[nodiscard]] std::vector<Fault> check_with_roster(
    const LoadedProtocol& loaded, const escalation::Directory& directory
);

// The protocol in plain words: what raises the level, and for each duty who hears of it at which
// second, at each level, and what it does for ever. For people who sign it.
[[nodiscard]] std::string explain(const escalation::Protocol& protocol);

// The same as a picture, an SVG file: each duty a row, its ladders as stairs over the time, who
// each rung is for. The same protocol gives the same bytes.
[[nodiscard]] std::string draw(const escalation::Protocol& protocol);

}  // namespace shouwang::config
