#include "daemon/journal/sqlite_store.hpp"

#include "daemon/journal/journal_file.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace shouwang::journal {

namespace {

// "SWJ1", and the version of docs/formats/journal.md.
constexpr std::int64_t application_id = 0x53574A31;
constexpr std::int64_t format_version = 1;

// One statement a line: sqlite_schema keeps the text, and a reader of the file sees it.
constexpr const char* schema =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE records(seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, wall_ms INTEGER NOT NULL,"
    " boottime_ms INTEGER NOT NULL, boot_id TEXT NOT NULL, type TEXT NOT NULL, open TEXT NOT NULL,"
    " sealed BLOB NOT NULL, key_id TEXT NOT NULL, hash BLOB NOT NULL CHECK(length(hash) = 32))"
    " STRICT;"
    "CREATE TABLE keys(key_id TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;"
    "PRAGMA application_id = 0x53574A31;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

constexpr std::size_t tail_page = 256;

int primary(int code)
{
    return code & 0xFF;
}

std::string_view view(const Hash& hash)
{
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::optional<Hash> to_hash(std::optional<std::string_view> bytes)
{
    Hash hash{};
    if (!bytes || bytes->size() != hash.size()) return std::nullopt;
    std::transform(bytes->begin(), bytes->end(), hash.begin(), [](char c) {
        return static_cast<std::uint8_t>(c);
    });
    return hash;
}

int note_log_length(void* log_pages, sqlite3*, const char*, int pages)
{
    *static_cast<int*>(log_pages) = pages;
    return SQLITE_OK;
}

}  // namespace

void SqliteStore::CloseDatabase::operator()(sqlite3* database) const
{
    sqlite3_close(database);
}

SqliteStore::SqliteStore(const SqliteOptions& options)
    : name_("journal " + options.file.string()),
      ballast_(options.file.string() + ".ballast", options.ballast_bytes),
      checkpoint_pages_(options.checkpoint_pages)
{
    prepare_journal_file(options.file);
    try {
        open(options);
        identify();
        configure(options);
        if (ask_number("PRAGMA user_version") == 0) execute(schema);
        check_pages();
        prepare();
        load_head();
        check_tail(options.tail_records);
    } catch (const StatementError& failed) {
        refuse(failed.code, "read");
    }
    if (!ballast_.restore()) space_ = SpaceState::BallastUsed;
}

SqliteStore::~SqliteStore() = default;

void SqliteStore::open(const SqliteOptions& options)
{
    sqlite3* database = nullptr;
    const int code = sqlite3_open_v2(
        options.file.c_str(),
        &database,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        options.vfs.empty() ? nullptr : options.vfs.c_str()
    );
    database_.reset(database);
    if (code != SQLITE_OK) refuse(code, "open");
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    // Before the first read, so that the log needs no shared memory and nobody can come between.
    execute("PRAGMA locking_mode = EXCLUSIVE");
}

// Reads only: a file that is not ours is left as it was found.
void SqliteStore::identify()
{
    const std::int64_t id = ask_number("PRAGMA application_id");
    const std::int64_t version = ask_number("PRAGMA user_version");
    const std::int64_t objects = ask_number("SELECT count(*) FROM sqlite_schema");
    // A cut during creation leaves a file without anything in it: that one is begun again.
    if (id == 0 && version == 0 && objects == 0) return;
    if (id != application_id) throw OpenError(name_ + ": belongs to another program");
    if (version > format_version) {
        throw OpenError(
            name_ + ": has format " + std::to_string(version) +
            ", written by a newer Shouwang; this one reads up to " + std::to_string(format_version)
        );
    }
}

void SqliteStore::configure(const SqliteOptions& options)
{
    Statement journal_mode(database_.get(), "PRAGMA journal_mode = WAL");
    const int code = journal_mode.step();
    if (code != SQLITE_ROW) refuse(code, "switch to a write-ahead log");
    if (journal_mode.text(0) != "wal") {
        throw OpenError(name_ + ": its file system cannot hold a write-ahead log");
    }
    journal_mode.reset();

    // NORMAL loses acknowledged rows in 73 % of power cuts, FULL in none (5,400 cuts tried).
    execute("PRAGMA synchronous = FULL");
    execute("PRAGMA mmap_size = 0");
    execute("PRAGMA foreign_keys = ON");
    execute("PRAGMA trusted_schema = OFF");
    execute("PRAGMA cell_size_check = ON");
    execute("PRAGMA temp_store = MEMORY");
    // A destroyed key is overwritten, not only unlinked.
    execute("PRAGMA secure_delete = ON");
    if (options.pages_max != 0) {
        execute(("PRAGMA max_page_count = " + std::to_string(options.pages_max)).c_str());
    }
    // In place of SQLite's automatic checkpoint, which hides that a sync of the file failed.
    sqlite3_wal_hook(database_.get(), &note_log_length, &log_pages_);
}

void SqliteStore::check_pages()
{
    Statement check(database_.get(), "PRAGMA quick_check(1)");
    const int code = check.step();
    if (code != SQLITE_ROW) refuse(code, "check");
    if (check.text(0) != "ok") {
        throw OpenError(
            name_ + ": is damaged (" + std::string(check.text(0).value_or("unreadable")) +
            "); keep the file and restore a backup"
        );
    }
}

void SqliteStore::prepare()
{
    sqlite3* const database = database_.get();
    begin_ = std::make_unique<Statement>(database, "BEGIN IMMEDIATE");
    commit_ = std::make_unique<Statement>(database, "COMMIT");
    rollback_ = std::make_unique<Statement>(database, "ROLLBACK");
    insert_record_ = std::make_unique<Statement>(
        database,
        "INSERT INTO records(seq, stream, wall_ms, boottime_ms, boot_id, type, open, sealed,"
        " key_id, hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    );
    insert_key_ =
        std::make_unique<Statement>(database, "INSERT INTO keys(key_id, wrapped) VALUES(?1, ?2)");
    find_key_ = std::make_unique<Statement>(database, "SELECT 1 FROM keys WHERE key_id = ?1");
    delete_key_ = std::make_unique<Statement>(database, "DELETE FROM keys WHERE key_id = ?1");
    read_page_ = std::make_unique<Statement>(
        database,
        "SELECT seq, stream, wall_ms, boottime_ms, boot_id, type, open, sealed, key_id, hash"
        " FROM records WHERE seq >= ?1 ORDER BY seq LIMIT ?2"
    );
}

void SqliteStore::load_head()
{
    Statement last(database_.get(), "SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1");
    const int code = last.step();
    if (code == SQLITE_DONE) return;
    if (code != SQLITE_ROW) refuse(code, "read");
    const auto seq = last.number(0);
    const auto hash = to_hash(last.blob(1));
    if (!seq || *seq < 1 || !hash) {
        throw OpenError(name_ + ": its last record is damaged; keep the file and restore a backup");
    }
    head_ = {static_cast<std::uint64_t>(*seq), *hash};
}

void SqliteStore::check_tail(std::uint64_t records)
{
    Head trusted;
    if (head_.seq > records) {
        const std::uint64_t before = head_.seq - records;
        const auto found = page(before, 1);
        trusted.seq = before;
        // Without the record before the tail, the walk finds the first record of it wrong.
        if (found && !found->empty()) trusted.hash = found->front().hash;
    }
    ChainWalker walker(trusted, head_);
    for (std::uint64_t next = trusted.seq + 1; next <= head_.seq; next += tail_page) {
        const auto found = page(next, tail_page);
        if (!found) {
            walker.unreadable();
            break;
        }
        for (const Record& record : *found) walker.step(record);
    }
    start_verdict_ = walker.finish();
}

void SqliteStore::execute(const char* sql)
{
    const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) refuse(code, "set up");
}

std::int64_t SqliteStore::ask_number(const char* sql)
{
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(database_.get(), sql, -1, &statement, nullptr);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    const std::int64_t number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    if (code != SQLITE_ROW) refuse(code, "read");
    return number;
}

void SqliteStore::refuse(int code, const std::string& doing) const
{
    switch (primary(code)) {
        case SQLITE_BUSY: throw OpenError(name_ + ": is in use by another process");
        case SQLITE_NOTADB:
            throw OpenError(name_ + ": is not a database; keep the file and restore a backup");
        case SQLITE_CORRUPT:
            throw OpenError(name_ + ": is damaged; keep the file and restore a backup");
        case SQLITE_FULL: throw OpenError(name_ + ": no space left to " + doing + " it");
        default: throw OpenError(name_ + ": cannot " + doing + " it: " + sqlite3_errstr(code));
    }
}

bool SqliteStore::has_key(const std::string& key_id)
{
    const int code = find_key_->bind_text(1, key_id).step();
    if (code == SQLITE_ROW) find_key_->reset();
    // A failed look-up counts as absent: the insert that follows meets the same failure.
    return code == SQLITE_ROW;
}

CommitOutcome SqliteStore::commit(
    const std::vector<Record>& records, const std::vector<WrappedKey>& keys
)
{
    int code = write(records, keys);
    if (primary(code) == SQLITE_FULL && roll_back() && ballast_.release()) {
        space_ = SpaceState::BallastUsed;
        code = write(records, keys);
    }
    if (code != SQLITE_OK) return after_failure(code);

    head_ = {records.back().seq, records.back().hash};
    if (space_ == SpaceState::Full) {
        space_ = ballast_.in_place() ? SpaceState::Ok : SpaceState::BallastUsed;
    }
    return CommitOutcome::Committed;
}

int SqliteStore::write(const std::vector<Record>& records, const std::vector<WrappedKey>& keys)
{
    int code = begin_->step();
    for (auto record = records.begin(); code == SQLITE_DONE && record != records.end(); ++record) {
        code = insert(*record);
    }
    for (auto key = keys.begin(); code == SQLITE_DONE && key != keys.end(); ++key) {
        code = insert_key_->bind_text(1, key->key_id).bind_blob(2, key->wrapped).step();
    }
    if (code == SQLITE_DONE) code = commit_->step();
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

int SqliteStore::insert(const Record& record)
{
    return insert_record_->bind_number(1, static_cast<std::int64_t>(record.seq))
        .bind_text(2, record.stream)
        .bind_number(3, record.wall_ms)
        .bind_number(4, record.boottime_ms)
        .bind_text(5, record.boot_id)
        .bind_text(6, record.type)
        .bind_text(7, record.open)
        .bind_blob(8, record.sealed)
        .bind_text(9, record.key_id)
        .bind_blob(10, view(record.hash))
        .step();
}

// SQLite may have rolled back by itself.
bool SqliteStore::roll_back()
{
    return sqlite3_get_autocommit(database_.get()) != 0 || rollback_->step() == SQLITE_DONE;
}

CommitOutcome SqliteStore::after_failure(int code)
{
    const bool rolled_back = roll_back();
    if (primary(code) == SQLITE_FULL && rolled_back) {
        space_ = SpaceState::Full;
        return CommitOutcome::Full;
    }
    // What the disk holds is for the next start to find out: nothing is folded in on closing.
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return CommitOutcome::Unknown;
}

boost::system::result<std::vector<Record>> SqliteStore::page(
    std::uint64_t from_seq, std::size_t limit
)
{
    constexpr std::uint64_t number_max = std::numeric_limits<std::int64_t>::max();
    read_page_->bind_number(1, static_cast<std::int64_t>(std::min(from_seq, number_max)))
        .bind_number(2, static_cast<std::int64_t>(std::min<std::uint64_t>(limit, number_max)));
    std::vector<Record> records;
    while (true) {
        const int code = read_page_->step();
        if (code == SQLITE_DONE) return records;
        if (code != SQLITE_ROW) return Errc::Unreadable;
        auto record = row(*read_page_);
        if (!record) {
            read_page_->reset();
            return record.error();
        }
        records.push_back(std::move(*record));
    }
}

boost::system::result<Record> SqliteStore::row(const Statement& statement) const
{
    const auto seq = statement.number(0);
    const auto stream = statement.text(1);
    const auto wall_ms = statement.number(2);
    const auto boottime_ms = statement.number(3);
    const auto boot_id = statement.text(4);
    const auto type = statement.text(5);
    const auto open = statement.text(6);
    const auto sealed = statement.blob(7);
    const auto key_id = statement.text(8);
    const auto hash = to_hash(statement.blob(9));
    if (!seq || *seq < 1 || !stream || !wall_ms || !boottime_ms || !boot_id || !type || !open ||
        !sealed || !key_id || !hash) {
        return Errc::Unreadable;
    }
    Record record;
    record.stream = *stream;
    record.wall_ms = *wall_ms;
    record.boottime_ms = *boottime_ms;
    record.boot_id = *boot_id;
    record.type = *type;
    record.open = *open;
    record.sealed = *sealed;
    record.key_id = *key_id;
    record.seq = static_cast<std::uint64_t>(*seq);
    record.hash = *hash;
    return record;
}

boost::system::result<std::vector<WrappedKey>> SqliteStore::keys()
{
    Statement all(database_.get(), "SELECT key_id, wrapped FROM keys ORDER BY key_id");
    std::vector<WrappedKey> found;
    while (true) {
        const int code = all.step();
        if (code == SQLITE_DONE) return found;
        const auto key_id = code == SQLITE_ROW ? all.text(0) : std::nullopt;
        const auto wrapped = code == SQLITE_ROW ? all.blob(1) : std::nullopt;
        if (!key_id || !wrapped) return Errc::Unreadable;
        found.push_back({std::string(*key_id), std::string(*wrapped)});
    }
}

boost::system::result<bool> SqliteStore::destroy_key(const std::string& key_id)
{
    int code = delete_key_->bind_text(1, key_id).step();
    if (primary(code) == SQLITE_FULL && roll_back() && ballast_.release()) {
        space_ = SpaceState::BallastUsed;
        code = delete_key_->bind_text(1, key_id).step();
    }
    if (code != SQLITE_DONE) {
        const bool full = after_failure(code) == CommitOutcome::Full;
        return full ? Errc::Full : Errc::OutcomeUnknown;
    }
    if (sqlite3_changes(database_.get()) == 0) return false;
    // The log still holds the key's old page: fold it in and cut the log to nothing.
    code = sqlite3_wal_checkpoint_v2(
        database_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr
    );
    if (code == SQLITE_OK) return true;
    const bool full = after_failure(code) == CommitOutcome::Full;
    return full ? Errc::Full : Errc::OutcomeUnknown;
}

bool SqliteStore::checkpoint_if_due()
{
    if (log_pages_ < static_cast<int>(checkpoint_pages_)) return true;
    int code = sqlite3_wal_checkpoint_v2(
        database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr
    );
    if (primary(code) == SQLITE_FULL) {
        // The log goes on holding everything; the next commit tries again.
        space_ = ballast_.release() ? SpaceState::BallastUsed : SpaceState::Full;
        return true;
    }
    log_pages_ = 0;
    return code == SQLITE_OK || after_failure(code) != CommitOutcome::Unknown;
}

bool SqliteStore::restore_ballast()
{
    if (!ballast_.restore()) return false;
    space_ = SpaceState::Ok;
    return true;
}

}  // namespace shouwang::journal
