#include "daemon/respond_links.hpp"

#include "daemon/rehearsal/seeded_entropy.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace shouwang;
using namespace shouwang::escalation;
using namespace std::chrono_literals;
using daemon::LinkKey;
using daemon::RespondLinks;

namespace {

const Instant day = std::chrono::sys_days(std::chrono::October / 10 / 2026);

LinkKey link_key(std::uint64_t seed)
{
    rehearsal::SeededEntropy entropy(seed);
    return LinkKey::derive(journal::MasterKey::generate(entropy));
}

Board board_with(const char* id)
{
    Board board;
    Incident& incident = board.incidents[IncidentId(id)];
    incident.id = IncidentId(id);
    incident.stage = Stage::Open;
    return board;
}

Paged paged(const char* id, const char* staff, Instant at)
{
    Paged out;
    out.incident = IncidentId(id);
    out.staff = StaffId(staff);
    out.at = at;
    return out;
}

}  // namespace

TEST_CASE(
    "respond links: a token is 22 letters, one a person, incident and cycle", "[daemon][links]"
)
{
    const RespondLinks links(link_key(1));
    Board board = board_with("I1");
    Incident& incident = board.incidents.at(IncidentId("I1"));
    std::set<std::string> tokens;
    const auto make = [&](const RespondLinks& from, const char* staff) {
        const std::string token = from.token(incident, StaffId(staff));
        CHECK(token.size() == 22);
        CHECK(
            token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_") == std::string::npos
        );
        tokens.insert(token);
    };
    make(links, "a");
    make(links, "b");
    make(links, "a");
    incident.cycle = 2;
    make(links, "a");
    make(RespondLinks(link_key(2)), "a");
    CHECK(tokens.size() == 4);
}

TEST_CASE("respond links: a link opens for who was paged, until the end or 12 h", "[daemon][links]")
{
    RespondLinks links(link_key(1));
    Board board = board_with("I1");
    Incident& incident = board.incidents.at(IncidentId("I1"));
    const std::string token = links.token(incident, StaffId("a"));
    CHECK_FALSE(links.find(token, board, day));
    links.on_event(paged("I1", "a", day), board);
    CHECK(links.find(token, board, day) == RespondLinks::Responder{incident.id, StaffId("a")});
    CHECK_FALSE(links.find(links.token(incident, StaffId("b")), board, day));
    CHECK_FALSE(links.find("", board, day));
    CHECK_FALSE(links.find(token + "A", board, day));

    CHECK(links.find(token, board, day + 12h));
    CHECK_FALSE(links.find(token, board, day + 12h + 1ms));
    links.on_event(paged("I1", "a", day + 13h), board);
    CHECK(links.find(token, board, day + 20h));
    CHECK(links.size() == 1);

    incident.stage = Stage::Closed;
    CHECK_FALSE(links.find(token, board, day + 13h));
    Ended ended;
    ended.incident = incident.id;
    links.on_event(ended, board);
    CHECK(links.size() == 0);
}

TEST_CASE("respond links: a restart finds the same links", "[daemon][links]")
{
    Board board = board_with("I1");
    Incident& incident = board.incidents.at(IncidentId("I1"));
    const std::string token = RespondLinks(link_key(1)).token(incident, StaffId("a"));
    Page page;
    page.staff = StaffId("a");
    page.at = day;
    incident.pages[PageId("I1.1")] = page;
    RespondLinks after(link_key(1));
    after.rebuild(board);
    CHECK(after.find(token, board, day));
}
