#include "daemon/journal/sqlite_journal.hpp"

#include "daemon/journal/hash_chain.hpp"
#include "tests/daemon/journal/fault_vfs.hpp"
#include "tests/daemon/journal/journal_probe.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace shouwang::journal {
namespace {

using Kind = test::FaultVfs::Kind;

std::string bytes_of(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void run_sql(const std::filesystem::path& file, const std::string& sql)
{
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(file.c_str(), &database) == SQLITE_OK);
    REQUIRE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_close(database) == SQLITE_OK);
}

std::string refusal_of(const std::filesystem::path& file)
{
    boost::asio::io_context io;
    // On a thread: the refusal has to find its way out of it.
    SqliteOptions options = test::quiet_options(file);
    options.committer = Committer::Thread;
    try {
        const SqliteJournal target(io.get_executor(), options);
    } catch (const OpenError& refused) {
        return refused.what();
    }
    return {};
}

// A journal on a disk that can fail, with three records in it already.
struct Faulty {
    explicit Faulty(std::uint64_t ballast_bytes = 0, std::uint32_t checkpoint_pages = 1000)
    {
        options.vfs = vfs.name();
        options.ballast_bytes = ballast_bytes;
        options.checkpoint_pages = checkpoint_pages;
        target.emplace(io.get_executor(), options);
        REQUIRE(append("before", 3));
    }
    // Closing writes once more, when what a test's fault refers to is gone.
    ~Faulty()
    {
        vfs.fault = [](Kind, const std::string&) { return SQLITE_OK; };
    }
    Faulty(const Faulty&) = delete;
    Faulty& operator=(const Faulty&) = delete;

    AppendResult append(const std::string& mark, std::size_t drafts = 2)
    {
        return test::append_now(io, *target, test::make_batch(mark, drafts));
    }

    // The records that a restart finds on the disk as it is now, by a copy of it.
    std::vector<Record> after_restart()
    {
        const test::TemporaryFolder other;
        for (const char* const name : {"journal.db", "journal.db-wal"}) {
            if (std::filesystem::exists(folder / name)) {
                std::filesystem::copy_file(folder / name, other / name);
            }
        }
        SqliteJournal next(io.get_executor(), test::quiet_options(other / "journal.db"));
        CHECK(verify(next).ok());
        return test::read_all(next);
    }

    test::TemporaryFolder folder;
    test::FaultVfs vfs;
    boost::asio::io_context io;
    SqliteOptions options = test::quiet_options(folder / "journal.db");
    std::optional<SqliteJournal> target;
};

