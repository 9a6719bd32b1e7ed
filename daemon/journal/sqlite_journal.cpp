#include "daemon/journal/sqlite_journal.hpp"

#include "daemon/journal/commit_queue.hpp"
#include "daemon/journal/sqlite_store.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <utility>

namespace shouwang::journal {

namespace asio = boost::asio;

namespace {

// Enough to keep replay going at full speed, few enough to let a commit in between.
constexpr std::size_t read_page_records = 512;

}  // namespace

class SqliteJournal::Worker {
public:
    Worker(asio::any_io_executor loop, SqliteOptions options)
        : loop_(std::move(loop)), queue_(loop_), options_(std::move(options))
    {
        if (options_.committer == Committer::Loop) {
            open();
            return;
        }
        std::promise<void> opened;
        std::future<void> answer = opened.get_future();
        thread_ = std::thread([this, &opened] { run(opened); });
        try {
            answer.get();
        } catch (...) {
            thread_.join();
            throw;
        }
    }

    ~Worker() { close(); }

    void append(Batch batch, std::uint64_t expected_head, AppendHandler done)
    {
        if (!queue_.push(std::move(batch), expected_head, std::move(done))) return;
        if (options_.committer == Committer::Thread) {
            wake([this] { woken_ = true; });
        } else {
            schedule();
        }
    }

    [[nodiscard]] bool has_room() const { return queue_.has_room(); }

    // Runs `use` where the store lives and waits for its answer; Closed when there is no store.
    template <class Result, class Use>
    Result with_store(Use use)
    {
        if (closed_) return Errc::Closed;
        if (options_.committer == Committer::Loop) return use(*store_);
        std::packaged_task<Result(SqliteStore&)> task(std::move(use));
        std::future<Result> answer = task.get_future();
        wake([&] { tasks_.emplace_back([&task](SqliteStore& store) { task(store); }); });
        return answer.get();
    }

    [[nodiscard]] Head head() const
    {
        const std::lock_guard lock(mutex_);
        return head_;
    }

    [[nodiscard]] SpaceState space_state() const
    {
        const std::lock_guard lock(mutex_);
        return space_;
    }

    [[nodiscard]] const ChainVerdict& start_verdict() const { return start_verdict_; }

    void close()
    {
        if (closed_) return;
        closed_ = true;
        queue_.close();
        if (thread_.joinable()) {
            wake([this] { stopping_ = true; });
            thread_.join();
        } else if (store_) {
            commit_all();
            store_.reset();
        }
    }

    // A commit that hit a broken disk outside append leaves the journal just as unusable.
    void give_up() { queue_.give_up(); }

    void publish()
    {
        const std::lock_guard lock(mutex_);
        head_ = store_->head();
        space_ = store_->space_state();
    }

private:
    void open()
    {
        store_ = std::make_unique<SqliteStore>(options_);
        start_verdict_ = store_->start_verdict();
        publish();
    }

    void run(std::promise<void>& opened)
    {
        pthread_setname_np(pthread_self(), "journal");
        try {
            open();
        } catch (...) {
            opened.set_exception(std::current_exception());
            return;
        }
        opened.set_value();

        bool stopping = false;
        while (!stopping) {
            std::deque<std::function<void(SqliteStore&)>> tasks;
            {
                std::unique_lock lock(mutex_);
                awake_.wait(lock, [this] { return woken_ || stopping_ || !tasks_.empty(); });
                woken_ = false;
                stopping = stopping_;
                tasks.swap(tasks_);
            }
            for (const auto& task : tasks) task(*store_);
            commit_all();
        }
        store_.reset();
    }

    void commit_all()
    {
        while (!queue_.empty()) {
            std::vector<CommitQueue::Finished> finished = queue_.commit_group(*store_);
            publish();
            for (CommitQueue::Finished& batch : finished) batch.report();
            // After the handlers are on their way: nobody waits for housekeeping.
            if (!store_->checkpoint_if_due()) queue_.give_up();
            publish();
        }
    }

    template <class Change>
    void wake(Change change)
    {
        {
            const std::lock_guard lock(mutex_);
            change();
        }
        awake_.notify_one();
    }

    void schedule()
    {
        if (scheduled_) return;
        scheduled_ = true;
        asio::post(loop_, [this, alive = std::weak_ptr(alive_)] {
            if (alive.expired() || closed_) return;
            scheduled_ = false;
            commit_all();
        });
    }

    asio::any_io_executor loop_;
    CommitQueue queue_;
    const SqliteOptions options_;
    std::unique_ptr<SqliteStore> store_;  // the committing thread's own
    ChainVerdict start_verdict_;          // written before the constructor returns

    mutable std::mutex mutex_;  // guards the six below
    std::condition_variable awake_;
    std::deque<std::function<void(SqliteStore&)>> tasks_;
    bool woken_ = false;
    bool stopping_ = false;
    Head head_;
    SpaceState space_ = SpaceState::Ok;

    // The loop's own.
    bool closed_ = false;
    bool scheduled_ = false;
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
    std::thread thread_;
};

SqliteJournal::SqliteJournal(asio::any_io_executor loop, SqliteOptions options)
    : worker_(std::make_unique<Worker>(std::move(loop), std::move(options)))
{}

SqliteJournal::~SqliteJournal() = default;

void SqliteJournal::append(Batch batch, std::uint64_t expected_head, AppendHandler done)
{
    worker_->append(std::move(batch), expected_head, std::move(done));
}

bool SqliteJournal::has_room() const
{
    return worker_->has_room();
}

boost::system::result<void> SqliteJournal::read(
    std::uint64_t from_seq, std::size_t limit, const Visitor& visit
) const
{
    using Page = boost::system::result<std::vector<Record>>;
    while (limit != 0) {
        const std::size_t wanted = std::min(limit, read_page_records);
        const Page page = worker_->with_store<Page>([from_seq, wanted](SqliteStore& store) {
            return store.page(from_seq, wanted);
        });
        if (!page) return page.error();
        for (const Record& record : *page) {
            if (!visit(record)) return {};
        }
        if (page->size() < wanted) return {};
        from_seq = page->back().seq + 1;
        limit -= wanted;
    }
    return {};
}

Head SqliteJournal::head() const
{
    return worker_->head();
}

boost::system::result<std::vector<WrappedKey>> SqliteJournal::keys() const
{
    using Keys = boost::system::result<std::vector<WrappedKey>>;
    return worker_->with_store<Keys>([](SqliteStore& store) { return store.keys(); });
}

boost::system::result<bool> SqliteJournal::destroy_key(const std::string& key_id)
{
    using Destroyed = boost::system::result<bool>;
    return worker_->with_store<Destroyed>([this, &key_id](SqliteStore& store) {
        Destroyed destroyed = store.destroy_key(key_id);
        if (!destroyed && destroyed.error() == Errc::OutcomeUnknown) worker_->give_up();
        worker_->publish();
        return destroyed;
    });
}

std::optional<Snapshot> SqliteJournal::latest_snapshot() const
{
    return std::nullopt;
}

SpaceState SqliteJournal::space_state() const
{
    return worker_->space_state();
}

void SqliteJournal::close()
{
    worker_->close();
}

const ChainVerdict& SqliteJournal::start_verdict() const
{
    return worker_->start_verdict();
}

bool SqliteJournal::restore_ballast()
{
    using Restored = boost::system::result<bool>;
    const Restored restored = worker_->with_store<Restored>([this](SqliteStore& store) -> Restored {
        const bool in_place = store.restore_ballast();
        worker_->publish();
        return in_place;
    });
    return restored && *restored;
}

}  // namespace shouwang::journal
