// What every Journal promises, run over each of them.
#include "daemon/journal/hash_chain.hpp"
#include "daemon/journal/memory_journal.hpp"
#include "daemon/journal/sqlite_journal.hpp"
#include "tests/daemon/journal/journal_probe.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shouwang::journal {
namespace {

enum class Kind { Memory, SqliteOnLoop, SqliteOnThread };

// A journal that can be closed and opened again, whatever it is kept in.
class Subject {
public:
    explicit Subject(Kind kind) : kind_(kind) { open(); }

    Journal& operator*() { return *journal_; }
    Journal* operator->() { return journal_.get(); }

    void reopen()
    {
        journal_->close();
        run();
        if (kind_ == Kind::Memory) {
            content_ = dynamic_cast<MemoryJournal&>(*journal_).content();
        }
        journal_.reset();
        open();
    }

    void append(Batch batch, std::uint64_t expected_head)
    {
        const std::size_t place = answers.size();
        answers.emplace_back();
        journal_->append(std::move(batch), expected_head, [this, place](AppendResult result) {
            answers[place] = std::move(result);
            order.push_back(place);
        });
    }

    void run()
    {
        io.restart();
        io.run();
    }

    boost::asio::io_context io;
    std::vector<std::optional<AppendResult>> answers;
    std::vector<std::size_t> order;

private:
    void open()
    {
        if (kind_ == Kind::Memory) {
            journal_ = std::make_unique<MemoryJournal>(io.get_executor(), content_);
            return;
        }
        SqliteOptions options = test::quiet_options(folder_ / "journal.db");
        options.committer = kind_ == Kind::SqliteOnLoop ? Committer::Loop : Committer::Thread;
        journal_ = std::make_unique<SqliteJournal>(io.get_executor(), std::move(options));
    }

