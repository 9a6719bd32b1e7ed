#pragma once

#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shouwang::http {

// What stood in the places of a pattern's {names}.
class Params {
public:
    Params() = default;
    explicit Params(Fields values) : values_(std::move(values)) {}

    // Throws std::out_of_range for a name the pattern does not have: a mistake in the route table.
    [[nodiscard]] const std::string& at(std::string_view name) const;

private:
    Fields values_;
};

using Handler = std::function<boost::asio::awaitable<Response>(Request, Params)>;

// Method and path to handler. A pattern is literal segments and {names}, each of which takes one
// non-empty segment: "/api/v1/incidents/{id}/answers". Where several patterns fit, the one whose
// first different segment is literal wins, in whatever order they were added.
class Router {
public:
    // Throws std::logic_error for a pattern that is malformed or there already.
    void add(Method method, std::string_view pattern, Handler handler);

    // The handler's response. Without a route for the path: 404; for the method: 405 with Allow.
    // HEAD goes to the handler of GET unless it has its own; the connection withholds the body.
    // Requires: the router stays until the response is there.
    [[nodiscard]] boost::asio::awaitable<Response> dispatch(Request request) const;

private:
    struct Segment {
        bool literal = true;
        std::string text;
    };
    struct Route {
        Method method;
        std::vector<Segment> segments;
        Handler handler;
    };

    [[nodiscard]] static bool fits(const Route& route, const std::vector<std::string>& path);
    [[nodiscard]] static bool same_shape(const Route& a, const Route& b);
    [[nodiscard]] static bool more_literal(const Route& a, const Route& b);
    [[nodiscard]] const Route* find(const std::vector<std::string>& path, Method method) const;
    [[nodiscard]] Response refuse(const std::vector<std::string>& path) const;

    std::vector<Route> routes_;  // more literal ones first
};

}  // namespace shouwang::http
