#include "daemon/http/api.hpp"
#include "daemon/http/api_deeds.hpp"
#include "daemon/http/body_reader.hpp"
#include "daemon/http/sight.hpp"

#include <chrono>
#include <utility>

// Every command on an incident has one shape: read the body, see whether this reader may see the
// incident and may write, make the command, submit it. What differs stands in add_commands().
namespace shouwang::http {

using boost::asio::awaitable;
using namespace escalation;

namespace {

constexpr std::int64_t eta_minutes_max = 24 * 60;

// For whom somebody acts: themselves, or, at the duty desk, whoever told them on the telephone.
// Returns why they may not; empty: they may.
std::string behalf(const Identity& identity, const std::string& staff, Deed& deed)
{
    const StaffId own = identity.staff.value_or(StaffId{});
    deed.staff = staff.empty() ? own : StaffId(staff);
    if (deed.staff == own)
        return own.empty() ? "this token is nobody's: say for whom with `staff`" : "";
    if (identity.role != Role::DutyDesk) return "only the duty desk passes on what others say";
    if (deed.heard_by.empty()) return "`heard_by` says who heard it from that person";
    return {};
}

bool may_write(const Identity& identity)
{
    return identity.role == Role::DutyDesk || identity.role == Role::Responder;
}

Command answer_of(BodyReader& reader, const Deed& deed)
{
    Answer command = answer_by(deed);
    command.word = Word(reader.needed_text("answer"));
    const std::string ask = reader.text("ask");
    if (!ask.empty()) {
        command.ask = DutyKey::parse(ask);
        if (!command.ask) reader.fault("ask", "the key of a duty, such as S03@C05");
    }
    if (const auto minutes = reader.number("eta_minutes", 0, eta_minutes_max))
        command.eta = std::chrono::minutes(*minutes);
    command.reason = reader.text("reason");
    return command;
}

Command facts_of(BodyReader& reader, const Deed& deed)
{
    SetFacts command;
    command.incident = deed.incident;
    command.facts = reader.facts("facts");
    command.subject = SubjectId(reader.text("subject"));
    command.source = reader.text("source");
    command.known_at = reader.instant("known_at");
    if (command.source.empty()) command.source = deed.by.account;
    command.by = deed.by;
    return command;
}

Command record_of(BodyReader& reader, const Deed& deed)
{
    AddRecord command;
    command.incident = deed.incident;
    command.duty = deed.params.at("duty");
    command.fields = reader.texts("fields");
    command.by = {deed.by.account, deed.staff};
    command.heard_by = deed.heard_by;
    return command;
}

}  // namespace

void Api::add_commands(Router& router)
{
    const auto v1 = [](std::string_view path) { return "/api/v1" + std::string(path); };
    const auto verb = [&](Method method, const std::string& pattern, Verb what) {
        router.add(method, pattern, [this, what](Request request, Params params) {
            return act(what, std::move(request), std::move(params));
        });
    };
    verb(
        Method::Post,
        v1("/incidents/{id}/answers"),
        {&answer_of, 200, true, "this token does not answer pages"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/facts"),
        {&facts_of, 200, false, "this token does not report facts"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/duties/{duty}/records"),
        {&record_of, 201, true, "this token does not file records"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/duties/{duty}/waive"),
        {&waiver_of, 200, true, "this token does not waive duties"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/decisions"),
        {&decision_of, 200, true, "this token decides nothing"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/close"),
        {&close_of, 200, true, "this token does not close incidents"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/stand-down"),
        {&stand_down_of, 200, true, "this token does not stand incidents down"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/false-alarm"),
        {&false_alarm_of, 200, true, "this token signs no endings"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/level-down"),
        {&level_down_of, 200, true, "this token lowers no level"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/drill-end"),
        {&drill_end_of, 200, true, "this token ends no drill", false, true}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/endings/{end}"),
        {&ending_of, 200, true, "this token signs no endings"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/command"),
        {&take_over_of, 200, true, "this token takes no command"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/notes"),
        {&note_of, 201, false, "this token writes no notes"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/subjects"),
        {&subject_of, 201, false, "this token adds nobody"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/subjects/{subject}/identify"),
        {&identity_of, 200, false, "this token identifies nobody"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/subjects/{subject}/close"),
        {&subject_close_of, 200, true, "this token signs no endings"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/place"),
        {&place_of, 200, false, "this token sets no place"}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/reopen"),
        {&reopening_of, 200, false, "only the duty desk reopens", true}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/protocol"),
        {&protocol_of, 200, false, "only the duty desk switches the protocol", true}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/merge"),
        {&merge_of, 200, false, "only the duty desk merges incidents", true}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/split"),
        {&split_of, 200, false, "only the duty desk splits incidents", true}
    );
    verb(
        Method::Post,
        v1("/incidents/{id}/keep-apart"),
        {&keep_apart_of, 200, false, "only the duty desk judges suggestions", true}
    );
}

awaitable<Response> Api::act(Verb verb, Request request, Params params)
{
    const auto identified = who(request);
    if (const auto* denial = std::get_if<Denial>(&identified)) co_return problem(*denial);
    const Identity& identity = std::get<Identity>(identified);

    std::vector<InputFault> faults;
    const std::string text = request.body().empty() ? "{}" : request.body();
    const auto body = parse_object(text, faults);
    const auto once = idempotency_of(request, identity, faults);
    if (!body) co_return bad_input(std::move(faults));
    BodyReader reader(*body, "", faults);
    Deed deed;
    deed.incident = IncidentId(params.at("id"));
    deed.params = params;
    deed.by = actor_of(identity);
    if (const auto known = seen(params.at("id"), identity)) {
        deed.state = &known->incident;
        deed.protocol = &parts_.engine.rules().frozen(known->incident.protocol);
    }
    std::string not_for_them;
    if (verb.on_behalf) {
        const std::string staff = reader.text("staff");
        deed.heard_by = reader.text("heard_by");
        not_for_them = behalf(identity, staff, deed);
    }
    Command command = verb.make(reader, deed);
    reader.finish();
    if (!faults.empty()) co_return bad_input(std::move(faults));

    if (!seen(params.at("id"), identity)) co_return not_found();
    const bool desk = identity.role == Role::DutyDesk;
    const bool may = may_write(identity) || (verb.of_drills && may_open(identity, Kind::Drill));
    if (!may || (verb.desk_only && !desk)) co_return forbidden(verb.forbidden);
    if (!not_for_them.empty()) co_return forbidden(std::move(not_for_them));
    auto render = render_incident(deed.incident, identity, verb.status);
    auto response = take(std::move(command), once, std::move(render));
    co_return co_await std::move(response);
}

awaitable<Response> Api::triage_open(Request request, Params params, Identity identity)
{
    return triage(std::move(request), std::move(params), std::move(identity), Judgement::Open);
}

awaitable<Response> Api::triage_attach(Request request, Params params, Identity identity)
{
    return triage(std::move(request), std::move(params), std::move(identity), Judgement::Attach);
}

awaitable<Response> Api::triage_dismiss(Request request, Params params, Identity identity)
{
    return triage(std::move(request), std::move(params), std::move(identity), Judgement::Dismiss);
}

awaitable<Response> Api::triage(
    Request request, Params params, Identity identity, Judgement judgement
)
{
    std::vector<InputFault> faults;
    const std::string text = request.body().empty() ? "{}" : request.body();
    const auto body = parse_object(text, faults);
    const auto once = idempotency_of(request, identity, faults);
    if (!body) co_return bad_input(std::move(faults));
    BodyReader reader(*body, "", faults);
    Triage command;
    command.incident = IncidentId(params.at("id"));
    command.judgement = judgement;
    if (judgement == Judgement::Attach) command.into = IncidentId(reader.needed_text("into"));
    command.reason = reader.text("reason");
    reader.finish();
    if (!faults.empty()) co_return bad_input(std::move(faults));
    if (identity.role != Role::DutyDesk) co_return forbidden("only the duty desk judges reports");
    command.by = actor_of(identity);
    auto render = render_incident(
        judgement == Judgement::Attach ? command.into : command.incident, identity, 200
    );
    Command taken = std::move(command);
    auto response = take(std::move(taken), once, std::move(render));
    co_return co_await std::move(response);
}

}  // namespace shouwang::http
