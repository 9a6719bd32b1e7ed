#include "config/toml_reader.hpp"
#include "daemon/client/invocation.hpp"
#include "daemon/client/questions.hpp"
#include "daemon/client/what_if_text.hpp"
#include "daemon/configuration.hpp"
#include "daemon/rehearsal/rehearsal.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

// rehearse FILE, rehearse --what-if: the daemon in virtual time. Nothing is sent, no daemon is
// needed.
namespace shouwang::client {

namespace js = boost::json;

namespace {

struct RehearseLine {
    std::string file;
    std::string protocols;
    std::string roster;
    std::uint64_t seed = 1;

    bool what_if = false;
    std::string protocol;  // empty: the one in the settings
    std::string student;
    std::string at;
    std::string lasts = "1h";
    std::vector<std::string> silent;
    std::vector<std::string> facts;
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

// The question that the line asks; nothing after adding everything that is wrong with it.
std::optional<rehearsal::WhatIf> question_of(
    const RehearseLine& line,
    const escalation::Directory& directory,
    const Words& say,
    std::vector<std::string>& faults
)
{
    rehearsal::WhatIf out;
    out.student = escalation::StudentId(line.student);
    if (directory.student(out.student) == nullptr)
        faults.push_back("--student " + line.student + say(": 名册中没有", ": not on the roster"));
    if (const auto at = parse_time(line.at))
        out.at = *at;
    else
        faults.push_back("--at " + line.at + ": 2026-10-10T02:17:40+08:00, 2026-10-10 02:17");
    if (const auto lasts = config::parse_span(line.lasts); lasts && *lasts > escalation::Span{})
        out.lasts = *lasts;
    else
        faults.push_back("--for " + line.lasts + ": 30m, 1h ...");
    std::vector<std::string> silent = line.silent;
    out.all_silent = std::erase(silent, "all") > 0;
    out.silent = staff_of(silent, directory, say, faults);
    out.facts = facts_of(line.facts, faults);
    return faults.empty() ? std::optional(std::move(out)) : std::nullopt;
}

ExitCode show(
    Invocation& invocation,
    const rehearsal::WhatIf& question,
    const rehearsal::WhatIfResult& result,
    const rehearsal::Stage& stage
)
{
    std::ostream& out = invocation.world().out;
    if (invocation.options().json) {
        for (const std::string& event : result.lines) out << event << '\n';
        out << js::serialize(what_if_summary(question, result)) << '\n';
    } else {
        out << what_if_text(question, result, stage, invocation.say());
    }
    for (const std::string& trouble : result.troubles)
        invocation.world().err << printable(trouble) << '\n';
    out.flush();
    const bool good = result.unreached.empty() && result.troubles.empty();
    return good && out ? ExitCode::Done : ExitCode::Failed;
}

ExitCode ask_what_if(Invocation& invocation, const RehearseLine& line)
{
    const auto files = read_files(invocation, line.protocol, line.roster);
    if (!files) return ExitCode::BadConfiguration;
    std::vector<std::string> faults;
    const auto question = question_of(line, *files->directory, invocation.say(), faults);
    if (!question) return invocation.complain(ExitCode::Usage, joined(faults, "; "));
    const rehearsal::Stage stage{
        files->protocol, files->directory, files->protocol_text, line.seed};
    const auto result = rehearsal::what_if(*question, stage);
    for (const escalation::Missing& missing : result.refused)
        faults.push_back(missing.pointer + " " + missing.detail);
    if (!faults.empty()) return invocation.complain(ExitCode::Failed, joined(faults, "; "));
    return show(invocation, *question, result, stage);
}

ExitCode rehearse(Invocation& invocation, RehearseLine& line)
{
    const bool one_of_both = line.what_if == line.file.empty();
    if (!one_of_both)
        return invocation.complain(
            ExitCode::Usage, invocation.say()("要么 FILE，要么 --what-if", "FILE or --what-if")
        );
    return line.what_if ? ask_what_if(invocation, line) : play(invocation, line);
}

void add_what_if_options(CLI::App& verb, RehearseLine& line, const Words& say)
{
    CLI::Option& what_if = *verb.add_flag(
        "--what-if",
        line.what_if,
        say("假如此时这名学生出事：谁会被叫到，怎样结束",
            "if this student were in danger then: who is called, and where it ends")
    );
    const auto of_it = [&](const char* name, auto& value, const std::string& help) -> CLI::Option& {
        return *verb.add_option(name, value, help)->needs(&what_if);
    };
    CLI::Option& student = of_it("--student", line.student, say("学号", "student id"));
    CLI::Option& at = of_it("--at", line.at, say("时刻，本地时间", "when, local time"));
    what_if.needs(&student)->needs(&at);
    of_it("--for", line.lasts, say("多久，默认 1h", "how long; default 1h"));
    of_it(
        "--silent",
        line.silent,
        say("一声不响的人，逗号分隔，或 all", "who says nothing: ids by commas, or all")
    )
        .delimiter(',');
    of_it(
        "--fact",
        line.facts,
        say("已知事实 名=值，可多次；默认什么都不知道",
            "what is known, name=value, several times; default: nothing")
    );
    of_it(
        "--protocol",
        line.protocol,
        say("协议文件，默认取自设置", "protocol; default: the one in the settings")
    );
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
    verb.add_option("FILE", line->file, say("预演文件", "rehearsal file"));
    verb.add_option(
        "--protocols",
        line->protocols,
        say("协议所在目录，默认取自设置", "folder of protocols; default: that of the settings")
    );
    verb.add_option(
        "--roster",
        line->roster,
        say("名册；文件里写明的优先", "roster, for a file that names none; default: the settings'")
    );
    verb.add_option("--seed", line->seed, say("随机种子", "of ids and jitter"));
    add_what_if_options(verb, *line, say);
    verb.callback([&invocation, line] {
        invocation.leave([&invocation, line] { return rehearse(invocation, *line); });
    });
}

}  // namespace shouwang::client
