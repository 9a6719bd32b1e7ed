#pragma once

#include "escalation/step.hpp"

#include <optional>

// Internal to escalation/: records, which satisfy a duty by what they say, and guarded endings.
namespace shouwang::escalation {

[[nodiscard]] std::optional<Refusal> add_record(Step& step, const AddRecord& command);
[[nodiscard]] std::optional<Refusal> sign_end(Step& step, const SignEnd& command);

}  // namespace shouwang::escalation
