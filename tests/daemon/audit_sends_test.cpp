#include "tests/daemon/audit_book.hpp"

#include <catch2/catch.hpp>

using namespace shouwang;
using namespace shouwang::test;

TEST_CASE("audit: a page that nobody begins to send is missed", "[daemon][audit]")
{
    Book book;
    book.ask();
    book.page_porter();
    CHECK(book.at(20s).empty());
    const auto missing = book.ledger.findings(start + 21s);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].kind == Missed::NotStarted);
    CHECK(daemon::words_of(missing[0]) == "R0001 page I1.000001 by sms: its sending was not begun");
    book << started(page, 22s);
    book << finished(page, SendState::Accepted, 24s);
    CHECK(book.at(100s).empty());
}

TEST_CASE("audit: a channel that was put in is watched like the first", "[daemon][audit]")
{
    Book book;
    book.ask();
    book.page_porter();
    book << started(page, 0s);
    book << finished(page, SendState::Failed, 5s);
    auto added = event<ChannelAdded>(5s);
    added.page = page;
    added.channel = voice;
    book << added;
    // A failure has been seen: it may take longer, not for ever.
    CHECK(book.at(80s).empty());
    const auto missing = book.ledger.findings(start + 86s);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].kind == Missed::NotStarted);
    CHECK(missing[0].channel == voice);
}

TEST_CASE("audit: a page is not missed when there is a reason not to send it", "[daemon][audit]")
{
    const auto deed = GENERATE(values<Deed>({
        {"dropped", [](Book& b) { b << finished(page, SendState::Dropped, 1s); }},
        {"done by another", [](Book& b) { b << done(go, 1s, chief); }},
        {"satisfied", [](Book& b) { b.answer(true, false, 1s); }},
        {"declined", [](Book& b) { b.answer(false, true, 1s); }},
        {"ended", [](Book& b) { b << ended(EndOutcome::Closed, 1s); }},
        {"a paused drill", [](Book& b) { b << paused(true, 1s); }},
        {"providers fail",
         [](Book& b) {
             b << reported(two) << event<Opened>(0s, two) << paged(other, 0s, {}, two)
               << finished(other, SendState::Failed, 1s, two);
         }},
        {"a new process", [](Book& b) { b.ledger.restarted(start + 15s); }},
        {"the clock was set", [](Book& b) { b.ledger.clock_moved(start + 15s); }},
    }));
    CAPTURE(deed.what);
    Book book;
    book.ask();
    book.page_porter();
    deed.done(book);
    CHECK(book.at(30s).empty());
}

TEST_CASE("audit: who is turned to after declining is wanted again", "[daemon][audit]")
{
    Book book;
    book.ask();
    book.answer(false, true, 1s);
    book.page_porter(2s);
    CHECK(book.at(23s) == Misses{Missed::NotStarted});
}

TEST_CASE(
    "audit: a word of farewell is watched, and what a merged one has paged", "[daemon][audit]"
)
{
    Book farewell;
    farewell << ended(EndOutcome::Closed, 1s);
    farewell << paged(page, 1s, {});
    CHECK(farewell.at(22s) == Misses{Missed::NotStarted});

    Book gone;
    gone.ask();
    gone.page_porter();
    gone << merged(1s);
    CHECK(gone.at(21s) == Misses{Missed::NotStarted});
}

TEST_CASE("audit: a send without a receipt is missed", "[daemon][audit]")
{
    Book book;
    book.ask();
    book.page_porter();
    book << started(page, 1s);
    CHECK(book.at(21s).empty());
    CHECK(book.at(22s) == Misses{Missed::NoReceipt});
    // Whoever begins anew sends again: that is what is waited for then.
    book.ledger.restarted(start + 60s);
    CHECK(book.at(80s).empty());
    CHECK(book.at(81s) == Misses{Missed::NotStarted});
}

TEST_CASE("audit: a page that is to be tried again is tried, or given up", "[daemon][audit]")
{
    Book book;
    book.ask();
    book.page_porter();
    book << started(page, 0s);
    book << finished(page, SendState::Queued, 1s);
    CHECK(book.at(80s).empty());
    CHECK(book.at(81s) == Misses{Missed::NotEnded});
    book << finished(page, SendState::Unknown, 82s);
    CHECK(book.at(100s).empty());
}

TEST_CASE("audit: in a crowd pages take turns, as long as anything moves", "[daemon][audit]")
{
    Book book;
    book.ask();
    const auto page_of = [](unsigned n) { return PageId("I1.00" + std::to_string(1000 + n)); };
    for (unsigned n = 0; n < 40; ++n) {
        book << paged(page_of(n), 0s, {AskRef{go}});
    }
    Span now = 0s;
    for (unsigned n = 0; n < 36; ++n, now += 2s) {
        INFO("page " << n);
        CHECK(book.at(now).empty());
        book << started(page_of(n), now) << finished(page_of(n), SendState::Accepted, now);
    }
    // Four are left, for which there was a free line all the while.
    CHECK(book.at(now + 20s) == Misses(4, Missed::NotStarted));
}

TEST_CASE("audit: a crowd in which nothing moves is missed", "[daemon][audit]")
{
    Book book;
    book.ask();
    for (unsigned n = 0; n < 12; ++n) {
        book << paged(PageId("I1.00" + std::to_string(n)), 0s, {AskRef{go}});
    }
    CHECK(book.at(21s).size() == 12);
}

TEST_CASE("audit: pages that are over make room", "[daemon][audit]")
{
    Book book;
    book.ask();
    for (unsigned n = 0; n < 1000; ++n) {
        const PageId id("I1." + std::to_string(n));
        book << paged(id, 0s, {}) << started(id, 0s) << finished(id, SendState::Accepted, 0s);
    }
    CHECK(book.ledger.pages() <= 64);
}
