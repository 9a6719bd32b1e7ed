#pragma once

#include <boost/system/error_code.hpp>

#include <type_traits>

namespace shouwang::notifiers {

// Why an exchange brought no response. The dividing line is whether the provider may have read the
// request: before it a repeat is safe, behind it a message without an idempotency key might go out
// twice.
enum class HttpErrc {
    // The provider has not seen the request.
    BadRequest = 1,   // the URL or a header cannot be sent as it stands
    QueueFull,        // too many requests wait already
    CannotResolve,    // the host has no address, or no name server answered
    CannotConnect,    // refused, unreachable, or cut before the first byte was written
    TlsFailed,        // the handshake failed
    TlsUntrusted,     // the certificate is not one we trust for this host
    TimedOutUnsent,   // the attempt's time ran out while waiting for a place or a connection
    CancelledUnsent,  // the caller or the shutdown ended it before it was written

    // The provider may have seen it, and may have acted on it.
    TimedOut,       // no whole response within the attempt's time
    ConnectionCut,  // closed or reset after the request was written, or half-way in the response
    BadResponse,    // what came back is not HTTP
    Cancelled,      // the caller or the shutdown ended it after it was written
};

[[nodiscard]] boost::system::error_code make_error_code(HttpErrc fault) noexcept;

// False only when it is certain that not one byte of the request left this machine.
[[nodiscard]] bool may_have_been_sent(const boost::system::error_code& fault) noexcept;

// True when the same request would fail for ever: something in the configuration is wrong.
[[nodiscard]] bool is_misconfigured(const boost::system::error_code& fault) noexcept;

}  // namespace shouwang::notifiers

template <>
struct boost::system::is_error_code_enum<shouwang::notifiers::HttpErrc> : std::true_type {};
