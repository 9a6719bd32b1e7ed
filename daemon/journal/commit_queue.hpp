#pragma once

#include "daemon/journal/journal.hpp"
#include "daemon/journal/store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace shouwang::journal {

// The half of a journal that every store shares: the bounded queue between the loop and the thread
// that commits, the check of expected heads, and the rule that a failure takes with it whatever
// was appended before its handler ran.
class CommitQueue {
public:
    // A queue this long means the disk has been stuck for seconds: then it is right to refuse.
    static constexpr std::size_t batches_max = 1024;
    static constexpr std::size_t bytes_max = std::size_t{32} << 20U;
    // One transaction carries at most this many batches, so that the first is not kept waiting.
    static constexpr std::size_t group_batches_max = 64;

    explicit CommitQueue(boost::asio::any_io_executor loop);

    // On the loop. False when the batch was refused (Busy, Closed; its handler is posted).
    bool push(Batch batch, std::uint64_t expected_head, AppendHandler done);
    [[nodiscard]] bool has_room() const;
    [[nodiscard]] bool empty() const;
    // Whatever is pushed from now on ends with Closed.
    void close();

    class Finished;
    // On the committing thread: takes what is queued, up to one group, and commits it. The
    // finished batches have still to be reported, in order.
    [[nodiscard]] std::vector<Finished> commit_group(Store& store);
    // On the committing thread: from now on every batch ends with OutcomeUnknown.
    void give_up();

    // As a killed process would: handlers that have not run yet never will.
    void crash();

private:
    // Read and written on the loop only.
    struct LoopSide {
        std::uint64_t failures_heard = 0;
        bool crashed = false;
    };

    // A batch between append and its handler. Keeps the loop from running out of work.
    struct Pending {
        Batch batch;
        std::uint64_t expected_head = 0;
        AppendHandler done;
        std::size_t bytes = 0;
        std::uint64_t failures_heard = 0;  // when it was appended
        boost::asio::executor_work_guard<boost::asio::any_io_executor> work;
        std::shared_ptr<LoopSide> loop_side;
    };

    struct Failure {
        std::uint64_t failures_heard = 0;
        Errc code = Errc::Conflict;
    };

    std::vector<Pending> take_group();
    std::optional<Errc> already_failed(const Pending& pending) const;

    boost::asio::any_io_executor loop_;
    std::shared_ptr<LoopSide> loop_side_ = std::make_shared<LoopSide>();

    mutable std::mutex mutex_;  // guards the three below
    std::deque<Pending> queue_;
    std::size_t queued_bytes_ = 0;
    bool closed_ = false;

    // The committing thread's own.
    std::optional<Failure> failure_;
    bool given_up_ = false;
};

// A batch whose fate is known and whose handler has not been told.
class CommitQueue::Finished {
public:
    Finished(Pending pending, AppendResult result)
        : pending_(std::move(pending)), result_(std::move(result))
    {}
    // Posts the handler to the loop. Call at most once; never called, the handler never runs.
    void report();

private:
    friend class CommitQueue;
    Pending pending_;
    AppendResult result_;
};

}  // namespace shouwang::journal
