#include "daemon/http/page_routes.hpp"

#include "daemon/event_codec.hpp"
#include "daemon/http/instant_text.hpp"
#include "daemon/http/responder_view.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;
using boost::asio::awaitable;
using namespace escalation;

namespace {

// A path of ours and nothing else, so that a login leads nowhere strange.
std::string safe_next(const std::string& next)
{
    const bool plain = std::all_of(next.begin(), next.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '-' || c == '_' || c == '.';
    });
    return plain && !next.empty() && next[0] == '/' && next.rfind("//", 0) != 0 ? next : "/";
}

std::string_view role_words(Role role)
{
    switch (role) {
        case Role::Admin: return "管理员";
        case Role::DutyDesk: return "值守台";
        case Role::Responder: return "响应人员";
        case Role::Supervisor: return "督导";
        case Role::Intake: return "上报人";
    }
    return {};
}

std::string text_at(const js::object& object, std::string_view name)
{
    const js::value* value = object.if_contains(js::string_view(name.data(), name.size()));
    if (value == nullptr || !value->is_string()) return {};
    return std::string(value->get_string().data(), value->get_string().size());
}

std::uint64_t number_at(const js::object& object, std::string_view name)
{
    const js::value* value = object.if_contains(js::string_view(name.data(), name.size()));
    return value != nullptr && value->is_int64() && value->get_int64() > 0
               ? static_cast<std::uint64_t>(value->get_int64())
               : 0;
}

// The path of a link of ours, whatever host it was made for.
std::string path_of(const std::string& url)
{
    const auto at = url.find("/r/");
    return at == std::string::npos ? std::string() : url.substr(at);
}

std::string digit_for(const Text* text, const Word& word)
{
    if (text == nullptr) return {};
    for (const auto& [digit, meaning] : text->keys)
        if (meaning == word) return digit;
    return {};
}

const Text* text_of(const Protocol& protocol, const TextCode& code)
{
    const auto found = protocol.texts.find(code);
    return found == protocol.texts.end() ? nullptr : &found->second;
}

std::vector<WallAsk> wall_asks(
    const Protocol& protocol, const Incident& incident, const StaffId& staff, const js::object& sent
)
{
    std::vector<WallAsk> out;
    const js::value* asks = sent.if_contains("asks");
    if (asks == nullptr || !asks->is_array()) return out;
    for (const js::value& entry : asks->get_array()) {
        if (!entry.is_object()) continue;
        WallAsk ask;
        ask.id = text_at(entry.get_object(), "id");
        const auto key = DutyKey::parse(ask.id);
        const auto duty = key ? incident.duties.find(*key) : incident.duties.end();
        if (duty == incident.duties.end()) continue;
        const auto defined = protocol.duties.find(key->name);
        ask.label = defined == protocol.duties.end() ? ask.id : defined->second.label;
        ask.open = incident.live() && duty->second.state != DutyState::Moot;
        const auto asked = duty->second.asks.find(staff);
        const bool known = asked != duty->second.asks.end();
        if (known && !asked->second.answer.empty())
            ask.answer = word_label(protocol, asked->second.answer);
        const Text* text = known ? text_of(protocol, asked->second.text) : nullptr;
        for (const Word& word : answers_to(protocol, duty->second))
            ask.answers.push_back({word.text(), word_label(protocol, word), digit_for(text, word)});
        out.push_back(std::move(ask));
    }
    return out;
}

}  // namespace

Response to_login(const Request& request)
{
    std::string next;
    for (const std::string& segment : request.segments()) next += "/" + segment;
    return redirect("/login?next=" + (next.empty() ? "/" : next));
}

std::string field_of(const Fields& fields, std::string_view name)
{
    for (const auto& [key, value] : fields)
        if (key == name) return value;
    return {};
}

const Protocol& PageRoutes::in_force() const
{
    return api_.parts().engine.rules().in_force();
}

PageReader PageRoutes::reader_of(const Identity& identity) const
{
    PageReader reader;
    reader.role = role_words(identity.role);
    if (!identity.staff) return reader;
    reader.staff = identity.staff->text();
    const auto directory = api_.parts().engine.directory();
    const Staff* staff = directory->person(*identity.staff);
    reader.name = staff == nullptr ? reader.staff : staff->name;
    return reader;
}

void PageRoutes::add(Router& router, Method method, std::string_view pattern, Work work)
{
    router.add(method, pattern, [this, work](Request request, Params params) {
        return (this->*work)(std::move(request), std::move(params));
    });
}

void PageRoutes::add_routes(Router& router)
{
    add(router, Method::Get, "/", &PageRoutes::board);
    add(router, Method::Get, "/i/{id}", &PageRoutes::board);
    add(router, Method::Get, "/assets/{name}", &PageRoutes::file);
    add(router, Method::Get, "/login", &PageRoutes::login);
    add(router, Method::Post, "/login", &PageRoutes::log_in);
    add(router, Method::Post, "/logout", &PageRoutes::log_out);
    add(router, Method::Get, "/new", &PageRoutes::form);
    add(router, Method::Post, "/new", &PageRoutes::send_form);
    add(router, Method::Get, "/r/{token}", &PageRoutes::responder);
    add(router, Method::Post, "/r/{token}/{answer}", &PageRoutes::respond);
    if (wall_ == nullptr) return;
    add(router, Method::Get, "/wall", &PageRoutes::wall);
    add(router, Method::Get, "/wall/phones", &PageRoutes::phones);
}

