#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace shouwang::journal {

// The name of the network file system that statfs(2) reports as `magic`; none when it is local.
// SQLite's locks and syncs cannot be trusted over a network.
[[nodiscard]] std::optional<std::string_view> network_filesystem(std::int64_t magic);

// Makes `file` exist with mode 0600, empty when new. Never opens a file that exists: closing it
// would drop the locks this process may hold on it. Throws OpenError (sqlite_journal.hpp).
void prepare_journal_file(const std::filesystem::path& file);

}  // namespace shouwang::journal
