#pragma once

#include "daemon/journal/sealing.hpp"
#include "daemon/time_source.hpp"
#include "escalation/decide.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shouwang::daemon {

// The secret that links are made of, derived from the master key: the same after every restart,
// and worth nothing for opening what the master key seals.
class LinkKey {
public:
    static constexpr std::size_t size = 32;
    [[nodiscard]] static LinkKey derive(const journal::MasterKey& master);
    [[nodiscard]] const std::array<std::uint8_t, size>& bytes() const noexcept { return bytes_; }

private:
    std::array<std::uint8_t, size> bytes_{};
};

// The links by which people answer without logging in: /r/{token}, a capability for one person and
// one incident. A link is dead once the incident has ended, and 12 h after that person's last page.
// Only hashes of tokens are held, and found by hash: what memory gives away opens nothing.
class RespondLinks {
public:
    static constexpr Span lives_for = std::chrono::hours(12);

    struct Responder {
        escalation::IncidentId incident;
        escalation::StaffId staff;
        friend bool operator==(const Responder&, const Responder&) = default;
    };

    explicit RespondLinks(LinkKey key) : key_(key) {}

    // 22 letters of base64url: 128 bits that only the holder of the key can make.
    [[nodiscard]] std::string token(
        const escalation::Incident& incident, const escalation::StaffId& staff
    ) const;

    // After a replay: a link for everybody who was ever paged in an incident that is live.
    void rebuild(const escalation::Board& board);
    // Every released event, when the board has it already.
    void on_event(const escalation::Event& event, const escalation::Board& board);

    // Whose link it is; nothing for one that never was or is dead.
    [[nodiscard]] std::optional<Responder> find(
        std::string_view token, const escalation::Board& board, Instant now
    ) const;

    [[nodiscard]] std::size_t size() const noexcept { return links_.size(); }

private:
    using TokenHash = std::array<std::uint8_t, 32>;
    struct Link {
        Responder responder;
        unsigned cycle = 1;
        Instant paged_at{};
    };

    void note(
        const escalation::Incident& incident, const escalation::StaffId& staff, Instant paged_at
    );
    void forget(const escalation::IncidentId& incident);
    [[nodiscard]] static TokenHash hash_of(std::string_view token);

    LinkKey key_;
    std::map<TokenHash, Link> links_;
    std::map<escalation::IncidentId, std::vector<TokenHash>> by_incident_;
};

}  // namespace shouwang::daemon
