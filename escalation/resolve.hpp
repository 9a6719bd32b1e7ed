#pragma once

#include "escalation/directory.hpp"
#include "escalation/incident.hpp"
#include "escalation/protocol.hpp"

#include <string>
#include <vector>

// Who a role is, for this incident, now. Never silently empty: what could not be filled is a hole.
namespace shouwang::escalation {

struct Person {
    StaffId staff;
    RoleName role;       // the role they stand in for
    std::string reason;  // holder, shift, backup, deputy 2, delegate of ct-03, substitute as
                         // counsellor, unit head, register, last resort
    friend bool operator==(const Person&, const Person&) = default;
};

struct Resolution {
    std::vector<Person> people;  // in order of preference, nobody twice, all with an address
    std::vector<Hole> holes;     // slots the roster leaves empty, even when somebody stands in
};

// The unit of such a role is a subject's own.
[[nodiscard]] bool is_of_a_subject(Path path);

// `scope` limits roles of a subject to one college ("C05") or one subject ("s1"); empty: all.
[[nodiscard]] Resolution resolve(
    const Protocol& protocol,
    const Directory& directory,
    const Incident& incident,
    const RoleName& role,
    const std::string& scope,
    Instant now
);

// The last list of all. Empty only when the roster has none of these roles.
[[nodiscard]] Resolution resolve_last_resort(
    const Protocol& protocol, const Directory& directory, const Incident& incident, Instant now
);

}  // namespace shouwang::escalation
