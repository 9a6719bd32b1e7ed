#include "daemon/client/invocation.hpp"

#include "daemon/client/incident_text.hpp"
#include "daemon/configuration.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <istream>
#include <ostream>
#include <variant>

namespace shouwang::client {

namespace js = boost::json;

namespace {

constexpr std::size_t input_bytes_max = 64 * 1024;
constexpr long unauthorized = 401;

}  // namespace

ExitCode Invocation::show(ExitCode exit, const js::object& document, const std::string& text)
{
    if (options_.json)
        world_.out << js::serialize(document) << "\n";
    else
        world_.out << text;
    world_.out.flush();
    // What nobody could read was not done, as far as a script can know.
    return world_.out ? exit : ExitCode::Failed;
}

ExitCode Invocation::complain(ExitCode exit, const std::string& detail)
{
    if (options_.json)
        world_.out << js::serialize(js::object{{"title", "not done"}, {"detail", detail}}) << "\n";
    else
        world_.err << "shouwang: " << printable(detail) << "\n";
    return exit;
}

bool Invocation::take_input(std::initializer_list<std::string*> texts)
{
    return take_input(std::vector<std::string*>(texts));
}

bool Invocation::take_input(const std::vector<std::string*>& texts)
{
    std::string* wanted = nullptr;
    for (std::string* const text : texts) {
        if (*text != "-") continue;
        if (wanted != nullptr) {
            last_failure_ = complain(
                ExitCode::Usage,
                say_("只能有一项从标准输入读取", "only one of them can come from standard input")
            );
            return false;
        }
        wanted = text;
    }
    if (wanted == nullptr) return true;
    std::string input(input_bytes_max + 1, '\0');
    world_.in.read(input.data(), static_cast<std::streamsize>(input.size()));
    input.resize(static_cast<std::size_t>(world_.in.gcount()));
    if (input.size() > input_bytes_max || world_.in.bad()) {
        last_failure_ = complain(
            ExitCode::Failed,
            say_(
                "标准输入无法读取，或超过 64 KiB",
                "standard input cannot be read, or is over 64 KiB"
            )
        );
        return false;
    }
    while (!input.empty() && (input.back() == '\n' || input.back() == '\r')) input.pop_back();
    *wanted = std::move(input);
    return true;
}

std::optional<config::Settings> Invocation::settings()
{
    config::LoadedSettings loaded = config::load_settings(options_.config, false);
    if (loaded.settings) return std::move(loaded.settings);
    // A demo's settings are as good here: which channels leave the house is of no concern.
    config::LoadedSettings demo = config::load_settings(options_.config, true);
    if (demo.settings) return std::move(demo.settings);
    const std::string faults = daemon::words(loaded.faults);
    show(
        ExitCode::BadConfiguration,
        {{"title", "bad settings"}, {"faults", faults_document(loaded.faults)}},
        {}
    );
    if (!options_.json) world_.err << faults;
    return std::nullopt;
}

std::optional<js::object> Invocation::fetch(const ApiRequest& request)
{
    auto found = find_daemon(options_.url, options_.token_file, world_.environment);
    if (const auto* complaint = std::get_if<Complaint>(&found)) {
        last_failure_ = complain(complaint->exit, complaint->detail);
        return std::nullopt;
    }
    last_failure_ = ExitCode::Failed;
    std::string key = options_.key;
    if (key.empty() && request.writes()) key = daemon::make_ulid(world_.entropy, world_.time.now());
    DaemonLink link(world_.io, world_.time, std::get<DaemonAddress>(std::move(found)));
    ApiReply reply = link.send(request, key);
    if (reply.ok() && reply.body.is_object()) return std::move(reply.body.get_object());
    report(reply, request, key);
    return std::nullopt;
}

ExitCode Invocation::ask(const ApiRequest& request, Render render)
{
    const auto answer = fetch(request);
    if (!answer) return last_failure_;
    return show(ExitCode::Done, *answer, options_.json ? std::string() : render(*answer, say_));
}

void Invocation::report(const ApiReply& reply, const ApiRequest& request, const std::string& key)
{
    const js::object* body = reply.body.if_object();
    if (reply.status != 0 && reply.fault.empty() && body != nullptr) {
        if (options_.json) {
            world_.out << js::serialize(*body) << "\n";
            return;
        }
        world_.err << say_("被拒绝 ", "refused ") << reply.status << ": " << problem(*body, say_);
        if (reply.status == unauthorized)
            world_.err << say_(
                "令牌文件用 --token-file 或 SHOUWANG_TOKEN_FILE 指定\n",
                "name a token's file with --token-file or SHOUWANG_TOKEN_FILE\n"
            );
        return;
    }
    const std::string why =
        reply.fault.empty() ? "status " + std::to_string(reply.status) : reply.fault;
    if (options_.json) {
        js::object document{
            {"title", "no answer from the daemon"},
            {"status", reply.status},
            {"detail", why},
            {"may_be_done", reply.may_be_done}};
        if (request.writes()) document["idempotency_key"] = key;
        world_.out << js::serialize(document) << "\n";
        return;
    }
    world_.err << say_("守望没有应答: ", "no answer from the daemon: ") << printable(why) << "\n";
    if (!request.writes()) return;
    world_.err << say_(
        "这件事没有得到确认，请立即改用电话\n", "this is NOT confirmed: use the telephone now\n"
    );
    world_.err << say_("用同一命令加 --key ", "the same command with --key ") << key
               << say_(" 重发不会重复\n", " can be sent again and is done once\n");
}

js::array faults_document(const std::vector<config::Fault>& faults)
{
    js::array out;
    for (const config::Fault& fault : faults)
        out.push_back(js::object{
            {"file", fault.file},
            {"line", fault.line},
            {"column", fault.column},
            {"what", fault.what},
            {"hint", fault.hint},
            {"warning", fault.warning}});
    return out;
}

bool has_error(const std::vector<config::Fault>& faults)
{
    return std::any_of(faults.begin(), faults.end(), [](const config::Fault& fault) {
        return !fault.warning;
    });
}

}  // namespace shouwang::client
