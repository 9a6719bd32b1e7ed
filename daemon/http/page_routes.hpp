#pragma once

#include "daemon/http/api.hpp"
#include "daemon/http/pages.hpp"
#include "daemon/http/router.hpp"
#include "daemon/respond_links.hpp"
#include "notifiers/demo_handset.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace shouwang::http {

// The HTML behind the API: board, registration, responder page, login and, in a demo, the handset
// wall. Forms become the same commands as the API's; GET and HEAD change nothing.
class PageRoutes {
public:
    // `wall` is nullptr unless this is a demo. Everything outlives the server.
    PageRoutes(Api& api, const daemon::RespondLinks& links, const notifiers::HandsetWall* wall)
        : api_(api), links_(links), wall_(wall)
    {}
    PageRoutes(const PageRoutes&) = delete;
    PageRoutes& operator=(const PageRoutes&) = delete;

    // Requires: this outlives the router's use.
    void add_routes(Router& router);

private:
    using Work = boost::asio::awaitable<Response> (PageRoutes::*)(Request, Params);
    void add(Router& router, Method method, std::string_view pattern, Work work);

    // page_routes.cpp
    [[nodiscard]] boost::asio::awaitable<Response> board(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> file(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> login(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> log_in(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> log_out(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> wall(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> phones(Request, Params);

    // page_routes_new.cpp
    [[nodiscard]] boost::asio::awaitable<Response> form(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> send_form(Request, Params);

    // page_routes_responder.cpp
    [[nodiscard]] boost::asio::awaitable<Response> responder(Request, Params);
    [[nodiscard]] boost::asio::awaitable<Response> respond(Request, Params);
    [[nodiscard]] Response show_responder(
        const std::string& token,
        const daemon::RespondLinks::Responder& who,
        const Response* outcome
    ) const;

    [[nodiscard]] PageReader reader_of(const Identity& identity) const;
    [[nodiscard]] const escalation::Protocol& in_force() const;

    Api& api_;
    const daemon::RespondLinks& links_;
    const notifiers::HandsetWall* wall_;
};

// Every page but the responder's has its readers log in first.
[[nodiscard]] Response to_login(const Request& request);
// The first field of that name; empty when there is none.
[[nodiscard]] std::string field_of(const Fields& fields, std::string_view name);

}  // namespace shouwang::http
