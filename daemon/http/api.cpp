#include "daemon/http/api.hpp"

#include "daemon/http/sight.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;
using boost::asio::awaitable;

namespace {

constexpr std::size_t key_bytes_max = 255;

Response raw_json(int status, std::string body)
{
    return Response(status, "application/json", std::move(body));
}

class ToResponse {
public:
    explicit ToResponse(const std::vector<std::string>& phones) : phones_(phones) {}

    Response operator()(const daemon::Accepted& accepted) const
    {
        Response response = of(accepted.reply);
        if (accepted.unjournaled) response.add_header("Shouwang-Unjournaled", "true");
        return response;
    }
    Response operator()(const daemon::Replayed& replayed) const
    {
        Response response = of(replayed.reply);
        response.add_header("Idempotency-Replayed", "true");
        return response;
    }
    Response operator()(const daemon::Refused& refused) const { return problem(refused.refusal); }
    Response operator()(const daemon::KeyReused&) const
    {
        return problem(422, "this Idempotency-Key came before with another request");
    }
    Response operator()(const daemon::Unavailable& unavailable) const
    {
        std::string detail = unavailable.reason + "; call instead:";
        for (const std::string& phone : phones_) detail += " " + phone;
        Response response = problem(503, std::move(detail));
        response.add_header("Retry-After", "1");
        return response;
    }

private:
    static Response of(const daemon::Reply& reply)
    {
        Response response = raw_json(static_cast<int>(reply.status), reply.body);
        if (!reply.location.empty()) response.add_header("Location", reply.location);
        return response;
    }

    const std::vector<std::string>& phones_;
};

}  // namespace

escalation::Actor actor_of(const Identity& identity)
{
    return {identity.token_id, identity.staff.value_or(escalation::StaffId{})};
}

Response bad_input(std::vector<InputFault> faults)
{
    Problem what;
    what.status = 400;
    what.detail = "the request has faults; all of them are listed";
    what.errors = std::move(faults);
    return problem(what);
}

Response forbidden(std::string detail)
{
    return problem(403, std::move(detail));
}

Response not_found()
{
    return problem(404, "there is nothing here that you may see");
}

Response problem(const escalation::Refusal& refusal)
{
    using Because = escalation::Refusal::Because;
    Problem what;
    switch (refusal.because) {
        case Because::Invalid: {
            what.status = 400;
            what.detail = "the request has faults; all of them are listed";
            for (const auto& fault : refusal.missing)
                what.errors.push_back({fault.pointer, fault.code + ": " + fault.detail});
            return problem(what);
        }
        case Because::Unknown: {
            what.status = 404;
            what.detail = refusal.missing.empty() ? "not found" : refusal.missing.front().detail;
            return problem(what);
        }
        case Because::Refused: break;
    }
    what.status = 409;
    what.detail = "refused; what is missing is listed, and nothing was changed";
    for (const auto& missing : refusal.missing)
        what.missing.push_back({missing.code, missing.detail});
    return problem(what);
}

std::optional<daemon::Idempotency> idempotency_of(
    const Request& request, const Identity& identity, std::vector<InputFault>& faults
)
{
    const auto key = request.header("Idempotency-Key");
    if (!key) return std::nullopt;
    const bool printable =
        std::all_of(key->begin(), key->end(), [](char c) { return c > ' ' && c <= '~'; });
    if (key->empty() || key->size() > key_bytes_max || !printable) {
        faults.push_back({"", "Idempotency-Key is 1 to 255 printable ASCII characters"});
        return std::nullopt;
    }
    std::string asked(name_of(request.method()));
    for (const std::string& segment : request.segments()) asked += "/" + segment;
    asked += "\n" + request.body();
    return daemon::Idempotency(identity.token_id, std::string(*key), hash_of_secret(asked));
}

std::variant<Identity, Denial> Api::who(const Request& request)
{
    auto known = parts_.authenticator.identify(request);
    if (known) return std::move(*known);
    // In the demo nothing is secret and no channel is real; but a page of somebody else's must not
    // press buttons in it all the same.
    const bool anonymous = !request.header("Authorization");
    if (parts_.demo && anonymous &&
        (!changes_state(request.method()) || from_own_page(request, {}))) {
        Identity desk;
        desk.token_id = "demo-desk";
        desk.role = Role::DutyDesk;
        desk.staff = escalation::StaffId("hq");
        desk.via = {"hotline", "console"};
        return desk;
    }
    return known.error();
}

void Api::add(Router& router, Method method, std::string_view pattern, Work work)
{
    router.add(method, pattern, [this, work](Request request, Params params) {
        return identified(work, std::move(request), std::move(params));
    });
}

awaitable<Response> Api::identified(Work work, Request request, Params params)
{
    const auto identity = who(request);
    if (const auto* denial = std::get_if<Denial>(&identity)) co_return problem(*denial);
    Identity known = std::get<Identity>(identity);
    auto response = (this->*work)(std::move(request), std::move(params), std::move(known));
    co_return co_await std::move(response);
}

awaitable<Response> Api::take(
    escalation::Command command,
    std::optional<daemon::Idempotency> once,
    daemon::Engine::Render render
)
{
    auto outcome = parts_.engine.submit(std::move(command), std::move(once), std::move(render));
    const daemon::Outcome known = co_await std::move(outcome);
    co_return std::visit(ToResponse(parts_.emergency_phones), known);
}

ViewContext Api::context() const
{
    return {
        parts_.engine.rules(),
        *parts_.engine.directory(),
        parts_.engine.now(),
        &parts_.engine.board()};
}

std::optional<Api::Seen> Api::seen(const std::string& id, const Identity& identity) const
{
    const escalation::Incident* incident = parts_.engine.board().find(escalation::IncidentId(id));
    if (incident == nullptr) return std::nullopt;
    auto viewpoint = sight_of(identity, *parts_.engine.directory(), *incident);
    if (!viewpoint) return std::nullopt;
    return Seen{*incident, std::move(*viewpoint)};
}

daemon::Engine::Render Api::render_incident(
    escalation::IncidentId id, Identity identity, unsigned status
) const
{
    return [this,
            id = std::move(id),
            identity = std::move(identity),
            status](const daemon::Board& board, const std::vector<daemon::Event>&) {
        daemon::Reply reply;
        reply.status = status;
        const escalation::Incident* incident = board.find(id);
        if (incident == nullptr) return reply;
        const auto viewpoint = sight_of(identity, *parts_.engine.directory(), *incident);
        reply.body =
            js::serialize(incident_view(context(), *incident, viewpoint.value_or(Viewpoint{})));
        return reply;
    };
}

void Api::add_routes(Router& router)
{
    const auto v1 = [](std::string_view path) { return "/api/v1" + std::string(path); };
    add(router, Method::Post, v1("/incidents"), &Api::open);
    add(router, Method::Get, v1("/incidents"), &Api::list);
    add(router, Method::Get, v1("/incidents/{id}"), &Api::show);
    add(router, Method::Get, v1("/incidents/{id}/timeline"), &Api::timeline);
    add(router, Method::Get, v1("/incidents/{id}/brief"), &Api::brief);
    add(router, Method::Get, v1("/reports"), &Api::reports);
    add(router, Method::Post, v1("/reports/{id}/open"), &Api::triage_open);
    add(router, Method::Post, v1("/reports/{id}/attach"), &Api::triage_attach);
    add(router, Method::Post, v1("/reports/{id}/dismiss"), &Api::triage_dismiss);
    add(router, Method::Get, v1("/live"), &Api::live);
    add_commands(router);
    add_operations(router);
}

}  // namespace shouwang::http
