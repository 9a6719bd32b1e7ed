// The protocol the product comes with says what the notice and its defaults say.

#include "config/message_text.hpp"
#include "config/roster.hpp"
#include "tests/config/protocol_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <memory>

using namespace shouwang;
using namespace shouwang::config;
using namespace shouwang::escalation;
using namespace std::chrono_literals;

namespace {

const Protocol& notice_safe()
{
    static const LoadedProtocol loaded = test::load_text(test::notice_safe());
    INFO(test::words(loaded.faults));
    REQUIRE(loaded.protocol != nullptr);
    return *loaded.protocol;
}

struct Step {
    Span at;
    std::vector<std::string> to;
    friend bool operator==(const Step&, const Step&) = default;
};

std::vector<Step> steps(const char* duty, const char* level)
{
    std::vector<Step> out;
    for (const Rung& rung : notice_safe().duties.at(DutyName(duty)).ladder_at(LevelName(level))) {
        if (std::holds_alternative<Never>(rung.when.node)) continue;
        Step step{rung.after, {}};
        for (const Target& target : rung.to) step.to.push_back(target.name);
        out.push_back(std::move(step));
    }
    return out;
}

std::vector<Span> attempts(const char* duty, const char* level)
{
    return notice_safe().duties.at(DutyName(duty)).ladder_at(LevelName(level)).front().again.after;
}

}  // namespace

TEST_CASE("notice-safe: loads without a fault, also with the demo roster", "[config][notice-7]")
{
    const LoadedProtocol loaded = load_protocol(
        std::string(SHOUWANG_SOURCE_DIR) + "/config/protocol/notice-safe.toml",
        test::protocol_options()
    );
    INFO(test::words(loaded.faults));
    REQUIRE(loaded.protocol != nullptr);
    CHECK(loaded.faults.empty());
    CHECK(loaded.protocol->hash == "hash-" + std::to_string(test::notice_safe().size()));

    RosterOptions options;
    options.hash = test::protocol_options().hash;
    const LoadedRoster roster = load_roster(
        std::string(SHOUWANG_SOURCE_DIR) + "/config/demo/roster",
        loaded.protocol->utc_offset,
        options
    );
    REQUIRE(roster.directory != nullptr);
    const auto faults = check_with_roster(loaded, *roster.directory);
    INFO(test::words(faults));
    CHECK(faults.empty());
}

TEST_CASE(
    "notice-safe: class teacher and counsellor are paged first, then wave by wave",
    "[config][notice-7][N7.3]"
)
{
    CHECK(
        steps("S03", "red") ==
        std::vector<Step>{
            {0s, {"class_teacher", "counsellor"}},
            {0s, {"college_duty_counsellor", "campus_duty_counsellor"}},
            {120s, {"psych_counsellor", "college_counsellors", "student_affairs_duty"}},
            {240s, {"campus_duty_counsellors", "student_affairs_head"}}}
    );
    CHECK(
        steps("S03", "orange") ==
        std::vector<Step>{
            {0s, {"class_teacher", "counsellor"}},
            {0s, {"college_duty_counsellor"}},
            {180s, {"psych_counsellor", "college_counsellors"}},
            {360s, {"campus_duty_counsellor", "student_affairs_duty"}}}
    );
    CHECK(attempts("S03", "red") == std::vector<Span>{60s, 180s});
    CHECK(attempts("S03", "orange") == std::vector<Span>{90s, 270s});
    const Duty& duty = notice_safe().duties.at(DutyName("S03"));
    CHECK(duty.answers.at(Word("going")) == Effect::Satisfy);
    CHECK(duty.answers.at(Word("received")) == Effect::Note);
    CHECK(duty.answers.at(Word("cannot")) == Effect::NextRung);
}

TEST_CASE(
    "notice-safe: the college's lead is followed by deputies and acting leads",
    "[config][notice-7][N7.4]"
)
{
    CHECK(
        steps("S04", "red") ==
        std::vector<Step>{
            {0s, {"college_lead"}},
            {120s, {"college_deputies"}},
            {240s, {"student_affairs_head"}},
            {480s, {"univ_duty_officer", "univ_leader"}}}
    );
    CHECK(
        steps("S04", "orange") ==
        std::vector<Step>{
            {0s, {"college_lead"}},
            {300s, {"college_deputies"}},
            {600s, {"student_affairs_duty", "student_affairs_head"}},
            {900s, {"univ_duty_officer"}}}
    );
    CHECK(attempts("S04", "red") == std::vector<Span>{60s, 180s});
    CHECK(attempts("S04", "orange") == std::vector<Span>{120s, 360s});
}