awaitable<Response> PageRoutes::board(Request request, Params)
{
    const auto who = api_.who(request);
    if (std::holds_alternative<Denial>(who)) co_return to_login(request);
    const Identity& identity = std::get<Identity>(who);
    const auto& types = daemon::event_types();
    BoardPage page;
    page.reader = reader_of(identity);
    page.vocabulary =
        vocabulary_of(in_force(), std::vector<std::string>(types.begin(), types.end()));
    const auto directory = api_.parts().engine.directory();
    page.vocabulary["places"] = places_of(*directory);
    page.may_open = !identity.via.empty();
    page.may_act = identity.role == Role::DutyDesk;
    page.may_triage = identity.role == Role::DutyDesk;
    page.demo = wall_ != nullptr;
    co_return html(200, render_board(page));
}

awaitable<Response> PageRoutes::file(Request request, Params params)
{
    const auto found = asset(params.at("name"));
    if (!found) co_return not_found();
    const bool same = request.header("If-None-Match") == found->etag;
    Response response =
        same ? Response(304)
             : Response(200, std::string(found->content_type), std::string(found->body));
    response.add_header("ETag", std::string(found->etag));
    response.add_header("Cache-Control", "no-cache");
    co_return response;
}

awaitable<Response> PageRoutes::login(Request request, Params)
{
    LoginPage page;
    page.next = safe_next(std::string(request.query("next").value_or("/")));
    co_return html(200, render_login(page));
}

awaitable<Response> PageRoutes::log_in(Request request, Params)
{
    const auto fields = parse_form(request.body());
    LoginPage page;
    page.next = fields ? safe_next(field_of(*fields, "next")) : "/";
    const std::string token = fields ? field_of(*fields, "token") : std::string();
    const auto cookie = api_.parts().authenticator.log_in(request, token);
    if (!cookie) {
        page.error = "令牌不对或已失效";
        co_return html(cookie.error().status, render_login(page));
    }
    Response response = redirect(page.next);
    response.add_header("Set-Cookie", *cookie);
    co_return response;
}

awaitable<Response> PageRoutes::log_out(Request request, Params)
{
    const auto cookie = api_.parts().authenticator.log_out(request);
    Response response = redirect("/login");
    if (cookie) response.add_header("Set-Cookie", *cookie);
    co_return response;
}

awaitable<Response> PageRoutes::wall(Request, Params)
{
    const auto& types = daemon::event_types();
    const auto vocabulary =
        vocabulary_of(in_force(), std::vector<std::string>(types.begin(), types.end()));
    co_return html(200, render_wall(vocabulary));
}

awaitable<Response> PageRoutes::phones(Request, Params)
{
    auto durable = api_.parts().engine.settled();
    co_await std::move(durable);
    const auto& board = api_.parts().engine.board();
    const auto& rules = api_.parts().engine.rules();
    const auto directory = api_.parts().engine.directory();
    std::map<std::string, WallPhone> phones;
    for (const auto& [address, entries] : wall_->snapshot())
        for (const notifiers::HandsetEntry& entry : entries) {
            js::error_code error;
            const js::value sent = js::parse(entry.payload, error);
            if (error || !sent.is_object()) continue;
            const js::object& payload = sent.get_object();
            const StaffId staff(text_at(payload, "recipient"));
            const Incident* incident = board.find(IncidentId(text_at(payload, "incident")));
            if (incident == nullptr) continue;
            const Protocol* frozen = rules.find(incident->protocol);
            const Protocol& protocol = frozen == nullptr ? rules.in_force() : *frozen;
            const LevelName level(text_at(payload, "level"));
            const auto role = protocol.roles.find(RoleName(text_at(payload, "role")));

            WallMessage message;
            message.serial = entry.serial;
            message.channel = entry.channel;
            message.text = entry.text;
            message.at = to_rfc3339(Instant(std::chrono::seconds(entry.last_at)));
            message.arrivals = entry.arrivals;
            message.possible_repeat = entry.possible_repeat;
            message.repeat = static_cast<unsigned>(number_at(payload, "repeat"));
            message.incident = incident->id.text();
            message.code = incident->code;
            message.kind = name_of(incident->kind);
            message.level = level.text();
            message.level_label = level.empty() ? std::string() : protocol.level(level).label;
            message.place = incident->place.label;
            message.role = role == protocol.roles.end() ? std::string() : role->second.label;
            message.reply_url = path_of(text_at(payload, "respond_url"));
            message.asks = wall_asks(protocol, *incident, staff, payload);

            WallPhone& phone = phones[staff.text()];
            const Staff* person = directory->person(staff);
            phone.staff = staff.text();
            phone.name = person == nullptr ? staff.text() : person->name;
            if (phone.role.empty()) phone.role = message.role;
            phone.messages.push_back(std::move(message));
        }
    std::vector<WallPhone> out;
    for (auto& [staff, phone] : phones) {
        std::sort(
            phone.messages.begin(),
            phone.messages.end(),
            [](const WallMessage& a, const WallMessage& b) { return a.serial > b.serial; }
        );
        out.push_back(std::move(phone));
    }
    co_return json(200, wall_phones(out));
}

}  // namespace shouwang::http
