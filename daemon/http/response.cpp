#include "daemon/http/response.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace shouwang::http {

namespace {

bool is_token(std::string_view text) noexcept
{
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               marks.find(c) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view text) noexcept
{
    return std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
}

}  // namespace

Response& Response::add_header(std::string name, std::string value)
{
    if (!is_token(name) || !is_field_value(value)) {
        throw std::invalid_argument("a response header that would break the message: " + name);
    }
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
}

std::string_view Response::header(std::string_view name) const noexcept
{
    for (const auto& [key, value] : headers_) {
        if (key == name) return value;
    }
    return {};
}

Response json(int status, const boost::json::value& value)
{
    return Response(status, "application/json", boost::json::serialize(value));
}

Response html(int status, std::string page)
{
    return Response(status, "text/html; charset=utf-8", std::move(page));
}

Response text(int status, std::string plain)
{
    return Response(status, "text/plain; charset=utf-8", std::move(plain));
}

Response no_content()
{
    return Response(204);
}

Response redirect(std::string location)
{
    Response response(303);
    response.add_header("Location", std::move(location));
    return response;
}

Response problem(const Problem& what)
{
    boost::json::object body;
    body["type"] = what.type;
    body["title"] = what.title.empty() ? std::string(reason_of(what.status)) : what.title;
    body["status"] = what.status;
    if (!what.detail.empty()) body["detail"] = what.detail;
    if (!what.errors.empty()) {
        boost::json::array errors;
        for (const InputFault& fault : what.errors) {
            errors.push_back({{"pointer", fault.pointer}, {"detail", fault.detail}});
        }
        body["errors"] = std::move(errors);
    }
    if (!what.missing.empty()) {
        boost::json::array missing;
        for (const Missing& needed : what.missing) {
            missing.push_back({{"code", needed.code}, {"detail", needed.detail}});
        }
        body["missing"] = std::move(missing);
    }
    if (!what.request_id.empty()) body["request_id"] = what.request_id;
    return Response(what.status, "application/problem+json", boost::json::serialize(body));
}

Response problem(int status, std::string detail)
{
    Problem what;
    what.status = status;
    what.detail = std::move(detail);
    return problem(what);
}

std::string_view reason_of(int status) noexcept
{
    struct Reason {
        int status;
        std::string_view text;
    };
    static constexpr std::array<Reason, 24> reasons{{
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
    }};
    for (const Reason& reason : reasons) {
        if (reason.status == status) return reason.text;
    }
    return "Error";
}

}  // namespace shouwang::http
