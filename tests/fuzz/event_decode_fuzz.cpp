// Any bytes as records of the journal: they are events or they are nothing, an event that was read
// is written as it would be read again, and the board takes every one of them.
//
// Records are separated by 0x1E; each is a type, a blank, the open part, and behind a tab, if there
// is one, the sealed part.

#include "daemon/event_codec.hpp"
#include "escalation/decide.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

using shouwang::daemon::decode;
using shouwang::daemon::encode;
using shouwang::daemon::EncodedEvent;
using shouwang::test::require;
namespace escalation = shouwang::escalation;

namespace {

constexpr char record_separator = '\x1E';

std::optional<escalation::Event> event_in(std::string_view record)
{
    const auto blank = record.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    const std::string_view type = record.substr(0, blank);
    std::string_view open = record.substr(blank + 1);
    std::optional<std::string_view> sealed;
    if (const auto tab = open.find('\t'); tab != std::string_view::npos) {
        sealed = open.substr(tab + 1);
        open = open.substr(0, tab);
    }
    return decode(type, open, sealed);
}

void check_round_trip(const escalation::Event& event)
{
    const EncodedEvent written = encode(event);
    const auto again = decode(
        written.type,
        written.open,
        written.sealed.empty() ? std::string_view("{}") : std::string_view(written.sealed)
    );
    require(again.has_value(), "what was written can be read");
    const EncodedEvent twice = encode(*again);
    require(
        twice.type == written.type && twice.open == written.open && twice.sealed == written.sealed,
        "what was read is written as it stood"
    );
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    escalation::Board board;
    while (!rest.empty()) {
        const std::string_view record = rest.substr(0, rest.find(record_separator));
        rest.remove_prefix(std::min(rest.size(), record.size() + 1));
        const auto event = event_in(record);
        if (!event) continue;
        check_round_trip(*event);
        escalation::evolve(board, *event);
    }
    for (const auto& [id, incident] : board.incidents) {
        const auto deadline = incident.deadline();
        const bool armed = deadline && board.alarms.contains({*deadline, id});
        require(armed == deadline.has_value(), "every deadline is armed");
        require(!deadline || incident.live(), "what has ended waits for nothing");
    }
    return 0;
}
