// What every notifier promises, whatever it talks to: one suite, run over all of them, against
// providers on loopback through the real HTTP client.

#include "notifiers/curl_http_client.hpp"
#include "notifiers/demo_handset.hpp"
#include "notifiers/webhook.hpp"
#include "notifiers/wecom_robot.hpp"
#include "tests/notifiers/catch_notifiers.hpp"
#include "tests/support/await_result.hpp"
#include "tests/support/loopback_sink.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <memory>

using namespace shouwang;
using namespace shouwang::notifiers;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using test::LoopbackSink;
using test::SinkAnswer;

namespace {

constexpr auto spoken = "7号楼4层有情况, 请立即到场";
constexpr auto signing_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr auto url_secret = "key=robot-key-7f3a";

enum class Mood { Good, Error500, Throttled, Hanging, Babbling, Resetting, HalfWay, Closing };

// A provider may quote what it was sent: nothing of that may reach a receipt.
SinkAnswer answer_in(Mood mood, const test::SinkRequest& request, const std::string& accepted)
{
    using Kind = SinkAnswer::Kind;
    switch (mood) {
        case Mood::Good: return SinkAnswer(200, accepted);
        case Mood::Error500: return SinkAnswer(500, request.target + request.body);
        case Mood::Throttled: return SinkAnswer(429, request.body, "Retry-After: 2\r\n");
        case Mood::Hanging: return SinkAnswer(Kind::Hold, 200, accepted);
        case Mood::Babbling: return SinkAnswer(Kind::Garbage, 200, request.target + request.body);
        case Mood::Resetting: return SinkAnswer(Kind::Reset, 200, "");
        case Mood::HalfWay: return SinkAnswer(Kind::Half, 200, "half of this is never sent");
        case Mood::Closing: return SinkAnswer(Kind::Close, 200, "");
    }
    return SinkAnswer(200);
}

// One notifier and the provider behind it.
class Channel {
public:
    virtual ~Channel() = default;
    virtual Notifier& notifier() = 0;
    virtual std::string address() = 0;
    virtual void set_mood(Mood mood) = 0;

    // What names each message that reached the provider, in order of arrival.
    virtual std::vector<std::string> received() = 0;
    virtual bool can_fail() { return true; }

    Receipt deliver(std::uint32_t attempt = 1)
    {
        Message message("page-1", address(), spoken, R"({"key":"page-1"})", 1'700'000'000, attempt);
        return test::await_result(io_, notifier().deliver(std::move(message)));
    }

protected:
    asio::io_context io_;
};

// Behind HTTP: `accepted` is the body of a good answer.
class HttpChannel : public Channel {
public:
    explicit HttpChannel(std::string accepted)
        : sink_(io_.get_executor()),
          client_(io_.get_executor(), impatient()),
          accepted_(std::move(accepted))
    {
        HttpChannel::set_mood(Mood::Good);
    }
    void set_mood(Mood mood) override
    {
        sink_.fall_back_to([this, mood](const test::SinkRequest& request) {
            return answer_in(mood, request, accepted_);
        });
    }

protected:
    static HttpLimits impatient()
    {
        HttpLimits limits;
        limits.attempt = 300ms;
        return limits;
    }

    std::string url() const { return sink_.url(std::string("/send?") + url_secret); }

