#include "config/message_text.hpp"
#include "daemon/http/page_routes.hpp"
#include "daemon/message.hpp"

#include <boost/json/parse.hpp>

#include <charconv>
#include <chrono>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;
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

const Page* latest_page(const Incident& incident, const StaffId& staff)
{
    const Page* out = nullptr;
    for (const auto& [id, page] : incident.pages)
        if (page.staff == staff) out = &page;
    return out;
}

ResponderButton::Weight weight_of(Effect effect, bool first)
{
    switch (effect) {
        case Effect::Satisfy:
            return first ? ResponderButton::Weight::Primary : ResponderButton::Weight::Good;
        case Effect::Renew: return ResponderButton::Weight::Primary;
        case Effect::NextRung:
        case Effect::Reopen:
        case Effect::Parent: return ResponderButton::Weight::Warn;
        case Effect::Note: break;
    }
    return ResponderButton::Weight::Plain;
}

// A word that puts somebody among those a duty of arrival is about.
bool starts_a_journey(const Protocol& protocol, const Word& word)
{
    for (const auto& [name, duty] : protocol.duties) {
        if (duty.scope != Scope::Person) continue;
        const auto found = protocol.registers.find(duty.of);
        if (found == protocol.registers.end()) continue;
        for (const Word& enters : found->second.enters)
            if (enters == word) return true;
    }
    return false;
}

std::string why_closed(const Incident& incident, const DutyInstance& duty)
{
    if (!incident.live()) return "警情已结束";
    if (duty.state == DutyState::Moot) return "不再需要";
    return {};
}

std::optional<Instant> next_rung(const DutyInstance& duty)
{
    if (!duty.open()) return std::nullopt;
    for (const RungState& rung : duty.rungs)
        if (!rung.reached) return rung.due;
    return duty.forever_next;
}

