#pragma once

#include "daemon/client/words.hpp"
#include "daemon/rehearsal/what_if.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace shouwang::client {

// What people read of a what-if: who is called when, by what, for which duty and why this person;
// and where it ends.
[[nodiscard]] std::string what_if_text(
    const rehearsal::WhatIf& question,
    const rehearsal::WhatIfResult& result,
    const rehearsal::Stage& stage,
    const Words& say
);

// The last line of what programs read: where it ends. Nothing personal.
[[nodiscard]] boost::json::object what_if_summary(
    const rehearsal::WhatIf& question, const rehearsal::WhatIfResult& result
);

}  // namespace shouwang::client
