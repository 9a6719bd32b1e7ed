#pragma once

#include "config/fault.hpp"
#include "config/roster.hpp"
#include "config/settings.hpp"
#include "escalation/directory.hpp"
#include "escalation/protocol.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shouwang::daemon {

// Everything an operator edits, read and checked together: `shouwangd --check-config` and the start
// of the daemon take the same path.
struct Configuration {
    config::Settings settings;
    std::string settings_text;
    std::shared_ptr<const escalation::Protocol> protocol;  // nullptr: has errors
    std::string protocol_text;
    std::shared_ptr<const escalation::Directory> directory;  // nullptr: has errors
    std::string roster_text;
    std::vector<config::Fault> faults;  // of all files; warnings too

    [[nodiscard]] bool usable() const noexcept
    {
        return protocol != nullptr && directory != nullptr;
    }
};

// Nothing is thrown for what is in the files. `readable` is false when the settings themselves
// cannot be used: without them there is not even a journal to fall back on.
struct ReadConfiguration {
    bool readable = false;
    Configuration configuration;
};
[[nodiscard]] ReadConfiguration read_configuration(const std::filesystem::path& file, bool demo);

// One line for each fault: file:line:column: what (hint).
[[nodiscard]] std::string words(const std::vector<config::Fault>& faults);

// Read back from the journal; nullptr when this release cannot read it.
[[nodiscard]] std::shared_ptr<const escalation::Protocol> protocol_from_journal(
    const std::string& text
);

[[nodiscard]] std::shared_ptr<const escalation::Directory> roster_from_journal(
    const std::string& text, const escalation::Protocol& protocol
);

// How this protocol wants the roster read; nullptr: without knowing which roles a class needs.
[[nodiscard]] config::RosterOptions roster_options(const escalation::Protocol* protocol);

// Lower-case hexadecimal SHA-256: how protocol, settings and roster are told apart for ever.
[[nodiscard]] std::string content_hash(std::string_view text);

}  // namespace shouwang::daemon
