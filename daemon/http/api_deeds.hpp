#pragma once

#include "daemon/http/api.hpp"

// The commands that api.hpp's verbs make of a request's body, one function each.
namespace shouwang::http {

// An answer with nothing in it yet but who gives it, and how it came.
[[nodiscard]] escalation::Answer answer_by(const Deed& deed);

// Decisions, endings, command, notes: what the people of an incident say and sign.
[[nodiscard]] escalation::Command decision_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command close_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command stand_down_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command false_alarm_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command level_down_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command drill_end_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command subject_close_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command ending_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command take_over_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command waiver_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command note_of(BodyReader& reader, const Deed& deed);

// What an incident is about, and which incident it is.
[[nodiscard]] escalation::Command subject_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command identity_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command place_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command reopening_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command protocol_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command merge_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command split_of(BodyReader& reader, const Deed& deed);
[[nodiscard]] escalation::Command keep_apart_of(BodyReader& reader, const Deed& deed);

// {campus, building, floor, room, detail}; nullopt when the body has no `place`.
[[nodiscard]] std::optional<escalation::PlaceReport> place_from(BodyReader& body);

}  // namespace shouwang::http
