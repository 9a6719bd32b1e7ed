#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace shouwang::client {

// One call of the daemon's HTTP API (docs/openapi.yaml). With a body it is a POST, else a GET.
struct ApiRequest {
    std::string target;  // path and query, encoded
    std::optional<boost::json::object> body;

    [[nodiscard]] bool writes() const noexcept { return body.has_value(); }
};

// Percent-encodes everything but RFC 3986's unreserved characters: for one segment of a path, or
// one name or value of a query.
[[nodiscard]] std::string encoded(std::string_view text);

// Adds "?name=value" or "&name=value" unless the value is empty.
void add_query(std::string& target, std::string_view name, std::string_view value);

}  // namespace shouwang::client
