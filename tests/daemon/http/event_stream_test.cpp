#include "daemon/http/event_stream.hpp"

#include "tests/daemon/http/loopback.hpp"
#include "tests/support/dice.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace shouwang;
using namespace std::chrono_literals;
using http::EventStream;
using http::LiveEvent;
using http::Method;
using http::Params;
using http::Request;
using http::Response;
using http::StreamLimits;
using test::Loopback;
using test::RawClient;
using test::status_of;

namespace {

// A journal in memory, its live stream, and the route to it. Events of audience "all" are
// everybody's; others are only for the viewer of that name.
class Live {
public:
    explicit Live(
        StreamLimits limits = StreamLimits(),
        http::ServerLimits server = http::ServerLimits(),
        std::uint64_t head = 0
    )
        : loop(server),
          stream(
              loop.io.get_executor(),
              loop.time,
              head,
              [this](std::uint64_t after, std::size_t max) { return replay(after, max); },
              limits
          ),
          last(head)
    {
        loop.router.add(Method::Get, "/live", [this](Request request, Params) {
            return subscribe(std::move(request));
        });
        loop.start();
    }

    boost::asio::awaitable<Response> subscribe(Request request)
    {
        http::Viewer viewer;
        viewer.identity = request.query("as").value_or("anyone");
        viewer.may_see = [name = viewer.identity](const std::string& audience) {
            return audience == "all" || audience == name;
        };
        viewer.still_valid = [this] { return valid; };
        co_return stream.subscribe(request, std::move(viewer));
    }

    std::optional<std::vector<LiveEvent>> replay(std::uint64_t after, std::size_t max)
    {
        ++replays;
        if (after + 1 < oldest) return std::nullopt;
        std::vector<LiveEvent> events;
        for (const LiveEvent& event : journal) {
            if (event.seq > after && events.size() < max) events.push_back(event);
        }
        return events;
    }

    void publish(std::string audience = "all", std::string data = "{}")
    {
        LiveEvent event;
        event.seq = ++last;
        event.type = "paged";
        event.data = std::move(data);
        event.audience = std::move(audience);
        journal.push_back(event);
        stream.publish(event);
    }

