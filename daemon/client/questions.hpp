#pragma once

#include "daemon/client/invocation.hpp"
#include "escalation/directory.hpp"
#include "escalation/incident.hpp"
#include "escalation/protocol.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

// What the verbs share that ask a protocol and a roster a question without a daemon.
namespace shouwang::client {

struct ReadFiles {
    std::shared_ptr<const escalation::Protocol> protocol;
    std::shared_ptr<const escalation::Directory> directory;
    std::string protocol_text;
};

// Both files; an empty path is the one of the daemon's settings. Nothing after saying why: every
// fault of both, and the exit is a bad configuration.
[[nodiscard]] std::optional<ReadFiles> read_files(
    Invocation& invocation, std::string protocol, std::string roster
);

// "name=value", "hazard=height,water" and "name=unknown". What is no such thing is added to
// `faults`; whether the protocol knows the names is the core's to say.
[[nodiscard]] std::map<escalation::FactName, escalation::FactValue> facts_of(
    const std::vector<std::string>& texts, std::vector<std::string>& faults
);

// Staff ids; who is not on the roster is added to `faults`.
[[nodiscard]] std::set<escalation::StaffId> staff_of(
    const std::vector<std::string>& texts,
    const escalation::Directory& directory,
    const Words& say,
    std::vector<std::string>& faults
);

[[nodiscard]] std::string joined(const std::vector<std::string>& parts, const std::string& between);

}  // namespace shouwang::client
