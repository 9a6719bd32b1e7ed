#include "config/protocol_loader.hpp"

#include "config/protocol_draft.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace shouwang::config {

using escalation::Directory;
using escalation::Protocol;
using escalation::Role;
using escalation::RoleName;

namespace {

void check(ProtocolDraft& draft)
{
    check_names(draft);
    check_reach(draft);
    check_works(draft);
    check_silence(draft);
    check_locks(draft);
    check_calls(draft);
    check_texts(draft.protocol, draft.places, nullptr, draft.faults);
}

bool anybody_holds(const Directory& directory, const RoleName& holds)
{
    const auto in = [&](const auto& table) {
        const auto found = table.lower_bound(escalation::RoleAt{holds, escalation::UnitId{}});
        return found != table.end() && found->first.first == holds;
    };
    return in(directory.holdings) || in(directory.shifts);
}

}  // namespace

LoadedProtocol load_protocol(const std::filesystem::path& path, const ProtocolOptions& options)
{
    std::ifstream in(path, std::ios::binary);
    std::string text;
    if (in) text.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    if (!in || in.bad()) {
        LoadedProtocol out;
        out.file = path.string();
        out.faults.push_back({out.file, 0, 0, "cannot be read", "is the path right?", false});
        return out;
    }
    return load_protocol_text(text, path.string(), options);
}

LoadedProtocol load_protocol_text(
    std::string_view text, const std::string& name, const ProtocolOptions& options
)
{
    LoadedProtocol out;
    out.file = name;
    out.text = std::string(text);
    ProtocolDraft draft(name);
    const auto root = parse_toml(text, draft.faults);
    if (root) {
        read_protocol(*root, draft);
        check(draft);
    }
    // The engine cannot do without a level.
    const bool usable =
        root && !draft.protocol.levels.empty() && (options.adopted || !draft.faults.fatal());
    out.faults = draft.faults.take();
    out.places = std::move(draft.places);
    if (!usable) return out;
    draft.protocol.hash = options.hash(text);
    out.protocol = std::make_shared<const Protocol>(std::move(draft.protocol));
    return out;
}

std::vector<Fault> check_with_roster(const LoadedProtocol& loaded, const Directory& directory)
{
    FaultList faults(loaded.file);
    const Protocol& protocol = *loaded.protocol;
    check_texts(protocol, loaded.places, &directory, faults);
    const auto place = [&](const std::string& path) {
        const auto found = loaded.places.find(path);
        return found == loaded.places.end() ? Location{} : found->second;
    };
    for (const auto& [name, role] : protocol.roles)
        if (!anybody_holds(directory, role.holds))
            faults.warn(
                place("role." + name.text()),
                "nobody on the roster holds the role " + config::quoted(role.holds.text()),
                "roles.csv or duty.csv"
            );
    if (!anybody_holds(directory, protocol.unit_head))
        faults.warn(
            place("unit_head"),
            "nobody on the roster heads a unit as " + config::quoted(protocol.unit_head.text()),
            "roles.csv"
        );
    const bool reachable = std::any_of(
        protocol.last_resort.begin(),
        protocol.last_resort.end(),
        [&](const RoleName& name) {
            const auto role = protocol.roles.find(name);
            return role != protocol.roles.end() && anybody_holds(directory, role->second.holds);
        }
    );
    if (!reachable)
        faults.add(
            place("last_resort"),
            "the last resort is nobody on this roster",
            "a role that somebody holds"
        );
    return faults.take();
}

}  // namespace shouwang::config
