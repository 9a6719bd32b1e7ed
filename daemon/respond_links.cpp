#include "daemon/respond_links.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

namespace shouwang::daemon {

using namespace escalation;

namespace {

constexpr std::size_t token_bytes = 16;
constexpr std::size_t token_letters = 22;

template <std::size_t Size>
void keyed_hash(
    std::array<std::uint8_t, Size>& out,
    std::string_view text,
    const std::uint8_t* key,
    std::size_t key_size
)
{
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    if (crypto_generichash(out.data(), out.size(), bytes, text.size(), key, key_size) != 0)
        throw std::logic_error("BLAKE2b was asked for a size it does not have");
}

// No two different triples give the same text: each part is led by its length.
std::string bound_to(const Incident& incident, const StaffId& staff)
{
    const std::string& id = incident.id.text();
    return std::to_string(id.size()) + ":" + id + std::to_string(staff.text().size()) + ":" +
           staff.text() + std::to_string(incident.cycle);
}

}  // namespace

LinkKey LinkKey::derive(const journal::MasterKey& master)
{
    LinkKey out;
    keyed_hash(out.bytes_, "shouwang respond links", master.bytes(), journal::MasterKey::size);
    return out;
}

std::string RespondLinks::token(const Incident& incident, const StaffId& staff) const
{
    std::array<std::uint8_t, token_bytes> raw{};
    keyed_hash(raw, bound_to(incident, staff), key_.bytes().data(), LinkKey::size);
    std::array<char, token_letters + 1> text{};
    sodium_bin2base64(
        text.data(), text.size(), raw.data(), raw.size(), sodium_base64_VARIANT_URLSAFE_NO_PADDING
    );
    return text.data();
}

void RespondLinks::rebuild(const Board& board)
{
    for (const auto& [id, incident] : board.incidents) {
        if (!incident.live()) continue;
        for (const auto& [page_id, page] : incident.pages) note(incident, page.staff, page.at);
    }
}

void RespondLinks::on_event(const Event& event, const Board& board)
{
    const Incident* incident = board.find(incident_of(event));
    if (incident == nullptr) return;
    if (const auto* paged = std::get_if<Paged>(&event)) note(*incident, paged->staff, paged->at);
    if (!incident->live()) forget(incident->id);
}

std::optional<RespondLinks::Responder> RespondLinks::find(
    std::string_view token, const Board& board, Instant now
) const
{
    if (token.size() != token_letters) return std::nullopt;
    const auto found = links_.find(hash_of(token));
    if (found == links_.end()) return std::nullopt;
    const Link& link = found->second;
    const Incident* incident = board.find(link.responder.incident);
    const bool alive = incident != nullptr && incident->live() && incident->cycle == link.cycle &&
                       now - link.paged_at <= lives_for;
    return alive ? std::optional(link.responder) : std::nullopt;
}

void RespondLinks::note(const Incident& incident, const StaffId& staff, Instant paged_at)
{
    const TokenHash hash = hash_of(token(incident, staff));
    const auto [entry, is_new] =
        links_.try_emplace(hash, Link{{incident.id, staff}, incident.cycle, paged_at});
    if (is_new) by_incident_[incident.id].push_back(hash);
    entry->second.paged_at = std::max(entry->second.paged_at, paged_at);
}

void RespondLinks::forget(const IncidentId& incident)
{
    const auto hashes = by_incident_.find(incident);
    if (hashes == by_incident_.end()) return;
    for (const TokenHash& hash : hashes->second) links_.erase(hash);
    by_incident_.erase(hashes);
}

RespondLinks::TokenHash RespondLinks::hash_of(std::string_view token)
{
    TokenHash out{};
    keyed_hash(out, token, nullptr, 0);
    return out;
}

}  // namespace shouwang::daemon
