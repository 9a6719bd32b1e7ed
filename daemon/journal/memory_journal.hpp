#pragma once

#include "daemon/journal/commit_queue.hpp"
#include "daemon/journal/journal.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace shouwang::journal {

// A journal without a disk, for rehearsal and tests: the same contract, driven by the loop alone,
// so it runs under virtual time. What it holds can be copied out and a new journal begun with it,
// as a restart does.
class MemoryJournal final : public Journal {
public:
    // What a disk would hold.
    struct Content {
        std::vector<Record> records;
        std::vector<WrappedKey> keys;
    };
    // What the disk holds after a commit whose outcome nobody was told.
    enum class Kept { No, Yes };

    explicit MemoryJournal(boost::asio::any_io_executor loop, Content content = {});
    ~MemoryJournal() override;
    MemoryJournal(const MemoryJournal&) = delete;
    MemoryJournal& operator=(const MemoryJournal&) = delete;

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

    [[nodiscard]] const Content& content() const;

    // The switches of a test or a rehearsal.

    // Every commit finds the disk full until it is given space again.
    void set_full(bool full);
    // The next commit ends with OutcomeUnknown.
    void fail_next_commit(Kept kept);
    // While held, batches wait as behind a slow disk: nothing becomes durable.
    void hold_commits(bool hold);
    // While held, batches become durable and their handlers are not told.
    void hold_handlers(bool hold);
    // The process dies: what is not durable is gone, no handler runs any more, and later appends
    // vanish. content() is what a restart finds.
    void crash();

private:
    class Shelf;

    void schedule();
    void commit_all();

    boost::asio::any_io_executor loop_;
    CommitQueue queue_;
    std::unique_ptr<Shelf> shelf_;
    std::vector<CommitQueue::Finished> withheld_;
    bool commits_held_ = false;
    bool handlers_held_ = false;
    bool scheduled_ = false;
    bool crashed_ = false;
    // What is posted to the loop may outlive this journal.
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace shouwang::journal