TEST_CASE(
    "notice-safe: departments wait for the lead in orange, 300 seconds at most",
    "[config][notice-7][N7.5]"
)
{
    const Duty& confirm = notice_safe().duties.at(DutyName("S05"));
    CHECK(confirm.lapses == Span(300s));
    CHECK(confirm.duty_class == DutyClass::Task);
    const Duty& departments = notice_safe().duties.at(DutyName("S06"));
    CHECK(departments.scope == Scope::Each);
    std::vector<std::string> early;
    for (const Each& each : departments.each)
        if (!std::holds_alternative<Never>(each.early.node)) early.push_back(each.role.text());
    CHECK(early == std::vector<std::string>{"security_duty", "dorm_manager"});
    CHECK(
        steps("S06", "red") ==
        std::vector<Step>{{0s, {"role"}}, {120s, {"head"}}, {240s, {"alternate"}}}
    );
    CHECK(
        steps("S06", "orange") ==
        std::vector<Step>{{0s, {"role"}}, {300s, {"head"}}, {600s, {"alternate"}}}
    );
}

TEST_CASE(
    "notice-safe: an untrusted report opens by itself after 90 seconds", "[config][notice-7][N7.2]"
)
{
    const Duty& intake = notice_safe().duties.at(DutyName("S01"));
    CHECK(intake.lapses == Span(90s));
    CHECK(intake.on_lapse == Lapse::Open);
    CHECK(notice_safe().fail_open == LevelName("orange"));
    CHECK(notice_safe().review.contains("peer_app"));
    CHECK(notice_safe().trusted.contains("hotline"));
}

TEST_CASE("notice-safe: duties lead a page in the order of the file", "[config]")
{
    std::vector<std::string> order;
    for (const DutyName& name : notice_safe().duty_order) order.push_back(name.text());
    // Whoever is called to the scene hears that first; what is decided, called and written comes
    // after, in the order in which it matters.
    const std::vector<std::string> first{
        "S03", "S04", "S05", "S06", "S47", "S09", "S10", "S11", "S07", "S08", "S12", "S13", "S14"};
    REQUIRE(order.size() > first.size());
    CHECK(std::equal(first.begin(), first.end(), order.begin()));
    CHECK(order.back() == "S46");
}

TEST_CASE("notice-safe: every text fits one short message at its longest", "[config][notice-7]")
{
    const TextVariables longest{
        {"code", "R99999"},
        {"level", "红色"},
        {"place", "十二个字长的地点名称在此"},
        {"college", "八个字的学院简称"},
        {"role", "校区值班辅导员"},
        {"min", "999"},
        {"n", "99"},
        {"due", "10-04 08:30"},
        {"date", "10-04"}};
    REQUIRE(sms_length(longest.at("place")) == 12);
    REQUIRE(sms_length(longest.at("college")) == 8);
    for (const auto& [code, text] : notice_safe().texts) {
        const std::string plain = render_text(notice_safe(), code, longest, Medium::Sms, false);
        const std::string drill = render_text(notice_safe(), code, longest, Medium::Sms, true);
        INFO(code.text() << " " << drill);
        CHECK(sms_length(plain) <= 70);
        CHECK(sms_length(drill) <= 70);
        CHECK(plain.find("{{") == std::string::npos);
    }
}

TEST_CASE("notice-safe: a roster whose names are too long for a message is refused", "[config]")
{
    const LoadedProtocol loaded = test::load_text(test::notice_safe());
    Directory directory;
    Unit college;
    college.id = UnitId("C99");
    college.kind = "college";
    college.short_name = "名字实在太长的一个学院";
    directory.units[college.id] = college;
    Staff staff;
    staff.id = StaffId("p-1");
    staff.landline = "110";
    directory.staff[staff.id] = staff;
    const std::string found = test::words(check_with_roster(loaded, directory));
    INFO(found);
    CHECK(found.find("\"C99\" reads as") != std::string::npos);
    CHECK(found.find("emergency number") != std::string::npos);
    CHECK(found.find("nobody on the roster holds the role \"class_teacher\"") != std::string::npos);
    CHECK(found.find("last resort is nobody") != std::string::npos);
}

TEST_CASE("notice-safe: its explanation names every duty, second and repeat", "[config]")
{
    const std::string text = explain(notice_safe());
    for (const char* part :
         {"S03  班主任、辅导员赶赴现场",
          "+4m  各校区值班辅导员 campus_duty_counsellors",
          "only when window.after_hours is yes",
          "again +1m +3m by voice",
          "until somebody answers, every 5m",
          "每学院一次 once a college",
          "逾时 lapses after 90s：自动启动",
          "never by a timer",
          "Last resort: 总值班"})
        CHECK(text.find(part) != std::string::npos);
    // A duty shows no ladder for a level it is never open at.
    const std::size_t from = text.find("  S06  ");
    const std::string duty = text.substr(from, text.find("  S47  ") - from);
    CHECK(duty.find("红色 red:") != std::string::npos);
    CHECK(duty.find("橙色 orange:") != std::string::npos);
    CHECK(duty.find("黄色 yellow:") == std::string::npos);
    CHECK(
        explain(*test::load_text(test::gas_leak_file()).protocol).find("Shut the valve") !=
        std::string::npos
    );
}
