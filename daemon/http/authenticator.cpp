#include "daemon/http/authenticator.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::http {

namespace {

constexpr std::chrono::seconds cookie_age = std::chrono::hours(12);

// The token of "Bearer <token>", the scheme in any case; empty for any other scheme.
std::string_view bearer_token(std::string_view header)
{
    static constexpr std::string_view scheme = "bearer ";
    if (header.size() < scheme.size()) return {};
    const bool bearer =
        std::equal(scheme.begin(), scheme.end(), header.begin(), [](char want, char c) {
            return want == (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
        });
    return bearer ? header.substr(scheme.size()) : std::string_view();
}

Denial wrong_page()
{
    return {403, "A browser's request must come from a page of this server."};
}

}  // namespace

Response problem(const Denial& denial)
{
    Response response = problem(denial.status, denial.detail);
    if (denial.status == 401) response.add_header("WWW-Authenticate", "Bearer realm=\"shouwang\"");
    if (denial.status == 429) response.add_header("Retry-After", "60");
    return response;
}

AuthResult<Identity> Authenticator::identify(const Request& request)
{
    if (const auto header = request.header("Authorization")) {
        const std::string_view token = bearer_token(*header);
        if (auto identity = tokens_.verify(token, time_.now())) return std::move(*identity);
        return deny(request, token);
    }
    const auto cookie = request.cookie(cookie_name());
    if (!cookie) return Denial{401, "A bearer token or a session is needed."};

    const auto session = sessions_.use(*cookie);
    auto identity = session ? tokens_.bearer_of(session->token_id, time_.now()) : std::nullopt;
    if (!identity) return Denial{401, "The session has ended."};
    if (changes_state(request.method()) && !from_own_page(request, origin_.also))
        return wrong_page();
    identity->session = session->key;
    return std::move(*identity);
}

AuthResult<std::string> Authenticator::log_in(const Request& request, std::string_view token)
{
    // Otherwise another site could log a browser in as somebody else.
    if (!from_own_page(request, origin_.also)) return wrong_page();
    const auto identity = tokens_.verify(token, time_.now());
    if (!identity) return deny(request, token);
    if (const auto old = request.cookie(cookie_name())) sessions_.close(*old);
    return cookie_header(sessions_.open(identity->token_id), cookie_age);
}

AuthResult<std::string> Authenticator::log_out(const Request& request)
{
    if (!from_own_page(request, origin_.also)) return wrong_page();
    if (const auto cookie = request.cookie(cookie_name())) sessions_.close(*cookie);
    return cookie_header("", std::chrono::seconds(0));
}

bool Authenticator::still_valid(const Identity& identity)
{
    if (!tokens_.bearer_of(identity.token_id, time_.now())) return false;
    return identity.session.empty() || sessions_.use_key(identity.session);
}

// Counted by address and by the id tried, so that neither one guesser behind many addresses nor
// one address with many ids goes unnoticed.
Denial Authenticator::deny(const Request& request, std::string_view token)
{
    bool too_many = failures_.fail("address " + request.remote());
    if (const auto id = token_id_of(token)) {
        too_many = failures_.fail("token " + std::string(*id)) || too_many;
    }
    if (too_many) return {429, "Too many wrong tokens from here; a right one is still taken."};
    return {401, "The token is not valid."};
}

std::string_view Authenticator::cookie_name() const noexcept
{
    return origin_.tls ? "__Host-sw" : "sw";
}

std::string Authenticator::cookie_header(std::string_view value, std::chrono::seconds age) const
{
    std::string header(cookie_name());
    header.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Strict");
    header.append("; Max-Age=").append(std::to_string(age.count()));
    if (origin_.tls) header.append("; Secure");
    return header;
}

bool from_own_page(const Request& request, const std::vector<std::string>& also)
{
    if (const auto site = request.header("Sec-Fetch-Site")) return *site == "same-origin";
    const auto origin = request.header("Origin");
    const auto host = request.header("Host");
    if (!origin) return false;
    if (std::find(also.begin(), also.end(), *origin) != also.end()) return true;
    const auto scheme_end = origin->find("://");
    return host && scheme_end != std::string_view::npos && origin->substr(scheme_end + 3) == *host;
}

}  // namespace shouwang::http
