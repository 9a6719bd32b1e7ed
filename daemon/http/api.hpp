#pragma once

#include "daemon/engine.hpp"
#include "daemon/entropy.hpp"
#include "daemon/health.hpp"
#include "daemon/http/authenticator.hpp"
#include "daemon/http/body_reader.hpp"
#include "daemon/http/event_stream.hpp"
#include "daemon/http/incident_view.hpp"
#include "daemon/http/router.hpp"
#include "daemon/http/timeline.hpp"
#include "daemon/metrics.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace shouwang::http {

// What the API works on. Everything outlives the server.
struct ApiParts {
    daemon::Engine& engine;
    daemon::Entropy& entropy;
    daemon::Health& health;
    const daemon::Metrics& metrics;
    std::function<daemon::Gauges()> gauges;
    Authenticator& authenticator;
    EventStream& live;
    const Timeline& timeline;
    std::vector<std::string> emergency_phones;  // told when nothing can be taken
    // The demo has no locks: whoever comes from one of its own pages is the duty desk.
    bool demo = false;
};

// Who does what to which incident, as a command's maker is told it.
struct Deed {
    escalation::IncidentId incident;
    Params params;              // of the path
    escalation::Actor by;       // the account, and its own person
    escalation::StaffId staff;  // for whom: themselves, or whoever the desk passes on
    std::string heard_by;
    // As it stands, and the protocol frozen into it; nullptr where this reader sees no such
    // incident, who is told just that in the end.
    const escalation::Incident* state = nullptr;
    const escalation::Protocol* protocol = nullptr;
};

// A command on an incident: how it is made of a body, and what its success and its refusal say.
struct Verb {
    escalation::Command (*make)(BodyReader& reader, const Deed& deed) = nullptr;
    unsigned status = 200;
    bool on_behalf = false;  // takes `staff` and `heard_by`
    const char* forbidden = "";
    bool desk_only = false;  // which incident is which, and under which protocol, is the desk's
    bool of_drills = false;  // whoever may begin a drill may, too
};

// The HTTP API of docs/openapi.yaml: turns requests into commands and the state into views. It
// decides nothing. A write is answered when it is durable; so is a read, so that nobody sees what
// may yet be lost.
class Api {
public:
    explicit Api(ApiParts parts) : parts_(std::move(parts)) {}
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    // Requires: the API outlives the router's use.
    void add_routes(Router& router);

    // For the HTML pages, which do the same work behind forms.
    [[nodiscard]] std::variant<Identity, Denial> who(const Request& request);
    [[nodiscard]] boost::asio::awaitable<Response> take(
        escalation::Command command,
        std::optional<daemon::Idempotency> once,
        daemon::Engine::Render render
    );
    [[nodiscard]] ViewContext context() const;
    [[nodiscard]] ApiParts& parts() noexcept { return parts_; }

    // Builds the command of POST /api/v1/incidents from its body; faults are added.
    [[nodiscard]] escalation::Report report_from(
        const boost::json::object& body, const Identity& identity, std::vector<InputFault>& faults
    );
    [[nodiscard]] daemon::Engine::Render render_report(escalation::IncidentId id, Identity identity)
        const;

private:
    using Work = boost::asio::awaitable<Response> (Api::*)(Request, Params, Identity);
    void add(Router& router, Method method, std::string_view pattern, Work work);
    [[nodiscard]] boost::asio::awaitable<Response> identified(
        Work work, Request request, Params params
    );

    // api_incidents.cpp
    [[nodiscard]] boost::asio::awaitable<Response> open(Request, Params, Identity);
    [[nodiscard]] boost::asio::awaitable<Response> list(Request, Params, Identity);
    [[nodiscard]] boost::asio::awaitable<Response> show(Request, Params, Identity);
    [[nodiscard]] boost::asio::awaitable<Response> timeline(Request, Params, Identity);
    [[nodiscard]] boost::asio::awaitable<Response> brief(Request, Params, Identity);
    [[nodiscard]] boost::asio::awaitable<Response> reports(Request, Params, Identity);
    [[nodiscard]] boost::asio::awaitable<Response> live(Request, Params, Identity);

    // api_commands.cpp
    void add_commands(Router& router);
    [[nodiscard]] boost::asio::awaitable<Response> act(Verb verb, Request request, Params params);
    [[nodiscard]] boost::asio::awaitable<Response> triage_open(Request, Params, Identity);
    [[nodiscard]] boost::asio::awaitable<Response> triage_attach(Request, Params, Identity);
    [[nodiscard]] boost::asio::awaitable<Response> triage_dismiss(Request, Params, Identity);
    [[nodiscard]] boost::asio::awaitable<Response> triage(
        Request request, Params params, Identity identity, escalation::Judgement judgement
    );

    // api_operations.cpp
    void add_operations(Router& router);
    [[nodiscard]] boost::asio::awaitable<Response> ready(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> metrics(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> log_in(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> log_out(Request, Params);

    // nullopt: to this reader there is no such incident.
    struct Seen {
        const escalation::Incident& incident;
        Viewpoint viewpoint;
    };
    [[nodiscard]] std::optional<Seen> seen(const std::string& id, const Identity& identity) const;
    [[nodiscard]] daemon::Engine::Render render_incident(
        escalation::IncidentId id, Identity identity, unsigned status
    ) const;

    ApiParts parts_;
};

// The idempotency key of a request, with the hash of what it asks; nullopt when it sends none.
// Adds a fault for a key that is too long or not printable.
[[nodiscard]] std::optional<daemon::Idempotency> idempotency_of(
    const Request& request, const Identity& identity, std::vector<InputFault>& faults
);

// Drills and tests are the duty desk's: they must not cover a real alarm by a slip.
[[nodiscard]] bool may_open(const Identity& identity, escalation::Kind kind);

[[nodiscard]] Response bad_input(std::vector<InputFault> faults);
[[nodiscard]] Response forbidden(std::string detail);
[[nodiscard]] Response not_found();

// The response to a refusal: 400 with errors, 404, or 409 with what is missing.
[[nodiscard]] Response problem(const escalation::Refusal& refusal);

// Who does something on whose behalf.
[[nodiscard]] escalation::Actor actor_of(const Identity& identity);

}  // namespace shouwang::http
