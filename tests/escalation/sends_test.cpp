#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

ProtocolBuilder valve()
{
    ProtocolBuilder builder;
    Duty& duty = builder.duty("find_valve");
    duty.ladder = {rung(0s, {"plumber", "fitter"}), rung(5min, {"crew"})};
    duty.forever = Forever{};
    duty.forever->every = 5min;
    return builder;
}

FinishSend finish(const PageId& page, const char* channel, SendState state)
{
    return {IncidentId("i1"), page, ChannelName(channel), state, "", "", {}};
}

PageId page_to(const std::vector<Event>& events, const char* staff)
{
    for (const auto& page : only<Paged>(events))
        if (page.staff == StaffId(staff)) return page.page;
    FAIL("no page to " << staff);
    return {};
}

// Everything a page could go by has failed.
std::vector<Event> fail(BoardDriver& board, const PageId& page)
{
    std::vector<Event> out;
    const auto all = board.incident().pages.at(page).channels;
    for (const auto& [channel, state] : all) {
        const auto events = board.feed(finish(page, channel.text().c_str(), SendState::Failed));
        out.insert(out.end(), events.begin(), events.end());
    }
    return out;
}

}  // namespace

TEST_CASE("send: what was tried and what became of it is kept", "[escalation]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    const PageId page = page_to(board.open(), "fitter-1");
    const auto channel = [&](const char* name) {
        return board.incident().pages.at(page).channels.at(ChannelName(name));
    };
    CHECK(channel("radio").state == SendState::Queued);
    const StartSend start{IncidentId("i1"), page, ChannelName("radio"), "phone", false};
    board.feed(start);
    board.feed(finish(page, "radio", SendState::Queued));
    board.feed(start);
    CHECK(channel("radio").state == SendState::Started);
    CHECK(channel("radio").attempts == 2);
    CHECK_FALSE(board.incident().pages.at(page).finished());
    FinishSend failed = finish(page, "radio", SendState::Failed);
    failed.fall_over = {ChannelName("bell"), ChannelName("radio")};
    const auto events = board.feed(failed);
    CHECK(only<ChannelAdded>(events).size() == 1);
    CHECK(channel("bell").state == SendState::Queued);
    CHECK(only<Unreachable>(events).empty());
    board.feed(finish(page, "bell", SendState::Accepted));
    CHECK(board.incident().pages.at(page).finished());
    CHECK(board.refused(finish(page, "pigeon", SendState::Failed)) == "page_unknown");
    CHECK(board.refused(finish(PageId("i1.9"), "radio", SendState::Failed)) == "page_unknown");
}

TEST_CASE(
    "send: the next rung starts when nobody of those asked can be reached", "[escalation][notice-7]"
)
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    const auto opened = board.open();
    board.run(10s);
    CHECK(paged(fail(board, page_to(opened, "fitter-1"))).empty());
    CHECK(board.duty("find_valve").asks.at(StaffId("fitter-1")).unreachable);
    const auto events = fail(board, page_to(opened, "plumber-1"));
    CHECK(paged(events) == "crew-1 crew-2 crew-3");
    CHECK(only<RungReached>(events).at(0).because == RungBecause::Unreachable);
    // Reached by other means, they answer all the same.
    board.say("fitter-1", "going");
    CHECK_FALSE(board.duty("find_valve").asks.at(StaffId("fitter-1")).unreachable);
}

TEST_CASE("send: failing repeats do not set off one another", "[escalation]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    std::vector<PageId> waiting;
    const auto take = [&](const std::vector<Event>& events) {
        for (const auto& page : only<Paged>(events)) waiting.push_back(page.page);
    };
    take(board.open());
    // Every provider is down, and refuses at once.
    unsigned failed = 0;
    for (; !waiting.empty() && failed < 1000; ++failed) {
        const PageId page = waiting.back();
        waiting.pop_back();
        take(fail(board, page));
    }
    CHECK(failed < 20);
    // Nobody answers, yet the last list has been told, and is told again in its time.
    REQUIRE(board.duty("find_valve").asks.contains(StaffId("watchman-1")));
    CHECK(paged(board.run(5min)).find("watchman-1") != std::string::npos);
}

TEST_CASE("send: a page is dropped once its asks are settled", "[escalation]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    const auto opened = board.open();
    const auto wanted = [&](const PageId& page) {
        return still_wanted(board.incident(), board.incident().pages.at(page));
    };
    const PageId first = page_to(opened, "plumber-1");
    const PageId second = page_to(board.run(5min), "crew-1");
    CHECK(wanted(first));
    CHECK(wanted(second));
    board.run(1s);
    board.say("fitter-1", "going");
    CHECK_FALSE(wanted(page_to(opened, "fitter-1")));
    CHECK(wanted(first));  // asked first, still silent
    CHECK_FALSE(wanted(second));
    board.say("fitter-1", "withdrawn");
    CHECK(wanted(second));
    board.say("crew-1", "cannot");
    CHECK_FALSE(wanted(second));
}

TEST_CASE("send: what is adopted is noted once", "[escalation]")
{
    BoardDriver board(valve().protocol, DirectoryBuilder().directory, morning);
    const Adopt adopt{"roster", "autumn", "abc", "text"};
    CHECK(board.feed(adopt).size() == 1);
    CHECK(board.feed(adopt).empty());
    CHECK(board.board().adopted.at("roster").hash == "abc");
}
