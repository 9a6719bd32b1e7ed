// What stands in the way of each ending of notice-safe, let go of one by one: every guard is seen
// to hold, and seen to give way to the one thing it waits for.

#include "config/protocol_loader.hpp"
#include "config/roster.hpp"
#include "tests/support/board_driver.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <string>

using namespace shouwang;
using namespace shouwang::escalation;
using namespace std::chrono_literals;
using test::BoardDriver;

namespace {

// 2026-10-13, a Tuesday, 10:00 in UTC+8.
constexpr Instant morning = std::chrono::sys_days(std::chrono::October / 13 / 2026) + 2h;
const IncidentId first("i1");

BoardDriver school()
{
    const std::filesystem::path source(SHOUWANG_SOURCE_DIR);
    const auto hash = [](std::string_view text) { return std::to_string(text.size()); };
    const auto protocol =
        config::load_protocol(source / "config/protocol/notice-safe.toml", {hash});
    const auto roster = config::load_roster(source / "tests/rosters/nlmu-small", 8h, {hash, {}});
    REQUIRE(protocol.protocol);
    REQUIRE(roster.directory);
    return {*protocol.protocol, *roster.directory, morning};
}

using Facts = std::map<FactName, FactValue>;

Facts facts(std::initializer_list<std::pair<const char*, const char*>> values)
{
    Facts out;
    for (const auto& [name, value] : values) out[FactName(name)] = {value};
    return out;
}

// All there is to ask about somebody, answered for the best.
Facts well()
{
    return facts(
        {{"located", "yes"},
         {"sighted", "yes"},
         {"life_danger", "no"},
         {"injury", "none"},
         {"hazard", "none"},
         {"attempt", "none"},
         {"self_risk", "none"},
         {"risk_statement", "no"},
         {"poisoning", "no"},
         {"harm_to_others", "none"},
         {"conscious", "yes"},
         {"disturbed", "no"},
         {"abnormality", "no"},
         {"screening_flagged", "no"},
         {"interview_crisis", "no"}}
    );
}

void open(BoardDriver& board, const char* student, const Facts& changed)
{
    Report report = BoardDriver::report("i1", well(), {student}, "hotline");
    for (const auto& [name, value] : changed) report.facts[name] = value;
    report.place = PlaceReport{{}, "M-12", "3", {}, {}};
    board.feed(report);
}

// What is missing besides signatures, every code once.
std::string missing(const BoardDriver& board, const char* end)
{
    std::set<std::string> codes;
    for (const Missing& one : missing_for(
             board.protocol(), board.directory(), board.incident(), EndName(end), board.now(), {}
         ))
        if (one.code != "signer") codes.insert(one.code);
    std::string out;
    for (const std::string& code : codes) out += (out.empty() ? "" : " ") + code;
    return out;
}

void record(
    BoardDriver& board,
    const char* staff,
    const char* duty,
    std::map<std::string, std::string> fields
)
{
    board.feed(AddRecord{first, duty, std::move(fields), {staff, StaffId(staff)}, {}});
}

// Whoever was asked for each department is going.
void answer_for_departments(BoardDriver& board)
{
    for (const auto& [key, duty] : std::map(board.incident().duties)) {
        if (!duty.open() || key.name != DutyName("S06")) continue;
        const auto asks = duty.asks;
        for (const auto& [staff, ask] : asks)
            if (board.incident().duties.at(key).open())
                board.say(staff.text().c_str(), "going", key.text().c_str());
    }
}

// From the scene: nobody is hurt and nothing is dangerous any more.
void report_calm(BoardDriver& board, const char* staff)
{
    record(
        board,
        staff,
        "S10",
        {{"conscious", "yes"},
         {"injury", "none"},
         {"life_danger", "no"},
         {"hazard", "none"},
         {"disturbed", "no"}}
    );
}

SignEnd signature(const char* end, const char* staff, std::map<std::string, std::string> evidence)
{
    SignEnd out;
    out.incident = first;
    out.end = EndName(end);
    out.staff = StaffId(staff);
    out.by = {staff, StaffId(staff)};
    out.evidence = std::move(evidence);
    return out;
}

}  // namespace

