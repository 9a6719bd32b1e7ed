#pragma once

#include "config/fault.hpp"
#include "escalation/types.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What an operator says about this daemon (shouwang.toml): where it listens, where its files are,
// which way each channel leaves the house. Never a secret: those are in files of their own.
namespace shouwang::config {

// One way out of the house for a channel.
struct ProviderSettings {
    std::string name;  // for logs and /readyz
    std::string kind;  // webhook, wecom_robot, demo
    std::string url;   // webhook: where to post; empty: the person's own address is the URL
    std::vector<std::filesystem::path> secret_files;  // webhook: signing secrets, newest first
    std::filesystem::path url_file;  // wecom_robot: the robot's URL, which is its secret
};

struct Settings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8110;
    std::string base_url;              // what links in messages begin with
    std::filesystem::path data;        // folder of the journal
    std::filesystem::path protocol;    // file
    std::filesystem::path roster;      // folder
    std::filesystem::path tokens;      // file
    std::filesystem::path master_key;  // file of 32 bytes
    std::map<escalation::ChannelName, std::vector<ProviderSettings>> channels;
    std::vector<escalation::ChannelName> fall_over;  // tried in this order when one fails
    std::vector<std::string> emergency_phones;       // told to callers when nothing can be taken
    std::uint64_t ballast_mib = 64;       // disk space kept for when it runs out; 0: none
    std::uint64_t journal_pages_max = 0;  // 0: no limit; for tests of a full disk
};

struct LoadedSettings {
    std::optional<Settings> settings;  // nullopt when any fault is an error
    std::vector<Fault> faults;
};

// Relative paths are relative to the file. With `demo`, providers other than the demo's handset are
// faults, as is any address but a loopback one: a demo daemon has no real channel.
[[nodiscard]] LoadedSettings load_settings(const std::filesystem::path& file, bool demo);
[[nodiscard]] LoadedSettings read_settings(
    std::string_view text, const std::filesystem::path& file, bool demo
);

// Where a text that has faults says the journal is. Nullopt when it is no TOML or does not say.
[[nodiscard]] std::optional<std::filesystem::path> data_folder_in(
    std::string_view text, const std::filesystem::path& file
);

// $CREDENTIALS_DIRECTORY/NAME for "credential:NAME", else the path itself.
[[nodiscard]] std::filesystem::path resolve_credential(
    const std::string& text, const std::filesystem::path& beside
);

// True for what resolve_credential() makes of a credential where no CREDENTIALS_DIRECTORY is set:
// outside of the service manager's unit.
[[nodiscard]] bool is_credential_of_nobody(const std::filesystem::path& file);

}  // namespace shouwang::config
