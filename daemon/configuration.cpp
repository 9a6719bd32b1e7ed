#include "daemon/configuration.hpp"

#include "config/protocol_loader.hpp"

#include <sodium.h>

#include <fstream>
#include <iterator>
#include <set>
#include <utility>

namespace shouwang::daemon {

namespace fs = std::filesystem;

namespace {

void add(std::vector<config::Fault>& all, std::vector<config::Fault> some)
{
    for (config::Fault& fault : some) all.push_back(std::move(fault));
}

bool has_error(const std::vector<config::Fault>& faults)
{
    for (const config::Fault& fault : faults)
        if (!fault.warning) return true;
    return false;
}

std::string read_text(const fs::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

// A channel that a level counts on and nobody set up reaches nobody.
void check_channels(Configuration& read, const fs::path& file)
{
    std::set<std::string> missing;
    for (const escalation::Level& level : read.protocol->levels)
        for (const escalation::ChannelName& channel : level.channels)
            if (!read.settings.channels.contains(channel)) missing.insert(channel.text());
    for (const std::string& channel : missing)
        read.faults.push_back(
            {file.string(),
             0,
             0,
             "the protocol pages by " + channel + ", which is not set up",
             "[channel." + channel + "]",
             true}
        );
}

}  // namespace

config::RosterOptions roster_options(const escalation::Protocol* protocol)
{
    config::RosterOptions options;
    options.hash = &content_hash;
    if (protocol == nullptr) return options;
    for (const auto& [name, role] : protocol->roles)
        if (role.of == escalation::Path::SubjectClass && role.holds == name)
            options.class_roles.push_back(name);
    return options;
}

ReadConfiguration read_configuration(const fs::path& file, bool demo)
{
    ReadConfiguration out;
    config::LoadedSettings loaded = config::load_settings(file, demo);
    if (loaded.settings) {
        out.readable = true;
        out.configuration = read_configuration(std::move(*loaded.settings), read_text(file), file);
    }
    auto& faults = out.configuration.faults;
    faults.insert(faults.begin(), loaded.faults.begin(), loaded.faults.end());
    return out;
}

Configuration read_configuration(config::Settings settings, std::string text, const fs::path& file)
{
    Configuration read;
    read.settings = std::move(settings);
    read.settings_text = std::move(text);

    config::LoadedProtocol protocol =
        config::load_protocol(read.settings.protocol, {&content_hash});
    add(read.faults, std::move(protocol.faults));
    const std::chrono::minutes offset =
        protocol.protocol == nullptr ? std::chrono::minutes(8 * 60) : protocol.protocol->utc_offset;
    config::LoadedRoster roster =
        config::load_roster(read.settings.roster, offset, roster_options(protocol.protocol.get()));
    add(read.faults, std::move(roster.faults));
    read.directory = roster.directory;
    read.roster_text = std::move(roster.text);
    read.protocol = protocol.protocol;
    read.protocol_text = protocol.text;
    if (protocol.protocol == nullptr || roster.directory == nullptr) return read;
    check_channels(read, file);
    std::vector<config::Fault> together = config::check_with_roster(protocol, *roster.directory);
    if (has_error(together)) read.protocol = nullptr;
    add(read.faults, std::move(together));
    return read;
}

fs::path journal_file(const fs::path& data)
{
    return data / "journal.db";
}

std::string words(const std::vector<config::Fault>& faults)
{
    std::string out;
    for (const config::Fault& fault : faults) {
        out += fault.file;
        if (fault.line != 0) out += ":" + std::to_string(fault.line);
        if (fault.column != 0) out += ":" + std::to_string(fault.column);
        out += fault.warning ? ": warning: " : ": ";
        out += fault.what;
        if (!fault.hint.empty()) out += " (" + fault.hint + ")";
        out += "\n";
    }
    return out;
}

std::shared_ptr<const escalation::Protocol> protocol_from_journal(const std::string& text)
{
    return config::load_protocol_text(text, "journal", {&content_hash, true}).protocol;
}

std::shared_ptr<const escalation::Directory> roster_from_journal(
    const std::string& text, const escalation::Protocol& protocol
)
{
    return config::load_roster_text(text, roster_options(&protocol)).directory;
}

std::string content_hash(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdef";
    unsigned char hash[crypto_hash_sha256_BYTES];
    // The library takes bytes; text is bytes.
    crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    std::string out;
    for (const unsigned char byte : hash) {
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

}  // namespace shouwang::daemon
