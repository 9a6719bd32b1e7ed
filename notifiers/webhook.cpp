#include "notifiers/webhook.hpp"

#include "notifiers/retry_after.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace shouwang::notifiers {

namespace asio = boost::asio;

WebhookNotifier::WebhookNotifier(HttpClient& http, std::vector<WebhookSecret> secrets)
    : http_(http), secrets_(std::move(secrets))
{
    if (secrets_.empty()) throw std::invalid_argument("a webhook needs a signing secret");
}

asio::awaitable<Receipt> WebhookNotifier::deliver(Message message)
{
    HttpRequest request = webhook::encode(message, secrets_);
    const HttpResult result = co_await http_.post(std::move(request));
    co_return webhook::judge(result);
}

namespace webhook {

HttpRequest encode(const Message& message, std::span<const WebhookSecret> secrets)
{
    const std::string& body = message.payload();
    return HttpRequest(
        message.address(),
        {{"Content-Type", "application/json"},
         {"webhook-id", message.key()},
         {"webhook-timestamp", std::to_string(message.at())},
         {"webhook-signature",
          standard_webhook_signature(secrets, message.key(), message.at(), body)}},
        body
    );
}

Receipt judge(const HttpResult& result)
{
    if (!result) {
        const auto fault = result.error();
        const Verdict verdict = is_misconfigured(fault) ? Verdict::Alarm : Verdict::Retry;
        return {verdict, fault.message(), {}, {}};
    }

    const long status = result->status;
    std::string detail = "HTTP " + std::to_string(status);
    if (status >= 200 && status < 300) return {Verdict::Accepted, std::move(detail), {}, {}};
    if (status == 429 || status >= 500)
        return {Verdict::Retry, std::move(detail), {}, parse_retry_after(result->retry_after)};
    // "Gone" is the receiver's way to say that it wants no more of these at all.
    if (status == 410) return {Verdict::Alarm, std::move(detail), {}, {}};
    return {Verdict::Switch, std::move(detail), {}, {}};
}

}  // namespace webhook
}  // namespace shouwang::notifiers
