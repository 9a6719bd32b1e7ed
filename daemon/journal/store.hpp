#pragma once

#include "daemon/journal/record.hpp"

#include <string>
#include <vector>

namespace shouwang::journal {

enum class CommitOutcome { Committed, Full, Unknown };

// Where a journal's records lie. Not thread-safe: its owner uses it from one thread at a time.
class Store {
public:
    virtual ~Store() = default;

    [[nodiscard]] virtual Head head() const = 0;
    [[nodiscard]] virtual bool has_key(const std::string& key_id) = 0;

    // Writes all of it durably, or none. Requires: the records follow head() in the chain and the
    // key ids are new.
    [[nodiscard]] virtual CommitOutcome commit(
        const std::vector<Record>& records, const std::vector<WrappedKey>& keys
    ) = 0;
};

}  // namespace shouwang::journal
