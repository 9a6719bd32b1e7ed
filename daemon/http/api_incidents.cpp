#include "daemon/http/api.hpp"
#include "daemon/http/api_deeds.hpp"
#include "daemon/http/body_reader.hpp"
#include "daemon/http/brief.hpp"
#include "daemon/http/sight.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;
using boost::asio::awaitable;
using namespace escalation;

namespace {

constexpr std::size_t subjects_max = 20;
constexpr std::size_t list_max = 100;
constexpr std::size_t timeline_max = 500;
constexpr std::int64_t drill_minutes_max = 12 * 60;
constexpr std::size_t participants_max = 500;

std::vector<SubjectReport> subjects_from(BodyReader& body, std::vector<InputFault>& faults)
{
    std::vector<SubjectReport> out;
    const js::array* list = body.array("subjects", subjects_max);
    if (list == nullptr) return out;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string pointer = body.pointer_to("subjects") + "/" + std::to_string(i);
        const js::object* object = (*list)[i].if_object();
        if (object == nullptr) {
            faults.push_back({pointer, "an object"});
            continue;
        }
        BodyReader reader(*object, pointer, faults);
        SubjectReport subject;
        subject.student = StudentId(reader.text("student_id"));
        subject.description = reader.text("description");
        subject.facts = reader.facts("facts");
        reader.finish();
        out.push_back(std::move(subject));
    }
    return out;
}

Kind kind_from(const std::string& word)
{
    if (word == "drill") return Kind::Drill;
    if (word == "test") return Kind::Test;
    return Kind::Real;
}

// Whom a report's events speak of: a new incident, or the one it was attached to.
IncidentId subject_of(const std::vector<Event>& events, bool& attached)
{
    for (const Event& event : events) {
        if (const auto* reported = std::get_if<Reported>(&event)) return reported->incident;
        if (const auto* joined = std::get_if<Attached>(&event)) {
            attached = true;
            return joined->into;
        }
    }
    return {};
}

std::optional<std::uint64_t> sequence(std::optional<std::string_view> text)
{
    if (!text) return 0;
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), out);
    if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
    return out;
}

struct Filter {
    std::optional<std::string_view> phase;
    std::optional<std::string_view> level;
    std::optional<std::string_view> college;
    std::optional<std::string_view> kind;
};

bool passes(const Filter& filter, const Incident& incident, const js::object& row)
{
    if (filter.level && incident.level.text() != *filter.level) return false;
    if (filter.kind && name_of(incident.kind) != *filter.kind) return false;
    if (filter.phase == "open") {
        // Whatever the protocol calls its phases: not ended, and that is with what comes after it.
        if (!incident.running()) return false;
    } else if (filter.phase && std::string_view(row.at("phase").as_string()) != *filter.phase) {
        return false;
    }
    return !filter.college ||
           std::any_of(incident.subjects.begin(), incident.subjects.end(), [&](const auto& entry) {
               return entry.second.college.text() == *filter.college;
           });
}

}  // namespace

bool may_open(const Identity& identity, Kind kind)
{
    return kind == Kind::Real || identity.role == Role::DutyDesk || identity.role == Role::Admin;
}

Report Api::report_from(
    const js::object& body, const Identity& identity, std::vector<InputFault>& faults
)
{
    BodyReader reader(body, "", faults);
    Report report;
    report.id = IncidentId(daemon::make_ulid(parts_.entropy, parts_.engine.now()));
    report.by = actor_of(identity);
    report.via = reader.needed_text("via");
    report.kind = kind_from(reader.word("kind", {"real", "drill", "test"}));
    if (const auto minutes = reader.number("drill_minutes", 1, drill_minutes_max)) {
        if (report.kind == Kind::Real) reader.fault("drill_minutes", "only a drill ends by itself");
        report.drill_for = std::chrono::minutes(*minutes);
    }
    if (const js::array* participants = reader.array("participants", participants_max))
        for (const js::value& one : *participants) {
            if (one.is_string() && !one.get_string().empty())
                report.participants.emplace(std::string(one.get_string()));
            else
                reader.fault("participants", "a list of staff ids");
        }
    report.subjects = subjects_from(reader, faults);
    report.place = place_from(reader);
    report.callback = reader.text("callback");
    report.facts = reader.facts("facts");
    report.text = reader.text("text");
    report.ref = reader.text("ref");
    reader.finish();
    return report;
}

daemon::Engine::Render Api::render_report(IncidentId id, Identity identity) const
{
    return [this, id = std::move(id), identity = std::move(identity)](
               const daemon::Board& board, const std::vector<Event>& events
           ) {
        daemon::Reply reply;
        bool attached = false;
        const IncidentId about = subject_of(events, attached);
        const Incident* incident = board.find(about.empty() ? id : about);
        if (incident == nullptr) return reply;
        const auto allowed = sight_of(identity, *parts_.engine.directory(), *incident);
        js::object view = incident_view(context(), *incident, allowed.value_or(Viewpoint{}));
        if (attached) view["attached_to"] = incident->id.text();
        reply.status = attached ? 200 : incident->stage == Stage::Review ? 202 : 201;
        if (!attached) {
            const bool review = incident->stage == Stage::Review;
            reply.location =
                (review ? "/api/v1/reports/" : "/api/v1/incidents/") + incident->id.text();
        }
        reply.body = js::serialize(view);
        return reply;
    };
}

