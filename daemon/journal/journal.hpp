#pragma once

#include "daemon/journal/record.hpp"

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace shouwang::journal {

enum class Errc {
    // The batch does not stand on the head it names, or brings a key id that exists. Not written.
    Conflict = 1,
    // No space. Nothing of it is written; the same batch may be appended again later.
    Full,
    // The commit failed in a way that leaves open whether it will be there after a restart. Never
    // retry: exit and replay. Every later append of this journal ends the same way.
    OutcomeUnknown,
    // More is queued than the journal holds (see has_room). Not written.
    Busy,
    // The journal was closed. Not written.
    Closed,
    // A stored record or page cannot be read.
    Unreadable,
};

[[nodiscard]] const boost::system::error_category& journal_category() noexcept;
[[nodiscard]] boost::system::error_code make_error_code(Errc code) noexcept;

// Where a batch came to stand: records first_seq … last_seq, the last one hashed as `hash`.
struct Appended {
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    Hash hash{};
};

using AppendResult = boost::system::result<Appended>;
using AppendHandler = std::function<void(AppendResult)>;
// Returns whether to go on.
using Visitor = std::function<bool(const Record&)>;

// Room on the disk. BallastUsed: the reserve was spent to keep writing, and an operator must be
// told. Full: the last commit found no room.
enum class SpaceState { Ok, BallastUsed, Full };

// A folded state that stands for every record up to `seq`.
struct Snapshot {
    std::uint64_t seq = 0;
    std::string state;
};

// The one place where something becomes true: an ordered, hash-chained, append-only list of
// records and the wrapped keys of their sealed parts.
//
// All members are called on the loop (the executor given at construction). A batch is durable
// before its handler hears of success. Batches are committed in the order they were appended, many
// in one transaction when they arrive together.
class Journal {
public:
    virtual ~Journal() = default;

    static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

    // Queues `batch`, to be written only if `expected_head` is the sequence number just before it,
    // counting the batches queued ahead of it. `done` is posted to the loop, never called from
    // within append; handlers run in the order of their appends, except that Busy and Closed may
    // overtake. When a batch fails, every batch appended before its handler ran fails with the
    // same code: it was built on records that never came to be.
    // Throws std::invalid_argument for a batch without drafts, a draft without a type, or `sealed`
    // and `key_id` not both given or both empty: bugs of the caller.
    virtual void append(Batch batch, std::uint64_t expected_head, AppendHandler done) = 0;

    // Whether append would take one more batch now. Ask before folding what cannot be unfolded.
    [[nodiscard]] virtual bool has_room() const = 0;

    // Shows the durable records from `from_seq` on, in order, at most `limit`, until the visitor
    // returns false. Blocks; for replay at the start and for paging through history. The visitor
    // runs on the caller's thread and may use the journal. Unreadable: what came before was good.
    [[nodiscard]] virtual boost::system::result<void> read(
        std::uint64_t from_seq, std::size_t limit, const Visitor& visit
    ) const = 0;

    // The last durable record.
    [[nodiscard]] virtual Head head() const = 0;

    // Every wrapped key that was not destroyed. Blocks.
    [[nodiscard]] virtual boost::system::result<std::vector<WrappedKey>> keys() const = 0;

    // Removes a durable key for ever: what it sealed can no longer be opened, and the chain, which
    // hashes ciphertext, still verifies. False when there is no such key. Blocks for one commit.
    [[nodiscard]] virtual boost::system::result<bool> destroy_key(const std::string& key_id) = 0;

    // Always none in format version 1, which has no snapshots: replay begins at record 1.
    [[nodiscard]] virtual std::optional<Snapshot> latest_snapshot() const = 0;

    [[nodiscard]] virtual SpaceState space_state() const = 0;

    // Commits what is queued, posts its handlers and lets the store go. Twice is harmless.
    virtual void close() = 0;
};

}  // namespace shouwang::journal

template <>
struct boost::system::is_error_code_enum<shouwang::journal::Errc> : std::true_type {};
