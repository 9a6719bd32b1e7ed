#include "daemon/client/daemon_link.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace shouwang::client {

namespace asio = boost::asio;
namespace js = boost::json;
using escalation::Span;
using notifiers::HttpHeader;
using notifiers::HttpResponse;
using notifiers::HttpResult;

namespace {

constexpr long unavailable = 503;

notifiers::HttpLimits limits()
{
    notifiers::HttpLimits limits;
    limits.attempt = DaemonLink::attempt;
    limits.body_bytes_max = DaemonLink::answer_bytes_max;
    return limits;
}

bool worth_another(const HttpResult& result)
{
    if (result) return result->status == unavailable;
    return !notifiers::is_misconfigured(result.error());
}

Span pause_after(unsigned attempts, const HttpResult& result)
{
    Span pause = DaemonLink::first_pause * (1U << (attempts - 1));
    if (result) {
        const std::string& wish = result->retry_after;
        unsigned seconds = 0;
        const auto [end, error] = std::from_chars(wish.data(), wish.data() + wish.size(), seconds);
        if (error == std::errc{} && end == wish.data() + wish.size())
            pause = std::max(pause, Span(std::chrono::seconds(std::min(seconds, 60U))));
    }
    return std::min(pause, DaemonLink::pause_max);
}

ApiReply reply_to(const HttpResult& result)
{
    ApiReply reply;
    if (!result) {
        reply.fault = result.error().message();
        reply.may_be_done = notifiers::may_have_been_sent(result.error());
        return reply;
    }
    reply.status = result->status;
    if (result->body.empty()) return reply;
    js::error_code error;
    js::value body = js::parse(result->body, error);
    if (error)
        reply.fault = "the answer is not JSON: " + error.message();
    else
        reply.body = std::move(body);
    return reply;
}

}  // namespace

DaemonLink::DaemonLink(asio::io_context& io, daemon::TimeSource& time, DaemonAddress address)
    : io_(io), time_(time), address_(std::move(address)), http_(io.get_executor(), limits())
{}

ApiReply DaemonLink::send(const ApiRequest& request, const std::string& key)
{
    ApiReply reply;
    std::exception_ptr fault;
    bool done = false;
    asio::co_spawn(io_, converse(request, key), [&](std::exception_ptr thrown, ApiReply value) {
        fault = thrown;
        reply = std::move(value);
        done = true;
    });
    io_.restart();
    while (!done)
        if (io_.run_one() == 0) throw std::logic_error("the loop fell idle before the answer");
    if (fault) std::rethrow_exception(fault);
    return reply;
}

asio::awaitable<ApiReply> DaemonLink::converse(const ApiRequest& request, const std::string& key)
{
    bool may_be_done = false;
    for (unsigned attempts = 1;; ++attempts) {
        auto sending = exchange(request, key);
        const HttpResult result = co_await std::move(sending);
        ApiReply reply = reply_to(result);
        // Once it may have arrived, a later attempt that could not be sent proves nothing.
        may_be_done = may_be_done || reply.may_be_done;
        reply.may_be_done = may_be_done && reply.status == 0;
        if (!worth_another(result) || attempts > retries_max) co_return reply;
        auto pause = time_.sleep_for(pause_after(attempts, result));
        const bool rested = co_await std::move(pause);
        if (!rested) co_return reply;
    }
}

asio::awaitable<HttpResult> DaemonLink::exchange(const ApiRequest& request, const std::string& key)
{
    std::vector<HttpHeader> headers;
    headers.push_back(HttpHeader{"Accept", "application/json"});
    if (!address_.token.empty())
        headers.push_back(HttpHeader{"Authorization", "Bearer " + address_.token});
    if (!request.writes()) return http_.get(address_.url + request.target, std::move(headers));
    headers.push_back(HttpHeader{"Content-Type", "application/json"});
    headers.push_back(HttpHeader{"Idempotency-Key", key});
    notifiers::HttpRequest post(
        address_.url + request.target, std::move(headers), js::serialize(*request.body)
    );
    return http_.post(std::move(post));
}

}  // namespace shouwang::client