TEST_CASE("stand-down: the guards of a red night, one by one", "[sim][notice-7][N7.8]")
{
    BoardDriver board = school();
    open(
        board,
        "s2",
        facts(
            {{"located", "no"},
             {"sighted", "no"},
             {"life_danger", "yes"},
             {"self_risk", "high"},
             {"hazard", "height"}}
        )
    );
    const auto now = [&] { return missing(board, "stand_down"); };
    CHECK(
        now() ==
        "d110_open d119_open d120_open department_open guardian_open life_danger "
        "not_located not_seen watch_required"
    );
    board.set("located", "yes");
    CHECK(
        now() ==
        "d110_open d119_open d120_open department_open guardian_open life_danger "
        "not_seen watch_required"
    );
    board.set("sighted", "yes");
    CHECK(
        now() ==
        "d110_open d119_open d120_open department_open guardian_open life_danger "
        "watch_required"
    );
    board.say("cl", "called", "S12");
    CHECK(now() == "d110_open d119_open department_open guardian_open life_danger watch_required");
    board.say("sd", "called", "S13");
    CHECK(now() == "d119_open department_open guardian_open life_danger watch_required");
    board.say("sd", "called", "S14");
    CHECK(now() == "department_open guardian_open life_danger watch_required");
    board.say("ce", "going", "S06@center_duty");
    board.say("sd", "going", "S06@security_duty");
    board.say("cl", "going", "S06@clinic_duty");
    board.say("dm-12", "going", "S06@dorm_manager");
    CHECK(now() == "assessment_open department_open guardian_open life_danger watch_required");
    board.say("sa-d", "received", "S06@student_affairs_duty");
    CHECK(now() == "assessment_open guardian_open life_danger watch_required");
    record(board, "ce", "S22", {{"level", "high"}});
    CHECK(now() == "guardian_open life_danger watch_required");
    board.set("life_danger", "no");
    CHECK(now() == "guardian_open watch_required");
    // On the way nothing is settled; in hospital somebody else watches.
    board.set("medical", "departed");
    CHECK(now() == "guardian_open medical_open watch_required");
    board.set("medical", "at_hospital");
    CHECK(now() == "guardian_open medical_open watch_required");
    board.set("medical", "admitted");
    CHECK(now() == "guardian_open");
    record(
        board,
        "co-05",
        "S18",
        {{"contact", "0"}, {"result", "接通"}, {"guardian_state", "informed"}}
    );
    CHECK(now().empty());
    board.say("co-05", "arrived");
    board.feed(signature("stand_down", "co-05", {{"reason", "已住院"}}));
    CHECK(board.incident().stage == Stage::Aftercare);
}

TEST_CASE(
    "stand-down: after an attempt the center's word alone ends nothing", "[sim][notice-7][N7.8]"
)
{
    BoardDriver board = school();
    open(board, "s2", facts({{"attempt", "recent"}}));
    board.run(20min);
    record(
        board,
        "co-05",
        "S18",
        {{"contact", "0"}, {"result", "接通"}, {"guardian_state", "informed"}}
    );
    board.say("ce", "going", "S06@center_duty");
    record(board, "ce", "S22", {{"level", "none"}});
    CHECK(missing(board, "stand_down").find("watch_required") != std::string::npos);
    record(
        board,
        "co-05",
        "S19",
        {{"contact", "0"}, {"result", "到校"}, {"guardian_state", "handed_over"}}
    );
    CHECK(missing(board, "stand_down").find("watch_required") == std::string::npos);
}

TEST_CASE(
    "stand-down: an injury is settled, authorised or not, and somebody goes along",
    "[sim][notice-7][N7.6]"
)
{
    BoardDriver board = school();
    open(board, "s2", facts({{"injury", "minor"}}));
    const auto now = [&] { return missing(board, "stand_down"); };
    CHECK(now() == "medical_open");
    REQUIRE(board.duty("S20@s1").open());
    // Nobody is reached in ten minutes: somebody decides.
    board.run(10min);
    REQUIRE(board.duty("S21@s1").open());
    CHECK(now() == "medical_open");
    board.say("cl", "go", "S21@s1");
    REQUIRE(board.duty("S16@s1").open());
    CHECK(now() == "medical_open");
    record(board, "co-05", "S16", {{"first", "co-05"}});
    CHECK(now() == "medical_open");
    board.set("medical", "treated");
    CHECK(now().empty());
}

