#pragma once

#include "daemon/engine.hpp"
#include "daemon/http/event_stream.hpp"
#include "daemon/journal/journal.hpp"
#include "daemon/journal/sealing.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shouwang::http {

// The journal as readers see it: one incident's events in order, and the whole as a live stream.
// Keeps only where each stream's records stand; the records are read when asked for.
class Timeline {
public:
    // Reads the whole journal once for the index. Everything referred to outlives the timeline.
    // Throws std::runtime_error when the journal cannot be read.
    Timeline(const journal::Journal& journal, const journal::KeyRing& keys);

    // To be called for each durable event; returns it as the live stream tells it: to those who
    // had been asked by then, whatever the board says of later ones. So a reader who resumes is
    // told what they would have been told.
    [[nodiscard]] LiveEvent add(const daemon::Durable& durable);

    // The incident's events after `after`, at most `max`: seq, at, type, body, hash. What is
    // personal is in a body only with `personal`.
    [[nodiscard]] boost::json::array of(
        const escalation::IncidentId& incident, std::uint64_t after, std::size_t max, bool personal
    ) const;

    // For EventStream: what is durable after `after`.
    [[nodiscard]] std::optional<std::vector<LiveEvent>> replay(std::uint64_t after, std::size_t max)
        const;

private:
    // Where one stream's events stand, and who had been asked by which of them.
    struct Stream {
        std::vector<std::uint64_t> seqs;
        std::map<escalation::StaffId, std::uint64_t> asked_at;
    };

    void note(
        const std::string& stream,
        std::uint64_t seq,
        const std::string& type,
        const boost::json::object& open
    );
    [[nodiscard]] std::optional<LiveEvent> live(const journal::Record& record) const;
    [[nodiscard]] std::string audience(const std::string& stream, std::uint64_t seq) const;

    const journal::Journal& journal_;
    const journal::KeyRing& keys_;
    std::map<std::string, Stream> streams_;
};

}  // namespace shouwang::http
