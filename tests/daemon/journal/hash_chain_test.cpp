#include "daemon/journal/hash_chain.hpp"

#include "tests/daemon/journal/journal_probe.hpp"
#include "tests/support/dice.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace shouwang::journal {
namespace {

std::vector<Record> make_chain(std::size_t length)
{
    std::vector<Record> records;
    Head head;
    for (std::size_t i = 0; i < length; ++i) {
        const std::string key_id = i % 3 == 0 ? "key-" + std::to_string(i) : "";
        records.push_back(chain(head, test::make_draft(std::to_string(i), key_id)));
        head = {records.back().seq, records.back().hash};
    }
    return records;
}

Head head_of(const std::vector<Record>& records)
{
    return {records.back().seq, records.back().hash};
}

ChainVerdict walk(const std::vector<Record>& records, std::optional<Head> anchor = {})
{
    ChainWalker walker({}, anchor);
    for (const Record& record : records) walker.step(record);
    return walker.finish();
}

// The example of docs/formats/journal.md.
TEST_CASE("hash chain: the documented example comes out as documented", "[journal][chain]")
{
    Draft draft;
    draft.stream = "incident/01J0000000000000000000000A";
    draft.wall_ms = 1'767'225'600'000;
    draft.boottime_ms = 1000;
    draft.boot_id = "b";
    draft.type = "opened";
    draft.open = R"({"level":"red"})";
    const Record first = chain({}, draft);
    CHECK(to_hex(first.hash) == "cb04f90f2dff249d5eb6280ef43730e527eb42dceaa57b0ad53d6e12860ae1cf");
    draft.wall_ms = -1;
    draft.type = "noted";
    draft.open = "{}";
    draft.sealed = std::string("\x00\xFF\x10", 3);
    draft.key_id = "k1";
    const Record second = chain({first.seq, first.hash}, draft);
    CHECK(
        to_hex(second.hash) == "9365945b55ad74eb06507bb11c8ad4798dd4c7d45b57e797bdda7b174f7695b3"
    );
}

TEST_CASE("hash chain: an untouched chain holds, with and without an anchor", "[journal][chain]")
{
    const std::vector<Record> records = make_chain(50);
    CHECK(walk(records).ok());
    CHECK(walk(records).head == head_of(records));
    CHECK(walk(records, head_of(records)).ok());
    CHECK(walk(records, Head{20, records[19].hash}).ok());
    CHECK(walk({}).ok());
}

TEST_CASE("hash chain: every field counts, and so does where it ends", "[journal][chain]")
{
    const Record whole = make_chain(1)[0];
    const std::vector<std::function<void(Record&)>> edits = {
        [](Record& r) { r.seq += 1; },
        [](Record& r) { r.stream += "x"; },
        [](Record& r) { r.wall_ms -= 1; },
        [](Record& r) { r.boottime_ms += 1; },
        [](Record& r) { r.boot_id.pop_back(); },
        [](Record& r) { r.type = "Noted"; },
        [](Record& r) { r.open += " "; },
        [](Record& r) { r.sealed.back() ^= 1; },
        [](Record& r) { r.key_id = "key-1"; },
        [](Record& r) { std::swap(r.wall_ms, r.boottime_ms); },
        [](Record& r) {
            r.type += r.open.front();
            r.open.erase(0, 1);
        },
        [](Record& r) {
            r.sealed += r.key_id;
            r.key_id.clear();
        }};
    for (const auto& edit : edits) {
        Record edited = whole;
        edit(edited);
        CHECK(chain_hash({}, edited) != whole.hash);
    }
    Hash other{};
    other[31] = 1;
    CHECK(chain_hash(other, whole) != whole.hash);
}

TEST_CASE("hash chain: each of thousands of edits is found where it was made", "[journal][chain]")
{
    const std::vector<Record> whole = make_chain(40);
    const Head anchor = head_of(whole);
    test::Dice dice(20260101);
    for (int round = 0; round < 5000; ++round) {
        std::vector<Record> edited = whole;
        const std::size_t at = dice.below(edited.size());
        Record& record = edited[at];
        std::uint64_t first_bad = at + 1;
        const std::uint64_t kind = dice.below(9);
        CAPTURE(round, at, kind);
        const auto flip = [&](std::string& text) {
            if (text.empty())
                text = "x";
            else
                text[dice.below(text.size())] ^= static_cast<char>(1U << dice.below(8));
        };
        if (kind == 0) flip(record.open);
        if (kind == 1) flip(record.sealed);
        if (kind == 2) flip(record.key_id);
        if (kind == 3) record.wall_ms ^= std::int64_t{1} << dice.below(63);
        if (kind == 4)
            record.hash[dice.below(32)] ^= static_cast<std::uint8_t>(1U << dice.below(8));
        if (kind == 5) edited.erase(edited.begin() + static_cast<std::ptrdiff_t>(at));
        if (kind == 6) {
            const std::size_t other = (at + 1 + dice.below(edited.size() - 1)) % edited.size();
            std::swap(edited[at], edited[other]);
            first_bad = std::min(at, other) + 1;
        }
        if (kind == 7) {
            edited.resize(at);
            first_bad = anchor.seq;
        }
        if (kind == 8) edited.insert(edited.begin() + static_cast<std::ptrdiff_t>(at), record);
        if (kind == 8) first_bad = at + 2;
        if (kind == 5 && at + 1 == whole.size()) first_bad = anchor.seq;

        const ChainVerdict verdict = walk(edited, anchor);
        REQUIRE_FALSE(verdict.ok());
        REQUIRE(verdict.bad_seq == first_bad);
        REQUIRE_FALSE(verdict.words().empty());
    }
}

TEST_CASE(
    "hash chain: a chain rewritten to its end is given away by the anchor", "[journal][chain]"
)
{
    const std::vector<Record> whole = make_chain(30);
    std::vector<Record> forged(whole.begin(), whole.begin() + 9);
    for (std::size_t i = 9; i < 30; ++i) {
        Draft draft = whole[i];
        if (i == 9) draft.open = "{}";
        forged.push_back(chain(head_of(forged), draft));
    }
    CHECK(walk(forged).ok());
    const ChainVerdict verdict = walk(forged, Head{25, whole[24].hash});
    CHECK(verdict.fault == ChainFault::AnchorMismatch);
    CHECK(verdict.bad_seq == 25);
}

}  // namespace
}  // namespace shouwang::journal