    Kind kind_;
    test::TemporaryFolder folder_;
    MemoryJournal::Content content_;
    std::unique_ptr<Journal> journal_;
};

Kind any_kind()
{
    const Kind kind = GENERATE(Kind::Memory, Kind::SqliteOnLoop, Kind::SqliteOnThread);
    CAPTURE(static_cast<int>(kind));
    return kind;
}

bool failed_with(const std::optional<AppendResult>& answer, Errc code)
{
    return answer && !*answer && answer->error() == code;
}

TEST_CASE("journal: what was appended is read back byte for byte", "[journal][contract]")
{
    Subject subject(any_kind());
    CHECK(subject->head() == Head{});
    CHECK(test::read_all(*subject).empty());
    CHECK_FALSE(subject->latest_snapshot());
    CHECK(subject->space_state() == SpaceState::Ok);

    Batch batch;
    batch.drafts.push_back(test::make_draft("甲"));
    batch.drafts.push_back(test::make_draft("乙", "key-1"));
    batch.drafts.back().wall_ms = -1;
    batch.drafts.back().open = std::string("a\0b\xFF", 4);
    batch.drafts.push_back(Draft{"", 0, 0, "", "bare", "", "", ""});
    batch.keys.push_back({"key-1", std::string("\0wrapped\0", 9)});
    const Batch written = batch;
    subject.append(std::move(batch), 0);
    subject.run();

    REQUIRE(subject.answers[0]);
    const Appended place = subject.answers[0]->value();
    CHECK(place.first_seq == 1);
    CHECK(place.last_seq == 3);
    CHECK(subject->head() == Head{3, place.hash});

    for (int round = 0; round < 2; ++round, subject.reopen()) {
        const std::vector<Record> records = test::read_all(*subject);
        REQUIRE(records.size() == 3);
        for (std::size_t i = 0; i < 3; ++i) {
            CHECK(static_cast<const Draft&>(records[i]) == written.drafts[i]);
            CHECK(records[i].seq == i + 1);
        }
        CHECK(records[2].hash == place.hash);
        CHECK(subject->keys().value() == written.keys);
        CHECK(verify(*subject, Head{3, place.hash}).ok());
    }
}

TEST_CASE("journal: reading begins, stops and pages where it is told", "[journal][contract]")
{
    Subject subject(any_kind());
    for (std::uint64_t i = 0; i < 700; ++i) subject.append(test::make_batch(std::to_string(i)), i);
    subject.run();
    REQUIRE(subject->head().seq == 700);

    std::vector<std::uint64_t> seen;
    const auto note = [&seen](const Record& record) {
        seen.push_back(record.seq);
        return seen.size() != 600;
    };
    REQUIRE(subject->read(690, Journal::no_limit, note));
    CHECK(seen.size() == 11);
    CHECK(seen.front() == 690);
    seen.clear();
    REQUIRE(subject->read(0, 3, note));
    CHECK(seen == std::vector<std::uint64_t>{1, 2, 3});
    seen.clear();
    REQUIRE(subject->read(1, Journal::no_limit, note));
    CHECK(seen.size() == 600);
    CHECK(seen.back() == 600);
    seen.clear();
    REQUIRE(subject->read(701, Journal::no_limit, note));
    REQUIRE(subject->read(5, 0, note));
    CHECK(seen.empty());
}

TEST_CASE("journal: handlers run on the loop, in order, never inside append", "[journal][contract]")
{
    Subject subject(any_kind());
    for (std::uint64_t i = 0; i < 300; ++i) subject.append(test::make_batch("x", 2), 2 * i);
    CHECK(subject.order.empty());
    subject.run();

    REQUIRE(subject.order.size() == 300);
    for (std::size_t i = 0; i < 300; ++i) {
        CHECK(subject.order[i] == i);
        const Appended place = subject.answers[i]->value();
        CHECK(place.first_seq == 2 * i + 1);
        CHECK(place.last_seq == 2 * i + 2);
    }
    const std::vector<Record> records = test::read_all(*subject);
    for (std::size_t i = 0; i < 300; ++i) {
        CHECK(records[2 * i + 1].hash == subject.answers[i]->value().hash);
    }
}

TEST_CASE("journal: a batch is durable before its handler hears of it", "[journal][contract]")
{
    Subject subject(any_kind());
    bool heard = false;
    subject->append(test::make_batch("x", 3), 0, [&](AppendResult result) {
        heard = true;
        REQUIRE(result);
        CHECK(subject->head().seq == 3);
        CHECK(test::read_all(*subject).size() == 3);
    });
    subject.run();
    CHECK(heard);
}

TEST_CASE(
    "journal: a batch on the wrong head is refused whole, with all behind it", "[journal][contract]"
)
{
    Subject subject(any_kind());
    subject.append(test::make_batch("a", 2), 0);
    subject.append(test::make_batch("wrong", 2), 7);
    // Right by accident, but its author believed in the batch before it.
    subject.append(test::make_batch("behind"), 2);
    subject.append(test::make_batch("far behind"), 9);
    subject.run();

    CHECK(subject.answers[0]->has_value());
    for (const std::size_t i : {1U, 2U, 3U}) CHECK(failed_with(subject.answers[i], Errc::Conflict));
    CHECK(subject.order == std::vector<std::size_t>{0, 1, 2, 3});
    CHECK(test::read_all(*subject).size() == 2);

    // Whoever has heard of the failure may go on from the true head.
    subject.append(test::make_batch("b"), subject->head().seq);
    subject.run();
    CHECK(subject.answers[4]->value().first_seq == 3);
    subject.reopen();
    CHECK(verify(*subject).ok());
    CHECK(subject->head().seq == 3);
}

TEST_CASE("journal: a failure's handler may append at once", "[journal][contract]")
{
    Subject subject(any_kind());
    std::optional<AppendResult> second;
    subject->append(test::make_batch("wrong"), 5, [&](AppendResult first) {
        CHECK(first.error() == Errc::Conflict);
        subject->append(test::make_batch("right"), 0, [&](AppendResult result) {
            second = result;
        });
    });
    subject.append(test::make_batch("behind"), 6);
    subject.run();
    CHECK(failed_with(subject.answers[0], Errc::Conflict));
    REQUIRE(second);
    CHECK(second->value().last_seq == 1);
}

TEST_CASE("journal: a key id is taken once", "[journal][contract]")
{
    Subject subject(any_kind());
    const auto with_key = [](const std::string& mark, std::vector<WrappedKey> keys) {
        Batch batch = test::make_batch(mark);
        batch.keys = std::move(keys);
        return batch;
    };
    subject.append(with_key("a", {{"k1", "w1"}}), 0);
    subject.run();
    subject.append(with_key("b", {{"k1", "w2"}}), 1);
    subject.run();
    subject.append(with_key("c", {{"k2", "w2"}, {"k2", "w3"}}), 1);
    subject.run();
    subject.append(with_key("d", {{"k3", "w3"}}), 1);
    subject.append(with_key("e", {{"k3", "w4"}}), 2);
    subject.run();

    CHECK(subject.answers[0]->has_value());
    CHECK(failed_with(subject.answers[1], Errc::Conflict));
    CHECK(failed_with(subject.answers[2], Errc::Conflict));
    CHECK(subject.answers[3]->has_value());
    CHECK(failed_with(subject.answers[4], Errc::Conflict));
    CHECK(subject->keys().value() == std::vector<WrappedKey>{{"k1", "w1"}, {"k3", "w3"}});
}

TEST_CASE("journal: a destroyed key is gone for good and the chain holds", "[journal][contract]")
{
    Subject subject(any_kind());
    Batch batch;
    batch.drafts.push_back(test::make_draft("a", "k1"));
    batch.keys = {{"k1", "w1"}, {"k2", "w2"}};
    subject.append(std::move(batch), 0);
    subject.run();

    CHECK(subject->destroy_key("k1").value());
    CHECK_FALSE(subject->destroy_key("k1").value());
    CHECK_FALSE(subject->destroy_key("never").value());
    for (int round = 0; round < 2; ++round, subject.reopen()) {
        CHECK(subject->keys().value() == std::vector<WrappedKey>{{"k2", "w2"}});
        CHECK(verify(*subject, subject->head()).ok());
        CHECK(subject->head().seq == 1);
    }
}

TEST_CASE("journal: closing commits what is queued and refuses the rest", "[journal][contract]")
{
    Subject subject(any_kind());
    for (std::uint64_t i = 0; i < 100; ++i) subject.append(test::make_batch("x"), i);
    subject->close();
    subject->close();
    CHECK_FALSE(subject->has_room());
    subject.append(test::make_batch("late"), 100);
    subject.run();

    for (std::size_t i = 0; i < 100; ++i) CHECK(subject.answers[i]->has_value());
    CHECK(failed_with(subject.answers[100], Errc::Closed));
    subject.reopen();
    CHECK(subject->head().seq == 100);
}

TEST_CASE("journal: the queue is bounded and says so", "[journal][contract]")
{
    boost::asio::io_context io;
    MemoryJournal memory(io.get_executor());
    memory.hold_commits(true);
    std::size_t busy = 0;
    std::size_t written = 0;
    const auto count = [&](AppendResult result) {
        if (result) ++written;
        if (!result && result.error() == Errc::Busy) ++busy;
    };
    std::uint64_t head = 0;
    for (; memory.has_room(); ++head) memory.append(test::make_batch("x"), head, count);
    CHECK(head == CommitQueue::batches_max);
    memory.append(test::make_batch("x"), head, count);
    io.poll();
    CHECK(busy == 1);
    CHECK(written == 0);

    memory.hold_commits(false);
    io.restart();
    io.run();
    CHECK(written == head);
    CHECK(memory.has_room());

    memory.hold_commits(true);
    Batch heavy = test::make_batch("x");
    heavy.drafts[0].open.assign(CommitQueue::bytes_max, ' ');
    memory.append(std::move(heavy), head, count);
    CHECK_FALSE(memory.has_room());
}

TEST_CASE("journal: a malformed batch is the caller's bug", "[journal][contract]")
{
    Subject subject(any_kind());
    const auto append = [&](const Batch& batch) {
        subject->append(batch, 0, [](const AppendResult&) { FAIL("nothing was queued"); });
    };
    Batch batch;
    CHECK_THROWS_AS(append(batch), std::invalid_argument);
    batch = test::make_batch("x");
    batch.drafts[0].type.clear();
    CHECK_THROWS_AS(append(batch), std::invalid_argument);
    batch = test::make_batch("x");
    batch.drafts[0].sealed = "sealed under nothing";
    CHECK_THROWS_AS(append(batch), std::invalid_argument);
    batch = test::make_batch("x");
    batch.drafts[0].key_id = "k";
    CHECK_THROWS_AS(append(batch), std::invalid_argument);
    batch = test::make_batch("x");
    batch.keys.push_back({"", "w"});
    CHECK_THROWS_AS(append(batch), std::invalid_argument);
    subject.run();
    CHECK(subject->head() == Head{});
}

TEST_CASE("journal: stores of different kinds hold the same chain", "[journal][contract]")
{
    Subject memory(Kind::Memory);
    Subject thread(Kind::SqliteOnThread);
    Subject loop(Kind::SqliteOnLoop);
    for (Subject* subject : {&memory, &thread, &loop}) {
        for (std::uint64_t i = 0; i < 20; ++i) {
            subject->append(test::make_batch(std::to_string(i), 3), 3 * i);
            if (i % 4 == 0) subject->run();
        }
        subject->run();
    }
    CHECK(test::read_all(*memory) == test::read_all(*thread));
    CHECK(test::read_all(*memory) == test::read_all(*loop));
}

}  // namespace
}  // namespace shouwang::journal
