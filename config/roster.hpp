#pragma once

#include "config/fault.hpp"
#include "escalation/directory.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// The roster folder (docs/formats/roster.md): who there is, who holds which role, who is on duty,
// who is away. Loading gives a checked, immutable snapshot, or every fault at once and nothing.
namespace shouwang::config {

struct RosterOptions {
    // Lower-case hexadecimal SHA-256 of its argument; it becomes the directory's version.
    std::function<std::string(std::string_view)> hash;
    // A class with students is worth a warning when nobody holds any of these roles for it;
    // empty: when nobody holds any role at all.
    std::vector<escalation::RoleName> class_roles;
};

struct LoadedRoster {
    // nullptr when any fault is more than a warning.
    std::shared_ptr<const escalation::Directory> directory;
    // Everything that was read, in one piece: what load_roster_text() takes. Personal throughout.
    std::string text;
    // By file and line; at most roster_faults_max, the last one then says that there are more.
    std::vector<Fault> faults;
};

constexpr std::size_t roster_faults_max = 1000;

// Reads `folder`. Its local times lie `utc_offset` ahead of UTC.
[[nodiscard]] LoadedRoster load_roster(
    const std::filesystem::path& folder,
    std::chrono::minutes utc_offset,
    const RosterOptions& options
);

// The same from `text` of an earlier load: the same directory with the same version, to the byte.
// The offset from UTC is part of the text, so nothing outside of it changes what it means.
[[nodiscard]] LoadedRoster load_roster_text(std::string_view text, const RosterOptions& options);

}  // namespace shouwang::config
