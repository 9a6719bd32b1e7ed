#pragma once

#include "daemon/http/failure_limit.hpp"
#include "daemon/http/request.hpp"
#include "daemon/http/response.hpp"
#include "daemon/http/sessions.hpp"
#include "daemon/http/tokens.hpp"
#include "daemon/time_source.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace shouwang::http {

// How the daemon is reached.
struct Origin {
    // Behind TLS the cookie is __Host-sw and Secure; on plain loopback it can be neither.
    bool tls = false;
    // What browsers may send as Origin besides the Host they ask: for proxies that rewrite Host.
    std::vector<std::string> also = {};
};

// Why somebody was not let in: 401, 403 or 429. The text gives nothing away.
struct Denial {
    int status = 401;
    std::string detail;
};
[[nodiscard]] Response problem(const Denial& denial);

template <class T>
using AuthResult = boost::system::result<T, Denial>;

// Who is asking: a program by its bearer token, a browser by the cookie it got for one. It says
// who, not what they may do. A right token or cookie is never refused for others' wrong ones, so
// nobody can be locked out of raising an alarm.
class Authenticator {
public:
    // `tokens` may be assigned anew at any time; what is revoked ends its sessions with it.
    Authenticator(
        const TokenStore& tokens, SessionStore& sessions, daemon::TimeSource& time, Origin origin
    )
        : tokens_(tokens),
          sessions_(sessions),
          time_(time),
          origin_(std::move(origin)),
          failures_(time)
    {}

    // An Authorization header counts alone. With a cookie, a request that may change something must
    // come from a page of our own.
    [[nodiscard]] AuthResult<Identity> identify(const Request& request);

    // Trades a token for a session: the value of the Set-Cookie header to answer with. Only from a
    // page of our own.
    [[nodiscard]] AuthResult<std::string> log_in(const Request& request, std::string_view token);

    // Ends the session of the request's cookie, if it has one. The Set-Cookie header that makes the
    // browser forget it. Only from a page of our own.
    [[nodiscard]] AuthResult<std::string> log_out(const Request& request);

    // Whether an identity given out before is still good: for streams that stay open.
    [[nodiscard]] bool still_valid(const Identity& identity);

private:
    [[nodiscard]] Denial deny(const Request& request, std::string_view token);
    [[nodiscard]] std::string_view cookie_name() const noexcept;
    [[nodiscard]] std::string cookie_header(std::string_view value, std::chrono::seconds age) const;

    const TokenStore& tokens_;
    SessionStore& sessions_;
    daemon::TimeSource& time_;
    Origin origin_;
    FailureLimit failures_;
};

// Whether a browser says that the request comes from a page of ours: Sec-Fetch-Site, or else an
// Origin that is the Host asked or one of `also`. Neither: no.
[[nodiscard]] bool from_own_page(const Request& request, const std::vector<std::string>& also);

}  // namespace shouwang::http
