#pragma once

#include "escalation/step.hpp"

#include <optional>

// Internal to escalation/: records, which satisfy a duty by what they say, and guarded endings.
namespace shouwang::escalation {

[[nodiscard]] std::optional<Refusal> add_record(Step& step, const AddRecord& command);
[[nodiscard]] std::optional<Refusal> sign_end(Step& step, const SignEnd& command);
// What comes of an ending that is signed in full, or that time has brought.
void complete(Step& step, const End& end, const SubjectId& subject, const Actor& by);

}  // namespace shouwang::escalation