TEST_CASE("close: nothing owed is left out, and two people sign", "[sim][notice-7][N8.4]")
{
    BoardDriver board = school();
    open(board, "s2", facts({{"self_risk", "possible"}}));
    CHECK(missing(board, "close").find("not_stood_down") != std::string::npos);
    board.say("co-05", "arrived");
    report_calm(board, "co-05");
    board.say("hq", "confirmed", "S02");
    board.feed(signature("stand_down", "co-05", {{"reason", "已见到"}}));
    REQUIRE(board.incident().stage == Stage::Aftercare);
    const auto open_duties = [&] {
        std::set<std::string> out;
        for (const Missing& one : missing_for(
                 board.protocol(),
                 board.directory(),
                 board.incident(),
                 EndName("close"),
                 board.now(),
                 {}
             ))
            if (one.code == "duty_open") out.insert(one.detail.substr(0, one.detail.find(' ')));
        std::string text;
        for (const std::string& duty : out) text += (text.empty() ? "" : " ") + duty;
        return text;
    };
    CHECK(open_duties() == "S37@s1 S38@s1 S39@s1 S40-24h@s1 S40-72h@s1 S41@s1");
    CHECK(
        board.refused(AddRecord{first, "S37", {}, {"vs-05", StaffId("vs-05")}, {}}) ==
        "entry_or_reason"
    );
    record(board, "vs-05", "S37", {{"entry", "台账 1"}});
    CHECK(open_duties() == "S38@s1 S39@s1 S40-24h@s1 S40-72h@s1 S41@s1");
    record(board, "vs-05", "S38", {{"none_because", "无需建档"}});
    CHECK(open_duties() == "S39@s1 S40-24h@s1 S40-72h@s1 S41@s1");
    // A helper whose first talk nobody has arranged is not paired.
    AddRecord helper{first, "S39", {{"helper", "ct-05"}}, {"vs-05", StaffId("vs-05")}, {}};
    CHECK(board.refused(helper) == "helper_and_talk");
    helper.fields["first_talk"] = "周四 15:00";
    board.feed(helper);
    CHECK(open_duties() == "S40-24h@s1 S40-72h@s1 S41@s1");
    record(board, "co-05", "S40-24h", {{"result", "平稳"}});
    record(board, "co-05", "S40-72h", {{"result", "平稳"}});
    CHECK(open_duties() == "S41@s1");
    board.feed(Waive{
        first,
        *DutyKey::parse("S41@s1"),
        "已由中心约谈",
        StaffId("vs-05"),
        {"vs-05", StaffId("vs-05")},
        {}});
    CHECK(missing(board, "close").empty());

    board.feed(signature("close", "vs-05", {{"reason", "事项齐全"}}));
    CHECK(board.incident().stage == Stage::Aftercare);
    CHECK(
        board.refused(signature("close", "vs-05", {{"reason", "事项齐全"}})) == "signer_repeated"
    );
    CHECK(
        board.refused(signature("close", "sec-05", {{"reason", "事项齐全"}})) ==
        "signer_not_entitled"
    );
    board.feed(signature("close", "ch", {{"reason", "事项齐全"}}));
    CHECK(board.incident().stage == Stage::Closed);
}

TEST_CASE(
    "close: who left for hospital has a plan to come back, and need not be back",
    "[sim][notice-7][N8.4]"
)
{
    BoardDriver board = school();
    open(board, "s2", facts({{"self_risk", "possible"}, {"medical", "admitted"}}));
    board.say("co-05", "arrived");
    board.feed(signature("stand_down", "co-05", {{"reason", "已住院"}}));
    REQUIRE(board.duty("S44-plan@s1").open());
    REQUIRE(board.duty("S44@s1").open());
    CHECK(board.duty("S44-plan@s1").due == board.now() + 7 * 24h);
    const auto asks_for = [&](const std::string& duty) {
        const auto all = missing_for(
            board.protocol(), board.directory(), board.incident(), EndName("close"), board.now(), {}
        );
        return std::any_of(all.begin(), all.end(), [&](const Missing& one) {
            return one.detail.starts_with(duty + " ");
        });
    };
    CHECK(asks_for("S44-plan@s1"));
    CHECK_FALSE(asks_for("S44@s1"));
    record(board, "vs-05", "S44-plan", {{"plan", "每周谈话，缓考"}});
    CHECK_FALSE(asks_for("S44-plan@s1"));
}

