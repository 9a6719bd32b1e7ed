#include "daemon/client/invocation.hpp"
#include "daemon/http/instant_text.hpp"
#include "daemon/http/token_file.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

// token add|list|revoke: who may ask the daemon for what. Works on the tokens' file; the daemon
// takes a change over by itself.
namespace shouwang::client {

namespace fs = std::filesystem;
namespace js = boost::json;

namespace {

constexpr unsigned default_days = 365;

struct TokenLine {
    std::string tokens;  // empty: the file of the daemon's settings
    std::string role;
    std::string staff;
    std::vector<std::string> via;
    std::string note;
    unsigned days = default_days;
    bool for_ever = false;
    std::string out;  // where the secret goes; empty: standard output
    std::string id;
};

std::optional<fs::path> tokens_of(Invocation& invocation, const TokenLine& line)
{
    if (!line.tokens.empty()) return line.tokens;
    const auto settings = invocation.settings();
    if (!settings) return std::nullopt;
    return settings->tokens;
}

ExitCode refuse(Invocation& invocation, const fs::path& file, const http::TokenFaults& faults)
{
    js::array list;
    std::string text;
    for (const http::TokenFault& fault : faults.faults) {
        list.push_back(js::object{{"pointer", fault.pointer}, {"detail", fault.detail}});
        text += file.string() + (fault.pointer.empty() ? "" : " " + fault.pointer) + ": " +
                printable(fault.detail) + "\n";
    }
    if (!invocation.options().json) {
        invocation.world().err << text;
        text.clear();
    }
    return invocation.show(
        ExitCode::BadConfiguration, {{"title", "bad token file"}, {"errors", std::move(list)}}, text
    );
}

// A new file of mode 0600 in one write. Nothing, or why not.
std::optional<std::string> keep_secret(const fs::path& file, const std::string& secret)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const int number = ::open(file.c_str(), flags, 0600);
    if (number < 0) return file.string() + ": " + std::generic_category().message(errno);
    const std::string text = secret + "\n";
    const bool written =
        ::write(number, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(number) == 0;
    const int fault = errno;
    ::close(number);
    if (written) return std::nullopt;
    ::unlink(file.c_str());
    return file.string() + ": " + std::generic_category().message(fault);
}

ExitCode add(Invocation& invocation, const TokenLine& line)
{
    const auto file = tokens_of(invocation, line);
    if (!file) return ExitCode::BadConfiguration;
    World& world = invocation.world();
    http::TokenGrant grant;
    grant.role = http::role_named(line.role).value_or(http::Role::Intake);
    if (!line.staff.empty()) grant.staff = escalation::StaffId(line.staff);
    grant.via = line.via;
    grant.note = line.note;
    if (!line.for_ever) grant.expires_at = world.time.now() + std::chrono::days(line.days);
    const auto token = http::add_token(*file, grant, world.entropy, world.time.now());
    if (!token) return refuse(invocation, *file, token.error());

    js::object document{{"id", token->id}, {"role", line.role}};
    if (grant.expires_at) document["expires_at"] = http::to_rfc3339(*grant.expires_at);
    if (!line.out.empty()) {
        if (const auto fault = keep_secret(line.out, token->text)) {
            // A token whose secret nobody has is of no use to anybody.
            const auto taken_back = http::revoke_token(*file, token->id);
            return invocation.complain(
                ExitCode::Failed, *fault + (taken_back ? "" : "; revoke " + token->id)
            );
        }
        document["file"] = line.out;
        return invocation.show(ExitCode::Done, document, token->id + "  " + line.out + "\n");
    }
    document["token"] = token->text;
    if (!invocation.options().json)
        world.err << token->id
                  << invocation.say(
                     )("  密钥只显示这一次:\n", "  its secret is shown this once:\n");
    return invocation.show(ExitCode::Done, document, token->text + "\n");
}

js::object row(const http::TokenRecord& record, escalation::Instant now)
{
    js::array via;
    for (const std::string& each : record.via) via.push_back(js::value(each));
    const std::string_view role = http::name_of(record.role);
    js::object out{
        {"id", record.id},
        {"role", js::string_view(role.data(), role.size())},
        {"via", std::move(via)},
        {"note", record.note},
        {"created_at", http::to_rfc3339(record.created_at)},
        {"expired", record.expires_at && *record.expires_at <= now}};
    out["staff"] = record.staff ? js::value(record.staff->text()) : js::value(nullptr);
    out["expires_at"] =
        record.expires_at ? js::value(http::to_rfc3339(*record.expires_at)) : js::value(nullptr);
    return out;
}

std::string text_of(const http::TokenRecord& record, escalation::Instant now, const Words& say)
{
    std::string out = record.id + "  " + std::string(http::name_of(record.role));
    if (record.staff) out += "  " + record.staff->text();
    std::string via;
    for (const std::string& each : record.via) via += (via.empty() ? "" : ",") + each;
    if (!via.empty()) out += "  " + via;
    if (!record.expires_at)
        out += say("  不过期", "  for ever");
    else if (*record.expires_at <= now)
        out += say("  已过期", "  EXPIRED");
    else
        out += say("  到期 ", "  until ") + http::to_rfc3339(*record.expires_at).substr(0, 10);
    if (!record.note.empty()) out += "  " + printable(record.note);
    return out + "\n";
}

ExitCode list(Invocation& invocation, const TokenLine& line)
{
    const auto file = tokens_of(invocation, line);
    if (!file) return ExitCode::BadConfiguration;
    const auto records = http::load_tokens(*file);
    if (!records) return refuse(invocation, *file, records.error());
    const auto now = invocation.world().time.now();
    js::array rows;
    std::string text;
    for (const http::TokenRecord& record : *records) {
        rows.push_back(row(record, now));
        text += text_of(record, now, invocation.say());
    }
    if (text.empty()) text = invocation.say()("没有令牌\n", "no tokens\n");
    return invocation.show(ExitCode::Done, {{"tokens", std::move(rows)}}, text);
}

ExitCode revoke(Invocation& invocation, const TokenLine& line)
{
    const auto file = tokens_of(invocation, line);
    if (!file) return ExitCode::BadConfiguration;
    const auto revoked = http::revoke_token(*file, line.id);
    if (!revoked) return refuse(invocation, *file, revoked.error());
    const Words& say = invocation.say();
    if (!*revoked)
        return invocation.complain(
            ExitCode::Failed, say("没有这个令牌: ", "there is no token ") + line.id
        );
    return invocation.show(
        ExitCode::Done,
        {{"id", line.id}, {"revoked", true}},
        say("已吊销 ", "revoked ") + line.id + "\n"
    );
}

}  // namespace

void add_token_verbs(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    CLI::App& family = *app.add_subcommand("token", say("访问令牌", "access tokens"));
    family.require_subcommand(1);
    auto line = std::make_shared<TokenLine>();
    const auto make = [&](const std::string& name,
                          ExitCode (*work)(Invocation&, const TokenLine&),
                          const std::string& help) -> CLI::App& {
        CLI::App& verb = *family.add_subcommand(name, help);
        verb.add_option(
            "--tokens",
            line->tokens,
            say("令牌文件，默认取自设置", "tokens' file; default: the one of the settings")
        );
        verb.callback([&invocation, line, work] {
            invocation.leave([&invocation, line, work] { return work(invocation, *line); });
        });
        return verb;
    };

    CLI::App& adding = make("add", &add, say("新建", "make one"));
    adding.add_option("--role", line->role, say("权限", "what it may do"))
        ->required()
        ->check(CLI::IsMember({"admin", "duty_desk", "responder", "supervisor", "intake"}));
    adding.add_option("--staff", line->staff, say("属于哪位职工", "whose it is (staff id)"));
    adding
        .add_option("--via", line->via, say("可声称的来源，逗号分隔", "sources it may claim: a,b"))
        ->delimiter(',');
    adding.add_option("--note", line->note, say("备注", "what it is for"));
    auto* days = adding.add_option(
        "--days", line->days, say("有效天数，默认 365", "how long it is good; default 365 days")
    );
    days->check(CLI::Range(1, 3650));
    adding.add_flag("--for-ever", line->for_ever, say("不过期", "never expires"))->excludes(days);
    adding.add_option(
        "--out",
        line->out,
        say("把密钥写入这个新文件（权限 0600）", "write the secret to this new file, mode 0600")
    );
    make("list", &list, say("列出（不含密钥）", "list them, without secrets"));
    CLI::App& revoking = make("revoke", &revoke, say("吊销", "take one back"));
    revoking.add_option("ID", line->id, say("令牌编号", "the token's id"))->required();
}

}  // namespace shouwang::client
