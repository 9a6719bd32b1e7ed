#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace shouwang::journal {

using Hash = std::array<std::uint8_t, 32>;

// What a caller appends. Times come from the caller: the journal reads no clock.
struct Draft {
    std::string stream;            // the incident, watch, case, person or settings it belongs to
    std::int64_t wall_ms = 0;      // UTC, milliseconds since 1970
    std::int64_t boottime_ms = 0;  // CLOCK_BOOTTIME, comparable only within one boot_id
    std::string boot_id;
    std::string type;    // never empty
    std::string open;    // canonical JSON; the journal treats it as opaque bytes
    std::string sealed;  // ciphertext of everything personal; may be empty
    std::string key_id;  // the key of `sealed`; empty exactly when `sealed` is

    friend bool operator==(const Draft&, const Draft&) = default;
};

// A draft that has its place in the chain.
struct Record : Draft {
    std::uint64_t seq = 0;  // 1, 2, 3 … without a gap
    Hash hash{};            // over the previous record's hash and every field here (hash_chain.hpp)

    friend bool operator==(const Record&, const Record&) = default;
};

// Where a chain ends. An empty journal's head is {0, all zero}.
struct Head {
    std::uint64_t seq = 0;
    Hash hash{};

    friend bool operator==(const Head&, const Head&) = default;
};

// A data key encrypted by the master key (sealing.hpp). The journal stores it and looks no further.
struct WrappedKey {
    std::string key_id;
    std::string wrapped;

    friend bool operator==(const WrappedKey&, const WrappedKey&) = default;
};

// What one command writes: all of it or none. `keys` are those first used by these drafts.
struct Batch {
    std::vector<Draft> drafts;
    std::vector<WrappedKey> keys;
};

}  // namespace shouwang::journal
