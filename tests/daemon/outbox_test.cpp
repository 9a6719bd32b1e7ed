#include "daemon/outbox.hpp"

#include "tests/daemon/engine_world.hpp"

#include <algorithm>

using namespace shouwang;
using namespace shouwang::test;
using notifiers::Receipt;
using notifiers::Verdict;

namespace {

const ChannelState& state_of(World& world, std::size_t page, const char* channel)
{
    const auto& pages = world.incident("I1").pages;
    REQUIRE(page < pages.size());
    return std::next(pages.begin(), static_cast<std::ptrdiff_t>(page))
        ->second.channels.at(ChannelName(channel));
}

Receipt receipt(Verdict verdict, std::optional<std::chrono::milliseconds> retry_after = {})
{
    return {verdict, "as told", "", retry_after};
}

}  // namespace

TEST_CASE(
    "outbox: a page is sent once, its start durable before, its end after", "[daemon][outbox]"
)
{
    World world;
    world.start();
    world.sms.take(2s);
    const auto opened = world.open("I1");
    REQUIRE(world.sms.deliveries().size() == 1);
    CHECK(world.count("send_started") == 1);
    CHECK(world.count("send_finished") == 0);
    world.time.run_for(2s);
    CHECK(world.count("send_finished") == 1);
    CHECK(state_of(world, 0, "sms").state == SendState::Accepted);
    CHECK(state_of(world, 0, "sms").address == "phone");
    const auto& message = world.sms.deliveries()[0].message;
    CHECK(message.key() == world.incident("I1").pages.begin()->first.text() + "/sms");
    CHECK(message.address() == "199-0000-0001");
    CHECK_FALSE(message.possible_repeat());
    world.time.run_for(100s);
    CHECK(world.sms.deliveries().size() == 1);
    CHECK(world.outbox->waiting() == 0);
}

TEST_CASE("outbox: nothing is sent whose start is not durable", "[daemon][outbox]")
{
    World world;
    world.start();
    const auto opened = world.open("I1");
    world.journal.hold_commits(true);
    world.time.run_for(121s);  // rung two is decided, and not durable
    CHECK(world.sms.deliveries().size() == 1);
}

TEST_CASE("outbox: an answer before the send drops the page", "[daemon][outbox]")
{
    World world;
    world.start();
    world.sms.answer_next(receipt(Verdict::Retry, 20s));
    const auto opened = world.open("I1");
    CHECK(world.sms.deliveries().size() == 1);
    const auto going = world.answer("I1", "p-1", "going");
    world.time.run_for(60s);
    CHECK(world.sms.deliveries().size() == 1);
    CHECK(state_of(world, 0, "sms").state == SendState::Dropped);
}

TEST_CASE(
    "outbox: an answer while the start is on its way to the disk stops it", "[daemon][outbox]"
)
{
    World world;
    world.start();
    world.engine.on_release([&](const Event& event) {
        if (std::holds_alternative<Paged>(event)) world.journal.hold_commits(true);
    });
    const auto opened = world.open("I1");
    const auto going = world.answer("I1", "p-1", "going");
    CHECK(world.sms.deliveries().empty());
    world.journal.hold_commits(false);
    world.drain();
    REQUIRE(going.done());
    CHECK(world.count("send_started") == 1);
    CHECK(world.sms.deliveries().empty());
    CHECK(state_of(world, 0, "sms").state == SendState::Dropped);
}

TEST_CASE("outbox: a retry stays inside the page's span and under one key", "[daemon][outbox]")
{
    World world;
    world.start();
    world.sms.answer_always(Verdict::Retry);
    const auto opened = world.open("I1");
    world.time.run_for(119s);
    const auto& sent = world.sms.deliveries();
    REQUIRE(sent.size() >= 3);
    CHECK(sent.back().at - sent.front().at <= daemon::Outbox::page_span);
    for (const auto& delivery : sent) CHECK(delivery.message.key() == sent.front().message.key());
    CHECK(sent[1].at - sent[0].at <= 1s);
    CHECK(sent[2].at - sent[1].at <= 2s);
    CHECK(state_of(world, 0, "sms").state == SendState::Failed);
    CHECK(world.health.degraded().contains("channel sms"));
}

TEST_CASE("outbox: the provider's own wish is granted within the span", "[daemon][outbox]")
{
    World world;
    world.start();
    world.sms.answer_next(receipt(Verdict::Retry, 25s));
    const auto opened = world.open("I1");
    world.time.run_for(25s - 1ms);
    CHECK(world.sms.deliveries().size() == 1);
    world.time.run_for(1ms);
    CHECK(world.sms.deliveries().size() == 2);
    CHECK(state_of(world, 0, "sms").state == SendState::Accepted);
}

TEST_CASE("outbox: a channel that is not accepted falls over within 10 s", "[daemon][outbox]")
{
    const Verdict verdict =
        GENERATE(Verdict::Retry, Verdict::Switch, Verdict::Alarm, Verdict::Unknown);
    const Span takes = GENERATE(Span(0s), Span(5s));
    World world;
    world.start();
    world.sms.answer_always(verdict);
    world.sms.take(takes);
    const auto opened = world.open("I1");
    world.time.run_for(10s);
    CAPTURE(static_cast<int>(verdict), takes.count());
    REQUIRE(world.wecom.deliveries().size() == 1);
    CHECK(world.wecom.deliveries()[0].at - world.incident("I1").opened_at <= 10s);
    CHECK(world.wecom.deliveries()[0].message.address() == "p-1");
    CHECK(state_of(world, 0, "wecom").state == SendState::Accepted);
    if (verdict == Verdict::Alarm) CHECK(world.health.degraded().contains("channel sms"));
    if (verdict == Verdict::Switch) CHECK(world.health.degraded().empty());
    world.time.run_for(60s);
    const SendState ends = verdict == Verdict::Unknown ? SendState::Unknown : SendState::Failed;
    CHECK(state_of(world, 0, "sms").state == ends);
}

