#include "daemon/journal/memory_journal.hpp"

#include "daemon/journal/hash_chain.hpp"
#include "tests/daemon/journal/journal_probe.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <vector>

namespace shouwang::journal {
namespace {

struct Bench {
    boost::asio::io_context io;
    MemoryJournal memory{io.get_executor()};
    std::vector<AppendResult> answers;

    void append(std::uint64_t expected_head, std::size_t drafts = 1)
    {
        memory.append(test::make_batch("x", drafts), expected_head, [this](AppendResult result) {
            answers.push_back(std::move(result));
        });
    }

    void run()
    {
        // Not run(): a batch held back is work that would be waited for.
        io.restart();
        io.poll();
    }
};

TEST_CASE("memory journal: a full disk writes nothing until there is space", "[journal][memory]")
{
    Bench bench;
    bench.append(0);
    bench.run();
    bench.memory.set_full(true);
    bench.append(1);
    bench.append(2);
    bench.run();
    REQUIRE(bench.answers.size() == 3);
    CHECK(bench.answers[1].error() == Errc::Full);
    CHECK(bench.answers[2].error() == Errc::Full);
    CHECK(bench.memory.space_state() == SpaceState::Full);
    CHECK(bench.memory.head().seq == 1);

    bench.memory.set_full(false);
    bench.append(1, 2);
    bench.run();
    CHECK(bench.answers[3].value().last_seq == 3);
    CHECK(bench.memory.space_state() == SpaceState::Ok);
    CHECK(verify(bench.memory).ok());
}

TEST_CASE("memory journal: an unknown outcome is unknown for ever", "[journal][memory]")
{
    const auto kept = GENERATE(MemoryJournal::Kept::No, MemoryJournal::Kept::Yes);
    Bench bench;
    bench.memory.fail_next_commit(kept);
    bench.append(0);
    bench.run();
    bench.append(0);
    bench.append(1);
    bench.run();
    REQUIRE(bench.answers.size() == 3);
    for (const AppendResult& answer : bench.answers) CHECK(answer.error() == Errc::OutcomeUnknown);

    bench.memory.crash();
    MemoryJournal next(bench.io.get_executor(), bench.memory.content());
    CHECK(next.head().seq == (kept == MemoryJournal::Kept::Yes ? 1 : 0));
}

TEST_CASE(
    "memory journal: a crash drops what was not durable and tells nobody", "[journal][memory]"
)
{
    Bench bench;
    bench.append(0);
    bench.run();
    bench.memory.hold_handlers(true);
    bench.append(1);
    bench.run();
    CHECK(bench.answers.size() == 1);
    CHECK(bench.memory.content().records.size() == 2);
    bench.memory.hold_commits(true);
    bench.append(2);
    bench.io.poll();
    bench.memory.crash();
    bench.append(3);
    bench.run();
    CHECK(bench.answers.size() == 1);
    CHECK(bench.memory.content().records.size() == 2);
}

TEST_CASE("memory journal: a crash also takes handlers on their way", "[journal][memory]")
{
    Bench bench;
    bench.append(0);
    bench.io.run_one();  // the commit; its handler is posted behind it
    CHECK(bench.memory.head().seq == 1);
    bench.memory.crash();
    bench.run();
    CHECK(bench.answers.empty());
}

TEST_CASE("memory journal: held batches and handlers come in order", "[journal][memory]")
{
    Bench bench;
    bench.memory.hold_commits(true);
    bench.append(0);
    bench.append(1);
    bench.io.poll();
    CHECK(bench.memory.head().seq == 0);
    bench.memory.hold_handlers(true);
    bench.memory.hold_commits(false);
    bench.io.restart();
    bench.io.poll();
    CHECK(bench.memory.head().seq == 2);
    CHECK(bench.answers.empty());
    bench.memory.hold_handlers(false);
    bench.run();
    REQUIRE(bench.answers.size() == 2);
    CHECK(bench.answers[0].value().last_seq == 1);
    CHECK(bench.answers[1].value().last_seq == 2);
}

}  // namespace
}  // namespace shouwang::journal
