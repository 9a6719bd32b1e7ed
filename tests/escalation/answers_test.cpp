#include "tests/support/board_driver.hpp"
#include "tests/support/protocol_builder.hpp"

using namespace shouwang::escalation;
using namespace shouwang::test;

namespace {

ProtocolBuilder two_duties()
{
    ProtocolBuilder builder;
    builder.duty("find_valve").ladder = {rung(0s, {"plumber", "fitter"}), rung(5min, {"crew"})};
    builder.duty("warn_house").ladder = {rung(0s, {"fitter"}), rung(5min, {"porter"})};
    return builder;
}

End all_clear()
{
    End end;
    end.name = EndName("all_clear");
    end.evidence = {"note"};
    end.signers = {{target("mayor"), target("clerk")}, {target("mayor")}};
    return end;
}

SignEnd sign(const char* staff, const char* note = "aired")
{
    SignEnd out{
        IncidentId("i1"), EndName("all_clear"), StaffId(staff), {}, {staff, StaffId(staff)}};
    if (*note != '\0') out.evidence["note"] = note;
    return out;
}

std::vector<std::size_t> left_to_sign(const BoardDriver& board)
{
    return lists_to_sign(
        board.protocol(), board.directory(), board.incident(), EndName("all_clear")
    );
}

}  // namespace