    Loopback loop;
    EventStream stream;
    std::vector<LiveEvent> journal;
    std::uint64_t last;
    std::uint64_t oldest = 0;
    int replays = 0;
    bool valid = true;
};

// Reads a chunked event stream frame by frame.
class SseClient {
public:
    SseClient(Live& live, const std::string& target, const std::string& headers = "")
        : client(live.loop)
    {
        client.send("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
        head = client.read_until("\r\n\r\n");
    }

    // The next frame ("id: 1\nevent: …\ndata: …"), ticks included; empty at the end of the stream.
    std::string next_frame()
    {
        for (;;) {
            const auto end = text_.find("\n\n");
            if (end != std::string::npos) {
                std::string frame = text_.substr(0, end);
                text_.erase(0, end + 2);
                return frame;
            }
            const std::string size_line = client.read_until("\r\n");
            const auto size = std::strtoul(size_line.c_str(), nullptr, 16);
            whole = size_line == "0\r\n";
            if (size == 0) return {};
            std::string chunk;
            while (chunk.size() < size + 2) chunk += client.read_until("\n");
            text_ += chunk.substr(0, size);
        }
    }

    // The next frame that is neither a tick nor the opening.
    std::string next_event()
    {
        for (std::string frame = next_frame();; frame = next_frame()) {
            if (!frame.starts_with("event: tick") && !frame.starts_with("retry:")) return frame;
        }
    }

    std::vector<std::uint64_t> next_ids(std::size_t count)
    {
        std::vector<std::uint64_t> ids;
        while (ids.size() < count) {
            const std::string frame = next_event();
            if (!frame.starts_with("id: ")) break;
            ids.push_back(std::strtoull(frame.c_str() + 4, nullptr, 10));
        }
        return ids;
    }

    RawClient client;
    std::string head;
    bool whole = false;  // ended with the last chunk, not by a cut

private:
    std::string text_;
};

using Ids = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("event stream: it opens with a tick, then tells what is new", "[daemon][http]")
{
    Live live;
    live.publish();
    SseClient reader(live, "/live");
    CHECK(status_of(reader.head) == 200);
    CHECK(reader.head.find("Content-Type: text/event-stream\r\n") != std::string::npos);
    CHECK(reader.next_frame() == "retry: 2000");
    CHECK(
        reader.next_frame() == "event: tick\ndata: {\"at\":\"2026-10-09T18:17:40.000Z\",\"seq\":1}"
    );
    live.publish("all", "{\"a\":1}");
    CHECK(reader.next_frame() == "id: 2\nevent: paged\ndata: {\"a\":1}");
    live.loop.time.set_wall_offset(15s);
    live.stream.tick();
    CHECK(
        reader.next_frame() == "event: tick\ndata: {\"at\":\"2026-10-09T18:17:55.000Z\",\"seq\":2}"
    );
}

TEST_CASE(
    "event stream: it resumes after the header's id, else after the query's", "[daemon][http]"
)
{
    Live live;
    for (int i = 0; i < 5; ++i) live.publish();
    SseClient by_query(live, "/live?after=3");
    CHECK(by_query.next_ids(2) == Ids{4, 5});
    SseClient by_header(live, "/live?after=1", "Last-Event-ID: 4\r\n");
    CHECK(by_header.next_ids(1) == Ids{5});
    SseClient from_start(live, "/live?after=0");
    CHECK(from_start.next_ids(5) == Ids{1, 2, 3, 4, 5});
}

TEST_CASE(
    "event stream: what fell out of the recent events comes from the replay", "[daemon][http]"
)
{
    StreamLimits limits;
    limits.recent_events_max = 3;
    limits.replay_events_max = 4;
    Live live(limits);
    for (int i = 0; i < 30; ++i) live.publish();
    SseClient reader(live, "/live?after=2");
    CHECK(reader.next_ids(20).back() == 22);
    live.publish();
    Ids rest = reader.next_ids(9);
    CHECK(rest == Ids{23, 24, 25, 26, 27, 28, 29, 30, 31});
    CHECK(live.replays >= 6);
}

TEST_CASE("event stream: numbers without an event of their own stop no reader", "[daemon][http]")
{
    Live live(StreamLimits(), http::ServerLimits(), 10);
    for (const std::uint64_t seq : {3U, 7U}) {
        LiveEvent event;
        event.seq = seq;
        event.type = "paged";
        event.data = "{}";
        event.audience = "all";
        live.journal.push_back(event);
    }
    live.last = 12;
    live.publish();
    SseClient reader(live, "/live?after=0");
    CHECK(reader.next_ids(3) == Ids{3, 7, 13});
    live.last = 20;
    live.publish();
    CHECK(reader.next_ids(1) == Ids{21});
}

TEST_CASE(
    "event stream: a replay that knows more than was published repeats nothing", "[daemon][http]"
)
{
    StreamLimits limits;
    limits.recent_events_max = 2;
    Live live(limits);
    for (int i = 0; i < 5; ++i) live.publish();
    for (const std::uint64_t seq : {6U, 7U}) {  // durable already, not published yet
        LiveEvent event;
        event.seq = seq;
        event.type = "paged";
        event.data = "{}";
        event.audience = "all";
        live.journal.push_back(event);
    }
    SseClient reader(live, "/live?after=0");
    CHECK(reader.next_ids(5) == Ids{1, 2, 3, 4, 5});
    live.stream.publish(live.journal[5]);
    live.stream.publish(live.journal[6]);
    CHECK(reader.next_ids(2) == Ids{6, 7});
}

TEST_CASE(
    "event stream: an id that is unknown or too old gives a reset, then what is new",
    "[daemon][http]"
)
{
    StreamLimits limits;
    limits.recent_events_max = 2;
    Live live(limits);
    for (int i = 0; i < 9; ++i) live.publish();
    live.oldest = 6;
    const auto [headers, reason] = GENERATE(table<std::string, std::string>({
        {"Last-Event-ID: 10\r\n", "unknown"},
        {"Last-Event-ID: 99999999999999999999999\r\n", "unknown"},
        {"Last-Event-ID: what\r\n", "unknown"},
        {"Last-Event-ID: 4\r\n", "too_old"},
    }));
    SseClient reader(live, "/live", headers);
    CHECK(
        reader.next_event() ==
        "id: 9\nevent: reset\ndata: {\"reason\":\"" + reason + "\",\"seq\":9}"
    );
    live.publish();
    CHECK(reader.next_ids(1) == Ids{10});
}

TEST_CASE("event stream: a query that is no number is a fault of the client", "[daemon][http]")
{
    Live live;
    const std::string after = GENERATE("x", "-1", "1x", "", "18446744073709551616");
    SseClient reader(live, "/live?after=" + after);
    CHECK(status_of(reader.head) == 400);
}

TEST_CASE(
    "event stream: a viewer is told only what it may see, live and replayed", "[daemon][http]"
)
{
    StreamLimits limits;
    limits.recent_events_max = 2;
    limits.replay_events_max = 2;
    Live live(limits);
    for (const char* audience :
         {"ann", "bob", "bob", "bob", "bob", "bob", "all", "bob", "ann", "bob"}) {
        live.publish(audience);
    }
    SseClient ann(live, "/live?as=ann&after=0");
    CHECK(ann.next_ids(3) == Ids{1, 7, 9});
    live.publish("bob");
    live.publish("ann");
    CHECK(ann.next_ids(1) == Ids{12});
}

TEST_CASE(
    "event stream: cut and resumed at any moment it leaves no gap and repeats nothing",
    "[daemon][http]"
)
{
    const auto seed = GENERATE(range(1U, 26U));
    CAPTURE(seed);
    test::Dice dice(seed);
    StreamLimits limits;
    limits.recent_events_max = 1 + dice.below(6);
    limits.replay_events_max = 1 + dice.below(5);
    limits.piece_bytes_max = 1 + dice.below(200);
    Live live(limits);

    Ids expected;
    Ids told;
    std::uint64_t after = 0;
    for (int round = 0; round < 12; ++round) {
        const auto publish_some = [&] {
            for (auto n = dice.below(8); n > 0; --n) {
                const bool mine = dice.below(3) != 0;
                live.publish(mine ? "ann" : "bob");
                if (mine) expected.push_back(live.last);
            }
        };
        publish_some();
        SseClient reader(live, "/live?as=ann", "Last-Event-ID: " + std::to_string(after) + "\r\n");
        publish_some();
        // The reader sees some of what there is, and is cut.
        const std::size_t waiting = expected.size() - told.size();
        const Ids ids = reader.next_ids(dice.below(waiting + 1));
        told.insert(told.end(), ids.begin(), ids.end());
        if (!told.empty()) after = told.back();
        reader.client.close();
    }
    SseClient last(live, "/live?as=ann&after=" + std::to_string(after));
    const Ids ids = last.next_ids(expected.size() - told.size());
    told.insert(told.end(), ids.begin(), ids.end());
    CHECK(told == expected);
}

TEST_CASE(
    "event stream: a reader that does not read is dropped, and nobody else notices",
    "[daemon][http]"
)
{
    http::ServerLimits server;
    server.write_deadline = 50ms;
    Live live(StreamLimits(), server);
    SseClient slow(live, "/live?as=slow");
    SseClient good(live, "/live?as=good");
    live.loop.run_until([&] { return live.stream.readers() == 2; });
    const std::string large(256 * 1024, 'x');
    std::uint64_t told = 0;
    while (live.stream.readers() == 2) {
        live.publish("all", large);
        const std::string frame = good.next_event();
        ++told;
        REQUIRE(frame.starts_with("id: " + std::to_string(told) + "\n"));
    }
    CHECK(live.stream.readers() == 1);
    live.publish();
    CHECK(good.next_ids(1) == Ids{told + 1});
}

TEST_CASE("event stream: readers are bounded, by identity and in all", "[daemon][http]")
{
    StreamLimits limits;
    limits.readers_per_identity_max = 2;
    limits.readers_max = 3;
    Live live(limits);
    SseClient one(live, "/live?as=ann");
    SseClient two(live, "/live?as=ann");
    SseClient three(live, "/live?as=ann");
    CHECK(status_of(three.head) == 429);
    SseClient four(live, "/live?as=bob");
    CHECK(status_of(four.head) == 200);
    SseClient five(live, "/live?as=cat");
    CHECK(status_of(five.head) == 503);

    // A page that is closed leaves its place at once, without waiting for a tick.
    one.client.close();
    live.loop.run_until([&] { return live.stream.readers() == 2; });
    SseClient again(live, "/live?as=ann");
    CHECK(status_of(again.head) == 200);
}

TEST_CASE("event stream: HEAD tells the headers and takes no place", "[daemon][http]")
{
    Live live;
    RawClient client(live.loop);
    client.send("HEAD /live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string head = client.read_to_end();
    CHECK(head.find("text/event-stream") != std::string::npos);
    CHECK(head.ends_with("\r\n\r\n"));
    CHECK(live.stream.readers() == 0);
}

TEST_CASE("event stream: a tick ends the streams of those no longer let in", "[daemon][http]")
{
    Live live;
    SseClient reader(live, "/live");
    live.valid = false;
    live.stream.tick();
    CHECK(reader.next_event().empty());
    CHECK(reader.whole);
}

TEST_CASE("event stream: stopping ends every stream with its last chunk", "[daemon][http]")
{
    Live live;
    SseClient reader(live, "/live");
    live.publish();
    CHECK(reader.next_ids(1) == Ids{1});
    if (GENERATE(true, false)) {
        live.stream.stop();
        CHECK(reader.next_event().empty());
    } else {
        bool stopped = false;
        boost::asio::co_spawn(live.loop.io, live.loop.server.stop(), [&](std::exception_ptr) {
            stopped = true;
        });
        CHECK(reader.next_event().empty());
        reader.client.close();
        live.loop.run_until([&] { return stopped; });
    }
    CHECK(reader.whole);
    CHECK(live.stream.readers() == 0);
}

TEST_CASE("event stream: an event that is not newer is not told", "[daemon][http]")
{
    Live live;
    live.publish();
    SseClient reader(live, "/live?after=0");
    live.stream.publish(live.journal[0]);
    live.publish();
    CHECK(reader.next_ids(2) == Ids{1, 2});
}

TEST_CASE("event stream: it ticks by itself every fifteen seconds", "[daemon][http]")
{
    boost::asio::io_context io;
    rehearsal::VirtualTime time(io, test::night);
    int asked = 0;
    EventStream stream(io.get_executor(), time, 0, [](std::uint64_t, std::size_t) {
        return std::vector<LiveEvent>();
    });
    http::Viewer viewer;
    viewer.identity = "ann";
    viewer.still_valid = [&asked] {
        ++asked;
        return true;
    };
    const Response response = stream.subscribe(test::request(Method::Get, "/live"), viewer);
    boost::asio::co_spawn(io, stream.run(), [](std::exception_ptr) {});
    time.run_for(14s);
    CHECK(asked == 0);
    time.run_for(1s);
    CHECK(asked == 1);
    time.run_for(60s);
    CHECK(asked == 5);
    stream.stop();
    time.run_for(15s);
    CHECK(time.sleepers() == 0);
}
