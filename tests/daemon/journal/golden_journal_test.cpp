// Journals written by released formats, kept for ever: what could once be read still can.
#include "daemon/journal/hash_chain.hpp"
#include "daemon/journal/sealing.hpp"
#include "daemon/journal/sqlite_journal.hpp"
#include "daemon/rehearsal/seeded_entropy.hpp"
#include "tests/daemon/journal/journal_probe.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace shouwang::journal {
namespace {

const std::filesystem::path golden =
    std::filesystem::path(SHOUWANG_SOURCE_DIR) / "tests/daemon/journal/golden/v1.journal";

// Not a secret: it seals made-up words.
constexpr std::uint64_t golden_seed = 20'260'101;
constexpr const char* context = "incident/01KDVC6HG0000000000000000A";

TEST_CASE("golden journal: format 1 is read to the last byte", "[journal][golden]")
{
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder / "v1.journal";
    std::filesystem::copy_file(golden, file);
    boost::asio::io_context io;
    SqliteJournal target(io.get_executor(), test::quiet_options(file));
    CHECK(target.start_verdict().ok());
    CHECK(target.head().seq == 9);
    CHECK(
        to_hex(target.head().hash) ==
        "6ee5987d9e454d7c24735d4df758cd37c968a115786c719f8acd22fb0788b44d"
    );
    CHECK(verify(target, target.head()).ok());

    const std::vector<Record> records = test::read_all(target);
    REQUIRE(records.size() == 9);
    std::vector<std::string> types;
    for (const Record& record : records) types.push_back(record.type);
    CHECK(
        types ==
        std::vector<std::string>{
            "adopted", "opened", "paged", "paged", "sent", "answered", "noted", "noted", "closed"}
    );
    CHECK(records[0].stream == "settings");
    CHECK(records[1].stream == context);
    CHECK(records[1].wall_ms == 1'767'225'601'000);
    CHECK(records[1].boottime_ms == 5000);
    CHECK(records[1].open == R"({"level":"red","place":"7号楼4层"})");
    CHECK(records[6].wall_ms == -1);

    rehearsal::SeededEntropy entropy(golden_seed);
    KeyRing ring(MasterKey::generate(entropy), entropy);
    for (const WrappedKey& key : target.keys().value()) CHECK(ring.adopt(key));
    CHECK(ring.open("k1", records[1].sealed, context) == R"({"callback":"199-0000-0001"})");
    CHECK_FALSE(ring.open("k2", records[7].sealed, context));  // destroyed before it was kept
}

// Writes the file anew. Only ever for a new format, under a new name.
TEST_CASE("golden journal: written", "[.golden]")
{
    std::filesystem::remove(golden);
    rehearsal::SeededEntropy entropy(golden_seed);
    KeyRing ring(MasterKey::generate(entropy), entropy);
    boost::asio::io_context io;
    SqliteJournal target(io.get_executor(), test::quiet_options(golden));
    std::int64_t step = 0;
    const auto write = [&](const std::string& type, const std::string& open, const char* key_id) {
        Batch batch;
        Draft draft;
        draft.stream = type == "adopted" ? "settings" : context;
        draft.wall_ms = step == 6 ? -1 : 1'767'225'600'000 + step * 1000;
        draft.boottime_ms = 4000 + step * 1000;
        draft.boot_id = "5f0c2a3e-0000-4000-8000-000000000001";
        draft.type = type;
        draft.open = open;
        draft.key_id = key_id;
        if (!draft.key_id.empty()) {
            if (!ring.holds(key_id)) batch.keys.push_back(ring.create(key_id));
            draft.sealed = ring.seal(key_id, R"({"callback":"199-0000-0001"})", context);
        }
        batch.drafts.push_back(draft);
        REQUIRE(test::append_now(io, target, std::move(batch)));
        ++step;
    };
    write("adopted", R"({"protocol":"notice-safe","version":1})", "");
    write("opened", R"({"level":"red","place":"7号楼4层"})", "k1");
    write("paged", R"({"duty":"S03","page":1})", "");
    write("paged", R"({"duty":"S04","page":2})", "k1");
    write("sent", R"({"page":1})", "");
    write("answered", R"({"answer":"going","page":1})", "");
    write("noted", "{}", "");
    write("noted", R"({"text":true})", "k2");
    write("closed", R"({"reason":"handed over"})", "");
    REQUIRE(target.destroy_key("k2").value());
    WARN("head " << to_hex(target.head().hash));
}

}  // namespace
}  // namespace shouwang::journal