awaitable<Response> Api::open(Request request, Params, Identity identity)
{
    std::vector<InputFault> faults;
    const auto body = parse_object(request.body(), faults);
    const auto once = idempotency_of(request, identity, faults);
    if (!body) co_return bad_input(std::move(faults));
    Report report = report_from(*body, identity, faults);
    if (!faults.empty()) co_return bad_input(std::move(faults));
    if (!identity.may_claim(report.via))
        co_return forbidden("this token may not report via " + report.via);
    if (!may_open(identity, report.kind))
        co_return forbidden("only the duty desk opens drills and tests");
    auto render = render_report(report.id, identity);
    Command command = std::move(report);
    auto taken = take(std::move(command), once, std::move(render));
    co_return co_await std::move(taken);
}

awaitable<Response> Api::list(Request request, Params, Identity identity)
{
    auto durable = parts_.engine.settled();
    co_await std::move(durable);
    const Filter filter{
        request.query("phase"),
        request.query("level"),
        request.query("college"),
        request.query("kind")};
    const auto cursor = request.query("cursor");
    js::array rows;
    js::value next = nullptr;
    const auto& incidents = parts_.engine.board().incidents;
    // Ids sort by time: the newest first, and a cursor is the id to go on below.
    for (auto it = incidents.rbegin(); it != incidents.rend(); ++it) {
        const auto& [id, incident] = *it;
        if (cursor && id.text() >= *cursor) continue;
        if (incident.stage == Stage::Review) continue;
        const auto viewpoint = sight_of(identity, *parts_.engine.directory(), incident);
        if (!viewpoint) continue;
        js::object row = viewpoint->sight == Sight::Receipt
                             ? incident_view(context(), incident, *viewpoint)
                             : incident_row(context(), incident);
        if (!passes(filter, incident, row)) continue;
        if (rows.size() == list_max) {
            next = rows.back().as_object().at("id");
            break;
        }
        rows.push_back(std::move(row));
    }
    js::object out;
    out["incidents"] = std::move(rows);
    out["next_cursor"] = std::move(next);
    co_return json(200, out);
}

awaitable<Response> Api::show(Request, Params params, Identity identity)
{
    auto durable = parts_.engine.settled();
    co_await std::move(durable);
    const auto found = seen(params.at("id"), identity);
    if (!found) co_return not_found();
    const js::object view = incident_view(context(), found->incident, found->viewpoint);
    co_return json(200, view);
}

awaitable<Response> Api::timeline(Request request, Params params, Identity identity)
{
    auto durable = parts_.engine.settled();
    co_await std::move(durable);
    const auto found = seen(params.at("id"), identity);
    if (!found || found->viewpoint.sight == Sight::Receipt) co_return not_found();
    const auto after = sequence(request.query("after"));
    if (!after) {
        std::vector<InputFault> faults;
        faults.push_back({"", "`after` is a sequence number"});
        co_return bad_input(std::move(faults));
    }
    js::object out;
    // Sealed parts are of the whole incident: nobody reads them who may not know everybody in it.
    out["events"] = parts_.timeline.of(
        found->incident.id, *after, timeline_max, found->viewpoint.names_all(found->incident)
    );
    co_return json(200, out);
}

awaitable<Response> Api::brief(Request, Params params, Identity identity)
{
    auto durable = parts_.engine.settled();
    co_await std::move(durable);
    const auto known = seen(params.at("id"), identity);
    if (!known) co_return not_found();
    if (!known->viewpoint.names_all(known->incident))
        co_return forbidden("the brief is for those who may know everybody in it");
    js::object body{{"text", brief_draft(context(), known->incident)}};
    co_return json(200, body);
}

awaitable<Response> Api::reports(Request, Params, Identity identity)
{
    auto durable = parts_.engine.settled();
    co_await std::move(durable);
    js::array rows;
    for (const auto& [id, incident] : parts_.engine.board().incidents) {
        if (incident.stage != Stage::Review) continue;
        const auto viewpoint = sight_of(identity, *parts_.engine.directory(), incident);
        if (viewpoint) rows.push_back(report_view(context(), incident, *viewpoint));
    }
    js::object out;
    out["reports"] = std::move(rows);
    co_return json(200, out);
}

awaitable<Response> Api::live(Request request, Params, Identity identity)
{
    auto durable = parts_.engine.settled();
    co_await std::move(durable);
    Viewer viewer;
    viewer.identity = identity.token_id;
    viewer.may_see = [identity](const std::string& audience) {
        return http::may_see(identity, audience);
    };
    const bool anonymous = parts_.demo && identity.session.empty();
    viewer.still_valid = [this, identity, anonymous] {
        return anonymous || parts_.authenticator.still_valid(identity);
    };
    co_return parts_.live.subscribe(request, std::move(viewer));
}

}  // namespace shouwang::http
