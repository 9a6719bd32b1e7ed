#include "daemon/journal/commit_queue.hpp"

#include "daemon/journal/hash_chain.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace shouwang::journal {

namespace asio = boost::asio;

namespace {

std::size_t size_of(const Batch& batch)
{
    std::size_t bytes = 0;
    for (const Draft& draft : batch.drafts) {
        bytes += sizeof(Draft) + draft.stream.size() + draft.boot_id.size() + draft.type.size() +
                 draft.open.size() + draft.sealed.size() + draft.key_id.size();
    }
    for (const WrappedKey& key : batch.keys) bytes += key.key_id.size() + key.wrapped.size();
    return bytes;
}

void require_sound(const Batch& batch)
{
    if (batch.drafts.empty()) throw std::invalid_argument("a batch without drafts");
    for (const Draft& draft : batch.drafts) {
        if (draft.type.empty()) throw std::invalid_argument("a draft without a type");
        if (draft.sealed.empty() != draft.key_id.empty()) {
            throw std::invalid_argument("a draft with only one of sealed part and key id");
        }
    }
    for (const WrappedKey& key : batch.keys) {
        if (key.key_id.empty()) throw std::invalid_argument("a key without an id");
    }
}

// What one transaction is to write.
struct Group {
    Head head;
    std::vector<Record> records;
    std::vector<WrappedKey> keys;

    bool knows(const std::string& key_id) const
    {
        return std::any_of(keys.begin(), keys.end(), [&](const WrappedKey& key) {
            return key.key_id == key_id;
        });
    }

    Appended add(Batch batch)
    {
        const std::uint64_t first_seq = head.seq + 1;
        for (Draft& draft : batch.drafts) {
            records.push_back(chain(head, std::move(draft)));
            head = {records.back().seq, records.back().hash};
        }
        std::move(batch.keys.begin(), batch.keys.end(), std::back_inserter(keys));
        return {first_seq, head.seq, head.hash};
    }
};

bool stands_on(Store& store, const Group& group, const Batch& batch, std::uint64_t expected_head)
{
    if (expected_head != group.head.seq) return false;
    for (auto key = batch.keys.begin(); key != batch.keys.end(); ++key) {
        const auto same = [&](const WrappedKey& other) { return other.key_id == key->key_id; };
        if (group.knows(key->key_id) || std::any_of(batch.keys.begin(), key, same) ||
            store.has_key(key->key_id)) {
            return false;
        }
    }
    return true;
}

Errc code_of(CommitOutcome outcome)
{
    return outcome == CommitOutcome::Full ? Errc::Full : Errc::OutcomeUnknown;
}

}  // namespace

CommitQueue::CommitQueue(asio::any_io_executor loop) : loop_(std::move(loop)) {}

bool CommitQueue::push(Batch batch, std::uint64_t expected_head, AppendHandler done)
{
    require_sound(batch);
    const std::size_t bytes = size_of(batch);
    Pending pending{
        std::move(batch),
        expected_head,
        std::move(done),
        bytes,
        loop_side_->failures_heard,
        asio::make_work_guard(loop_),
        loop_side_};

    std::unique_lock lock(mutex_);
    const bool full = queue_.size() >= batches_max || queued_bytes_ >= bytes_max;
    if (closed_ || full) {
        const Errc code = closed_ ? Errc::Closed : Errc::Busy;
        lock.unlock();
        asio::post(loop_, [code, handler = std::move(pending.done)] { handler(code); });
        return false;
    }
    queued_bytes_ += bytes;
    queue_.push_back(std::move(pending));
    return true;
}

bool CommitQueue::has_room() const
{
    const std::lock_guard lock(mutex_);
    return !closed_ && queue_.size() < batches_max && queued_bytes_ < bytes_max;
}

bool CommitQueue::empty() const
{
    const std::lock_guard lock(mutex_);
    return queue_.empty();
}

void CommitQueue::close()
{
    const std::lock_guard lock(mutex_);
    closed_ = true;
}

std::vector<CommitQueue::Finished> CommitQueue::commit_group(Store& store)
{
    std::vector<Finished> finished;
    Group group{store.head(), {}, {}};
    std::optional<std::size_t> first_hopeful;
    for (Pending& pending : take_group()) {
        std::optional<Errc> failed = already_failed(pending);
        if (!failed && !stands_on(store, group, pending.batch, pending.expected_head)) {
            failed = Errc::Conflict;
            failure_ = Failure{pending.failures_heard, Errc::Conflict};
        }
        if (failed) {
            finished.emplace_back(std::move(pending), *failed);
        } else {
            if (!first_hopeful) first_hopeful = finished.size();
            const Appended place = group.add(std::move(pending.batch));
            finished.emplace_back(std::move(pending), place);
        }
    }
    if (!first_hopeful) return finished;

    const CommitOutcome outcome = store.commit(group.records, group.keys);
    if (outcome == CommitOutcome::Committed) return finished;

    // Those ahead of the first hopeful one belong to an earlier failure and keep its code.
    const Errc code = code_of(outcome);
    for (std::size_t i = *first_hopeful; i < finished.size(); ++i) finished[i].result_ = code;
    failure_ = Failure{finished[*first_hopeful].pending_.failures_heard, code};
    if (outcome == CommitOutcome::Unknown) given_up_ = true;
    return finished;
}

void CommitQueue::give_up()
{
    given_up_ = true;
}

void CommitQueue::crash()
{
    loop_side_->crashed = true;
    const std::lock_guard lock(mutex_);
    closed_ = true;
    queue_.clear();
    queued_bytes_ = 0;
}

std::vector<CommitQueue::Pending> CommitQueue::take_group()
{
    const std::lock_guard lock(mutex_);
    std::vector<Pending> taken;
    while (!queue_.empty() && taken.size() < group_batches_max) {
        queued_bytes_ -= queue_.front().bytes;
        taken.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return taken;
}

std::optional<Errc> CommitQueue::already_failed(const Pending& pending) const
{
    if (given_up_) return Errc::OutcomeUnknown;
    if (failure_ && pending.failures_heard <= failure_->failures_heard) return failure_->code;
    return std::nullopt;
}

void CommitQueue::Finished::report()
{
    const auto loop = pending_.work.get_executor();
    asio::post(loop, [pending = std::move(pending_), result = std::move(result_)] {
        LoopSide& loop_side = *pending.loop_side;
        if (loop_side.crashed) return;
        // The first failure heard of a series ends it: what is appended from now on starts anew.
        if (!result && pending.failures_heard == loop_side.failures_heard) {
            ++loop_side.failures_heard;
        }
        pending.done(result);
    });
}

}  // namespace shouwang::journal
