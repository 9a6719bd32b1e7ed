// rehearse --what-if: who would be called, and where it ends.
#include "config/protocol_loader.hpp"
#include "daemon/client/program.hpp"
#include "daemon/rehearsal/what_if.hpp"
#include "tests/daemon/client/command_line.hpp"

#include <boost/json/array.hpp>
#include <catch2/catch.hpp>

#include <algorithm>

using Catch::Matchers::Contains;

namespace shouwang {

using client::ExitCode;
using test::CommandLine;

namespace {

namespace fs = std::filesystem;
namespace js = boost::json;

const std::string source = SHOUWANG_SOURCE_DIR;
const std::string shipped_protocol = source + "/config/protocol/notice-safe.toml";
const std::string small_roster = source + "/tests/rosters/nlmu-small";

ExitCode ask(
    CommandLine& line,
    const std::vector<std::string>& more,
    const std::string& roster = small_roster
)
{
    std::vector<std::string> arguments{
        "rehearse",
        "--what-if",
        "--student",
        "s2",
        "--at",
        "2026-10-10 02:17",
        "--protocol",
        shipped_protocol,
        "--roster",
        roster};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return line.run(arguments);
}

std::vector<js::object> lines_of(const CommandLine& line)
{
    std::vector<js::object> out;
    std::istringstream in(line.said);
    for (std::string text; std::getline(in, text);) out.push_back(js::parse(text).as_object());
    return out;
}

// How the summary says that a duty ended; an empty object when it never was.
js::object duty_in(const js::object& summary, const std::string& key)
{
    for (const js::value& duty : summary.at("duties").as_array())
        if (duty.at("duty") == js::value(key)) return duty.as_object();
    return {};
}

// A roster of the college alone: no department, nobody on duty, no last resort.
fs::path bare_roster(const CommandLine& line)
{
    const fs::path folder = line.folder / "bare";
    fs::copy(small_roster, folder);
    std::ofstream(folder / "duty.csv", std::ios::binary) << "role,unit,from,to,staff,backup\n";
    std::ofstream(folder / "roles.csv", std::ios::binary) << "role,unit,staff,order\n"
                                                             "class_teacher,K05-2501,ct-05,0\n"
                                                             "counsellor,K05-2501,co-05,0\n"
                                                             "class_teacher,K03-2501,ct-03,0\n"
                                                             "counsellor,K03-2501,co-03,0\n"
                                                             "college_lead,C05,vs-05,0\n"
                                                             "college_lead,C03,vs-03,0\n";
    return folder;
}

}  // namespace

TEST_CASE("client what-if: everybody does what they are asked, and comes", "[client][rehearse]")
{
    CommandLine line;
    REQUIRE(ask(line, {"--json"}) == ExitCode::Done);
    const auto events = lines_of(line);
    const js::object& summary = events.back();
    CHECK(summary.at("event") == "what_if_ended");
    CHECK(summary.at("ok") == true);
    CHECK(summary.at("level") == "orange");  // nothing is known: that is no comfort
    const js::object teachers = duty_in(summary, "S03@C05");
    CHECK(teachers.at("is") == "done");
    CHECK(teachers.at("after_s") == 30);
    // Whoever goes is there half a minute before they are due: within 30 minutes of a night.
    const js::object arrival = duty_in(summary, "S09@ct-05");
    CHECK(arrival.at("is") == "done");
    CHECK(arrival.at("by") == "ct-05");
    CHECK(arrival.at("after_s") == 30 * 60 - 30);
    CHECK(line.complained.empty());
    CHECK_THAT(line.said, !Contains("林示例02") && !Contains("199-0000"));
}

TEST_CASE("client what-if: the silent are climbed over", "[client][rehearse]")
{
    CommandLine line;
    REQUIRE(ask(line, {"--silent", "ct-05,co-05,dc-05", "--json"}) == ExitCode::Done);
    const js::object later = duty_in(lines_of(line).back(), "S03@C05");
    CHECK(later.at("is") == "done");
    CHECK(later.at("after_s") == 3 * 60 + 30);  // the second rung, and its answer

    REQUIRE(ask(line, {"--silent", "all", "--for", "20m", "--json"}) == ExitCode::Done);
    const auto events = lines_of(line);
    CHECK(std::none_of(events.begin(), events.end(), [](const js::object& event) {
        return event.at("event") == "answered";
    }));
    const js::object open = duty_in(events.back(), "S03@C05");
    CHECK(open.at("is") == "open");
    CHECK(open.at("repeats").to_number<int>() > 0);
    CHECK(events.back().at("at") == "2026-10-09T18:37:00.000Z");
}

TEST_CASE("client what-if: it says who is called, by what, for what and why", "[client][rehearse]")
{
    CommandLine line;
    REQUIRE(ask(line, {"--silent", "all"}) == ExitCode::Done);
    CHECK_THAT(line.said, Contains("10-10 02:17:00  呼叫 ct-05"));
    CHECK_THAT(line.said, Contains("班主任 (holder)") && Contains("sms+voice+wecom"));
    CHECK_THAT(line.said, Contains("S03@C05 班主任、辅导员赶赴现场"));
    CHECK_THAT(line.said, Contains("仍在重复"));
    // Whoever joins at a repeat is told as new, not as one more repetition.
    CHECK_THAT(line.said, Contains("呼叫 ul"));

    REQUIRE(ask(line, {"--lang", "en", "--fact", "life_danger=yes"}) == ExitCode::Done);
    CHECK_THAT(line.said, Contains("opens at 红色 (R1"));
    CHECK_THAT(line.said, Contains("done vs-05"));
}

TEST_CASE("client what-if: a life duty that reaches nobody is named", "[client][rehearse]")
{
    CommandLine line;
    const std::string folder = bare_roster(line).string();
    CHECK(ask(line, {"--json", "--fact", "life_danger=yes"}, folder) == ExitCode::Failed);
    const js::object summary = lines_of(line).back();
    CHECK(summary.at("ok") == false);
    const js::array& unreached = summary.at("unreached").as_array();
    CHECK(std::find(unreached.begin(), unreached.end(), "S06@security_duty") != unreached.end());
    CHECK(std::find(unreached.begin(), unreached.end(), "S03@C05") == unreached.end());
    CHECK(!summary.at("holes").as_array().empty());
    CHECK(ask(line, {"--fact", "life_danger=yes"}, folder) == ExitCode::Failed);
    CHECK_THAT(line.said, Contains("没有人被叫到: S06@security_duty"));
}

TEST_CASE("client what-if: everything wrong with a line is said at once", "[client][rehearse]")
{
    CommandLine line;
    const std::vector<std::string> bad{
        "rehearse",
        "--what-if",
        "--student",
        "nobody",
        "--at",
        "soon",
        "--silent",
        "who",
        "--fact",
        "x",
        "--for",
        "ever",
        "--protocol",
        shipped_protocol,
        "--roster",
        small_roster};
    CHECK(line.run(bad) == ExitCode::Usage);
    for (const char* const part : {"nobody", "soon", "who", "--fact x", "--for ever"})
        CHECK_THAT(line.complained, Contains(part));
    CHECK(ask(line, {"--fact", "astrology=bad", "--fact", "alone=maybe"}) == ExitCode::Failed);
    CHECK_THAT(line.complained, Contains("astrology") && Contains("/alone"));
    CHECK(line.run({"rehearse"}) == ExitCode::Usage);
    CHECK(line.run({"rehearse", "--what-if"}) == ExitCode::Usage);
    CHECK(line.run({"rehearse", "--student", "s2", "x.toml"}) == ExitCode::Usage);
}

TEST_CASE("what-if: a slot's own words end it, and a duty's own do not", "[rehearse]")
{
    const auto hash = [](std::string_view text) { return std::to_string(text.size()); };
    const auto loaded = config::load_protocol(shipped_protocol, {hash});
    REQUIRE(loaded.protocol);
    const auto word = [&](const char* key) {
        const auto parsed = escalation::DutyKey::parse(key);
        REQUIRE(parsed);
        return rehearsal::word_that_ends(*loaded.protocol, *parsed).text();
    };
    CHECK(word("S03@C05") == "going");
    CHECK(word("S06@security_duty") == "going");
    CHECK(word("S06@student_affairs_duty") == "received");
    CHECK(word("S05") == "confirmed");
    CHECK(word("S10") == "");  // a record ends it, no word does
}

}  // namespace shouwang
