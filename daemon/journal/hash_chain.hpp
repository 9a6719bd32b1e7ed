#pragma once

#include "daemon/journal/journal.hpp"
#include "daemon/journal/record.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace shouwang::journal {

// The hash of a record that follows one hashed as `previous`; byte for byte in
// docs/formats/journal.md. record.hash is not read.
[[nodiscard]] Hash chain_hash(const Hash& previous, const Record& record);

// Gives the draft its place after `head`.
[[nodiscard]] Record chain(const Head& head, Draft draft);

enum class ChainFault {
    None,
    Gap,             // a record is missing or out of order
    HashMismatch,    // a record, or one before it, is not what was written
    Unreadable,      // the store cannot give the record back
    BehindAnchor,    // the journal ends before the anchored head: its tail was cut off
    AnchorMismatch,  // the chain is sound but is not the one that was anchored
};

struct ChainVerdict {
    ChainFault fault = ChainFault::None;
    std::uint64_t bad_seq = 0;  // the first record that is wrong or missing; 0 when none is
    Head head;                  // the last record found good

    [[nodiscard]] bool ok() const noexcept { return fault == ChainFault::None; }
    // One line for an operator, e.g. "record 17 is not what was written".
    [[nodiscard]] std::string words() const;
};

// Checks records one by one as they come, each against the one before.
class ChainWalker {
public:
    // Begins after a record already trusted; from the beginning by default.
    explicit ChainWalker(Head from = {}, std::optional<Head> anchor = {});

    // False once a fault is found; what is shown after that is not looked at.
    bool step(const Record& record);
    // The store could not give the record back that comes next.
    void unreadable();
    // Call once, after the last record.
    [[nodiscard]] ChainVerdict finish();

private:
    void blame(ChainFault fault, std::uint64_t seq);

    ChainVerdict verdict_;
    std::optional<Head> anchor_;
};

// Walks the whole journal. `anchor` is a head remembered outside the machine: without one a chain
// that lost its tail, or was rewritten from some record on, looks sound. Blocks.
[[nodiscard]] ChainVerdict verify(const Journal& journal, std::optional<Head> anchor = {});

// 64 lower-case hexadecimal digits, as anchors are printed.
[[nodiscard]] std::string to_hex(const Hash& hash);

}  // namespace shouwang::journal
