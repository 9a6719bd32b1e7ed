#include "notifiers/http_error.hpp"

#include <string>

namespace shouwang::notifiers {

namespace {

// The words are ours, never curl's: those may quote the URL, and its query may hold a secret.
const char* words(HttpErrc fault) noexcept
{
    switch (fault) {
        case HttpErrc::BadRequest: return "the URL or a header cannot be sent";
        case HttpErrc::QueueFull: return "too many requests are waiting";
        case HttpErrc::CannotResolve: return "the host name does not resolve";
        case HttpErrc::CannotConnect: return "no connection";
        case HttpErrc::TlsFailed: return "the TLS handshake failed";
        case HttpErrc::TlsUntrusted: return "the server's certificate is not trusted";
        case HttpErrc::TimedOutUnsent: return "timed out before the request was sent";
        case HttpErrc::CancelledUnsent: return "cancelled before the request was sent";
        case HttpErrc::TimedOut: return "timed out waiting for the response";
        case HttpErrc::ConnectionCut: return "the connection was cut after the request was sent";
        case HttpErrc::BadResponse: return "the response is not HTTP";
        case HttpErrc::Cancelled: return "cancelled after the request was sent";
    }
    return "an unknown fault";
}

// Boost 1.81 gives error_category no virtual destructor on purpose: categories are never destroyed.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class HttpCategory final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "shouwang.http"; }
    std::string message(int value) const override { return words(static_cast<HttpErrc>(value)); }
};
#pragma GCC diagnostic pop

constexpr HttpCategory category;

}  // namespace

boost::system::error_code make_error_code(HttpErrc fault) noexcept
{
    return {static_cast<int>(fault), category};
}

bool may_have_been_sent(const boost::system::error_code& fault) noexcept
{
    if (fault.category() != category) return true;
    return fault.value() >= static_cast<int>(HttpErrc::TimedOut);
}

bool is_misconfigured(const boost::system::error_code& fault) noexcept
{
    return fault == HttpErrc::BadRequest || fault == HttpErrc::TlsUntrusted;
}

}  // namespace shouwang::notifiers
