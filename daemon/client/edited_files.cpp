#include "daemon/client/edited_files.hpp"

#include "daemon/configuration.hpp"

namespace shouwang::client {

config::LoadedProtocol read_protocol(const std::filesystem::path& file)
{
    return config::load_protocol(file, {&daemon::content_hash});
}

config::LoadedRoster read_roster(
    const std::filesystem::path& folder, const escalation::Protocol* protocol
)
{
    const std::chrono::minutes ahead_of_utc =
        protocol == nullptr ? std::chrono::hours(8) : protocol->utc_offset;
    return config::load_roster(folder, ahead_of_utc, daemon::roster_options(protocol));
}

}  // namespace shouwang::client
