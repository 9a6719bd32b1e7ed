#include "daemon/journal/memory_journal.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace shouwang::journal {

namespace asio = boost::asio;

class MemoryJournal::Shelf final : public Store {
public:
    explicit Shelf(Content content) : content_(std::move(content)) {}

    Head head() const override
    {
        if (content_.records.empty()) return {};
        return {content_.records.back().seq, content_.records.back().hash};
    }

    bool has_key(const std::string& key_id) override
    {
        return std::any_of(content_.keys.begin(), content_.keys.end(), [&](const WrappedKey& key) {
            return key.key_id == key_id;
        });
    }

    CommitOutcome commit(const std::vector<Record>& records, const std::vector<WrappedKey>& keys)
        override
    {
        if (full_) {
            space_ = SpaceState::Full;
            return CommitOutcome::Full;
        }
        const std::optional<Kept> failing = std::exchange(failing_, std::nullopt);
        if (failing != Kept::No) {
            content_.records.insert(content_.records.end(), records.begin(), records.end());
            content_.keys.insert(content_.keys.end(), keys.begin(), keys.end());
        }
        if (failing) return CommitOutcome::Unknown;
        space_ = SpaceState::Ok;
        return CommitOutcome::Committed;
    }

    Content content_;
    SpaceState space_ = SpaceState::Ok;
    bool full_ = false;
    std::optional<Kept> failing_;
};

MemoryJournal::MemoryJournal(asio::any_io_executor loop, Content content)
    : loop_(std::move(loop)), queue_(loop_), shelf_(std::make_unique<Shelf>(std::move(content)))
{}

MemoryJournal::~MemoryJournal()
{
    close();
}

void MemoryJournal::append(Batch batch, std::uint64_t expected_head, AppendHandler done)
{
    if (crashed_) return;
    if (queue_.push(std::move(batch), expected_head, std::move(done))) schedule();
}

bool MemoryJournal::has_room() const
{
    return queue_.has_room();
}

boost::system::result<void> MemoryJournal::read(
    std::uint64_t from_seq, std::size_t limit, const Visitor& visit
) const
{
    const std::size_t begin = from_seq == 0 ? 0 : from_seq - 1;
    // By index and by value: the visitor may append, and appending may move the records.
    for (std::size_t i = begin; i < shelf_->content_.records.size() && i - begin < limit; ++i) {
        const Record record = shelf_->content_.records[i];
        if (!visit(record)) break;
    }
    return {};
}

Head MemoryJournal::head() const
{
    return shelf_->head();
}

boost::system::result<std::vector<WrappedKey>> MemoryJournal::keys() const
{
    return shelf_->content_.keys;
}

boost::system::result<bool> MemoryJournal::destroy_key(const std::string& key_id)
{
    return std::erase_if(shelf_->content_.keys, [&](const WrappedKey& key) {
               return key.key_id == key_id;
           }) != 0;
}

std::optional<Snapshot> MemoryJournal::latest_snapshot() const
{
    return std::nullopt;
}

SpaceState MemoryJournal::space_state() const
{
    return shelf_->space_;
}

void MemoryJournal::close()
{
    queue_.close();
    if (crashed_) return;
    commits_held_ = false;
    commit_all();
    hold_handlers(false);
}

const MemoryJournal::Content& MemoryJournal::content() const
{
    return shelf_->content_;
}

void MemoryJournal::set_full(bool full)
{
    shelf_->full_ = full;
}

void MemoryJournal::fail_next_commit(Kept kept)
{
    shelf_->failing_ = kept;
}

void MemoryJournal::hold_commits(bool hold)
{
    commits_held_ = hold;
    if (!hold) schedule();
}

void MemoryJournal::hold_handlers(bool hold)
{
    handlers_held_ = hold;
    if (hold) return;
    for (CommitQueue::Finished& finished : withheld_) finished.report();
    withheld_.clear();
}

void MemoryJournal::crash()
{
    crashed_ = true;
    queue_.crash();
    withheld_.clear();
}

// Everything appended before the loop comes round goes into one group, as behind a real disk.
void MemoryJournal::schedule()
{
    if (scheduled_) return;
    scheduled_ = true;
    asio::post(loop_, [this, alive = std::weak_ptr(alive_)] {
        if (alive.expired()) return;
        scheduled_ = false;
        commit_all();
    });
}

void MemoryJournal::commit_all()
{
    while (!commits_held_ && !queue_.empty()) {
        for (CommitQueue::Finished& finished : queue_.commit_group(*shelf_)) {
            withheld_.push_back(std::move(finished));
        }
    }
    if (!handlers_held_) hold_handlers(false);
}

}  // namespace shouwang::journal
