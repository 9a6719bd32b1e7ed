#include "daemon/http/router.hpp"

#include <algorithm>
#include <stdexcept>

namespace shouwang::http {

const std::string& Params::at(std::string_view name) const
{
    for (const auto& [key, value] : values_) {
        if (key == name) return value;
    }
    throw std::out_of_range("no {" + std::string(name) + "} in the pattern of this route");
}

void Router::add(Method method, std::string_view pattern, Handler handler)
{
    if (pattern.empty() || pattern.front() != '/' ||
        (pattern.size() > 1 && pattern.back() == '/')) {
        throw std::logic_error("a route's pattern is a path: " + std::string(pattern));
    }
    Route route;
    route.method = method;
    route.handler = std::move(handler);
    for (std::string_view rest = pattern.substr(1); !rest.empty();) {
        const std::string_view text = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), text.size() + 1));
        const bool literal = text.empty() || text.front() != '{';
        if (!literal && (text.size() < 3 || text.back() != '}')) {
            throw std::logic_error("a route's {name} fills its segment: " + std::string(pattern));
        }
        Segment segment;
        segment.literal = literal;
        segment.text = literal ? text : text.substr(1, text.size() - 2);
        route.segments.push_back(std::move(segment));
    }

    for (const Route& other : routes_) {
        if (other.method == method && same_shape(other, route)) {
            throw std::logic_error("a route twice: " + std::string(pattern));
        }
    }
    const auto place = std::upper_bound(routes_.begin(), routes_.end(), route, more_literal);
    routes_.insert(place, std::move(route));
}

boost::asio::awaitable<Response> Router::dispatch(Request request) const
{
    const Route* route = find(request.segments(), request.method());
    if (!route && request.method() == Method::Head) route = find(request.segments(), Method::Get);
    if (!route) co_return refuse(request.segments());

    Fields values;
    for (std::size_t i = 0; i < route->segments.size(); ++i) {
        const Segment& segment = route->segments[i];
        if (!segment.literal) values.emplace_back(segment.text, request.segments()[i]);
    }
    Params params(std::move(values));
    Response response = co_await route->handler(std::move(request), std::move(params));
    co_return response;
}

bool Router::fits(const Route& route, const std::vector<std::string>& path)
{
    return std::equal(
        route.segments.begin(),
        route.segments.end(),
        path.begin(),
        path.end(),
        [](const Segment& segment, const std::string& text) {
            return segment.literal ? segment.text == text : !text.empty();
        }
    );
}

bool Router::same_shape(const Route& a, const Route& b)
{
    return std::equal(
        a.segments.begin(),
        a.segments.end(),
        b.segments.begin(),
        b.segments.end(),
        [](const Segment& x, const Segment& y) {
            return x.literal == y.literal && (!x.literal || x.text == y.text);
        }
    );
}

bool Router::more_literal(const Route& a, const Route& b)
{
    return std::lexicographical_compare(
        a.segments.begin(),
        a.segments.end(),
        b.segments.begin(),
        b.segments.end(),
        [](const Segment& x, const Segment& y) { return x.literal && !y.literal; }
    );
}

const Router::Route* Router::find(const std::vector<std::string>& path, Method method) const
{
    const auto found = std::find_if(routes_.begin(), routes_.end(), [&](const Route& route) {
        return route.method == method && fits(route, path);
    });
    return found == routes_.end() ? nullptr : &*found;
}

Response Router::refuse(const std::vector<std::string>& path) const
{
    std::string allow;
    for (const Method method :
         {Method::Get, Method::Head, Method::Post, Method::Put, Method::Delete}) {
        const bool served =
            find(path, method) || (method == Method::Head && find(path, Method::Get));
        if (served) allow.append(allow.empty() ? "" : ", ").append(name_of(method));
    }
    if (allow.empty()) return problem(404, "Nothing is served at this path.");
    Response response = problem(405, "This path answers " + allow + " only.");
    response.add_header("Allow", allow);
    return response;
}

}  // namespace shouwang::http