TEST_CASE(
    "close: after red the debrief is not waived, however calm it became", "[sim][notice-7][N4.6]"
)
{
    for (const bool red : {false, true}) {
        BoardDriver board = school();
        open(board, "s2", facts({{red ? "public_safety" : "disturbed", "yes"}}));
        REQUIRE(board.incident().level == LevelName(red ? "red" : "orange"));
        board.set(red ? "public_safety" : "disturbed", "no");
        board.say("vs-05", "arrived");
        report_calm(board, "vs-05");
        if (red) board.feed(signature("red_to_orange", "vs-05", {{"reason", "已平息"}}));
        REQUIRE(board.incident().level == LevelName("orange"));
        answer_for_departments(board);
        if (red) board.say("sd", "called", "S13");
        if (board.incident().duties.contains(*DutyKey::parse("S05")) && board.duty("S05").open())
            board.say("vs-05", "confirmed", "S05");
        answer_for_departments(board);
        record(board, "ce", "S22", {{"level", "none"}});
        record(
            board,
            "co-05",
            "S18",
            {{"contact", "0"}, {"result", "接通"}, {"guardian_state", "informed"}}
        );
        INFO(missing(board, "stand_down"));
        board.feed(signature("stand_down", "vs-05", {{"reason", "已平息"}}));
        const Waive debrief{
            first,
            *DutyKey::parse("S45"),
            "小事",
            StaffId("vs-05"),
            {"vs-05", StaffId("vs-05")},
            {}};
        if (red) {
            CHECK(board.refused(debrief) == "too_early");
        } else {
            board.feed(debrief);
            CHECK(board.duty("S45").state == DutyState::Waived);
        }
    }
}

TEST_CASE(
    "deferral: two decide that the family is not called, for four hours", "[sim][notice-7][N7.6]"
)
{
    BoardDriver board = school();
    open(board, "s2", facts({{"life_danger", "yes"}}));
    REQUIRE(board.duty("S18@s1").open());
    // So that four hours are not full of what else is asked.
    board.say("co-05", "arrived", "S03@C05");
    board.say("vs-05", "arrived", "S04@C05");
    board.say("cl", "called", "S12");
    board.say("cl", "ambulance_here", "S15-120");
    for (const auto& [staff, department] : std::map<const char*, const char*>{
             {"ce", "S06@center_duty"},
             {"sd", "S06@security_duty"},
             {"cl", "S06@clinic_duty"},
             {"dm-12", "S06@dorm_manager"},
             {"sa-d", "S06@student_affairs_duty"}})
        board.say(staff, "going", department);
    for (const char* staff : {"ce", "sd", "cl", "dm-12", "sa-d"}) board.say(staff, "arrived");
    SignEnd lead = signature("guardian_deferral", "vs-05", {{"reason", "危险来自家庭"}});
    lead.subject = SubjectId("s1");
    board.feed(lead);
    CHECK(board.duty("S18@s1").open());
    // Not by two of one list.
    SignEnd deputy = lead;
    deputy.staff = StaffId("sec-05");
    deputy.by = {"sec-05", StaffId("sec-05")};
    CHECK(board.refused(deputy) == "signer_not_entitled");
    board.run(3min);
    SignEnd center = lead;
    center.staff = StaffId("ce");
    center.by = {"ce", StaffId("ce")};
    board.feed(center);
    const Instant deferred = board.now();
    CHECK(board.duty("S18@s1").state == DutyState::Moot);
    CHECK(missing(board, "stand_down").find("guardian_open") == std::string::npos);

    board.run_until(deferred + 4h - 1s);
    CHECK_FALSE(board.incident().duties.contains(*DutyKey::parse("S18@s1#2")));
    const auto events = board.run_until(deferred + 4h);
    REQUIRE(board.duty("S18@s1#2").open());
    CHECK(board.duty("S18@s1#2").opened_at == deferred + 4h);
    CHECK(test::paged(events).find("co-05") != std::string::npos);
    CHECK(missing(board, "stand_down").find("guardian_open") != std::string::npos);
    // Once more, by the same two, counted anew.
    board.feed(lead);
    board.feed(center);
    const Instant again = board.now();
    CHECK(board.duty("S18@s1#2").state == DutyState::Moot);
    board.run_until(again + 4h - 1s);
    CHECK_FALSE(board.incident().duties.contains(*DutyKey::parse("S18@s1#3")));
    board.run_until(again + 4h);
    CHECK(board.duty("S18@s1#3").opened_at == again + 4h);
}

TEST_CASE(
    "dialling: somebody in the act is a question for the police, too", "[sim][notice-7][N7.7]"
)
{
    BoardDriver board = school();
    open(board, "s2", facts({{"attempt", "in_progress"}}));
    CHECK(board.duty("S13").open());
}

