#include "daemon/journal/hash_chain.hpp"

#include <sodium.h>

#include <limits>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace shouwang::journal {

namespace {

// RFC 6962's leaf byte: nothing else hashed with this function may start with it.
constexpr std::uint8_t record_domain = 0x00;

class Hasher {
public:
    Hasher() { crypto_hash_sha256_init(&state_); }

    void bytes(const std::uint8_t* data, std::size_t size)
    {
        crypto_hash_sha256_update(&state_, data, size);
    }

    void field(std::string_view text)
    {
        if (text.size() > std::numeric_limits<std::uint32_t>::max()) {
            throw std::length_error("a journal field of 4 GiB or more");
        }
        big_endian<4>(text.size());
        bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    }

    void field(std::uint64_t number)
    {
        big_endian<4>(8);
        big_endian<8>(number);
    }

    void field(std::int64_t number) { field(static_cast<std::uint64_t>(number)); }

    [[nodiscard]] Hash finish()
    {
        Hash hash{};
        crypto_hash_sha256_final(&state_, hash.data());
        return hash;
    }

private:
    template <std::size_t Width>
    void big_endian(std::uint64_t number)
    {
        std::array<std::uint8_t, Width> out{};
        for (std::size_t i = Width; i-- > 0; number >>= 8U) {
            out[i] = static_cast<std::uint8_t>(number);
        }
        bytes(out.data(), out.size());
    }

    crypto_hash_sha256_state state_{};
};

}  // namespace

Hash chain_hash(const Hash& previous, const Record& record)
{
    Hasher hasher;
    hasher.bytes(&record_domain, 1);
    hasher.bytes(previous.data(), previous.size());
    hasher.field(record.seq);
    hasher.field(record.stream);
    hasher.field(record.wall_ms);
    hasher.field(record.boottime_ms);
    hasher.field(record.boot_id);
    hasher.field(record.type);
    hasher.field(record.open);
    hasher.field(record.sealed);
    hasher.field(record.key_id);
    return hasher.finish();
}

Record chain(const Head& head, Draft draft)
{
    Record record{std::move(draft), head.seq + 1, {}};
    record.hash = chain_hash(head.hash, record);
    return record;
}

std::string ChainVerdict::words() const
{
    const std::string seq = std::to_string(bad_seq);
    switch (fault) {
        case ChainFault::None:
            return "the chain holds up to record " + std::to_string(head.seq) + ", head " +
                   to_hex(head.hash);
        case ChainFault::Gap: return "record " + seq + " is missing or out of order";
        case ChainFault::HashMismatch: return "record " + seq + " is not what was written";
        case ChainFault::Unreadable: return "record " + seq + " cannot be read";
        case ChainFault::BehindAnchor:
            return "the journal ends at record " + std::to_string(head.seq) +
                   " but was known to reach record " + seq;
        case ChainFault::AnchorMismatch:
            return "record " + seq + " is not the one that was anchored: the journal was rewritten";
    }
    return {};
}

ChainWalker::ChainWalker(Head from, std::optional<Head> anchor) : anchor_(anchor)
{
    verdict_.head = from;
}

bool ChainWalker::step(const Record& record)
{
    if (!verdict_.ok()) return false;

    const std::uint64_t wanted = verdict_.head.seq + 1;
    if (record.seq != wanted) {
        blame(ChainFault::Gap, wanted);
    } else if (record.hash != chain_hash(verdict_.head.hash, record)) {
        blame(ChainFault::HashMismatch, wanted);
    } else if (anchor_ && anchor_->seq == wanted && anchor_->hash != record.hash) {
        blame(ChainFault::AnchorMismatch, wanted);
    } else {
        verdict_.head = {record.seq, record.hash};
    }
    return verdict_.ok();
}

void ChainWalker::unreadable()
{
    blame(ChainFault::Unreadable, verdict_.head.seq + 1);
}

ChainVerdict ChainWalker::finish()
{
    if (anchor_ && anchor_->seq > verdict_.head.seq) blame(ChainFault::BehindAnchor, anchor_->seq);
    return verdict_;
}

void ChainWalker::blame(ChainFault fault, std::uint64_t seq)
{
    if (!verdict_.ok()) return;
    verdict_.fault = fault;
    verdict_.bad_seq = seq;
}

ChainVerdict verify(const Journal& journal, std::optional<Head> anchor)
{
    ChainWalker walker({}, anchor);
    const auto step = [&walker](const Record& record) { return walker.step(record); };
    const auto read = journal.read(1, Journal::no_limit, step);
    if (!read) walker.unreadable();
    return walker.finish();
}

std::string to_hex(const Hash& hash)
{
    std::array<char, 65> text{};
    sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
    return text.data();
}

}  // namespace shouwang::journal
