#pragma once

#include "daemon/journal/hash_chain.hpp"
#include "daemon/journal/journal.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace shouwang::journal {

// The journal cannot be used; what() says why in words for the operator.
class OpenError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Who commits. Loop: the loop itself, which then waits for the disk; for virtual time and for
// programs that have nothing else to do.
enum class Committer { Thread, Loop };

struct SqliteOptions {
    std::filesystem::path file;
    // Reserved beside the journal as <file>.ballast and freed when the disk is full; 0 for none.
    std::uint64_t ballast_bytes = std::uint64_t{64} << 20U;
    // How many of the last records are verified at the start; verify() does them all.
    std::uint64_t tail_records = 1000;
    // The write-ahead log is folded back into the file when it is this long.
    std::uint32_t checkpoint_pages = 1000;
    // The file never grows beyond this many pages of 4 KiB; 0 leaves SQLite's own limit.
    std::uint32_t pages_max = 0;
    Committer committer = Committer::Thread;
    // A SQLite VFS by name; empty for the system's.
    std::string vfs;
};

// The journal in one SQLite file, which no other process may open meanwhile: write-ahead log,
// synchronous=FULL, exclusive lock, one connection that lives and dies on the committing thread
// (Debian 12's SQLite 3.40.1 can corrupt a log that two connections write).
//
// Never fork after opening one: POSIX locks die with any descriptor of the file.
class SqliteJournal final : public Journal {
public:
    // Opens or creates. Throws OpenError when the file belongs to another program or to a newer
    // Shouwang, is held by another process, lies on a network, or is damaged as a database. A
    // break of the chain does not throw: paging matters more; see start_verdict().
    SqliteJournal(boost::asio::any_io_executor loop, SqliteOptions options);
    ~SqliteJournal() override;
    SqliteJournal(const SqliteJournal&) = delete;
    SqliteJournal& operator=(const SqliteJournal&) = delete;

    void append(Batch batch, std::uint64_t expected_head, AppendHandler done) override;
    [[nodiscard]] bool has_room() const override;
    [[nodiscard]] boost::system::result<void> read(
        std::uint64_t from_seq, std::size_t limit, const Visitor& visit
    ) const override;
    [[nodiscard]] Head head() const override;
    [[nodiscard]] boost::system::result<std::vector<WrappedKey>> keys() const override;
    [[nodiscard]] boost::system::result<bool> destroy_key(const std::string& key_id) override;
    [[nodiscard]] std::optional<Snapshot> latest_snapshot() const override;
    [[nodiscard]] SpaceState space_state() const override;
    void close() override;

    // What the check of the last records found when the journal was opened.
    [[nodiscard]] const ChainVerdict& start_verdict() const;

    // Tries to reserve the ballast again, for when space has been made. True when it is in place;
    // space_state() is Ok then. Blocks.
    bool restore_ballast();

private:
    class Worker;
    std::unique_ptr<Worker> worker_;
};

}  // namespace shouwang::journal