TEST_CASE(
    "guardian: who is told of a minor is a legal guardian, and it is written down",
    "[sim][notice-7][N7.8]"
)
{
    BoardDriver board = school();
    open(board, "s22", facts({{"life_danger", "yes"}}));
    const auto call = [](std::map<std::string, std::string> fields) {
        fields["result"] = "接通";
        return AddRecord{first, "S18", std::move(fields), {"co-05", StaffId("co-05")}, {}};
    };
    // The uncle neither hears of it for the parents nor refuses for them.
    for (const char* state : {"informed", "coming", "arrived", "handed_over", "refused"})
        CHECK(
            board.refused(call({{"contact", "2"}, {"guardian_state", state}})) == "legal_guardian"
        );
    CHECK(
        board.refused(call({{"contact", "0"}, {"guardian_state", "not_needed"}})) == "guardian_open"
    );
    CHECK(board.refused(call({{"contact", "other"}})) == "contact_unknown");
    // Not on the roster, and nobody has checked who that is.
    CHECK(
        board.refused(
            call({{"contact", "other"}, {"note", "室友给的号码"}, {"guardian_state", "coming"}})
        ) == "legal_guardian"
    );
    CHECK(
        board.refused(call({{"contact", "2"}, {"verified", "伯父"}, {"guardian_state", "coming"}})
        ) == "legal_guardian"
    );
    board.feed(call(
        {{"contact", "other"},
         {"note", "室友给的号码"},
         {"verified", "母亲，辅导员与派出所核实"},
         {"guardian_state", "coming"}}
    ));
    CHECK(board.duty("S18@s1").state == DutyState::Done);
}

TEST_CASE(
    "authorisation: by telephone two listen, and of a minor a guardian gives it",
    "[sim][notice-7][N7.6]"
)
{
    BoardDriver board = school();
    open(board, "s22", facts({{"injury", "minor"}}));
    const auto give = [](std::map<std::string, std::string> fields) {
        fields.emplace("state", "given");
        fields.emplace("medium", "phone");
        return AddRecord{first, "S20", std::move(fields), {"co-05", StaffId("co-05")}, {}};
    };
    CHECK(board.refused(give({{"contact", "0"}})) == "witness_needed");
    CHECK(board.refused(give({{"contact", "2"}, {"witness", "校医"}})) == "legal_guardian");
    CHECK(board.refused(give({{"state", "not_needed"}})) == "not_for_record");
    CHECK(
        board.refused(BoardDriver::facts({{FactName("authorisation"), {"given"}}})) ==
        "fact_recorded"
    );
    board.feed(give({{"contact", "0"}, {"witness", "校医"}}));
    CHECK(board.duty("S20@s1").state == DutyState::Done);
}

TEST_CASE("records: each says what it is for, or is not taken", "[sim][notice-7][N7.6][N8.3]")
{
    BoardDriver board = school();
    open(board, "s2", facts({{"self_risk", "high"}, {"medical", "departed"}}));
    AddRecord alone{first, "S16", {{"first", "co-05"}}, {"co-05", StaffId("co-05")}, {}};
    CHECK(board.refused(alone) == "second_needed");
    alone.fields["second"] = "py-05";
    board.feed(alone);
    CHECK(missing(board, "stand_down").find("departments_unconfirmed") != std::string::npos);
    board.say("vs-05", "confirmed", "S05");
    CHECK(missing(board, "stand_down").find("departments_unconfirmed") == std::string::npos);

    board.run(20min);
    record(board, "co-05", "S18", {{"contact", "0"}, {"result", "未接"}});
    AddRecord absent{first, "S49", {}, {"vs-05", StaffId("vs-05")}, {}};
    CHECK(board.refused(absent) == "decision_needed");
    absent.fields = {{"guardian_state", "arrived"}};
    CHECK(board.refused(absent) == "contact_unknown");
    absent.fields["contact"] = "0";
    board.feed(absent);
    CHECK(board.duty("S49@s1").state == DutyState::Done);
}

TEST_CASE("level: red comes down after somebody on the scene has reported", "[sim][notice-7][N7.5]")
{
    BoardDriver board = school();
    open(board, "s2", facts({{"life_danger", "yes"}}));
    board.set("life_danger", "no");
    CHECK(missing(board, "red_to_orange") == "no_scene_report");
    board.say("vs-05", "arrived", "S04@C05");
    report_calm(board, "vs-05");
    CHECK(missing(board, "red_to_orange").empty());
}
