#include "tests/daemon/audit_book.hpp"

#include <catch2/catch.hpp>

using namespace shouwang;
using namespace shouwang::test;

TEST_CASE("audit: a rung is missed ten seconds after it was due", "[daemon][audit]")
{
    Book book;
    book.ask();
    CHECK(book.at(130s).empty());
    const auto missing = book.ledger.findings(start + 130s + 1ms);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].kind == Missed::Rung);
    CHECK(missing[0].number == 2);
    CHECK(missing[0].since == start + 120s);
    // The scope may be a person's.
    CHECK(daemon::words_of(missing[0]) == "R0001 go: rung 2 is not reached");
}

TEST_CASE("audit: the deadlines of a duty are silent when there is a reason", "[daemon][audit]")
{
    const auto deed = GENERATE(values<Deed>({
        {"reached", [](Book& b) { b << reached(go, 1, 120s); }},
        {"done", [](Book& b) { b << done(go, 1s, porter); }},
        {"done by circumstances", [](Book& b) { b << done(go, 1s, StaffId()); }},
        {"moot", [](Book& b) { b << event_of<DutyMoot>(go, 1s); }},
        {"waived", [](Book& b) { b << event_of<DutyWaived>(go, 1s); }},
        {"closed", [](Book& b) { b << ended(EndOutcome::Closed, 1s); }},
        {"a false alarm", [](Book& b) { b << ended(EndOutcome::FalseAlarm, 1s); }},
        {"a drill that ended", [](Book& b) { b << ended(EndOutcome::DrillEnded, 1s); }},
        {"dismissed", [](Book& b) { b << event<Dismissed>(1s); }},
        {"attached", [](Book& b) { b << event<Attached>(1s); }},
        {"merged", [](Book& b) { b << merged(1s); }},
        {"a paused drill", [](Book& b) { b << paused(true, 1s); }},
        {"renewed",
         [](Book& b) {
             auto renewed = event_of<DutyRenewed>(go, 1s);
             renewed.rungs = second_rung_at(10min);
             b << renewed;
         }},
        {"reported anew", [](Book& b) { b.open(one); }},
    }));
    CAPTURE(deed.what);
    Book book;
    book.ask();
    book << entered();
    deed.done(book);
    // What comes after the last rung is looked at below.
    if (deed.what == "reached") book << armed(go, 120s, 1h);
    CHECK(book.at(5min).empty());
}

TEST_CASE("audit: what was put off and goes on is watched again", "[daemon][audit]")
{
    const auto deed = GENERATE(values<Deed>({
        {"reopened", [](Book& b) { b << done(go, 1s, porter) << event_of<DutyReopened>(go, 2s); }},
        {"not paused any more", [](Book& b) { b << paused(true, 1s) << paused(false, 2s); }},
        {"a new cycle",
         [](Book& b) {
             b << ended(EndOutcome::Closed, 1s);
             b << event<Reopened>(2s);
         }},
        {"split off", [](Book& b) { b << merged(1s) << event<SplitOff>(2s); }},
        {"raised",
         [](Book& b) {
             auto raised = event_of<DutyRaised>(go, 1s);
             raised.rungs = second_rung_at(60s);
             b << raised;
         }},
        {"one answer to another duty",
         [](Book& b) {
             b.ask(call);
             b << reached(call, 1, 0s) << done(call, 1s, porter);
         }},
        {"only a lane ended", [](Book& b) { b << ended(EndOutcome::Lane, 1s); }},
        {"aftercare", [](Book& b) { b << ended(EndOutcome::Aftercare, 1s); }},
    }));
    CAPTURE(deed.what);
    Book book;
    book.ask();
    deed.done(book);
    CHECK(book.at(131s) == Misses{Missed::Rung});
}

TEST_CASE("audit: a repeat that does not come is missed", "[daemon][audit]")
{
    Book book;
    book.ask();
    book << reached(go, 1, 120s) << armed(go, 120s, 7min);
    CHECK(book.at(7min + 10s).empty());
    CHECK(book.at(7min + 11s) == Misses{Missed::Repeat});
    auto repeat = event_of<RepeatReached>(go, 7min);
    repeat.next = start + 12min;
    book << repeat;
    CHECK(book.at(7min + 11s).empty());
    CHECK(book.at(12min + 11s) == Misses{Missed::Repeat});
    book << done(go, 13min, porter);
    CHECK(book.at(1h).empty());
}

TEST_CASE("audit: a personal attempt is missed, also when the duty is done", "[daemon][audit]")
{
    Book book;
    book.ask(go, {start + 60s, start + 180s});
    book << done(go, 30s, chief);
    CHECK(book.at(71s) == Misses{Missed::Attempt});
    book << paged(page, 60s, {AskRef{go, true}});
    book << finished(page, SendState::Accepted, 61s);
    CHECK(book.at(71s).empty());
    CHECK(book.at(191s) == Misses{Missed::Attempt});
}

TEST_CASE("audit: no attempt is missed on whom nobody has to reach any more", "[daemon][audit]")
{
    const auto deed = GENERATE(values<Deed>({
        {"they answered", [](Book& b) { b.answer(false, false, 1s); }},
        {"lapsed", [](Book& b) { b << event_of<DutyLapsed>(go, 1s); }},
        {"moot", [](Book& b) { b << event_of<DutyMoot>(go, 1s); }},
        {"waived", [](Book& b) { b << event_of<DutyWaived>(go, 1s); }},
        {"over but for aftercare",
         [](Book& b) {
             b << done(go, 1s, chief);
             b << ended(EndOutcome::Aftercare, 1s);
         }},
        {"closed", [](Book& b) { b << ended(EndOutcome::Closed, 1s); }},
        {"put off by a raise",
         [](Book& b) {
             auto raised = event_of<DutyRaised>(go, 1s);
             raised.rungs = second_rung_at(1h);
             raised.attempts[porter] = {start + 1h};
             b << raised;
         }},
    }));
    CAPTURE(deed.what);
    Book book;
    book.ask(go, {start + 60s});
    book << entered();
    deed.done(book);
    CHECK(book.at(90s).empty());
}

