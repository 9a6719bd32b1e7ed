#include "daemon/client/program.hpp"

#include "daemon/client/invocation.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <ostream>

namespace shouwang::client {

namespace {

void add_options(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    Invocation::Options& options = invocation.options();
    // So that every option below is understood after the verb as well.
    app.fallthrough();
    app.require_subcommand(1);
    app.set_version_flag("--version", "shouwang " SHOUWANG_VERSION);
    app.add_option(
        "--url",
        options.url,
        say("守护进程地址，默认 $SHOUWANG_URL 或 http://127.0.0.1:8110",
            "the daemon; default $SHOUWANG_URL or http://127.0.0.1:8110")
    );
    app.add_option(
        "--token-file",
        options.token_file,
        say("令牌所在文件，默认 $SHOUWANG_TOKEN_FILE；令牌从不写在命令行里",
            "file that holds the token; default $SHOUWANG_TOKEN_FILE. Never on the command line")
    );
    app.add_flag("--json", options.json, say("输出一个 JSON 文档", "print one JSON document"));
    app.add_option(
           "--lang",
           options.language,
           say("语言: zh 或 en，默认随 LANG", "language: zh or en; default by LANG")
    )
        ->check(CLI::IsMember({"zh", "en"}));
    app.add_option(
           "--config",
           options.config,
           say("守护进程的设置文件（用于检查文件的命令）",
               "the daemon's settings, for verbs that work on its files")
    )
        ->default_str("/etc/shouwang/shouwang.toml");
    app.add_option(
        "--key",
        options.key,
        say("重发未确认的命令时使用的幂等键",
            "idempotency key of a command that is sent again because it was not confirmed")
    );
}

}  // namespace

ExitCode run(const std::vector<std::string>& arguments, World& world)
{
    const Words say(language_of(arguments, world.environment));
    Invocation invocation(world, say);
    invocation.options().config = "/etc/shouwang/shouwang.toml";
    CLI::App app{say("守望命令行", "Shouwang's command line"), "shouwang"};
    add_options(app, invocation);
    add_incident_verbs(app, invocation);
    add_deed_verbs(app, invocation);
    add_report_verbs(app, invocation);
    add_protocol_verbs(app, invocation);
    add_rehearse_verb(app, invocation);
    add_coverage_verb(app, invocation);
    add_roster_verbs(app, invocation);
    add_audit_verbs(app, invocation);
    add_token_verbs(app, invocation);
    try {
        std::vector<std::string> backwards(arguments.rbegin(), arguments.rend());
        app.parse(std::move(backwards));
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error, world.out, world.err);
        return code == 0 ? ExitCode::Done : ExitCode::Usage;
    }
    return invocation.perform();
}

}  // namespace shouwang::client
