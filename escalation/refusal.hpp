#pragma once

#include "escalation/decide.hpp"

#include <string>
#include <utility>

// Internal to escalation/: a command that the state does not allow, for one reason.
namespace shouwang::escalation {

[[nodiscard]] inline Refusal refused(std::string code, std::string pointer, std::string detail)
{
    return {Refusal::Because::Refused, {{std::move(code), std::move(pointer), std::move(detail)}}};
}

}  // namespace shouwang::escalation
