#include "daemon/http/timeline.hpp"

#include "daemon/event_codec.hpp"
#include "daemon/http/sight.hpp"
#include "tests/daemon/engine_world.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace shouwang;
using namespace std::chrono_literals;
namespace http = shouwang::http;
namespace js = boost::json;
using escalation::IncidentId;
using escalation::StaffId;
using http::LiveEvent;
using http::Timeline;

namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

// A daemon with a reader at its live stream from the first event on.
struct Stage {
    Stage()
    {
        world.engine.on_durable([this](const daemon::Durable& durable) {
            published.push_back(timeline.add(durable));
        });
        world.start();
    }

    // The porter takes the first incident; the second is paged about for hours, and between its
    // pages the porter says one thing more about the first.
    void two_incidents()
    {
        REQUIRE(world.open("I1", daemon::Idempotency("desk", "k1", "hash")).done());
        REQUIRE(world.open("I2").done());
        world.time.run_for(121s);
        REQUIRE(world.answer("I1", "p-1", "going").done());
        world.time.run_for(4h);
        REQUIRE(world.answer("I1", "p-1", "received").done());
        world.time.run_for(10min);
    }

    // What the journal holds of a stream, read without the timeline.
    [[nodiscard]] std::vector<std::uint64_t> journaled(const std::string& stream) const
    {
        std::vector<std::uint64_t> out;
        const auto& types = daemon::event_types();
        for (const journal::Record& record : world.journal.content().records)
            if (record.stream == stream &&
                std::find(types.begin(), types.end(), record.type) != types.end())
                out.push_back(record.seq);
        return out;
    }

    // The first event that asks this person about this incident.
    [[nodiscard]] std::uint64_t asked_at(const std::string& stream, const std::string& staff) const
    {
        for (const journal::Record& record : world.journal.content().records)
            if (record.stream == stream && record.type == "asked" &&
                record.open.find("\"" + staff + "\"") != std::string::npos)
                return record.seq;
        FAIL(staff << " was never asked");
        return 0;
    }

    test::World world;
    Timeline timeline{world.journal, world.keys};
    std::vector<LiveEvent> published;
};

std::vector<std::uint64_t> seqs(const js::array& events)
{
    std::vector<std::uint64_t> out;
    for (const js::value& event : events) out.push_back(event.at("seq").to_number<std::uint64_t>());
    return out;
}

http::Identity responder(const char* staff)
{
    http::Identity out;
    out.role = http::Role::Responder;
    out.staff = StaffId(staff);
    return out;
}

void check_same(const std::vector<LiveEvent>& got, const std::vector<LiveEvent>& expected)
{
    REQUIRE(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
        INFO("event " << expected[i].seq << " " << expected[i].type);
        CHECK(got[i].seq == expected[i].seq);
        CHECK(got[i].type == expected[i].type);
        CHECK(got[i].data == expected[i].data);
        CHECK(got[i].audience == expected[i].audience);
    }
}

}  // namespace

TEST_CASE("timeline: one incident's events in order, whatever stands between them", "[api]")
{
    Stage stage;
    stage.two_incidents();
    const auto first = stage.journaled("I1");
    const auto second = stage.journaled("I2");
    REQUIRE(first.size() > 10);
    // They take turns, and once so many of the other come between that it is read in two pieces.
    REQUIRE(first.front() < second.front());
    REQUIRE(second.front() < first.back());
    std::uint64_t widest = 0;
    for (std::size_t i = 1; i < first.size(); ++i)
        widest = std::max(widest, first[i] - first[i - 1]);
    REQUIRE(widest > 128);
    // The record of the idempotency key is in the stream, and no event.
    REQUIRE(stage.world.count("idempotency") == 1);

    CHECK(seqs(stage.timeline.of(IncidentId("I1"), 0, no_limit, true)) == first);
    CHECK(seqs(stage.timeline.of(IncidentId("I2"), 0, no_limit, true)) == second);
    CHECK(stage.timeline.of(IncidentId("I3"), 0, no_limit, true).empty());

    // After a restart the index comes from the journal, and is the same.
    const Timeline anew(stage.world.journal, stage.world.keys);
    CHECK(
        anew.of(IncidentId("I1"), 0, no_limit, true) ==
        stage.timeline.of(IncidentId("I1"), 0, no_limit, true)
    );
}

TEST_CASE("timeline: a reader pages on from `after`, at most `max` at a time", "[api]")
{
    Stage stage;
    stage.two_incidents();
    const auto all = stage.journaled("I1");
    const std::size_t max = GENERATE(1U, 3U, 1000U);
    std::vector<std::uint64_t> read;
    while (true) {
        const std::uint64_t after = read.empty() ? 0 : read.back();
        const auto page = seqs(stage.timeline.of(IncidentId("I1"), after, max, false));
        if (page.empty()) break;
        REQUIRE(page.size() == std::min(max, all.size() - read.size()));
        read.insert(read.end(), page.begin(), page.end());
    }
    CHECK(read == all);
    // `after` may be a record of somebody else's.
    CHECK(seqs(stage.timeline.of(IncidentId("I1"), all.back() - 1, max, false)).size() == 1);
    CHECK(stage.timeline.of(IncidentId("I1"), 0, 0, false).empty());
}

