#include "daemon/outbox_queue.hpp"

#include <catch2/catch.hpp>

using namespace shouwang::daemon;
using namespace shouwang::escalation;
using namespace std::chrono_literals;

namespace {

SendJobPtr job(const char* incident, const char* page, bool first, Span queued_at = 0s)
{
    auto out = std::make_shared<SendJob>();
    out->incident = IncidentId(incident);
    out->page = PageId(page);
    out->channel = ChannelName("sms");
    out->first = first;
    out->queued_at = queued_at;
    return out;
}

}  // namespace

TEST_CASE("outbox queue: first pages go before repeats, incidents take turns", "[daemon][outbox]")
{
    OutboxQueue queue;
    queue.push(job("A", "A.9", false));
    for (const char* page : {"A.1", "A.2", "A.3"}) queue.push(job("A", page, true));
    queue.push(job("B", "B.1", true));
    std::string order;
    while (const SendJobPtr next = queue.pop()) order += next->page.text() + " ";
    CHECK(order == "A.1 B.1 A.2 A.3 A.9 ");
    CHECK(queue.size() == 0);
}

TEST_CASE("outbox queue: only repeats are spared, the oldest first", "[daemon][outbox]")
{
    OutboxQueue queue;
    queue.push(job("A", "A.1", true, 0s));
    queue.push(job("A", "A.2", false, 5s));
    queue.push(job("B", "B.2", false, 3s));
    CHECK(queue.pop_oldest_repeat()->page == PageId("B.2"));
    CHECK(queue.pop_oldest_repeat()->page == PageId("A.2"));
    CHECK(queue.pop_oldest_repeat() == nullptr);
    CHECK(queue.pop()->page == PageId("A.1"));
}

TEST_CASE(
    "breaker: three failures in 30 s open it, a probe every 10 s closes it", "[daemon][outbox]"
)
{
    Breaker breaker;
    breaker.failed(0s);
    breaker.failed(29s);
    CHECK(breaker.try_pass(29s));
    breaker.failed(31s);  // the first has grown old
    CHECK_FALSE(breaker.open());
    breaker.failed(32s);
    CHECK(breaker.open());
    CHECK_FALSE(breaker.try_pass(41s));
    CHECK(breaker.try_pass(42s));
    CHECK_FALSE(breaker.try_pass(43s));  // one probe at a time
    breaker.failed(44s);
    CHECK_FALSE(breaker.try_pass(53s));
    CHECK(breaker.try_pass(54s));
    breaker.succeeded();
    CHECK(breaker.try_pass(54s));
    CHECK_FALSE(breaker.open());
}
