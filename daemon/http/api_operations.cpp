#include "daemon/http/api.hpp"
#include "daemon/http/body_reader.hpp"
#include "daemon/http/instant_text.hpp"

#include <boost/json/object.hpp>

#include <utility>

namespace shouwang::http {

namespace js = boost::json;
using boost::asio::awaitable;

namespace {

awaitable<Response> alive(Request, Params)
{
    co_return text(200, "ok\n");
}

}  // namespace

void Api::add_operations(Router& router)
{
    router.add(Method::Get, "/healthz", &alive);
    router.add(Method::Get, "/readyz", [this](Request request, Params params) {
        return ready(std::move(request), std::move(params));
    });
    router.add(Method::Get, "/metrics", [this](Request request, Params params) {
        return metrics(std::move(request), std::move(params));
    });
    router.add(Method::Post, "/api/v1/session", [this](Request request, Params params) {
        return log_in(std::move(request), std::move(params));
    });
    router.add(Method::Delete, "/api/v1/session", [this](Request request, Params params) {
        return log_out(std::move(request), std::move(params));
    });
}

awaitable<Response> Api::ready(Request, Params)
{
    js::object degraded;
    for (const auto& [name, detail] : parts_.health.degraded()) degraded[name] = detail;
    const bool writable = !parts_.health.degraded().contains("journal");
    const bool working = parts_.engine.working();
    js::object out;
    out["ready"] = writable && working;
    out["journal_writable"] = writable;
    out["loop_working"] = working;
    out["leader"] = true;
    out["journal_sequence"] = parts_.engine.durable_seq();
    out["live_incidents"] = parts_.engine.live_incidents();
    out["overdue_ms"] = parts_.engine.overdue().count();
    out["degraded"] = std::move(degraded);
    out["at"] = to_rfc3339(parts_.engine.now());
    const int status = writable && working ? 200 : 503;
    co_return json(status, out);
}

awaitable<Response> Api::metrics(Request, Params)
{
    std::string body = daemon::render_metrics(parts_.metrics, parts_.gauges());
    co_return Response(200, std::string(daemon::metrics_content_type), std::move(body));
}

awaitable<Response> Api::log_in(Request request, Params)
{
    std::vector<InputFault> faults;
    const auto body = parse_object(request.body(), faults);
    if (!body) co_return bad_input(std::move(faults));
    BodyReader reader(*body, "", faults);
    const std::string token = reader.needed_text("token");
    reader.finish();
    if (!faults.empty()) co_return bad_input(std::move(faults));
    const auto cookie = parts_.authenticator.log_in(request, token);
    if (!cookie) co_return problem(cookie.error());
    Response response = no_content();
    response.add_header("Set-Cookie", *cookie);
    co_return response;
}

awaitable<Response> Api::log_out(Request request, Params)
{
    const auto cookie = parts_.authenticator.log_out(request);
    if (!cookie) co_return problem(cookie.error());
    Response response = no_content();
    response.add_header("Set-Cookie", *cookie);
    co_return response;
}

}  // namespace shouwang::http