TEST_CASE("timeline: what is sealed is shown only to who may see it, and while its key is", "[api]")
{
    Stage stage;
    stage.two_incidents();
    const IncidentId incident("I1");
    const auto told = [&](bool personal) {
        return js::serialize(stage.timeline.of(incident, 0, no_limit, personal));
    };
    CHECK(told(true).find("199-0000-0009") != std::string::npos);
    CHECK(told(true).find("气味") != std::string::npos);
    CHECK(told(false).find("199-0000-0009") == std::string::npos);
    CHECK(told(false).find("气味") == std::string::npos);
    for (const LiveEvent& event : stage.published) {
        CHECK(event.data.find("199-0000-0009") == std::string::npos);
        CHECK(event.data.find("气味") == std::string::npos);
    }

    const std::string open = told(false);
    stage.world.keys.forget("I1");
    CHECK(told(true) == open);
}

TEST_CASE("timeline: what is personal is added to an event and takes nothing from it", "[api]")
{
    boost::asio::io_context io;
    journal::MemoryJournal::Content content;
    rehearsal::SeededEntropy entropy(1);
    journal::KeyRing keys(journal::MasterKey::generate(entropy), entropy);
    content.keys.push_back(keys.create("I1"));
    escalation::Reported reported;
    reported.incident = IncidentId("I1");
    reported.place.label = "北区一栋";
    reported.place.room = "房间七";
    escalation::Subject subject;
    subject.id = escalation::SubjectId("s1");
    subject.student = escalation::StudentId("st-1");
    subject.college = escalation::UnitId("F1");
    reported.subjects.push_back(subject);
    const auto encoded = daemon::encode(reported);
    journal::Record record;
    record.seq = 1;
    record.stream = record.key_id = "I1";
    record.type = encoded.type;
    record.open = encoded.open;
    record.sealed = keys.seal("I1", encoded.sealed, "I1\nreported");
    content.records.push_back(record);
    const journal::MemoryJournal journal(io.get_executor(), std::move(content));
    const Timeline timeline(journal, keys);

    const js::array events = timeline.of(IncidentId("I1"), 0, no_limit, true);
    REQUIRE(events.size() == 1);
    const js::value& body = events.front().at("body");
    CHECK(body.at("place").at("room") == "房间七");
    CHECK(body.at("subjects").at(0).at("student") == "st-1");
    INFO(js::serialize(body));
    CHECK(body.at("place").as_object().contains("label"));
    CHECK(body.at("subjects").at(0).as_object().contains("college"));
}

TEST_CASE("timeline: an event is told to who was asked by it or before it", "[api]")
{
    Stage stage;
    stage.two_incidents();
    const bool live = GENERATE(true, false);
    const auto replayed = stage.timeline.replay(0, no_limit);
    REQUIRE(replayed);
    const std::vector<LiveEvent>& events = live ? stage.published : *replayed;
    for (const char* staff : {"p-1", "c-1"}) {
        const http::Identity reader = responder(staff);
        std::size_t told = 0;
        for (const LiveEvent& event : events) {
            const auto data = js::parse(event.data);
            const std::string incident(data.at("incident").as_string());
            const bool due = !incident.empty() && event.seq >= stage.asked_at(incident, staff);
            INFO(staff << " of " << incident << ": " << event.seq << " " << event.type);
            CHECK(http::may_see(reader, event.audience) == due);
            told += due ? 1 : 0;
        }
        CHECK(told > 10);
        CHECK(told < events.size());
    }
    // The chief is asked two minutes after the porter, and is not told what was before.
    CHECK(stage.asked_at("I1", "p-1") < stage.asked_at("I1", "c-1"));
}

TEST_CASE("timeline: a replay tells what was told when it was published", "[api]")
{
    Stage stage;
    stage.two_incidents();
    const auto all = stage.timeline.replay(0, no_limit);
    REQUIRE(all);
    check_same(*all, stage.published);

    const Timeline anew(stage.world.journal, stage.world.keys);
    const auto again = anew.replay(0, no_limit);
    REQUIRE(again);
    check_same(*again, stage.published);

    const auto some = anew.replay(stage.published[4].seq, 3);
    REQUIRE(some);
    const auto from = stage.published.begin() + 5;
    check_same(*some, std::vector<LiveEvent>(from, from + 3));
    const auto none = anew.replay(stage.published.back().seq, no_limit);
    REQUIRE(none);
    CHECK(none->empty());
}