TEST_CASE("sqlite journal: its files are private", "[journal][sqlite]")
{
    const test::TemporaryFolder folder;
    boost::asio::io_context io;
    SqliteJournal target(io.get_executor(), test::quiet_options(folder / "journal.db"));
    REQUIRE(test::append_now(io, target, test::make_batch("x")));
    for (const char* const name : {"journal.db", "journal.db-wal"}) {
        struct stat status = {};
        REQUIRE(::stat((folder / name).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600U);
    }
    CHECK_FALSE(std::filesystem::exists(folder / "journal.db-shm"));
}

TEST_CASE("sqlite journal: a file in use is refused, and may be had later", "[journal][sqlite]")
{
    const test::TemporaryFolder folder;
    boost::asio::io_context io;
    {
        SqliteJournal first(io.get_executor(), test::quiet_options(folder / "journal.db"));
        CHECK(
            refusal_of(folder / "journal.db") ==
            "journal " + (folder / "journal.db").string() + ": is in use by another process"
        );
        CHECK(test::append_now(io, first, test::make_batch("x")));
    }
    CHECK(refusal_of(folder / "journal.db").empty());
}

TEST_CASE("sqlite journal: a stranger's file is refused and left alone", "[journal][sqlite]")
{
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder / "journal.db";
    const std::string sql = GENERATE(
        "CREATE TABLE notes(text TEXT)",
        "PRAGMA application_id = 7",
        "PRAGMA user_version = 3",
        "CREATE TABLE records(seq INTEGER); PRAGMA user_version = 1"
    );
    CAPTURE(sql);
    run_sql(file, sql);
    const std::string before = bytes_of(file);
    CHECK_THAT(refusal_of(file), Catch::EndsWith("belongs to another program"));
    CHECK(bytes_of(file) == before);
}

TEST_CASE("sqlite journal: a newer format is refused in words", "[journal][sqlite]")
{
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder / "journal.db";
    REQUIRE(refusal_of(file).empty());
    run_sql(file, "PRAGMA user_version = 2");
    const std::string before = bytes_of(file);
    CHECK_THAT(refusal_of(file), Catch::Contains("has format 2, written by a newer Shouwang"));
    CHECK(bytes_of(file) == before);
}

TEST_CASE("sqlite journal: what is no database is refused and kept", "[journal][sqlite]")
{
    const test::TemporaryFolder folder;
    std::ofstream(folder / "journal.db") << std::string(8192, 'x');
    CHECK_THAT(
        refusal_of(folder / "journal.db"), Catch::Contains("is not a database; keep the file")
    );
    CHECK(bytes_of(folder / "journal.db") == std::string(8192, 'x'));
    CHECK_THAT(refusal_of(folder / "absent/journal.db"), Catch::Contains("folder cannot be used"));
}

TEST_CASE("sqlite journal: a file cut short is refused as damaged", "[journal][sqlite]")
{
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder / "journal.db";
    {
        boost::asio::io_context io;
        SqliteJournal target(io.get_executor(), test::quiet_options(file));
        for (int i = 0; i < 50; ++i) {
            REQUIRE(test::append_now(io, target, test::make_batch("x", 5)));
        }
    }
    std::filesystem::resize_file(file, std::filesystem::file_size(file) - 8192);
    CHECK_THAT(refusal_of(file), Catch::Contains("is damaged"));
}

TEST_CASE("sqlite journal: a break in the tail is reported at the start", "[journal][sqlite]")
{
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder / "journal.db";
    boost::asio::io_context io;
    {
        SqliteJournal target(io.get_executor(), test::quiet_options(file));
        REQUIRE(test::append_now(io, target, test::make_batch("x", 40)));
        CHECK(target.start_verdict().ok());
    }
    run_sql(file, "UPDATE records SET open = '{}' WHERE seq = 25");
    SqliteOptions options = test::quiet_options(file);
    options.tail_records = GENERATE(10U, 15U, 16U, 40U, 1000U);
    CAPTURE(options.tail_records);
    const bool reaches = options.tail_records >= 16;
    SqliteJournal target(io.get_executor(), options);
    CHECK(target.start_verdict().ok() == !reaches);
    if (reaches) CHECK(target.start_verdict().bad_seq == 25);
    CHECK(verify(target).bad_seq == 25);
    CHECK(test::append_now(io, target, test::make_batch("paging goes on")));
}

TEST_CASE("sqlite journal: what waits together is committed together", "[journal][sqlite]")
{
    Faulty faulty;
    int syncs = 0;
    faulty.vfs.fault = [&syncs](Kind kind, const std::string&) {
        if (kind == Kind::Sync) ++syncs;
        return SQLITE_OK;
    };
    std::size_t written = 0;
    for (std::uint64_t i = 0; i < 640; ++i) {
        faulty.target->append(test::make_batch("x"), 3 + i, [&](const AppendResult& result) {
            if (result) ++written;
        });
    }
    faulty.io.restart();
    faulty.io.run();
    CHECK(written == 640);
    CHECK(syncs == 10);
}

TEST_CASE("sqlite journal: a full disk writes nothing, whichever write met it", "[journal][sqlite]")
{
    for (int at = 0; at < 8; ++at) {
        CAPTURE(at);
        Faulty faulty;
        int writes = 0;
        faulty.vfs.fault = [&](Kind kind, const std::string&) {
            return kind == Kind::Write && writes++ >= at ? SQLITE_FULL : SQLITE_OK;
        };
        std::vector<AppendResult> answers;
        for (const std::uint64_t head : {3U, 5U, 7U}) {
            faulty.target->append(test::make_batch("x", 2), head, [&](AppendResult result) {
                answers.push_back(std::move(result));
            });
        }
        faulty.io.restart();
        faulty.io.run();
        REQUIRE(answers.size() == 3);
        if (answers[0]) break;  // past the last write of this commit
        for (const AppendResult& answer : answers) CHECK(answer.error() == Errc::Full);
        CHECK(faulty.target->space_state() == SpaceState::Full);
        CHECK(faulty.target->head().seq == 3);
        CHECK(test::read_all(*faulty.target).size() == 3);
        faulty.vfs.fault = nullptr;
        CHECK(faulty.append("again").value().last_seq == 5);
        CHECK(faulty.target->space_state() == SpaceState::Ok);
        CHECK(faulty.after_restart().size() == 5);
        REQUIRE(at < 7);
    }
}

TEST_CASE("sqlite journal: a file at its limit is full, not broken", "[journal][sqlite]")
{
    const test::TemporaryFolder folder;
    boost::asio::io_context io;
    SqliteOptions options = test::quiet_options(folder / "journal.db");
    options.pages_max = 20;
    std::uint64_t written = 0;
    {
        SqliteJournal target(io.get_executor(), options);
        Batch batch = test::make_batch("x");
        batch.drafts[0].open.assign(3000, 'x');
        AppendResult result = test::append_now(io, target, batch);
        for (; result; result = test::append_now(io, target, batch)) ++written;
        CHECK(result.error() == Errc::Full);
        CHECK(target.space_state() == SpaceState::Full);
        CHECK(test::append_now(io, target, batch).error() == Errc::Full);
        CHECK(test::read_all(target).size() == written);
    }
    CHECK(written > 10);
    options.pages_max = 0;
    SqliteJournal larger(io.get_executor(), options);
    CHECK(larger.head().seq == written);
    CHECK(test::append_now(io, larger, test::make_batch("x")));
}

TEST_CASE("sqlite journal: the ballast is let go once and the commit repeated", "[journal][sqlite]")
{
    Faulty faulty(1U << 20U);
    const std::filesystem::path ballast = faulty.folder / "journal.db.ballast";
    REQUIRE(std::filesystem::file_size(ballast) == 1U << 20U);
    faulty.vfs.fault = [&](Kind kind, const std::string&) {
        return kind == Kind::Write && std::filesystem::exists(ballast) ? SQLITE_FULL : SQLITE_OK;
    };
    CHECK(faulty.append("saved").value().last_seq == 5);
    CHECK_FALSE(std::filesystem::exists(ballast));
    CHECK(faulty.target->space_state() == SpaceState::BallastUsed);
    CHECK(faulty.append("more").value().last_seq == 7);
    CHECK(faulty.target->space_state() == SpaceState::BallastUsed);

    bool full = true;
    faulty.vfs.fault = [&](Kind kind, const std::string&) {
        return kind == Kind::Write && full ? SQLITE_FULL : SQLITE_OK;
    };
    CHECK(faulty.append("full").error() == Errc::Full);
    CHECK(faulty.target->space_state() == SpaceState::Full);
    full = false;
    CHECK(faulty.append("room").value().last_seq == 9);
    CHECK(faulty.target->space_state() == SpaceState::BallastUsed);
    CHECK(faulty.target->restore_ballast());
    CHECK(faulty.target->space_state() == SpaceState::Ok);
    CHECK(std::filesystem::exists(ballast));
    CHECK(faulty.after_restart().size() == 9);
}

TEST_CASE("sqlite journal: an I/O error leaves the outcome unknown for good", "[journal][sqlite]")
{
    const auto failing = GENERATE(Kind::Sync, Kind::Write);
    const int error = failing == Kind::Sync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
    for (int at = 0; at < 12; ++at) {
        CAPTURE(static_cast<int>(failing), at);
        Faulty faulty;
        int seen = 0;
        faulty.vfs.fault = [&](Kind kind, const std::string&) {
            return kind == failing && seen++ == at ? error : SQLITE_OK;
        };
        const AppendResult answer = faulty.append("doubtful");
        if (answer) break;
        CHECK(answer.error() == Errc::OutcomeUnknown);

        // Nothing more reaches the disk, though the disk would take it now.
        int touched = 0;
        faulty.vfs.fault = [&](Kind, const std::string&) {
            ++touched;
            return SQLITE_OK;
        };
        CHECK(faulty.append("later").error() == Errc::OutcomeUnknown);
        faulty.target.reset();
        CHECK(touched == 0);
        const std::vector<Record> records = faulty.after_restart();
        CHECK((records.size() == 3 || records.size() == 5));
        REQUIRE(at < 11);
    }
}

TEST_CASE("sqlite journal: a failed checkpoint loses nothing and ends appends", "[journal][sqlite]")
{
    Faulty faulty(0, 1);
    faulty.vfs.fault = [](Kind kind, const std::string& file) {
        return kind == Kind::Sync && file == "journal.db" ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    };
    CHECK(faulty.append("safe in the log").value().last_seq == 5);
    CHECK(faulty.append("refused").error() == Errc::OutcomeUnknown);
    CHECK(faulty.after_restart().size() == 5);
}

TEST_CASE("sqlite journal: a full disk stops a checkpoint but not the log", "[journal][sqlite]")
{
    Faulty faulty(1U << 16U, 1);
    faulty.vfs.fault = [](Kind kind, const std::string& file) {
        return kind == Kind::Write && file == "journal.db" ? SQLITE_FULL : SQLITE_OK;
    };
    CHECK(faulty.append("a").value().last_seq == 5);
    CHECK(faulty.target->space_state() == SpaceState::BallastUsed);
    CHECK(faulty.append("b").value().last_seq == 7);
    faulty.vfs.fault = nullptr;
    CHECK(faulty.append("c").value().last_seq == 9);
    CHECK(faulty.after_restart().size() == 9);
}

TEST_CASE("sqlite journal: destroying a key meets the same disk", "[journal][sqlite]")
{
    Faulty faulty;
    Batch batch = test::make_batch("x");
    batch.keys.push_back({"key-0123456789", "wrapped-0123456789"});
    REQUIRE(test::append_now(faulty.io, *faulty.target, std::move(batch)));

    faulty.vfs.fault = [](Kind kind, const std::string&) {
        return kind == Kind::Write ? SQLITE_FULL : SQLITE_OK;
    };
    CHECK(faulty.target->destroy_key("key-0123456789").error() == Errc::Full);
    faulty.vfs.fault = nullptr;
    CHECK(faulty.target->keys().value().size() == 1);
    CHECK(faulty.target->destroy_key("key-0123456789").value());
    // Not a trace of it, neither in the file nor in the log.
    for (const char* const name : {"journal.db", "journal.db-wal"}) {
        CHECK(bytes_of(faulty.folder / name).find("wrapped-0123456789") == std::string::npos);
    }

    faulty.vfs.fault = [](Kind kind, const std::string&) {
        return kind == Kind::Sync ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    };
    batch = test::make_batch("x");
    batch.keys.push_back({"k2", "w2"});
    faulty.vfs.fault = nullptr;
    REQUIRE(test::append_now(faulty.io, *faulty.target, std::move(batch)));
    faulty.vfs.fault = [](Kind kind, const std::string&) {
        return kind == Kind::Sync ? SQLITE_IOERR_FSYNC : SQLITE_OK;
    };
    CHECK(faulty.target->destroy_key("k2").error() == Errc::OutcomeUnknown);
    faulty.vfs.fault = nullptr;
    CHECK(faulty.append("later").error() == Errc::OutcomeUnknown);
}

}  // namespace
}  // namespace shouwang::journal
