#include "daemon/http/request.hpp"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/parse_query.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <utility>

namespace shouwang::http {

namespace urls = boost::urls;

namespace {

bool same_letter(char a, char b) noexcept
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(a) == lower(b);
}

bool same_name(std::string_view a, std::string_view b) noexcept
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_letter);
}

std::string_view trim(std::string_view text) noexcept
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class Params>
Fields decoded(const Params& params)
{
    // Browsers write a space in a form and in its query as a plus.
    urls::encoding_opts plus_is_space;
    plus_is_space.space_as_plus = true;
    Fields fields;
    for (const auto& param : params) {
        fields.emplace_back(
            param.key.decode(plus_is_space),
            param.has_value ? param.value.decode(plus_is_space) : ""
        );
    }
    return fields;
}

}  // namespace

std::string_view name_of(Method method) noexcept
{
    switch (method) {
        case Method::Get: return "GET";
        case Method::Head: return "HEAD";
        case Method::Post: return "POST";
        case Method::Put: return "PUT";
        case Method::Delete: return "DELETE";
        case Method::Other: break;
    }
    return "other";
}

bool changes_state(Method method) noexcept
{
    return method != Method::Get && method != Method::Head;
}

std::optional<Target> parse_target(std::string_view text)
{
    if (text.empty() || text.front() != '/') return std::nullopt;
    const auto url = urls::parse_origin_form(urls::string_view(text.data(), text.size()));
    if (!url) return std::nullopt;

    Target target;
    for (const auto& segment : url->encoded_segments()) target.segments.push_back(segment.decode());
    target.query = decoded(url->encoded_params());
    return target;
}

std::optional<Fields> parse_form(std::string_view body)
{
    const auto params = urls::parse_query(urls::string_view(body.data(), body.size()));
    if (!params) return std::nullopt;
    if (body.empty()) return Fields();
    return decoded(*params);
}

Request::Request(Method method, Target target, Fields headers, std::string body, std::string remote)
    : method_(method),
      target_(std::move(target)),
      headers_(std::move(headers)),
      body_(std::move(body)),
      remote_(std::move(remote))
{}

std::optional<std::string_view> Request::header(std::string_view name) const noexcept
{
    for (const auto& [key, value] : headers_) {
        if (same_name(key, name)) return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::query(std::string_view name) const noexcept
{
    for (const auto& [key, value] : target_.query) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::cookie(std::string_view name) const noexcept
{
    std::string_view rest = header("Cookie").value_or("");
    while (!rest.empty()) {
        const std::string_view pair = trim(rest.substr(0, rest.find(';')));
        rest.remove_prefix(std::min(rest.size(), rest.find(';')));
        if (!rest.empty()) rest.remove_prefix(1);

        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
            return pair.substr(equals + 1);
        }
    }
    return std::nullopt;
}

}  // namespace shouwang::http