TEST_CASE("audit: a duty that does not lapse is missed", "[daemon][audit]")
{
    Book book;
    auto opened = event_of<DutyOpened>(go, 0s);
    opened.lapses_at = start + 1h;
    book << opened;
    CHECK(book.at(1h + 10s).empty());
    CHECK(book.at(1h + 11s) == Misses{Missed::Lapse});
    auto goes_on = event_of<DutyLapsed>(go, 1h);
    goes_on.final = false;
    goes_on.lapses_at = start + 2h;
    book << goes_on;
    CHECK(book.at(1h + 11s).empty());
    CHECK(book.at(2h + 11s) == Misses{Missed::Lapse});
}

TEST_CASE("audit: a condition that waits for time is looked at in time", "[daemon][audit]")
{
    Book book;
    auto check = event<CheckArmed>(0s);
    check.check_at = start + 30min;
    book << check;
    CHECK(book.at(30min + 10s).empty());
    CHECK(book.at(30min + 11s) == Misses{Missed::Check});
    auto turn = event<CheckArmed>(30min);
    turn.turns_at = start + 8h;
    book << turn;
    CHECK(book.at(30min + 11s).empty());
    CHECK(book.at(8h + 11s) == Misses{Missed::Check});
    book << paused(true, 1h);
    CHECK(book.at(8h + 11s).empty());
}

TEST_CASE("audit: a drill ends in time, also while it is paused", "[daemon][audit]")
{
    Book book;
    Reported drill = reported(one);
    drill.ends_at = start + 1h;
    book << drill << event<Opened>(0s) << paused(true, 1s);
    CHECK(book.at(1h + 10s).empty());
    CHECK(book.at(1h + 11s) == Misses{Missed::DrillEnd});
    book << ended(EndOutcome::DrillEnded, 1h);
    CHECK(book.at(1h + 11s).empty());
}

TEST_CASE("audit: a duty of life with nothing ahead is adrift", "[daemon][audit]")
{
    Book book;
    book.ask();
    book << reached(go, 1, 120s);
    CHECK(book.at(120s) == Misses{Missed::Adrift});
    const auto saved = GENERATE(values<Deed>({
        {"a repeat", [](Book& b) { b << armed(go, 0s, 5min); }},
        {"done", [](Book& b) { b << done(go, 0s, porter); }},
        {"moot", [](Book& b) { b << event_of<DutyMoot>(go, 0s); }},
        {"lapsed, and somebody is there",
         [](Book& b) { b << event_of<DutyLapsed>(go, 0s) << entered(); }},
        {"lapsed, and another comes",
         [](Book& b) {
             b << event_of<DutyLapsed>(go, 0s);
             b.ask(call);
         }},
        {"paused", [](Book& b) { b << paused(true, 0s); }},
    }));
    CAPTURE(saved.what);
    saved.done(book);
    CHECK(book.at(120s).empty());
}

TEST_CASE("audit: an incident that all have left is adrift", "[daemon][audit]")
{
    Book book;
    book.ask();
    book << entered() << event_of<DutyLapsed>(go, 0s);
    CHECK(book.at(0s).empty());
    book << left();
    CHECK(book.at(0s) == Misses{Missed::Adrift});
    // A report that nothing opens in time.
    Book review;
    review << reported(two);
    CHECK(review.at(0s) == Misses{Missed::Adrift});
    // At the mildest level a protocol may ask nobody.
    CHECK(Book().at(0s).empty());
}

TEST_CASE("audit: what comes over from another incident goes on where it stands", "[daemon][audit]")
{
    Book book;
    auto carried = event<DutyCarried>(0s);
    carried.as.key = go;
    carried.as.rungs = {{LevelName(), start, start}};
    carried.as.forever_next = start + 5min;
    Ask ask;
    ask.staff = porter;
    ask.attempts = {start + 60s};
    carried.asks = {ask};
    book << carried;
    CHECK(book.at(60s).empty());
    CHECK(book.at(71s) == Misses{Missed::Attempt});
    book.answer(false, false, 71s);
    CHECK(book.at(5min + 11s) == Misses{Missed::Repeat});
}

TEST_CASE("audit: what speaks of an unknown incident changes nothing", "[daemon][audit]")
{
    AuditLedger ledger;
    for (const Event& event :
         {Event(event<DutyOpened>(0s, two)),
          Event(paged(page, 0s, {}, two)),
          Event(event<SendStarted>(0s, two)),
          Event(finished(page, SendState::Queued, 1s, two)),
          Event(ended(EndOutcome::Closed, 2s, two))})
        ledger.feed(event);
    CHECK(ledger.incidents() == 0);
    CHECK(ledger.findings(start + 1h).empty());
}

TEST_CASE("audit: what has ended long ago is forgotten, and goes on in part", "[daemon][audit]")
{
    Book book;
    book.ask();
    book << ended(EndOutcome::Closed, 1s);
    for (std::size_t n = 0; n < AuditLedger::ended_kept; ++n) {
        const IncidentId id("X" + std::to_string(n));
        book << reported(id) << event<Opened>(0s, id) << ended(EndOutcome::Closed, 1s, id);
    }
    CHECK(book.ledger.incidents() == AuditLedger::ended_kept);
    book << event<Reopened>(1h);
    CHECK(book.at(1h).empty());  // what it knows is no ground to call it adrift
    book.ask(call);
    const auto missing = book.ledger.findings(start + 131s);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].duty == call);
}
