#include "daemon/client/invocation.hpp"
#include "daemon/configuration.hpp"
#include "daemon/rehearsal/rehearsal.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <memory>
#include <ostream>
#include <string>

// rehearse FILE: the daemon in virtual time. Nothing is sent, no daemon is needed.
namespace shouwang::client {

namespace js = boost::json;

namespace {

struct RehearseLine {
    std::string file;
    std::string protocols;
    std::string roster;
    std::uint64_t seed = 1;
};

std::string value_in(const js::object& event, const char* name)
{
    const js::value* value = event.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
}

// What people read: one line an event, with what it is about.
std::string line_of(const std::string& event)
{
    js::error_code error;
    const js::value parsed = js::parse(event, error);
    if (error || !parsed.is_object()) return event;
    const js::object& object = parsed.get_object();
    std::string out = value_in(object, "at") + "  " + value_in(object, "event");
    for (const char* name : {"incident", "duty", "role", "staff", "answer", "channel", "reason"}) {
        const std::string value = value_in(object, name);
        if (!value.empty()) out += "  " + value;
    }
    return out;
}

ExitCode play(Invocation& invocation, RehearseLine& line)
{
    if (line.protocols.empty() || line.roster.empty()) {
        const auto settings = invocation.settings();
        if (!settings) return ExitCode::BadConfiguration;
        if (line.protocols.empty()) line.protocols = settings->protocol.parent_path().string();
        if (line.roster.empty()) line.roster = settings->roster.string();
    }
    const auto result = rehearsal::rehearse(line.file, {line.protocols, line.roster, line.seed});
    if (!result.played()) {
        invocation.world().err << daemon::words(result.faults);
        return ExitCode::BadConfiguration;
    }
    std::ostream& out = invocation.world().out;
    for (const std::string& event : result.events)
        out << (invocation.options().json ? event : line_of(event)) << '\n';
    for (const std::string& unmet : result.unmet) invocation.world().err << unmet << '\n';
    if (!invocation.options().json)
        out << result.title << ": "
            << (result.passed() ? invocation.say()("符合预期", "as expected")
                                : invocation.say()("与预期不符", "not as expected"))
            << '\n';
    return result.passed() ? ExitCode::Done : ExitCode::Failed;
}

}  // namespace

void add_rehearse_verb(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    auto line = std::make_shared<RehearseLine>();
    CLI::App& verb = *app.add_subcommand(
        "rehearse",
        say("在虚拟时间里演一遍，不发出任何消息", "play a file in virtual time; nothing is sent")
    );
    verb.add_option("FILE", line->file, say("预演文件", "rehearsal file"))->required();
    verb.add_option(
        "--protocols",
        line->protocols,
        say("协议所在目录，默认取自设置", "folder of protocols; default: that of the settings")
    );
    verb.add_option(
        "--roster",
        line->roster,
        say("文件未写名册时用的名册", "roster for a file that names none; default: the settings'")
    );
    verb.add_option("--seed", line->seed, say("随机种子", "of ids and jitter"));
    verb.callback([&invocation, line] {
        invocation.leave([&invocation, line] { return play(invocation, *line); });
    });
}

}  // namespace shouwang::client
