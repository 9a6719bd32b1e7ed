#pragma once

#include "notifiers/http_client.hpp"
#include "notifiers/notifier.hpp"
#include "notifiers/standard_webhook_signature.hpp"

#include <span>
#include <vector>

namespace shouwang::notifiers {

// Posts each message's payload to the URL that is its address, signed as Standard Webhooks say.
// The receiver knows a repeat by `webhook-id`, the message's key: therefore an attempt of unknown
// outcome is simply made again.
class WebhookNotifier final : public Notifier {
public:
    // Several secrets make several signatures, for the time in which one replaces another.
    // Throws std::invalid_argument without a secret: an unsigned page could be anybody's.
    // Requires: `http` outlives the notifier.
    WebhookNotifier(HttpClient& http, std::vector<WebhookSecret> secrets);

    [[nodiscard]] boost::asio::awaitable<Receipt> deliver(Message message) override;

private:
    HttpClient& http_;
    std::vector<WebhookSecret> secrets_;
};

// The two pure halves of deliver().
namespace webhook {

[[nodiscard]] HttpRequest encode(const Message& message, std::span<const WebhookSecret> secrets);
[[nodiscard]] Receipt judge(const HttpResult& result);

}  // namespace webhook
}  // namespace shouwang::notifiers