TEST_CASE("outbox: the second address comes first, then the second provider", "[daemon][outbox]")
{
    World world;
    world.second_provider = true;
    world.start();
    const auto opened = world.open("I1");
    world.time.run_for(119s);
    world.sms.answer_always(Verdict::Switch);
    world.time.run_for(2s);
    // The chief has two telephones.
    REQUIRE(world.sms.deliveries().size() == 3);
    CHECK(world.sms.deliveries()[1].message.address() == "199-0000-0002");
    CHECK(world.sms.deliveries()[2].message.address() == "199-0000-0003");
    REQUIRE(world.sms_2.deliveries().size() == 1);
    CHECK(world.sms_2.deliveries()[0].message.address() == "199-0000-0002");
    CHECK(world.wecom.deliveries().empty());
}

TEST_CASE("outbox: a channel without a provider falls over at once", "[daemon][outbox]")
{
    World world;
    world.first_provider = false;
    world.start();
    const auto opened = world.open("I1");
    REQUIRE(world.wecom.deliveries().size() == 1);
    CHECK(world.wecom.deliveries()[0].at == world.incident("I1").opened_at);
    CHECK(state_of(world, 0, "sms").state == SendState::Failed);
    CHECK(state_of(world, 0, "wecom").state == SendState::Accepted);
    CHECK(world.count("unreachable") == 0);

    // With a provider, the next page leaves by it.
    world.first_provider = true;
    world.outbox->reroute(world.routes());
    const auto second = world.open("I2");
    REQUIRE(world.sms.deliveries().size() == 1);
    CHECK(world.wecom.deliveries().size() == 1);
}

TEST_CASE("outbox: what is on its way when the routes change arrives", "[daemon][outbox]")
{
    World world;
    world.start();
    world.sms.take(4s);
    const auto opened = world.open("I1");
    world.second_provider = true;
    world.first_provider = false;
    world.outbox->reroute(world.routes());
    world.time.run_for(5s);
    CHECK(world.sms.deliveries().size() == 1);
    CHECK(world.sms_2.deliveries().empty());
    CHECK(state_of(world, 0, "sms").state == SendState::Accepted);
}

TEST_CASE("outbox: when every channel failed the ladder does not wait for them", "[daemon][outbox]")
{
    World world;
    world.start();
    world.sms.answer_next(receipt(Verdict::Switch));
    world.wecom.answer_next(receipt(Verdict::Switch));
    const auto opened = world.open("I1");
    world.time.run_for(1s);
    CHECK(world.count("unreachable") == 1);
    CHECK(world.rungs("I1")[1]);
    CHECK(world.sms.deliveries().back().message.address() == "199-0000-0002");
}

TEST_CASE("outbox: a started send without an end is repeated once, and says so", "[daemon][outbox]")
{
    World world;
    world.start();
    world.sms.take(4s);
    const auto opened = world.open("I1");
    REQUIRE(world.sms.deliveries().size() == 1);
    const std::string key = world.sms.deliveries()[0].message.key();

    const auto after = restart(world);
    after->start();
    after->time.run_for(30s);
    REQUIRE(after->sms.deliveries().size() == 1);
    CHECK(after->sms.deliveries()[0].message.key() == key);
    CHECK(after->sms.deliveries()[0].message.possible_repeat());
    CHECK(after->sms.deliveries()[0].message.attempt() == 2);

    const auto third = restart(*after);
    third->start();
    third->time.run_for(30s);
    CHECK(third->sms.deliveries().empty());
}

TEST_CASE("outbox: a page queued before a crash is sent after it", "[daemon][outbox]")
{
    World world;
    world.start();
    world.sms.answer_always(Verdict::Retry);
    const auto opened = world.open("I1");
    world.time.run_for(1ms);
    const auto after = restart(world, 10min);
    after->start();
    const auto& sent = after->sms.deliveries();
    const PageId first = world.incident("I1").pages.begin()->first;
    CHECK(std::count_if(sent.begin(), sent.end(), [&](const auto& delivery) {
              return delivery.message.key() == first.text() + "/sms";
          }) == 1);
}

TEST_CASE("outbox: a provider that fails is left alone, and probed", "[daemon][outbox]")
{
    World world;
    world.start();
    world.sms.answer_always(Verdict::Retry);
    for (const char* id : {"I1", "I2", "I3"}) (void)world.open(id);
    world.drain();
    CHECK(world.sms.deliveries().size() == 3);
    world.time.run_for(500ms);
    const std::size_t tried = world.sms.deliveries().size();
    const auto fourth = world.open("I4");
    CHECK(world.sms.deliveries().size() == tried);
    CHECK(std::any_of(
        world.wecom.deliveries().begin(),
        world.wecom.deliveries().end(),
        [&](const auto& delivery) { return delivery.message.key().rfind("I4", 0) == 0; }
    ));
    world.sms.answer_always(Verdict::Accepted);
    world.time.run_for(20s);
    CHECK(
        world.incident("I4").pages.begin()->second.channels.at(ChannelName("sms")).state ==
        SendState::Accepted
    );
}

TEST_CASE(
    "outbox: eight at once on a channel, and the ninth does not wait for ever", "[daemon][outbox]"
)
{
    World world;
    world.start();
    world.sms.take(600s);
    for (int i = 0; i < 12; ++i) (void)world.open("I" + std::to_string(i));
    world.time.run_for(10s);
    CHECK(world.sms.in_hand_max() == daemon::Outbox::sends_at_once);
    CHECK(world.wecom.deliveries().size() == 4);
}
