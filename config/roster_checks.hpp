#pragma once

#include "config/roster.hpp"
#include "config/roster_builder.hpp"

// What only several rows of a roster together can get wrong.
namespace shouwang::config {

// Reports through the tables' sink. Requires: `draft` was built from `tables`.
void check_roster(
    const RosterTables& tables, const RosterDraft& draft, const RosterOptions& options
);

}  // namespace shouwang::config
