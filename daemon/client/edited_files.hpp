#pragma once

#include "config/protocol_loader.hpp"
#include "config/roster.hpp"

#include <filesystem>

// The files an operator edits, read as the daemon reads them (daemon/configuration.cpp), but each
// alone: so that one can be checked before the other is there.
namespace shouwang::client {

[[nodiscard]] config::LoadedProtocol read_protocol(const std::filesystem::path& file);

// `protocol` says how far local times lie ahead of UTC and which roles a class has to have;
// nullptr: as in mainland China, and no such roles.
[[nodiscard]] config::LoadedRoster read_roster(
    const std::filesystem::path& folder, const escalation::Protocol* protocol
);

}  // namespace shouwang::client
