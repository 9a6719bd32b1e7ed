// A journal file edited behind our back, by SQL and by the byte.
#include "daemon/journal/hash_chain.hpp"
#include "daemon/journal/sqlite_journal.hpp"
#include "tests/daemon/journal/journal_probe.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"
#include "tests/support/dice.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace shouwang::journal {
namespace {

struct Original {
    Original()
    {
        boost::asio::io_context io;
        SqliteJournal target(io.get_executor(), test::quiet_options(file));
        for (int i = 0; i < 12; ++i) {
            Batch batch = test::make_batch(std::to_string(i));
            batch.drafts.push_back(test::make_draft("s", "key-" + std::to_string(i)));
            REQUIRE(test::append_now(io, target, std::move(batch)));
        }
        records = test::read_all(target);
        anchor = target.head();
        target.close();
        std::ifstream in(file, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }

    test::TemporaryFolder folder;
    std::filesystem::path file = folder / "original.db";
    std::vector<Record> records;
    Head anchor;
    std::string bytes;
};

enum class Found { Refused, ChainBroken, NothingReadableChanged, Undetected };

Found judge(const Original& original, const std::filesystem::path& file)
{
    boost::asio::io_context io;
    try {
        const SqliteJournal target(io.get_executor(), test::quiet_options(file));
        if (!verify(target, original.anchor).ok()) return Found::ChainBroken;
        const bool same = test::read_all(target) == original.records;
        return same ? Found::NothingReadableChanged : Found::Undetected;
    } catch (const OpenError&) {
        return Found::Refused;
    }
}

Found judge_sql(const Original& original, const std::string& sql)
{
    const std::filesystem::path file = original.folder / "edited.db";
    std::filesystem::copy_file(
        original.file, file, std::filesystem::copy_options::overwrite_existing
    );
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    CAPTURE(sql);
    REQUIRE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_total_changes(database) > 0);
    REQUIRE(sqlite3_close(database) == SQLITE_OK);
    return judge(original, file);
}

Found judge_bytes(const Original& original, const std::string& bytes)
{
    const std::filesystem::path file = original.folder / "flipped.db";
    std::filesystem::remove(original.folder / "flipped.db-wal");
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    return judge(original, file);
}

TEST_CASE("tamper: every column of every row is guarded", "[journal][tamper]")
{
    const Original original;
    for (std::size_t seq = 1; seq <= original.records.size(); ++seq) {
        for (const char* const edit :
             {"stream = stream || ' '",
              "wall_ms = wall_ms + 1",
              "boottime_ms = -boottime_ms",
              "boot_id = upper(boot_id)",
              "type = 'closed'",
              "open = replace(open, 'mark', 'Mark')",
              "sealed = CAST(sealed || x'00' AS BLOB)",
              "key_id = key_id || '0'",
              "hash = zeroblob(32)"}) {
            const std::string sql =
                "UPDATE records SET " + std::string(edit) + " WHERE seq = " + std::to_string(seq);
            CAPTURE(sql);
            CHECK(judge_sql(original, sql) == Found::ChainBroken);
        }
    }
}

TEST_CASE("tamper: rows taken, moved or cut off are missed", "[journal][tamper]")
{
    const Original original;
    const std::size_t count = original.records.size();
    for (std::size_t seq = 1; seq <= count; ++seq) {
        const std::string at = std::to_string(seq);
        CHECK(judge_sql(original, "DELETE FROM records WHERE seq = " + at) == Found::ChainBroken);
        CHECK(judge_sql(original, "DELETE FROM records WHERE seq >= " + at) == Found::ChainBroken);
        CHECK(
            judge_sql(original, "UPDATE records SET seq = seq + 1000 WHERE seq = " + at) ==
            Found::ChainBroken
        );
        if (seq == count) continue;
        const std::string next = std::to_string(seq + 1);
        CHECK(
            judge_sql(
                original,
                "UPDATE records SET seq = -1 WHERE seq = " + at +
                    "; UPDATE records SET seq = " + at + " WHERE seq = " + next +
                    "; UPDATE records SET seq = " + next + " WHERE seq = -1"
            ) == Found::ChainBroken
        );
    }
}

// A flip in bytes that nothing reads (free space of a page) changes no record; any other is found.
void flip_bits(std::size_t flips, std::uint64_t seed)
{
    const Original original;
    test::Dice dice(seed);
    std::size_t found = 0;
    for (std::size_t i = 0; i < flips; ++i) {
        std::string bytes = original.bytes;
        const std::size_t at = dice.below(bytes.size());
        const std::uint64_t bit = dice.below(8);
        bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << bit));
        const Found verdict = judge_bytes(original, bytes);
        CAPTURE(at, bit);
        REQUIRE(verdict != Found::Undetected);
        if (verdict != Found::NothingReadableChanged) ++found;
    }
    CHECK(found > flips / 8);
}

TEST_CASE("tamper: a flipped bit is found or changes nothing readable", "[journal][tamper]")
{
    flip_bits(1000, 3);
}

TEST_CASE("tamper: ten thousand flipped bits", "[.slow][journal][tamper]")
{
    flip_bits(10'000, 4);
}

TEST_CASE("tamper: each byte of each record's text is guarded", "[journal][tamper]")
{
    const Original original;
    for (const Record& record : original.records) {
        const std::size_t at = original.bytes.find(record.open);
        REQUIRE(at != std::string::npos);
        for (std::size_t i = 0; i < record.open.size(); ++i) {
            std::string bytes = original.bytes;
            bytes[at + i] = static_cast<char>(bytes[at + i] ^ 1);
            REQUIRE(judge_bytes(original, bytes) == Found::ChainBroken);
        }
    }
}

}  // namespace
}  // namespace shouwang::journal
