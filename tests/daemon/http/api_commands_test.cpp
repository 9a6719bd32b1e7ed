#include "daemon/http/api.hpp"
#include "tests/daemon/engine_world.hpp"
#include "tests/daemon/http/loopback.hpp"
#include "tests/support/board_driver.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace shouwang;
namespace http = shouwang::http;
namespace js = boost::json;
using escalation::IncidentId;
using escalation::StaffId;
using http::Method;
using http::Response;

namespace {

// The gas leak, which the chief may also end.
std::shared_ptr<const escalation::Protocol> gas_leak_that_ends()
{
    using namespace escalation;
    auto out = std::make_shared<Protocol>(*test::gas_leak());
    out->hash = "hash-of-gas-leak-that-ends";
    End& close = out->ends[EndName("close")];
    close.name = EndName("close");
    close.duties_ended = false;
    close.evidence = {"reason"};
    close.signers = {{{escalation::Target::Kind::Role, "chief"}}};
    return out;
}

boost::asio::awaitable<void> ask(
    const http::Router& router, http::Request request, std::optional<Response>& response
)
{
    auto dispatched = router.dispatch(std::move(request));
    response = co_await std::move(dispatched);
}

// The API over a whole daemon in virtual time, with a token for each kind of caller.
class Desk {
public:
    Desk()
    {
        world.start();
        auto adopted = world.spawn(world.engine.adopt_protocol(gas_leak_that_ends(), "ends"));
        world.drain();
        REQUIRE(adopted.done());
        desk = token(http::Role::DutyDesk, "");
        porter = token(http::Role::Responder, "p-1");
        chief = token(http::Role::Responder, "c-1");
        supervisor = token(http::Role::Supervisor, "");
        tokens = http::TokenStore(records);
        api.add_routes(router);
        REQUIRE(world.open("I1").done());
    }

    Response post(const std::string& token, const std::string& path, std::string body)
    {
        std::optional<Response> response;
        auto request = test::request(
            Method::Post,
            "/api/v1/incidents/" + path,
            {{"Authorization", "Bearer " + token}},
            std::move(body)
        );
        auto asking = ask(router, std::move(request), response);
        boost::asio::co_spawn(world.io, std::move(asking), [](std::exception_ptr fault) {
            if (fault) std::rethrow_exception(fault);
        });
        world.drain();
        REQUIRE(response);
        return std::move(*response);
    }

    [[nodiscard]] const escalation::Incident& incident() const { return world.incident("I1"); }
    [[nodiscard]] const escalation::Ask& asked(const char* staff) const
    {
        return incident().duties.begin()->second.asks.at(StaffId(staff));
    }

    test::World world;
    rehearsal::SeededEntropy entropy{3};
    std::vector<http::TokenRecord> records;
    http::TokenStore tokens;
    http::SessionStore sessions{world.time, entropy};
    http::Authenticator authenticator{tokens, sessions, world.time, http::Origin()};
    http::Timeline timeline{world.journal, world.keys};
    http::EventStream live{world.io.get_executor(), world.time, 0, [](std::uint64_t, std::size_t) {
                               return std::optional<std::vector<http::LiveEvent>>();
                           }};
    http::Api api{http::ApiParts{
        world.engine,
        entropy,
        world.health,
        world.metrics,
        [] { return daemon::Gauges(); },
        authenticator,
        live,
        timeline,
        {"199-0000-0110"}}};
    http::Router router;
    std::string desk;
    std::string porter;
    std::string chief;
    std::string supervisor;

private:
    std::string token(http::Role role, const char* staff)
    {
        const http::NewToken fresh = http::make_token(entropy);
        http::TokenRecord record;
        record.id = fresh.id;
        record.hash = http::hash_of_secret(fresh.text);
        record.role = role;
        if (*staff != '\0') record.staff = StaffId(staff);
        records.push_back(record);
        return fresh.text;
    }
};

std::string detail(const Response& response)
{
    return std::string(js::parse(response.body()).at("detail").as_string());
}

// The members complained about, in their order.
std::string faults(const Response& response)
{
    std::string out;
    const js::value body = js::parse(response.body());
    for (const js::value& fault : body.at("errors").as_array())
        out += (out.empty() ? "" : " ") + std::string(fault.at("pointer").as_string());
    return out;
}

}  // namespace

