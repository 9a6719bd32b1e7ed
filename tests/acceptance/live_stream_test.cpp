#include "daemon/journal/sqlite_journal.hpp"
#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/live_reader.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace shouwang::test;
using namespace std::chrono_literals;
namespace js = boost::json;
namespace journal = shouwang::journal;

namespace {

// Every event of the journal, as the live stream should have told it.
std::vector<LiveLine> journaled(House& house)
{
    journal::SqliteOptions options;
    options.file = house.file("data") / "journal.db";
    options.ballast_bytes = 0;
    options.committer = journal::Committer::Loop;
    journal::SqliteJournal file(house.io.get_executor(), options);
    std::vector<LiveLine> out;
    const auto read = file.read(1, journal::Journal::no_limit, [&](const journal::Record& record) {
        // The engine's own notes are no events.
        if (record.type != "idempotency" && record.type != "clock")
            out.push_back({record.seq, record.type, record.open});
        return true;
    });
    REQUIRE(read.has_value());
    file.close();
    return out;
}

void open_some(House& house, int count)
{
    static int number = 0;
    for (int i = 0; i < count; ++i)
        open_alarm(
            house,
            {{"via", "hotline"},
             {"callback", "199-0000-0099"},
             {"ref", "live-" + std::to_string(++number)}}
        );
}

}  // namespace

TEST_CASE(
    "acceptance: the live stream tells every event once and in order, across cuts and a kill",
    "[acceptance]"
)
{
    House house(short_ladders());
    house.start();
    LiveReader reader(house.io, house.desk());
    reader.connect(house.daemon().port());
    open_some(house, 3);
    REQUIRE(house.wait([&] { return reader.seen().size() >= 20; }));
    CHECK(reader.status() == 200);

    // Cut while more is on its way, five times over.
    for (std::size_t cut = 0; cut < 5; ++cut) {
        open_some(house, 2);
        const std::size_t enough = reader.seen().size() + 3 + 4 * cut;
        REQUIRE(house.wait([&] { return reader.seen().size() >= enough; }));
        reader.cut();
        open_some(house, 1);
        reader.connect(house.daemon().port());
    }

    // The daemon dies under it; what comes after the restart follows what came before.
    open_some(house, 2);
    house.kill();
    CHECK(house.wait([&] { return reader.ended(); }));
    house.start();
    reader.connect(house.daemon().port());
    open_some(house, 2);
    REQUIRE(house.quiet_for(1500ms));
    const std::uint64_t head = house.journal_sequence();
    CHECK(house.wait([&] { return reader.last_id() >= head; }, 5s));
    CHECK(house.stop() == 0);

    const std::vector<LiveLine> all = journaled(house);
    REQUIRE(reader.seen().size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const LiveLine& told = reader.seen()[i];
        INFO("event " << i << " of " << all.size());
        REQUIRE(told.id == all[i].id);
        REQUIRE(told.type == all[i].type);
        const js::value data = js::parse(told.data);
        REQUIRE(data.at("seq").to_number<std::uint64_t>() == all[i].id);
        REQUIRE(data.at("body") == js::parse(all[i].data));
    }
}

TEST_CASE("acceptance: the live stream is for those who may see it", "[acceptance]")
{
    House house(short_ladders());
    const std::string bystander = house.token_of("io");
    const std::string asked = house.token_of("ch");
    house.start();
    CHECK(house.call(HttpCall("GET", "/api/v1/live")).status == 401);

    LiveReader nobody(house.io, bystander);
    LiveReader somebody(house.io, asked);
    nobody.connect(house.daemon().port());
    somebody.connect(house.daemon().port());
    open_some(house, 1);
    // Whoever is asked sees the incident; who is not sees nothing of it.
    CHECK(house.wait([&] { return somebody.seen().size() > 5; }));
    CHECK(nobody.status() == 200);
    CHECK(nobody.seen().empty());
    CHECK(house.stop() == 0);
}