TEST_CASE(
    "answer: nobody the roster does not know, nobody who was not asked", "[escalation][notice-7]"
)
{
    BoardDriver board(two_duties().protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(board.refused(BoardDriver::answer("nobody", "going")) == "staff_unknown");
    CHECK(board.refused(BoardDriver::answer("crew-1", "going")) == "not_asked");
    CHECK(board.refused(BoardDriver::answer("crew-1", "going", "find_valve")) == "not_asked");
    CHECK(board.refused(BoardDriver::answer("plumber-1", "going", "warn_house")) == "not_asked");
    CHECK(board.refused(BoardDriver::answer("plumber-1", "hm")) == "not_asked");
    CHECK(board.refused(BoardDriver::answer("plumber-1", "going", "no_duty")) == "not_asked");
    Answer elsewhere = BoardDriver::answer("plumber-1", "going");
    elsewhere.incident = IncidentId("i2");
    CHECK(board.refused(elsewhere) == "incident_unknown");
    CHECK(paged(board.run(5min)) == "crew-1 crew-2 crew-3 porter-1");
}

TEST_CASE("answer: several open asks need a name, and the refusal lists them", "[escalation]")
{
    BoardDriver board(two_duties().protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(board.refused(BoardDriver::answer("fitter-1", "going")) == "ask_needed ask_needed");
    board.say("fitter-1", "going", "warn_house");
    CHECK(board.duty("find_valve").open());
    // One is left: no name needed.
    board.say("fitter-1", "cannot");
    CHECK(board.duty("find_valve").asks.at(StaffId("fitter-1")).cannot);
    CHECK(board.duty("warn_house").state == DutyState::Done);
}

TEST_CASE("answer: an operator's word counts as the person's", "[escalation]")
{
    BoardDriver board(two_duties().protocol, DirectoryBuilder().directory, morning);
    board.open();
    Answer proxied = BoardDriver::answer("plumber-1", "going");
    proxied.by = {"desk-token", StaffId("clerk-1")};
    proxied.via = "console";
    board.feed(proxied);
    CHECK(board.duty("find_valve").ended_by == StaffId("plumber-1"));
}

TEST_CASE("answer: a late going joins and changes nothing", "[escalation][notice-7]")
{
    BoardDriver board(two_duties().protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.run(5min);
    board.say("crew-2", "going");
    const auto late = only<Answered>(board.say("plumber-1", "going"));
    REQUIRE(late.size() == 1);
    CHECK(late[0].late);
    CHECK(late[0].satisfies);
    CHECK(board.duty("find_valve").ended_by == StaffId("crew-2"));
    // Both come: one may still take it back.
    board.say("crew-2", "withdrawn");
    CHECK(board.duty("find_valve").state == DutyState::Done);
}

TEST_CASE("answer: whoever the protocol names besides may answer unasked", "[escalation]")
{
    ProtocolBuilder builder = two_duties();
    builder.list("team", {"ready"}, {"done"}).anyone = true;
    Duty& duty = builder.protocol.duties.at(DutyName("find_valve"));
    duty.answer_from = targets({"mayor", "register.team"});
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("mayor-1", "received");
    CHECK(board.refused(BoardDriver::answer("crew-1", "going")) == "not_asked");
    board.say("crew-1", "ready");
    board.say("crew-1", "going");
    CHECK(board.duty("find_valve").state == DutyState::Done);
}

TEST_CASE("register: a better rank takes over, a lesser one does not", "[escalation][notice-7]")
{
    ProtocolBuilder builder = two_duties();
    Register& command = builder.list("command", {"here"}, {"gone"});
    command.one = true;
    command.rank = {RoleName("chief"), RoleName("fitter"), RoleName("crew")};
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    const auto holder = [&] {
        const auto& entries = board.incident().registers.at(RegisterName("command"));
        return entries.size() == 1 ? entries[0].staff.text() : std::to_string(entries.size());
    };
    board.say("fitter-1", "here");
    CHECK(holder() == "fitter-1");
    // A word that moves nobody is not taken for one that did.
    CHECK(board.refused(BoardDriver::answer("crew-1", "here")) == "not_asked");
    CHECK(board.refused(BoardDriver::answer("mayor-1", "here")) == "not_asked");
    CHECK(board.refused(BoardDriver::answer("crew-1", "gone")) == "not_asked");
    board.say("chief-1", "here");
    CHECK(holder() == "chief-1");
    CHECK(board.say("chief-1", "here").empty());
    board.say("chief-1", "gone");
    CHECK(holder() == "0");
}

TEST_CASE(
    "end: refused with everything missing at once, and nothing has changed",
    "[escalation][notice-7]"
)
{
    ProtocolBuilder builder = two_duties();
    End end = all_clear();
    end.refuse = {{fact("smell", Op::IsNot, {"none"}), "still_smells", "air it first"}};
    builder.protocol.ends[end.name] = end;
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    CHECK(
        board.refused(sign("crew-1", "")) ==
        "duty_open duty_open still_smells evidence signer_not_entitled"
    );
    const auto missing =
        missing_for(board.protocol(), board.directory(), board.incident(), end.name, board.now());
    CHECK(missing.size() == 5);
    SignEnd other = sign("mayor-1");
    other.end = EndName("party");
    CHECK(board.refused(other) == "end_unknown");
}

TEST_CASE("end: two different people sign, each for a list of their own", "[escalation][notice-7]")
{
    ProtocolBuilder builder = two_duties();
    builder.protocol.ends[EndName("all_clear")] = all_clear();
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    board.say("fitter-1", "going", "find_valve");
    board.say("fitter-1", "going", "warn_house");
    using Lists = std::vector<std::size_t>;
    CHECK(left_to_sign(board) == Lists{0, 1});
    // The mayor could sign for either list and must not use up the one the clerk needs.
    board.feed(sign("mayor-1"));
    CHECK(left_to_sign(board) == Lists{0, 1});
    CHECK(board.incident().stage == Stage::Open);
    CHECK(board.refused(sign("mayor-1")) == "signer_repeated");
    CHECK(board.refused(sign("crew-1")) == "signer_not_entitled");
    const auto events = board.feed(sign("clerk-1"));
    CHECK(only<Ended>(events).size() == 1);
    CHECK(board.incident().stage == Stage::Closed);
    CHECK(left_to_sign(board).empty());
    CHECK_FALSE(board.board().deadline());
    // Nothing is asked any more, the personal attempts of those still silent included.
    CHECK(board.refused(BoardDriver::answer("plumber-1", "going")) == "ended");
    CHECK(board.refused(BoardDriver::facts({{FactName("smell"), {"none"}}})) == "ended");
    CHECK(board.refused(sign("clerk-1")).starts_with("not_open"));
    for (const auto& [id, page] : board.incident().pages)
        CHECK_FALSE(still_wanted(board.incident(), page));
}

TEST_CASE("end: two who can only sign for the same list do not end it", "[escalation]")
{
    ProtocolBuilder builder = two_duties();
    builder.protocol.ends[EndName("all_clear")] = all_clear();
    builder.protocol.duties.clear();
    builder.protocol.duty_order.clear();
    DirectoryBuilder roster;
    roster.holds("clerk-2", "clerk", "office");
    BoardDriver board(builder.protocol, roster.directory, morning);
    board.open();
    board.feed(sign("clerk-1"));
    CHECK(left_to_sign(board) == std::vector<std::size_t>{1});
    CHECK(board.refused(sign("clerk-2")) == "signer_not_entitled");
    board.feed(sign("mayor-1"));
    CHECK(board.incident().stage == Stage::Closed);
}

TEST_CASE("end: what one account passes on is one signature", "[escalation][notice-7]")
{
    ProtocolBuilder builder = two_duties();
    builder.protocol.ends[EndName("all_clear")] = all_clear();
    builder.protocol.duties.clear();
    builder.protocol.duty_order.clear();
    BoardDriver board(builder.protocol, DirectoryBuilder().directory, morning);
    board.open();
    const auto heard = [](const char* staff, const char* account, const char* own = "porter-1") {
        SignEnd out = sign(staff);
        out.by = {account, StaffId(own)};
        out.heard_by = "the porter";
        return out;
    };
    CHECK(only<EndSigned>(board.feed(heard("mayor-1", "desk"))).at(0).heard_by == "the porter");
    CHECK(board.refused(heard("clerk-1", "desk", "fitter-1")) == "signer_same_account");
    // Nor is it two when one person has two accounts.
    CHECK(board.refused(heard("clerk-1", "other desk")) == "signer_same_account");
    SignEnd more = heard("clerk-1", "other desk", "fitter-1");
    more.evidence["poem"] = "roses";
    CHECK(board.refused(more) == "field_unknown");
    board.feed(heard("clerk-1", "other desk", "fitter-1"));
    CHECK(board.incident().stage == Stage::Closed);
}

TEST_CASE("words: more than is taken is refused, with every bound named", "[escalation]")
{
    BoardDriver board(two_duties().protocol, DirectoryBuilder().directory, morning);
    board.open();
    Answer answer = BoardDriver::answer("plumber-1", "going", "find_valve");
    answer.reason = std::string(2001, 'x');
    answer.heard_by = std::string(401, 'x');
    CHECK(board.refused(answer) == "too_long too_long");
    SetFacts facts = BoardDriver::facts({{FactName("smell"), {"none"}}});
    for (const char* sentence : {"room 4 says", "房间", "line\nbreak"}) {
        facts.source = sentence;
        CHECK(board.refused(facts) == "not_a_word");
    }
    facts.source = "scene";
    board.feed(facts);
    CHECK(board.incident().facts.at({SubjectId(), FactName("smell")}).source == "scene");
}

TEST_CASE("end: a shift that is over does not undo its signature", "[escalation]")
{
    ProtocolBuilder builder = two_duties();
    End end = all_clear();
    end.signers = {{target("plumber")}, {target("mayor")}};
    builder.protocol.ends[end.name] = end;
    builder.protocol.duties.clear();
    builder.protocol.duty_order.clear();
    DirectoryBuilder roster;
    roster.shift("plumber", "office", morning + 6h, morning + 14h, "plumber-3");
    BoardDriver board(builder.protocol, roster.directory, morning);
    board.open();
    board.run(5h + 59min);
    board.feed(sign("plumber-1"));
    board.run(2min);
    board.feed(sign("mayor-1"));
    CHECK(board.incident().stage == Stage::Closed);
}