TEST_CASE("api commands: the desk closes for somebody only when it says who heard it", "[api]")
{
    Desk desk;
    const auto nobody = desk.post(desk.desk, "I1/close", R"({"reason":"aired"})");
    CHECK(nobody.status() == 403);
    CHECK(detail(nobody).find("`staff`") != std::string::npos);
    const auto unheard = desk.post(desk.desk, "I1/close", R"({"staff":"c-1","reason":"aired"})");
    CHECK(unheard.status() == 403);
    CHECK(detail(unheard).find("`heard_by`") != std::string::npos);
    CHECK(desk.incident().live());

    const auto closed = desk.post(
        desk.desk, "I1/close", R"({"staff":"c-1","heard_by":"on the telephone","reason":"aired"})"
    );
    CHECK(closed.status() == 200);
    CHECK(js::parse(closed.body()).at("phase") == "closed");
    CHECK_FALSE(desk.incident().live());
    const auto& signatures = desk.incident().signatures.at({escalation::EndName("close"), {}});
    REQUIRE(signatures.size() == 1);
    CHECK(signatures.front().staff == StaffId("c-1"));
    CHECK(signatures.front().by.account == desk.records.front().id);
    CHECK(signatures.front().by.staff.empty());
}

TEST_CASE(
    "api commands: a close that is refused lists what is missing and changes nothing", "[api]"
)
{
    Desk desk;
    const auto refused = desk.post(desk.porter, "I1/close", "{}");
    CHECK(refused.status() == 409);
    const js::value body = js::parse(refused.body());
    const js::array& missing = body.at("missing").as_array();
    REQUIRE(missing.size() == 2);
    CHECK(missing[0].at("code") == "evidence");
    CHECK(missing[1].at("code") == "signer_not_entitled");
    CHECK(desk.incident().live());
    CHECK(desk.world.count("end_signed") == 0);
}

TEST_CASE("api commands: a responder speaks for themselves alone", "[api]")
{
    Desk desk;
    const auto other = desk.post(
        desk.porter, "I1/answers", R"({"answer":"going","staff":"c-1","heard_by":"p-1"})"
    );
    CHECK(other.status() == 403);
    CHECK(detail(other) == "only the duty desk passes on what others say");
    CHECK(desk.world.count("answered") == 0);

    const auto own = desk.post(desk.porter, "I1/answers", R"({"answer":"going","staff":"p-1"})");
    CHECK(own.status() == 200);
    CHECK(desk.asked("p-1").answer == escalation::Word("going"));
}

TEST_CASE(
    "api commands: the desk passes on an answer as its person's, from its own account", "[api]"
)
{
    Desk desk;
    const auto passed = desk.post(
        desk.desk, "I1/answers", R"({"answer":"going","staff":"p-1","heard_by":"on the telephone"})"
    );
    CHECK(passed.status() == 200);
    CHECK(desk.asked("p-1").answer == escalation::Word("going"));
    const auto answered = test::only<escalation::Answered>(desk.world.released);
    REQUIRE(answered.size() == 1);
    CHECK(answered.front().via == "phone");
    CHECK(answered.front().heard_by == "on the telephone");
    CHECK(answered.front().by.account == desk.records.front().id);
}

TEST_CASE("api commands: every member nobody knows is listed, with every other fault", "[api]")
{
    Desk desk;
    const auto bad = desk.post(
        desk.porter, "I1/answers", R"({"word":"going","ask":"@north","eta_minutes":-1,"extra":1})"
    );
    CHECK(bad.status() == 400);
    CHECK(faults(bad) == "/answer /ask /eta_minutes /word /extra");
    CHECK(faults(desk.post(desk.desk, "I1/facts", R"({"staff":"p-1","facts":{}})")) == "/staff");
    CHECK(desk.post(desk.porter, "I1/answers", "[]").status() == 400);
    CHECK(desk.world.count("answered") == 0);
}

TEST_CASE("api commands: an incident is not there for who was not asked about it", "[api]")
{
    Desk desk;
    const std::string body = R"({"answer":"going"})";
    const auto unasked = desk.post(desk.chief, "I1/answers", body);
    const auto unknown = desk.post(desk.chief, "I9/answers", body);
    CHECK(unasked.status() == 404);
    CHECK(unknown.status() == 404);
    // The two cannot be told apart.
    CHECK(unasked.body() == unknown.body());
    CHECK(desk.post(desk.desk, "I9/close", "{}").status() == 404);
    CHECK(desk.post("sw_none", "I1/answers", body).status() == 401);

    desk.world.time.run_for(std::chrono::seconds(121));
    CHECK(desk.post(desk.chief, "I1/answers", body).status() == 200);
}

TEST_CASE("api commands: a supervisor sees, and does nothing", "[api]")
{
    Desk desk;
    for (const auto& [path, body] : std::vector<std::pair<const char*, const char*>>{
             {"I1/answers", R"({"answer":"going"})"},
             {"I1/facts", R"({"facts":{}})"},
             {"I1/close", R"({"reason":"aired"})"}}) {
        INFO(path);
        CHECK(desk.post(desk.supervisor, path, body).status() == 403);
    }
    CHECK(desk.world.count("answered") == 0);
}
