#include "notifiers/standard_webhook_signature.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace shouwang::notifiers;

TEST_CASE("webhook signature: the published vectors come out", "[notifiers][signature]")
{
    struct Row {
        std::string secret;
        std::string id;
        std::int64_t timestamp;
        std::string body;
        std::string expected;
    };
    // The first from the Standard Webhooks reference tests, the second from Svix' documentation.
    const auto row = GENERATE(
        Row{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            R"({"test": 2432232314})",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
        Row{"whsec_plJ3nmyCDGBKInavdOK15jsl",
            "msg_loFOjxBNrRLzqYUf",
            1731705121,
            R"({"event_type":"ping","data":{"success":true}})",
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="}
    );
    const std::vector secrets{WebhookSecret::parse(row.secret).value()};
    CHECK(standard_webhook_signature(secrets, row.id, row.timestamp, row.body) == row.expected);
}

TEST_CASE("webhook signature: two secrets sign side by side", "[notifiers][signature]")
{
    const auto old_secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
    const auto new_secret = WebhookSecret::parse("whsec_plJ3nmyCDGBKInavdOK15jsl").value();
    const auto sign = [](std::vector<WebhookSecret> secrets) {
        return standard_webhook_signature(secrets, "k", 1, "{}");
    };
    CHECK(sign({old_secret, new_secret}) == sign({old_secret}) + " " + sign({new_secret}));
    CHECK(sign({}).empty());
}

TEST_CASE("webhook secret: a slip in it is refused", "[notifiers][signature]")
{
    const auto bad = GENERATE(
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",        // no prefix
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",   // a character lost
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa w",  // a blank
        "whsec_MfKQ9r8GKYqrTwjU=D8ILPZIo2LaLaSw",  // padding inside
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw====",
        "whsec_========",
        "whsec_MfKQ9r8GKYqrTwjUPD8=",             // 14 bytes
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_"  // the alphabet for URLs
    );
    CAPTURE(bad);
    CHECK(WebhookSecret::parse(bad).has_error());
    CHECK(WebhookSecret::parse("whsec_" + std::string(88, 'A')).has_error());  // 66 bytes
    CHECK(WebhookSecret::parse("whsec_" + std::string(84, 'A')).value().bytes().size() == 63);
    CHECK(WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILA==").value().bytes().size() == 16);
}
