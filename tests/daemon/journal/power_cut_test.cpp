#include "daemon/journal/hash_chain.hpp"
#include "daemon/journal/sqlite_journal.hpp"
#include "tests/daemon/journal/fault_vfs.hpp"
#include "tests/daemon/journal/journal_probe.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"
#include "tests/support/dice.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace shouwang::journal {
namespace {

// What was said to be written, and after how many disk operations it was said.
struct Acknowledged {
    std::size_t operations = 0;
    std::uint64_t last_seq = 0;
};

struct Life {
    std::vector<Acknowledged> acknowledged;
    std::vector<Record> records;
    std::map<std::string, std::uint64_t> keys;  // and the record each came with

    [[nodiscard]] std::uint64_t promised(std::size_t operations) const
    {
        std::uint64_t last_seq = 0;
        for (const Acknowledged& batch : acknowledged) {
            if (batch.operations <= operations) last_seq = batch.last_seq;
        }
        return last_seq;
    }

    [[nodiscard]] bool ends_a_batch(std::uint64_t seq) const
    {
        return seq == 0 || std::any_of(
                               acknowledged.begin(),
                               acknowledged.end(),
                               [seq](const Acknowledged& batch) { return batch.last_seq == seq; }
                           );
    }
};

// Two runs of a journal over one file, with records from short to several pages long.
Life live(test::FaultVfs& vfs, std::size_t batches, test::Dice& dice)
{
    const test::TemporaryFolder folder;
    SqliteOptions options = test::quiet_options(folder / "journal.db");
    options.vfs = vfs.name();
    options.checkpoint_pages = 20;
    vfs.recording = true;
    Life life;
    for (int run = 0; run < 2; ++run) {
        boost::asio::io_context io;
        SqliteJournal target(io.get_executor(), options);
        for (std::size_t i = 0; i < batches / 2; ++i) {
            const std::string key_id = "key-" + std::to_string(run) + "." + std::to_string(i);
            Batch batch = test::make_batch(std::to_string(i), 1 + dice.below(4));
            batch.drafts[0].open.append(dice.below(6000), 'x');
            if (dice.chance(1, 4)) {
                batch.keys.push_back({key_id, "wrapped"});
                life.keys[key_id] = target.head().seq + 1;
            }
            const Appended place = test::append_now(io, target, std::move(batch)).value();
            life.acknowledged.push_back({vfs.operations.size(), place.last_seq});
        }
        life.records = test::read_all(target);
    }
    vfs.recording = false;
    return life;
}

// Opens what a cut left and holds it against what was promised.
void check_cut(const Life& life, const test::FaultVfs& vfs, std::size_t done, test::Dice& dice)
{
    const test::TemporaryFolder folder;
    for (const auto& [name, content] : vfs.after_power_cut(done, dice)) {
        std::ofstream(folder / name, std::ios::binary) << content;
    }
    boost::asio::io_context io;
    SqliteJournal target(io.get_executor(), test::quiet_options(folder / "journal.db"));
    const std::vector<Record> found = test::read_all(target);
    REQUIRE(found.size() >= life.promised(done));
    REQUIRE(found.size() <= life.records.size());
    REQUIRE(std::equal(found.begin(), found.end(), life.records.begin()));
    REQUIRE(life.ends_a_batch(found.size()));
    REQUIRE(verify(target).ok());
    REQUIRE(target.start_verdict().ok());

    std::set<std::string> keys;
    for (const WrappedKey& key : target.keys().value()) keys.insert(key.key_id);
    for (const auto& [key_id, seq] : life.keys) {
        REQUIRE(keys.contains(key_id) == (seq <= found.size()));
    }
    REQUIRE(test::append_now(io, target, test::make_batch("after")).has_value());
}

void cut_many(std::uint64_t seed, std::size_t batches, std::size_t cuts)
{
    test::Dice dice(seed);
    test::FaultVfs vfs;
    const Life life = live(vfs, batches, dice);
    for (std::size_t cut = 0; cut < cuts; ++cut) {
        const std::size_t done = dice.below(vfs.operations.size() + 1);
        CAPTURE(seed, cut, done);
        check_cut(life, vfs, done, dice);
    }
}

TEST_CASE("power cut: nothing acknowledged is lost and no batch is torn", "[journal][power-cut]")
{
    cut_many(1, 120, 300);
}

TEST_CASE(
    "power cut: any moment of a new journal's first steps is survived", "[journal][power-cut]"
)
{
    test::Dice dice(2);
    test::FaultVfs vfs;
    const Life life = live(vfs, 2, dice);
    for (std::size_t done = 0; done <= vfs.operations.size(); ++done) {
        CAPTURE(done);
        check_cut(life, vfs, done, dice);
        check_cut(life, vfs, done, dice);
    }
}

TEST_CASE("power cut: thousands of cuts", "[.slow][journal][power-cut]")
{
    for (std::uint64_t seed = 10; seed < 16; ++seed) cut_many(seed, 200, 1000);
}

}  // namespace
}  // namespace shouwang::journal
