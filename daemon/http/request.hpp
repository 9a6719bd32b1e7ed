#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shouwang::http {

// Other is every method this server does not speak; no route has it, so the router refuses it.
enum class Method { Get, Head, Post, Put, Delete, Other };

[[nodiscard]] std::string_view name_of(Method method) noexcept;

// True for the methods that may change something, so that a browser's must prove where they
// come from.
[[nodiscard]] bool changes_state(Method method) noexcept;

using Fields = std::vector<std::pair<std::string, std::string>>;

// What stands after the method in a request line, percent-decoded: "/r/a%20b?x=1" has the segments
// "r", "a b" and the query x = "1". "/" has none; "/a/" ends in an empty one.
struct Target {
    std::vector<std::string> segments;
    Fields query;
};

// Nothing if the text is not a path with an optional query (RFC 9112 origin-form).
[[nodiscard]] std::optional<Target> parse_target(std::string_view text);

// One HTTP request, whole. Views returned live as long as the request is neither moved nor changed.
class Request {
public:
    Request(Method method, Target target, Fields headers, std::string body, std::string remote);

    [[nodiscard]] Method method() const noexcept { return method_; }
    [[nodiscard]] const std::vector<std::string>& segments() const noexcept
    {
        return target_.segments;
    }
    [[nodiscard]] const Fields& query() const noexcept { return target_.query; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }

    // The peer's address without its port. Behind a proxy: the proxy's.
    [[nodiscard]] const std::string& remote() const noexcept { return remote_; }

    // The first header of that name, in any case; first query parameter; first cookie.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
    [[nodiscard]] std::optional<std::string_view> query(std::string_view name) const noexcept;
    [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const noexcept;

private:
    Method method_;
    Target target_;
    Fields headers_;
    std::string body_;
    std::string remote_;
};

// The fields of an application/x-www-form-urlencoded body, as plain HTML forms send them. Nothing
// if it is not one.
[[nodiscard]] std::optional<Fields> parse_form(std::string_view body);

}  // namespace shouwang::http
