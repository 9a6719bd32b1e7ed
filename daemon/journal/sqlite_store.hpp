#pragma once

#include "daemon/journal/ballast.hpp"
#include "daemon/journal/hash_chain.hpp"
#include "daemon/journal/sqlite_journal.hpp"
#include "daemon/journal/statement.hpp"
#include "daemon/journal/store.hpp"

#include <boost/system/result.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace shouwang::journal {

// The SQLite side of SqliteJournal: every call blocks, one thread at a time.
class SqliteStore final : public Store {
public:
    // Throws OpenError.
    explicit SqliteStore(const SqliteOptions& options);
    ~SqliteStore() override;
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;

    [[nodiscard]] Head head() const override { return head_; }
    [[nodiscard]] bool has_key(const std::string& key_id) override;
    [[nodiscard]] CommitOutcome commit(
        const std::vector<Record>& records, const std::vector<WrappedKey>& keys
    ) override;

    // At most `limit` records from `from_seq` on, in order.
    [[nodiscard]] boost::system::result<std::vector<Record>> page(
        std::uint64_t from_seq, std::size_t limit
    );
    [[nodiscard]] boost::system::result<std::vector<WrappedKey>> keys();
    [[nodiscard]] boost::system::result<bool> destroy_key(const std::string& key_id);

    // Folds a long write-ahead log back into the file. False: the disk failed to sync, what is
    // committed is safe in the log, and nothing may be committed any more.
    [[nodiscard]] bool checkpoint_if_due();

    [[nodiscard]] const ChainVerdict& start_verdict() const { return start_verdict_; }
    // From any thread.
    [[nodiscard]] SpaceState space_state() const { return space_; }
    bool restore_ballast();

private:
    struct CloseDatabase {
        void operator()(sqlite3* database) const;
    };

    void open(const SqliteOptions& options);
    void configure(const SqliteOptions& options);
    void identify();
    void create_schema();
    void check_pages();
    void prepare();
    void load_head();
    void check_tail(std::uint64_t records);

    void execute(const char* sql);
    [[nodiscard]] std::int64_t ask_number(const char* sql);
    [[noreturn]] void refuse(int code, const std::string& doing) const;

    [[nodiscard]] int write(
        const std::vector<Record>& records, const std::vector<WrappedKey>& keys
    );
    [[nodiscard]] int insert(const Record& record);
    [[nodiscard]] bool roll_back();
    [[nodiscard]] CommitOutcome after_failure(int code);
    [[nodiscard]] boost::system::result<Record> row(const Statement& statement) const;

    std::string name_;
    Ballast ballast_;
    std::unique_ptr<sqlite3, CloseDatabase> database_;
    // Destroyed before the database: a connection with live statements does not close.
    std::unique_ptr<Statement> begin_;
    std::unique_ptr<Statement> commit_;
    std::unique_ptr<Statement> rollback_;
    std::unique_ptr<Statement> insert_record_;
    std::unique_ptr<Statement> insert_key_;
    std::unique_ptr<Statement> find_key_;
    std::unique_ptr<Statement> delete_key_;
    std::unique_ptr<Statement> read_page_;

    Head head_;
    ChainVerdict start_verdict_;
    std::uint32_t checkpoint_pages_;
    int log_pages_ = 0;  // set by SQLite's commit hook
    std::atomic<SpaceState> space_ = SpaceState::Ok;
};

}  // namespace shouwang::journal
