#include "daemon/client/edited_files.hpp"
#include "daemon/client/invocation.hpp"
#include "daemon/configuration.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <memory>
#include <utility>

// protocol check|explain|draw: the emergency protocol as a file, judged without a daemon.
namespace shouwang::client {

namespace js = boost::json;

namespace {

struct ProtocolLine {
    std::string file;    // empty: the one the daemon's settings name
    std::string roster;  // empty: that one's, if `file` is empty too; else none
    std::string out;     // where a picture goes; empty: standard output
};

// Fills in what the line left out. False after saying why it cannot be known.
bool complete(Invocation& invocation, ProtocolLine& line)
{
    if (!line.file.empty()) return true;
    const auto settings = invocation.settings();
    if (!settings) return false;
    line.file = settings->protocol.string();
    if (line.roster.empty()) line.roster = settings->roster.string();
    return true;
}

struct Judged {
    config::LoadedProtocol protocol;
    std::vector<config::Fault> faults;  // of the protocol, of the roster, and of the two together
    bool good = false;
};

Judged judge(const ProtocolLine& line)
{
    Judged out;
    out.protocol = read_protocol(line.file);
    out.faults = out.protocol.faults;
    if (!line.roster.empty()) {
        const auto roster = read_roster(line.roster, out.protocol.protocol.get());
        out.faults.insert(out.faults.end(), roster.faults.begin(), roster.faults.end());
        if (out.protocol.protocol != nullptr && roster.directory != nullptr) {
            const auto together = config::check_with_roster(out.protocol, *roster.directory);
            out.faults.insert(out.faults.end(), together.begin(), together.end());
        }
    }
    out.good = out.protocol.protocol != nullptr && !has_error(out.faults);
    return out;
}

js::object document_of(const Judged& judged)
{
    js::object out{{"ok", judged.good}};
    if (const auto& protocol = judged.protocol.protocol) {
        out["name"] = protocol->name;
        out["version"] = protocol->version;
        out["hash"] = protocol->hash;
    }
    out["faults"] = faults_document(judged.faults);
    return out;
}

ExitCode check(Invocation& invocation, ProtocolLine& line)
{
    if (!complete(invocation, line)) return ExitCode::BadConfiguration;
    const Judged judged = judge(line);
    std::string text = daemon::words(judged.faults);
    const Words& say = invocation.say();
    if (judged.good) {
        const escalation::Protocol& protocol = *judged.protocol.protocol;
        text += protocol.name + " " + std::to_string(protocol.version) +
                say(": 可用  ", ": good  ") + protocol.hash + "\n";
    } else {
        text += line.file + say(": 不可用\n", ": cannot be used\n");
    }
    return invocation.show(
        judged.good ? ExitCode::Done : ExitCode::BadConfiguration, document_of(judged), text
    );
}

ExitCode explain(Invocation& invocation, ProtocolLine& line)
{
    if (!complete(invocation, line)) return ExitCode::BadConfiguration;
    line.roster.clear();  // the text is the protocol's alone
    const Judged judged = judge(line);
    js::object document = document_of(judged);
    if (!judged.good)
        return invocation.show(ExitCode::BadConfiguration, document, daemon::words(judged.faults));
    const std::string text = config::explain(*judged.protocol.protocol);
    document["text"] = text;
    return invocation.show(ExitCode::Done, document, text);
}

ExitCode draw(Invocation& invocation, ProtocolLine& line)
{
    if (!complete(invocation, line)) return ExitCode::BadConfiguration;
    line.roster.clear();
    const Judged judged = judge(line);
    js::object document = document_of(judged);
    if (!judged.good)
        return invocation.show(ExitCode::BadConfiguration, document, daemon::words(judged.faults));
    const std::string picture = config::draw(*judged.protocol.protocol);
    if (line.out.empty()) {
        document["svg"] = picture;
        return invocation.show(ExitCode::Done, document, picture);
    }
    std::ofstream file(line.out, std::ios::binary | std::ios::trunc);
    file << picture;
    file.close();
    if (!file)
        return invocation.complain(
            ExitCode::Failed, invocation.say()("写不了 ", "cannot write ") + line.out
        );
    document["file"] = line.out;
    return invocation.show(ExitCode::Done, document, line.out + "\n");
}

using Verb = ExitCode (*)(Invocation&, ProtocolLine&);

CLI::App& add(
    CLI::App& family,
    Invocation& invocation,
    const std::string& name,
    Verb work,
    const std::string& help,
    const std::shared_ptr<ProtocolLine>& line
)
{
    CLI::App& verb = *family.add_subcommand(name, help);
    verb.add_option(
        "FILE",
        line->file,
        invocation.say()("协议文件，默认取自设置", "protocol; default: the one in the settings")
    );
    verb.callback([&invocation, line, work] {
        invocation.leave([&invocation, line, work] { return work(invocation, *line); });
    });
    return verb;
}

}  // namespace

void add_protocol_verbs(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    CLI::App& family = *app.add_subcommand("protocol", say("应急协议文件", "the protocol file"));
    family.require_subcommand(1);
    auto line = std::make_shared<ProtocolLine>();
    CLI::App& checking =
        add(family,
            invocation,
            "check",
            &check,
            say("检查，一次列出全部错误", "check it; every fault at once"),
            line);
    checking.add_option(
        "--roster",
        line->roster,
        say("连同这份名册检查", "check it together with this roster folder")
    );
    add(family,
        invocation,
        "explain",
        &explain,
        say("用平实的话说明谁在何时被通知", "say in plain words who hears of what, and when"),
        std::make_shared<ProtocolLine>());
    auto drawn = std::make_shared<ProtocolLine>();
    CLI::App& drawing =
        add(family,
            invocation,
            "draw",
            &draw,
            say("画成一张图（SVG）：每个岗位的阶梯", "draw it as an SVG: the ladder of every duty"),
            drawn);
    drawing.add_option(
        "--out",
        drawn->out,
        say("写入这个文件，默认标准输出", "into this file; default: standard output")
    );
}

}  // namespace shouwang::client
