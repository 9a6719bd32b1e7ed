#pragma once

#include "escalation/event.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

// Events as the journal keeps them: a type, a part everybody may read and a part that is personal.
//
// The format outlives every release: a field is added with a default, none is renamed, and the
// golden file tests/daemon/golden/events-v1.jsonl must decode for ever. Instants are integers,
// milliseconds since 1970; spans are milliseconds.
namespace shouwang::daemon {

struct EncodedEvent {
    std::string_view type;  // snake_case, stable, with static lifetime
    std::string open;       // canonical JSON object: fixed order of keys, no blanks
    std::string sealed;     // the same for what is personal; empty when there is nothing
};

[[nodiscard]] EncodedEvent encode(const escalation::Event& event);

// Reads an event back. Total over any bytes: a field that is missing or of the wrong kind keeps its
// default and an unknown field is ignored. Nothing for an unknown type, for an open part that is no
// JSON object, or for an event without the incident it belongs to: the caller quarantines.
//
// `sealed` is nothing when its key was destroyed: personal fields come back empty, and a student
// who had been identified as `erased`, so that whatever was true of the incident stays true.
[[nodiscard]] std::optional<escalation::Event> decode(
    std::string_view type, std::string_view open, std::optional<std::string_view> sealed
);

inline constexpr std::string_view erased = "[erased]";

// The type of every event, in the order of the variant's alternatives.
[[nodiscard]] const std::array<std::string_view, std::variant_size_v<escalation::Event>>&
event_types();

}  // namespace shouwang::daemon