bool concerns(const DutyInstance& duty, const Duty& defined, const StaffId& staff)
{
    if (duty.asks.contains(staff)) return true;
    return defined.scope == Scope::Person && duty.key.scope == staff.text() && duty.open();
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

std::string first_detail(const std::string& body)
{
    js::error_code error;
    const js::value parsed = js::parse(body, error);
    if (error || !parsed.is_object()) return {};
    for (const char* list : {"missing", "errors"}) {
        const js::value* found = parsed.get_object().if_contains(list);
        if (found == nullptr || !found->is_array() || found->get_array().empty()) continue;
        const js::object* first = found->get_array().front().if_object();
        if (first == nullptr) continue;
        const js::value* detail = first->if_contains("detail");
        if (detail != nullptr && detail->is_string())
            return std::string(detail->get_string().data(), detail->get_string().size());
    }
    return {};
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

ResponderRecord record_form(const Duty& duty, const DutyKey& key, const Protocol& protocol)
{
    ResponderRecord out;
    out.ask = key.text();
    out.label = duty.label;
    for (const RecordField& field : duty.record) {
        ResponderField shown;
        shown.name = field.name;
        shown.label = field.label;
        shown.required = field.required;
        const auto fact = protocol.facts.find(field.fact);
        if (fact != protocol.facts.end()) {
            for (const std::string& value : fact->second.values) {
                const auto label = fact->second.value_labels.find(value);
                shown.options.push_back(
                    {value, label == fact->second.value_labels.end() ? value : label->second}
                );
            }
            shown.options.push_back({"unknown", "不清楚"});
        }
        out.fields.push_back(std::move(shown));
    }
    return out;
}

}  // namespace

ResponderPage PageRoutes::responder_page(
    const std::string& token, const daemon::RespondLinks::Responder& who
) const
{
    auto& parts = api_.parts();
    const Incident& incident = parts.engine.board().incidents.at(who.incident);
    const auto directory = parts.engine.directory();
    const Protocol* frozen = parts.engine.rules().find(incident.protocol);
    const Protocol& protocol = frozen == nullptr ? in_force() : *frozen;

    ResponderPage out;
    out.token = token;
    out.nonce = nonce_for(token);
    out.code = incident.code;
    out.place = incident.place.label;
    out.severity = severity_of(protocol, incident.level);
    if (!incident.level.empty()) out.level = protocol.level(incident.level).label;
    out.drill = incident.kind == Kind::Drill;
    out.ended = !incident.live();
    const Page* page = latest_page(incident, who.staff);
    if (page != nullptr) {
        out.asked_at = local_time(protocol, page->at);
        const auto role = protocol.roles.find(page->role);
        if (role != protocol.roles.end()) out.role = role->second.label;
    }
    for (const auto& [name, rules] : protocol.registers) {
        const auto held = incident.registers.find(name);
        if (rules.one || held == incident.registers.end() || held->second.empty()) continue;
        out.others += (out.others.empty() ? "" : " · ") + rules.label + " " +
                      std::to_string(held->second.size()) + " 人";
    }
    for (const DutyName& name : protocol.duty_order) {
        const Duty& defined = protocol.duties.at(name);
        for (const auto& [key, duty] : incident.duties) {
            if (key.name != name || !concerns(duty, defined, who.staff)) continue;
            if (!defined.record.empty()) {
                if (!duty.open() || !incident.live()) continue;
                ResponderRecord form = record_form(defined, key, protocol);
                form.key = daemon::random_token(parts.entropy, key_bytes);
                out.records.push_back(std::move(form));
                continue;
            }
            ResponderAsk ask;
            ask.ask = key.text();
            ask.label = defined.label;
            ask.closed = why_closed(incident, duty);
            const auto asked = duty.asks.find(who.staff);
            if (asked != duty.asks.end()) {
                const Ask& mine = asked->second;
                if (page != nullptr) {
                    const daemon::MessageSource source{protocol, *directory, incident, *page};
                    ask.todo = config::render_text(
                        protocol,
                        mine.text,
                        daemon::variables_of(source, parts.engine.now()),
                        config::Medium::Wecom,
                        out.drill
                    );
                }
                if (!mine.answer.empty()) {
                    ask.answered = word_label(protocol, mine.answer);
                    ask.answered_at = local_time(protocol, mine.answered_at);
                }
                if (mine.eta) ask.eta = local_time(protocol, *mine.eta);
            }
            if (const auto next = next_rung(duty)) ask.next = local_time(protocol, *next);
            bool first = true;
            for (const Word& word : answers_to(protocol, duty)) {
                const auto effect = defined.answers.find(word);
                const Effect does =
                    effect == defined.answers.end() ? Effect::Satisfy : effect->second;
                // There is nothing to take back before something was promised.
                const bool promised = asked != duty.asks.end() && asked->second.satisfies;
                if (does == Effect::Reopen && !promised) continue;
                ResponderButton button;
                button.word = word.text();
                button.label = word_label(protocol, word);
                button.key = daemon::random_token(parts.entropy, key_bytes);
                button.weight = weight_of(does, first);
                button.wants_eta = does == Effect::Renew || starts_a_journey(protocol, word);
                button.wants_reason = does == Effect::NextRung;
                if (does == Effect::Satisfy) first = false;
                ask.buttons.push_back(std::move(button));
            }
            out.asks.push_back(std::move(ask));
        }
    }
    if (!out.drill)
        for (const std::string& phone : parts.emergency_phones) out.calls.push_back({phone, phone});
    return out;
}

Response PageRoutes::show_responder(
    const std::string& token, const daemon::RespondLinks::Responder& who, const Response* outcome
) const
{
    ResponderPage page = responder_page(token, who);
    int status = 200;
    if (outcome != nullptr) {
        const bool good = outcome->status() < 400;
        status = good ? 200 : outcome->status();
        page.tone = good ? ResponderPage::Tone::Good : ResponderPage::Tone::Bad;
        page.notice = good ? "已记录。" : "没有记录：" + first_detail(outcome->body());
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
    const auto who = links_.find(token, engine.board(), engine.now());
    if (!who) co_return gone();
    const auto fields = parse_form(request.body());
    // The demo's wall presses the same buttons and has no page with a nonce on it.
    const bool wall = wall_ != nullptr && from_own_page(request, {});
    if (!fields || (field_of(*fields, "nonce") != nonce_for(token) && !wall))
        co_return html(403, render_message("没有记录", "请从页面上的按钮操作。", 403));

    Answer command;
    command.incident = who->incident;
    command.staff = who->staff;
    command.word = Word(params.at("answer"));
    const std::string ask = field_of(*fields, "ask");
    if (!ask.empty()) command.ask = DutyKey::parse(ask);
    if (!ask.empty() && !command.ask)
        co_return html(400, render_message("没有记录", "请从页面上的按钮操作。", 400));
    if (const auto minutes = minutes_in(field_of(*fields, "eta_minutes"))) command.eta = *minutes;
    command.reason = field_of(*fields, "reason");
    command.via = "link";
    command.by = {"link", who->staff};
    std::optional<daemon::Idempotency> once;
    const std::string key = field_of(*fields, "key");
    if (!key.empty())
        once.emplace(
            "link-" + who->staff.text(),
            key,
            hash_of_secret(params.at("answer") + "|" + request.body())
        );
    Command taken = std::move(command);
    auto taking = api_.take(std::move(taken), std::move(once), no_reply());
    const Response outcome = co_await std::move(taking);
    Response shown = show_responder(token, *who, &outcome);
    co_return shown;
}

awaitable<Response> PageRoutes::file_record(Request request, Params params)
{
    auto& engine = api_.parts().engine;
    const std::string token = params.at("token");
    const auto who = links_.find(token, engine.board(), engine.now());
    if (!who) co_return gone();
    const auto fields = parse_form(request.body());
    if (!fields || field_of(*fields, "nonce") != nonce_for(token))
        co_return html(403, render_message("没有记录", "请从页面上的按钮操作。", 403));
    AddRecord command;
    command.incident = who->incident;
    command.duty = field_of(*fields, "ask");
    for (const auto& [name, value] : *fields)
        if (name.rfind(field_prefix, 0) == 0 && !value.empty())
            command.fields[name.substr(field_prefix.size())] = value;
    command.by = {"link", who->staff};
    std::optional<daemon::Idempotency> once;
    const std::string key = field_of(*fields, "key");
    if (!key.empty())
        once.emplace("link-" + who->staff.text(), key, hash_of_secret(request.body()));
    Command taken = std::move(command);
    auto taking = api_.take(std::move(taken), std::move(once), no_reply());
    const Response outcome = co_await std::move(taking);
    Response shown = show_responder(token, *who, &outcome);
    co_return shown;
}

}  // namespace shouwang::http
