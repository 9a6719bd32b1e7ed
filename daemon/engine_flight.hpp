#pragma once

#include "daemon/engine.hpp"

#include <boost/asio/steady_timer.hpp>

namespace shouwang::daemon {

// One batch between its folding and its being durable.
struct Engine::Flight {
    journal::Batch batch;  // kept until durable: a full journal gets it once more
    std::vector<Event> events;
    std::size_t first_event = 0;  // index of its record in the batch
    std::optional<Idempotency> once;
    Instant wall{};
    Span queued_at{};       // boottime
    bool opening = false;   // of those that are turned away while the journal cannot be written
    bool sent = false;      // the journal has it
    bool released = false;  // may be acted upon
    bool durable = false;
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::vector<std::shared_ptr<boost::asio::steady_timer>> waiters;
};

// The stream of what belongs to no incident, and the types of records that are no events.
inline constexpr const char* settings_stream = "settings";
inline constexpr const char* idempotency_type = "idempotency";
inline constexpr const char* clock_type = "clock";

// Binds a sealed part to its place: it opens nowhere else.
[[nodiscard]] inline std::string seal_context(const std::string& stream, std::string_view type)
{
    return stream + '\n' + std::string(type);
}

}  // namespace shouwang::daemon
