#include "daemon/http/api.hpp"
#include "daemon/http/body_reader.hpp"
#include "daemon/http/sight.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace shouwang::http {

using boost::asio::awaitable;
using namespace escalation;

namespace {

constexpr std::int64_t eta_minutes_max = 24 * 60;

// For whom somebody acts: themselves, or, at the duty desk, whoever told them on the telephone.
struct Behalf {
    StaffId staff;
    std::string refusal;  // not empty: they may not
};

Behalf behalf(const Identity& identity, const std::string& staff, const std::string& heard_by)
{
    const StaffId own = identity.staff.value_or(StaffId{});
    if (staff.empty() || StaffId(staff) == own) {
        if (own.empty()) return {{}, "this token is nobody's: say for whom with `staff`"};
        return {own, {}};
    }
    if (identity.role != Role::DutyDesk)
        return {{}, "only the duty desk passes on what others say"};
    if (heard_by.empty()) return {{}, "`heard_by` says who heard it from that person"};
    return {StaffId(staff), {}};
}

bool may_write(const Identity& identity)
{
    return identity.role == Role::DutyDesk || identity.role == Role::Responder;
}

}  // namespace

awaitable<Response> Api::answer(Request request, Params params, Identity identity)
{
    std::vector<InputFault> faults;
    const auto body = parse_object(request.body(), faults);
    const auto once = idempotency_of(request, identity, faults);
    if (!body) co_return bad_input(std::move(faults));
    BodyReader reader(*body, "", faults);
    Answer command;
    command.incident = IncidentId(params.at("id"));
    command.word = Word(reader.needed_text("answer"));
    const std::string ask = reader.text("ask");
    if (!ask.empty()) {
        command.ask = DutyKey::parse(ask);
        if (!command.ask) reader.fault("ask", "the key of a duty, such as S03@C05");
    }
    if (const auto minutes = reader.number("eta_minutes", 0, eta_minutes_max))
        command.eta = std::chrono::minutes(*minutes);
    command.reason = reader.text("reason");
    const std::string staff = reader.text("staff");
    const std::string heard_by = reader.text("heard_by");
    reader.finish();
    if (!faults.empty()) co_return bad_input(std::move(faults));

    Sight sight = Sight::Receipt;
    if (seen(params.at("id"), identity, sight) == nullptr) co_return not_found();
    if (!may_write(identity)) co_return forbidden("this token does not answer pages");
    Behalf who = behalf(identity, staff, heard_by);
    if (!who.refusal.empty()) co_return forbidden(std::move(who.refusal));
    command.staff = who.staff;
    command.by = actor_of(identity);
    command.via = heard_by.empty() ? "api" : "phone";
    auto render = render_incident(command.incident, identity, 200);
    Command taken = std::move(command);
    auto response = take(std::move(taken), once, std::move(render));
    co_return co_await std::move(response);
}

awaitable<Response> Api::facts(Request request, Params params, Identity identity)
{
    std::vector<InputFault> faults;
    const auto body = parse_object(request.body(), faults);
    const auto once = idempotency_of(request, identity, faults);
    if (!body) co_return bad_input(std::move(faults));
    BodyReader reader(*body, "", faults);
    SetFacts command;
    command.incident = IncidentId(params.at("id"));
    command.facts = reader.facts("facts");
    command.subject = SubjectId(reader.text("subject"));
    command.source = reader.text("source");
    command.known_at = reader.instant("known_at");
    reader.finish();
    if (!faults.empty()) co_return bad_input(std::move(faults));

    Sight sight = Sight::Receipt;
    if (seen(params.at("id"), identity, sight) == nullptr) co_return not_found();
    if (!may_write(identity)) co_return forbidden("this token does not report facts");
    if (command.source.empty())
        command.source = identity.staff ? identity.staff->text() : identity.token_id;
    command.by = actor_of(identity);
    auto render = render_incident(command.incident, identity, 200);
    Command taken = std::move(command);
    auto response = take(std::move(taken), once, std::move(render));
    co_return co_await std::move(response);
}

awaitable<Response> Api::record(Request request, Params params, Identity identity)
{
    std::vector<InputFault> faults;
    const auto body = parse_object(request.body(), faults);
    const auto once = idempotency_of(request, identity, faults);
    if (!body) co_return bad_input(std::move(faults));
    BodyReader reader(*body, "", faults);
    AddRecord command;
    command.incident = IncidentId(params.at("id"));
    command.duty = params.at("duty");
    command.fields = reader.texts("fields");
    const std::string staff = reader.text("staff");
    const std::string heard_by = reader.text("heard_by");
    reader.finish();
    if (!faults.empty()) co_return bad_input(std::move(faults));

    Sight sight = Sight::Receipt;
    if (seen(params.at("id"), identity, sight) == nullptr) co_return not_found();
    if (!may_write(identity)) co_return forbidden("this token does not file records");
    Behalf who = behalf(identity, staff, heard_by);
    if (!who.refusal.empty()) co_return forbidden(std::move(who.refusal));
    command.by = {identity.token_id, who.staff};
    auto render = render_incident(command.incident, identity, 201);
    Command taken = std::move(command);
    auto response = take(std::move(taken), once, std::move(render));
    co_return co_await std::move(response);
}

awaitable<Response> Api::close(Request request, Params params, Identity identity)
{
    std::vector<InputFault> faults;
    const auto body = parse_object(request.body(), faults);
    const auto once = idempotency_of(request, identity, faults);
    if (!body) co_return bad_input(std::move(faults));
    BodyReader reader(*body, "", faults);
    SignEnd command;
    command.incident = IncidentId(params.at("id"));
    command.end = EndName("close");
    command.evidence["reason"] = reader.text("reason");
    const std::string staff = reader.text("staff");
    const std::string heard_by = reader.text("heard_by");
    reader.finish();
    if (!faults.empty()) co_return bad_input(std::move(faults));

    Sight sight = Sight::Receipt;
    if (seen(params.at("id"), identity, sight) == nullptr) co_return not_found();
    if (!may_write(identity)) co_return forbidden("this token does not close incidents");
    Behalf who = behalf(identity, staff, heard_by);
    if (!who.refusal.empty()) co_return forbidden(std::move(who.refusal));
    command.staff = who.staff;
    command.by = actor_of(identity);
    auto render = render_incident(command.incident, identity, 200);
    Command taken = std::move(command);
    auto response = take(std::move(taken), once, std::move(render));
    co_return co_await std::move(response);
}

awaitable<Response> Api::triage_open(Request request, Params params, Identity identity)
{
    auto response =
        triage(std::move(request), std::move(params), std::move(identity), Judgement::Open);
    co_return co_await std::move(response);
}

awaitable<Response> Api::triage_attach(Request request, Params params, Identity identity)
{
    auto response =
        triage(std::move(request), std::move(params), std::move(identity), Judgement::Attach);
    co_return co_await std::move(response);
}

awaitable<Response> Api::triage_dismiss(Request request, Params params, Identity identity)
{
    auto response =
        triage(std::move(request), std::move(params), std::move(identity), Judgement::Dismiss);
    co_return co_await std::move(response);
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
