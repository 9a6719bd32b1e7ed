#pragma once

#include "config/fault.hpp"
#include "config/rehearsal_file.hpp"
#include "escalation/directory.hpp"
#include "escalation/protocol.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

// A rehearsal: the real engine, outbox, protocol and roster in virtual time, on a journal in
// memory, with providers that send nothing. Nobody answers except as the file's steps say.
namespace shouwang::rehearsal {

struct RehearsalOptions {
    std::filesystem::path protocols;  // folder of the protocols that a file may name
    std::filesystem::path roster;     // for a file that names none
    std::uint64_t seed = 1;           // of ids and of the jitter of retries
};

struct RehearsalResult {
    std::vector<config::Fault> faults;  // not empty but for warnings: it was not played
    std::vector<std::string> unmet;     // what was expected and did not come, in words
    std::vector<std::string> events;    // one JSON object each, in order
    std::string title;

    [[nodiscard]] bool played() const;
    [[nodiscard]] bool passed() const { return played() && unmet.empty(); }
};

// Reads `file` and what it names, and plays it.
[[nodiscard]] RehearsalResult rehearse(
    const std::filesystem::path& file, const RehearsalOptions& options
);

// What a rehearsal is played with.
struct Stage {
    std::shared_ptr<const escalation::Protocol> protocol;
    std::shared_ptr<const escalation::Directory> directory;
    std::string protocol_text;
    std::uint64_t seed = 1;
};
// Plays a file that was read already.
[[nodiscard]] RehearsalResult play(const config::RehearsalFile& file, const Stage& stage);

}  // namespace shouwang::rehearsal
