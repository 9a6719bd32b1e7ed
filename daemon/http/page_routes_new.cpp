#include "daemon/http/page_routes.hpp"
#include "daemon/http/responder_view.hpp"
#include "daemon/http/sight.hpp"
#include "daemon/http/wording.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <charconv>
#include <map>
#include <sstream>
#include <system_error>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;
using boost::asio::awaitable;
using namespace escalation;

namespace {

constexpr std::string_view fact_prefix = "fact.";
constexpr std::size_t key_bytes = 16;

std::string via_label(const std::string& via)
{
    static const std::map<std::string, std::string> labels{
        {"hotline", "热线来电"},
        {"console", "值守台"},
        {"security_console", "保卫处"},
        {"clinic", "校医院"},
        {"center", "心理中心"},
        {"dorm_console", "宿管"}};
    const auto found = labels.find(via);
    return found == labels.end() ? via : found->second;
}

IntakePage blank(const Protocol& protocol, const Directory& directory, const Identity& identity)
{
    IntakePage page;
    page.campuses = campuses_of(directory);
    page.buildings = buildings_of(directory);
    page.facts = intake_facts(protocol);
    for (const std::string& via : identity.via) page.vias.push_back({via, via_label(via)});
    page.kinds = {{"real", "真实警情"}, {"drill", "演练"}};
    return page;
}

void set_text(js::object& object, std::string_view name, const std::string& value)
{
    if (!value.empty()) object[js::string_view(name.data(), name.size())] = value;
}

// The form's fields as the body of POST /api/v1/incidents, so that both are judged alike.
js::object body_of(const Protocol& protocol, const Fields& fields)
{
    js::object facts;
    js::object subject_facts;
    for (const auto& [key, value] : fields) {
        if (key.rfind(fact_prefix, 0) != 0 || value.empty() || value == "unknown") continue;
        const std::string name = key.substr(fact_prefix.size());
        const auto defined = protocol.facts.find(FactName(name));
        const bool per_subject = defined != protocol.facts.end() && defined->second.per_subject;
        js::value& into = (per_subject ? subject_facts : facts)[name];
        if (into.is_null()) into = js::array{};
        into.get_array().push_back(js::value(value));
    }
    js::object subject;
    set_text(subject, "student_id", field_of(fields, "student_id"));
    set_text(subject, "description", field_of(fields, "description"));
    js::object body;
    // Without anybody named the facts are the incident's until somebody is.
    if (subject.empty()) {
        for (auto& [name, value] : subject_facts) facts[name] = value;
    } else {
        subject["facts"] = std::move(subject_facts);
        body["subjects"] = js::array{std::move(subject)};
    }
    js::object place;
    for (const char* name : {"campus", "building", "floor", "room", "detail"})
        set_text(place, name, field_of(fields, name));
    if (place.contains("building") || place.contains("detail")) body["place"] = std::move(place);
    body["facts"] = std::move(facts);
    set_text(body, "callback", field_of(fields, "callback"));
    set_text(body, "text", field_of(fields, "text"));
    set_text(body, "via", field_of(fields, "via"));
    const std::string kind = field_of(fields, "kind");
    set_text(body, "kind", kind);
    if (kind == word_of(Kind::Drill)) {
        const std::string minutes = field_of(fields, "drill_minutes");
        int number = 0;
        const char* end = minutes.data() + minutes.size();
        const auto read = std::from_chars(minutes.data(), end, number);
        // What is no number is left as it is, to be found fault with.
        if (read.ec == std::errc{} && read.ptr == end)
            body["drill_minutes"] = number;
        else
            set_text(body, "drill_minutes", minutes);
        js::array participants;
        std::istringstream words(field_of(fields, "participants"));
        for (std::string word; words >> word;) participants.push_back(js::value(word));
        if (!participants.empty()) body["participants"] = std::move(participants);
    }
    return body;
}

std::string text_in(const js::object& object, std::string_view name)
{
    const js::value* value = object.if_contains(js::string_view(name.data(), name.size()));
    return value != nullptr && value->is_string()
               ? std::string(value->get_string().data(), value->get_string().size())
               : std::string();
}

}  // namespace

awaitable<Response> PageRoutes::form(Request request, Params)
{
    const auto who = api_.who(request);
    if (std::holds_alternative<Denial>(who)) co_return to_login(request);
    const Identity& identity = std::get<Identity>(who);
    auto durable = api_.parts().engine.settled();
    co_await std::move(durable);
    const auto directory = api_.parts().engine.directory();
    IntakePage page = blank(in_force(), *directory, identity);
    page.reader = reader_of(identity);
    page.key = daemon::random_token(api_.parts().entropy, key_bytes);
    const auto opened = request.query("opened");
    const Incident* incident =
        opened ? api_.parts().engine.board().find(IncidentId(*opened)) : nullptr;
    if (incident != nullptr && sight_of(identity, *directory, *incident)) {
        IntakeResult result;
        result.id = incident->id.text();
        result.code = incident->code;
        result.drill = incident->kind == Kind::Drill;
        result.severity = severity_of(in_force(), incident->level);
        if (!incident->level.empty()) result.level = in_force().level(incident->level).label;
        if (request.query("attached")) result.became = IntakeResult::Became::Attached;
        if (incident->stage == Stage::Review) result.became = IntakeResult::Became::Review;
        page.opened = std::move(result);
    }
    co_return html(200, render_new(page));
}

awaitable<Response> PageRoutes::send_form(Request request, Params)
{
    const auto who = api_.who(request);
    if (std::holds_alternative<Denial>(who)) co_return to_login(request);
    const Identity identity = std::get<Identity>(who);
    const auto directory = api_.parts().engine.directory();
    const auto fields = parse_form(request.body());
    IntakePage page = blank(in_force(), *directory, identity);
    page.reader = reader_of(identity);
    page.values = fields.value_or(Fields{});
    page.key = field_of(page.values, "key");

    std::vector<InputFault> faults;
    const js::object body = body_of(in_force(), page.values);
    Report report = api_.report_from(body, identity, faults);
    for (const InputFault& fault : faults)
        page.errors.push_back(fault.pointer + " " + fault.detail);
    if (!identity.may_claim(report.via)) page.errors.push_back("不能以这个来源登记");
    if (!may_open(identity, report.kind)) page.errors.push_back("演练只能由值守台发起");
    if (!page.errors.empty()) co_return html(422, render_new(page));

    const IncidentId id = report.id;
    std::optional<daemon::Idempotency> once;
    if (!page.key.empty())
        once.emplace(identity.token_id, "form-" + page.key, hash_of_secret(request.body()));
    auto render = api_.render_report(id, identity);
    Command command = std::move(report);
    auto taking = api_.take(std::move(command), std::move(once), std::move(render));
    const Response taken = co_await std::move(taking);
    if (taken.status() >= 400) {
        page.errors = problem_in_words(taken.body());
        co_return html(taken.status() == 503 ? 503 : 422, render_new(page));
    }
    js::error_code error;
    const js::value view = js::parse(taken.body(), error);
    const std::string about = !error && view.is_object() ? text_in(view.get_object(), "id") : "";
    const bool attached = taken.status() == 200;
    co_return redirect("/new?opened=" + about + (attached ? "&attached=1" : ""));
}

}  // namespace shouwang::http