    LoopbackSink sink_;
    CurlHttpClient client_;
    std::string accepted_;
};

class WebhookChannel final : public HttpChannel {
public:
    WebhookChannel() : HttpChannel("") {}
    Notifier& notifier() override { return notifier_; }
    std::string address() override { return url(); }
    std::vector<std::string> received() override
    {
        std::vector<std::string> ids;
        for (const auto& request : sink_.requests())
            ids.push_back(request.headers.at("webhook-id"));
        return ids;
    }

private:
    WebhookNotifier notifier_{client_, {WebhookSecret::parse(signing_secret).value()}};
};

class WecomRobotChannel final : public HttpChannel {
public:
    WecomRobotChannel() : HttpChannel(R"({"errcode":0,"errmsg":"ok"})") {}
    Notifier& notifier() override { return notifier_; }
    std::string address() override { return "lin.wei"; }
    std::vector<std::string> received() override
    {
        std::vector<std::string> bodies;
        for (const auto& request : sink_.requests()) bodies.push_back(request.body);
        return bodies;
    }

private:
    WecomRobotNotifier notifier_{client_, url()};
};

class DemoChannel final : public Channel {
public:
    Notifier& notifier() override { return notifier_; }
    std::string address() override { return "199-0000-0001"; }
    void set_mood(Mood) override {}
    bool can_fail() override { return false; }
    std::vector<std::string> received() override
    {
        std::vector<std::string> keys;
        for (const auto& entry : wall_.entries(address()))
            keys.insert(keys.end(), entry.arrivals, entry.key);
        return keys;
    }

private:
    HandsetWall wall_;
    DemoHandset notifier_{wall_, "sms"};
};

struct Row {
    std::string name;
    std::function<std::unique_ptr<Channel>()> make;
};

Row every_channel()
{
    return GENERATE(
        Row{"webhook", [] { return std::make_unique<WebhookChannel>(); }},
        Row{"wecom robot", [] { return std::make_unique<WecomRobotChannel>(); }},
        Row{"demo handset", [] { return std::make_unique<DemoChannel>(); }}
    );
}

Mood every_failure()
{
    return GENERATE(
        Mood::Error500,
        Mood::Throttled,
        Mood::Hanging,
        Mood::Babbling,
        Mood::Resetting,
        Mood::HalfWay,
        Mood::Closing
    );
}

}  // namespace

TEST_CASE("notifier contract: accepted is one delivery", "[notifiers][contract]")
{
    const Row row = every_channel();
    CAPTURE(row.name);
    const auto channel = row.make();
    CHECK(channel->deliver().verdict == Verdict::Accepted);
    CHECK(channel->received().size() == 1);
}

TEST_CASE("notifier contract: every failure is a receipt", "[notifiers][contract]")
{
    const Row row = every_channel();
    const Mood mood = every_failure();
    CAPTURE(row.name, static_cast<int>(mood));
    const auto channel = row.make();
    channel->set_mood(mood);
    Receipt receipt;
    REQUIRE_NOTHROW(receipt = channel->deliver());
    CHECK((receipt.verdict == Verdict::Accepted) == !channel->can_fail());
    CHECK(receipt.retry_after.has_value() == (channel->can_fail() && mood == Mood::Throttled));
    CHECK(channel->received().size() == 1);  // one attempt; repeating is the outbox's
}

TEST_CASE("notifier contract: no receipt tells the text or a secret", "[notifiers][contract]")
{
    const Row row = every_channel();
    const Mood mood = GENERATE_COPY(Mood::Good, every_failure());
    CAPTURE(row.name, static_cast<int>(mood));
    const auto channel = row.make();
    channel->set_mood(mood);
    const Receipt receipt = channel->deliver();
    CHECK_FALSE(receipt.detail.empty());
    for (const std::string& told : {receipt.detail, receipt.provider_id}) {
        CHECK(told.find("7号楼") == std::string::npos);
        CHECK(told.find("7f3a") == std::string::npos);
        CHECK(told.find("MfKQ9r8GKYqrTwjU") == std::string::npos);
        CHECK(told.find(channel->address()) == std::string::npos);
    }
}

TEST_CASE("notifier contract: a retry names the same message", "[notifiers][contract]")
{
    const Row row = every_channel();
    const Mood mood = every_failure();
    CAPTURE(row.name, static_cast<int>(mood));
    const auto channel = row.make();
    channel->set_mood(mood);
    static_cast<void>(channel->deliver(1));
    channel->set_mood(Mood::Good);
    CHECK(channel->deliver(2).verdict == Verdict::Accepted);
    const auto received = channel->received();
    REQUIRE(received.size() == 2);
    CHECK(received[0] == received[1]);
}
