#pragma once

#include <boost/system/result.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shouwang::notifiers {

// A Standard Webhooks signing secret: the bytes behind `whsec_`. Wiped when it goes.
class WebhookSecret {
public:
    // Takes `whsec_` and the Base64 of 16 to 64 bytes. The specification asks for 24 or more when a
    // secret is made, but shorter ones are in use and in its own examples.
    // On failure the code is generic invalid_argument and says nothing of the text.
    [[nodiscard]] static boost::system::result<WebhookSecret> parse(std::string_view shown);

    WebhookSecret(const WebhookSecret&) = default;
    WebhookSecret(WebhookSecret&&) = default;
    // By value: what was held before leaves with the argument, and is wiped there.
    WebhookSecret& operator=(WebhookSecret other) noexcept
    {
        bytes_.swap(other.bytes_);
        return *this;
    }
    ~WebhookSecret();

    [[nodiscard]] std::span<const unsigned char> bytes() const noexcept { return bytes_; }

private:
    explicit WebhookSecret(std::vector<unsigned char> bytes) : bytes_(std::move(bytes)) {}

    std::vector<unsigned char> bytes_;
};

// The value of `webhook-signature`: one `v1,<Base64>` a secret, blank between them. A receiver
// accepts any of them, which is how a secret is changed without losing a message.
// HMAC-SHA256 over `id.timestamp.body`, the body's bytes as they travel.
[[nodiscard]] std::string standard_webhook_signature(
    std::span<const WebhookSecret> secrets,
    std::string_view id,
    std::int64_t timestamp,
    std::string_view body
);

}  // namespace shouwang::notifiers
