#include "daemon/wall_refill.hpp"

#include "daemon/address.hpp"

#include <chrono>
#include <map>
#include <string>
#include <utility>

namespace shouwang::daemon {

using namespace escalation;

namespace {

struct Shown {
    const Incident* incident = nullptr;
    const Page* page = nullptr;
    const ChannelName* channel = nullptr;
    const ChannelState* state = nullptr;
};

// By the instant it was taken; what shares one stays in the order of the board.
std::multimap<Instant, Shown> shown_before(const Board& board)
{
    std::multimap<Instant, Shown> out;
    for (const auto& [id, incident] : board.incidents) {
        if (!incident.live()) continue;
        for (const auto& [page_id, page] : incident.pages)
            for (const auto& [channel, state] : page.channels)
                if (state.state == SendState::Accepted)
                    out.emplace(state.at, Shown{&incident, &page, &channel, &state});
    }
    return out;
}

// Empty when the person, or this address of theirs, is no longer on the roster.
std::string address_of(const Shown& shown, const Directory& directory)
{
    const Staff* person = directory.person(shown.page->staff);
    if (person == nullptr) return {};
    for (const Address& address : addresses_of(*person, *shown.channel))
        if (address.name == shown.state->address) return address.value;
    return {};
}

}  // namespace

void refill_wall(
    notifiers::HandsetWall& wall,
    const Board& board,
    const Directory& directory,
    const Compose& compose
)
{
    for (const auto& [at, shown] : shown_before(board)) {
        const std::string address = address_of(shown, directory);
        if (address.empty()) continue;
        Attempt attempt;
        attempt.key = send_key(shown.page->id, *shown.channel);
        attempt.number = shown.state->attempts;
        attempt.possible_repeat = shown.state->attempts > 1;  // a handset refuses nothing: a crash
        attempt.now = at;
        MessageContent content = compose(*shown.incident, *shown.page, *shown.channel, attempt);
        const auto unix_at = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch();
        wall.arrive(
            shown.channel->text(),
            notifiers::Message(
                attempt.key,
                address,
                std::move(content.text),
                std::move(content.payload),
                unix_at.count(),
                attempt.number,
                attempt.possible_repeat
            )
        );
    }
}

}  // namespace shouwang::daemon
