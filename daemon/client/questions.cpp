#include "daemon/client/questions.hpp"

#include "daemon/client/edited_files.hpp"
#include "daemon/configuration.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::client {

using escalation::FactName;
using escalation::FactValue;
using escalation::StaffId;

namespace {

FactValue values_in(const std::string& text)
{
    FactValue out;
    std::size_t from = 0;
    while (from <= text.size()) {
        const std::size_t comma = std::min(text.find(',', from), text.size());
        const std::string value = text.substr(from, comma - from);
        if (!value.empty() && value != "unknown") out.push_back(value);
        from = comma + 1;
    }
    return out;
}

}  // namespace

std::optional<ReadFiles> read_files(
    Invocation& invocation, std::string protocol, std::string roster
)
{
    if (protocol.empty() || roster.empty()) {
        const auto settings = invocation.settings();
        if (!settings) return std::nullopt;
        if (protocol.empty()) protocol = settings->protocol.string();
        if (roster.empty()) roster = settings->roster.string();
    }
    auto read = read_protocol(protocol);
    auto people = read_roster(roster, read.protocol.get());
    if (read.protocol != nullptr && people.directory != nullptr)
        return ReadFiles{read.protocol, people.directory, std::move(read.text)};
    std::vector<config::Fault> faults = std::move(read.faults);
    faults.insert(faults.end(), people.faults.begin(), people.faults.end());
    invocation.show(
        ExitCode::BadConfiguration,
        {{"ok", false}, {"faults", faults_document(faults)}},
        daemon::words(faults)
    );
    return std::nullopt;
}

std::map<FactName, FactValue> facts_of(
    const std::vector<std::string>& texts, std::vector<std::string>& faults
)
{
    std::map<FactName, FactValue> out;
    for (const std::string& text : texts) {
        const std::size_t equals = text.find('=');
        if (equals == 0 || equals == std::string::npos)
            faults.push_back("--fact " + text + ": name=value");
        else
            out[FactName(text.substr(0, equals))] = values_in(text.substr(equals + 1));
    }
    return out;
}

std::set<StaffId> staff_of(
    const std::vector<std::string>& texts,
    const escalation::Directory& directory,
    const Words& say,
    std::vector<std::string>& faults
)
{
    std::set<StaffId> out;
    for (const std::string& text : texts) {
        if (directory.person(StaffId(text)) == nullptr)
            faults.push_back("--silent " + text + say(": 名册中没有", ": not on the roster"));
        out.insert(StaffId(text));
    }
    return out;
}

std::string joined(const std::vector<std::string>& parts, const std::string& between)
{
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : between) + part;
    return out;
}

}  // namespace shouwang::client
