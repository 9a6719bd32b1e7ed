#include "daemon/http/page_routes.hpp"
#include "daemon/http/responder_view.hpp"
#include "daemon/http/wording.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace shouwang::http {

using boost::asio::awaitable;
using namespace escalation;

namespace {

constexpr std::size_t key_bytes = 16;
constexpr std::size_t nonce_letters = 22;
constexpr std::string_view field_prefix = "field.";
constexpr long eta_minutes_max = 24 * 60;

// Shows that the form came from the page; the same after a restart, so that nobody's button fails
// because the daemon was away for a second.
std::string nonce_for(const std::string& token)
{
    return hash_of_secret("nonce|" + token).substr(0, nonce_letters);
}

std::optional<std::chrono::minutes> minutes_in(const std::string& text)
{
    long minutes = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), minutes);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    if (minutes < 0 || minutes > eta_minutes_max) return std::nullopt;
    return std::chrono::minutes(minutes);
}

daemon::Engine::Render no_reply()
{
    return [](const Board&, const std::vector<Event>&) {
        daemon::Reply reply;
        reply.status = 200;
        return reply;
    };
}

Response gone()
{
    return html(
        404,
        render_message(
            "链接已失效", "这个链接无效，或警情已经结束。如有紧急情况请致电值守台。", 404
        )
    );
}

Response from_the_page_only(int status)
{
    return html(status, render_message("没有记录", "请从页面上的按钮操作。", status));
}

// The fields of a form of ours; those of a set come several times and are joined.
std::map<std::string, std::string> form_fields(const Fields& fields)
{
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : fields) {
        if (name.rfind(field_prefix, 0) != 0 || value.empty()) continue;
        std::string& field = out[name.substr(field_prefix.size())];
        field += (field.empty() ? "" : ",") + value;
    }
    return out;
}

// A link is an account of its own for whoever it was sent to.
Actor link_account(const daemon::RespondLinks::Responder& who)
{
    return {"link-" + who.staff.text(), who.staff};
}

Command answer_in(
    const Fields& fields, const std::string& word, const daemon::RespondLinks::Responder& who
)
{
    Answer command;
    command.incident = who.incident;
    command.staff = who.staff;
    command.word = Word(word);
    const std::string ask = field_of(fields, "ask");
    // What is no key names no ask, and is refused as one that this person was not asked.
    if (!ask.empty()) command.ask = DutyKey::parse(ask).value_or(DutyKey{DutyName(ask), "", 1});
    if (const auto minutes = minutes_in(field_of(fields, "eta_minutes"))) command.eta = *minutes;
    command.reason = field_of(fields, "reason");
    for (const char* name : {"at", "note"})
        if (std::string value = field_of(fields, name); !value.empty())
            command.fields[name] = std::move(value);
    command.via = "link";
    command.by = link_account(who);
    return command;
}

Command record_in(const Fields& fields, const daemon::RespondLinks::Responder& who)
{
    AddRecord command;
    command.incident = who.incident;
    command.duty = field_of(fields, "ask");
    command.fields = form_fields(fields);
    command.by = link_account(who);
    return command;
}

Command signature_in(const Fields& fields, const daemon::RespondLinks::Responder& who)
{
    SignEnd command;
    command.incident = who.incident;
    // "ending", or "ending@subject".
    const std::string ask = field_of(fields, "ask");
    const auto at = std::min(ask.find('@'), ask.size());
    command.end = EndName(ask.substr(0, at));
    if (at < ask.size()) command.subject = SubjectId(ask.substr(at + 1));
    command.staff = who.staff;
    command.evidence = form_fields(fields);
    command.by = link_account(who);
    return command;
}

}  // namespace

Response PageRoutes::show_responder(
    const std::string& token, const daemon::RespondLinks::Responder& who, const Response* outcome
) const
{
    auto& parts = api_.parts();
    const Incident& incident = parts.engine.board().incidents.at(who.incident);
    const Protocol* frozen = parts.engine.rules().find(incident.protocol);
    const auto directory = parts.engine.directory();
    ResponderPage page = responder_view(
        {frozen == nullptr ? in_force() : *frozen,
         *directory,
         incident,
         parts.engine.now(),
         parts.emergency_phones,
         [&parts] { return daemon::random_token(parts.entropy, key_bytes); }},
        who.staff
    );
    page.token = token;
    page.nonce = nonce_for(token);
    int status = 200;
    if (outcome != nullptr) {
        const bool good = outcome->status() < 400;
        status = good ? 200 : outcome->status();
        page.tone = good ? ResponderPage::Tone::Good : ResponderPage::Tone::Bad;
        page.notice = "已记录。";
        if (!good) {
            page.notice = "没有记录";
            for (const std::string& line : problem_in_words(outcome->body()))
                page.notice += (page.notice == "没有记录" ? "：" : "；") + line;
        }
    }
    Response response = html(status, render_responder(page));
    response.add_header("Cache-Control", "no-store");
    return response;
}

awaitable<Response> PageRoutes::responder(Request, Params params)
{
    auto& engine = api_.parts().engine;
    auto durable = engine.settled();
    co_await std::move(durable);
    const auto who = links_.find(params.at("token"), engine.board(), engine.now());
    if (!who) co_return gone();
    Response shown = show_responder(params.at("token"), *who, nullptr);
    co_return shown;
}

awaitable<Response> PageRoutes::respond(Request request, Params params)
{
    auto& engine = api_.parts().engine;
    const std::string token = params.at("token");
    const std::string what = params.at("answer");
    const auto who = links_.find(token, engine.board(), engine.now());
    if (!who) co_return gone();
    const auto fields = parse_form(request.body());
    // The demo's wall presses the same buttons and has no page with a nonce on it.
    const bool answers = what != "record" && what != "sign";
    const bool wall = answers && wall_ != nullptr && from_own_page(request, {});
    if (!fields || (field_of(*fields, "nonce") != nonce_for(token) && !wall))
        co_return from_the_page_only(403);
    // The page's own two words; any other is an answer.
    Command command = what == "record" ? record_in(*fields, *who)
                      : what == "sign" ? signature_in(*fields, *who)
                                       : answer_in(*fields, what, *who);
    std::optional<daemon::Idempotency> once;
    const std::string key = field_of(*fields, "key");
    if (!key.empty())
        once.emplace("link-" + who->staff.text(), key, hash_of_secret(what + "|" + request.body()));
    auto taking = api_.take(std::move(command), std::move(once), no_reply());
    const Response outcome = co_await std::move(taking);
    Response shown = show_responder(token, *who, &outcome);
    co_return shown;
}

}  // namespace shouwang::http
