#include "notifiers/standard_webhook_signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace shouwang::notifiers {

namespace {

constexpr std::string_view prefix = "whsec_";
constexpr std::size_t secret_bytes_min = 16;
constexpr std::size_t secret_bytes_max = 64;

const unsigned char* as_bytes(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

// OpenSSL's decoder skips blanks and lets padding stand anywhere; a secret with a slip in it
// should be refused here and not as a wrong signature at the receiver.
bool is_strict_base64(std::string_view text)
{
    if (text.empty() || text.size() % 4 != 0) return false;
    const std::size_t end = text.find_last_not_of('=');
    if (end == std::string_view::npos || text.size() - end > 3) return false;
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return text.substr(0, end + 1).find_first_not_of(alphabet) == std::string_view::npos;
}

std::string base64(std::span<const unsigned char> bytes)
{
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL writes a final zero
    const int written = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(written));
    return text;
}

std::string signature(const WebhookSecret& secret, std::string_view signed_text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    const auto key = secret.bytes();
    const auto* const made = HMAC(
        EVP_sha256(),
        key.data(),
        static_cast<int>(key.size()),
        as_bytes(signed_text),
        signed_text.size(),
        digest.data(),
        &length
    );
    // Only a broken OpenSSL installation leads here; unsigned pages would be refused anyway.
    if (made == nullptr) throw std::runtime_error("OpenSSL cannot compute HMAC-SHA256");
    return "v1," + base64(std::span(digest).first(length));
}

}  // namespace

boost::system::result<WebhookSecret> WebhookSecret::parse(std::string_view shown)
{
    const auto refused = make_error_code(boost::system::errc::invalid_argument);
    if (!shown.starts_with(prefix)) return refused;
    const std::string_view text = shown.substr(prefix.size());
    if (text.size() > 4 * secret_bytes_max || !is_strict_base64(text)) return refused;

    std::vector<unsigned char> bytes(text.size() / 4 * 3);
    const int decoded =
        EVP_DecodeBlock(bytes.data(), as_bytes(text), static_cast<int>(text.size()));
    if (decoded < 0) return refused;
    // The padding is counted as zero bytes by the decoder.
    bytes.resize(bytes.size() - (text.size() - 1 - text.find_last_not_of('=')));
    if (bytes.size() < secret_bytes_min || bytes.size() > secret_bytes_max) return refused;
    return WebhookSecret(std::move(bytes));
}

WebhookSecret::~WebhookSecret()
{
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

std::string standard_webhook_signature(
    std::span<const WebhookSecret> secrets,
    std::string_view id,
    std::int64_t timestamp,
    std::string_view body
)
{
    std::string signed_text(id);
    signed_text.append(".").append(std::to_string(timestamp)).append(".").append(body);

    std::string value;
    for (const WebhookSecret& secret : secrets) {
        if (!value.empty()) value += ' ';
        value += signature(secret, signed_text);
    }
    return value;
}

}  // namespace shouwang::notifiers
