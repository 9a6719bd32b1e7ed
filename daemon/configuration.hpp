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
    bool settings_from_journal = false;  // the file has errors: these are the last good ones
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
// cannot be used: see last_good_settings.hpp.
struct ReadConfiguration {
    bool readable = false;
    Configuration configuration;
};
[[nodiscard]] ReadConfiguration read_configuration(const std::filesystem::path& file, bool demo);

// The rest of it, protocol and roster, from where settings that were read before say. `file` is the
// settings file.
[[nodiscard]] Configuration read_configuration(
    config::Settings settings, std::string text, const std::filesystem::path& file
);

// The one file in the settings' data folder that everything else can be made of again.
[[nodiscard]] std::filesystem::path journal_file(const std::filesystem::path& data);

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
