// coverage: the hours at which nobody, or only somebody else, would be called.
#include "config/protocol_loader.hpp"
#include "config/roster.hpp"
#include "daemon/client/program.hpp"
#include "daemon/client/words.hpp"
#include "daemon/rehearsal/coverage.hpp"
#include "tests/daemon/client/command_line.hpp"

#include <boost/json/array.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>

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

ExitCode cover(
    CommandLine& line,
    const std::vector<std::string>& more,
    const std::string& roster = small_roster
)
{
    std::vector<std::string> arguments{
        "coverage", "--protocol", shipped_protocol, "--roster", roster};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return line.run(arguments);
}

// The one corner of this role and unit; an empty object when there is none.
js::object corner_of(const CommandLine& line, const std::string& role, const std::string& unit)
{
    const js::object document = line.document();
    for (const js::value& corner : document.at("corners").as_array())
        if (corner.at("role") == js::value(role) && corner.at("unit") == js::value(unit))
            return corner.as_object();
    return {};
}

// A copy of the small roster in which the first `from` of a file reads `to`.
std::string roster_with(
    const CommandLine& line, const std::string& file, const std::string& from, const std::string& to
)
{
    const fs::path folder = line.folder / ("roster-" + file);
    fs::copy(small_roster, folder);
    std::ifstream in(folder / file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("not in " + file + ": " + from);
    std::ofstream(folder / file, std::ios::binary) << text.replace(at, from.size(), to);
    return folder.string();
}

std::vector<std::string> words_of(const rehearsal::Coverage& found)
{
    std::vector<std::string> out;
    for (const rehearsal::Corner& corner : found.corners) {
        std::string text = std::to_string(static_cast<int>(corner.kind)) + " " +
                           corner.role.text() + "@" + corner.unit.text() + " " +
                           corner.stand_in.text() + " " + corner.reason;
        for (const auto& range : corner.ranges)
            text += " " + client::local_time(range.from) + "-" + client::local_time(range.to);
        for (const auto& unit : corner.classes) text += " " + unit.text();
        for (const auto& duty : corner.duties) text += " " + duty.text();
        out.push_back(std::move(text));
    }
    return out;
}

}  // namespace

TEST_CASE("client coverage: a slot left empty is found, to the hour", "[client][coverage]")
{
    CommandLine line;
    REQUIRE(cover(line, {"--from", "2026-10-01 00:00", "--json"}) == ExitCode::Failed);
    CHECK(line.document().at("corners").as_array().size() == 1);
    const js::object corner = corner_of(line, "college_duty_counsellor", "C03");
    REQUIRE(!corner.empty());
    CHECK(corner.at("kind") == "last_resort");
    CHECK(corner.at("stand_in") == "sao-03");
    CHECK(corner.at("hours") == 24);
    const js::array& ranges = corner.at("ranges").as_array();
    REQUIRE(ranges.size() == 1);
    CHECK(ranges[0].at("from") == "2026-10-04T00:00:00.000Z");
    CHECK(ranges[0].at("to") == "2026-10-05T00:00:00.000Z");

    CHECK(cover(line, {"--from", "2026-10-01 00:00", "--lang", "en"}) == ExitCode::Failed);
    CHECK_THAT(line.said, Contains("10-04 08:00 – 10-05 08:00") && Contains("sao-03"));
    CHECK(cover(line, {"--from", "2026-10-06 00:00", "--json"}) == ExitCode::Done);
    CHECK(line.document().at("ok") == true);
    CHECK(line.document().at("classes") == 8);
    CHECK(line.document().at("hours") == 7 * 24);
}

TEST_CASE("client coverage: the silent are as good as not there", "[client][coverage]")
{
    CommandLine line;
    REQUIRE(
        cover(line, {"--from", "2026-10-12 09:00", "--days", "1", "--silent", "vs-05", "--json"}) ==
        ExitCode::Failed
    );
    const js::object lead = corner_of(line, "college_lead", "");
    CHECK(lead.at("kind") == "nobody");
    CHECK(lead.at("hours") == 24);
    CHECK(lead.at("classes").as_array() == js::array{"K05-2501"});
    // The leader's duty has nobody else at first.
    CHECK(lead.at("nobody_at_first").as_array() == js::array{"S04"});
}

TEST_CASE("client coverage: whom no channel can reach is nobody", "[client][coverage]")
{
    CommandLine line;
    const std::string roster =
        roster_with(line, "staff.csv", "199-0000-0030,,800110,sd,,", ",,,,sd@example.edu.cn,");
    REQUIRE(
        cover(line, {"--from", "2026-10-12 09:00", "--days", "1", "--json"}, roster) ==
        ExitCode::Failed
    );
    const js::object desk = corner_of(line, "security_duty", "");
    CHECK(desk.at("kind") == "nobody");
    CHECK(desk.at("stand_in") == "sd");
    CHECK(desk.at("nobody_at_first").as_array() == js::array{"S06"});
}

TEST_CASE("client coverage: a class without students is asked for as well", "[client][coverage]")
{
    CommandLine line;
    const std::string roster = roster_with(
        line, "units.csv", "K05-2501,", "K05-9901,护理学2099级1班,,class,C05,M\nK05-2501,"
    );
    REQUIRE(
        cover(line, {"--from", "2026-10-12 09:00", "--days", "1", "--json"}, roster) ==
        ExitCode::Failed
    );
    CHECK(line.document().at("classes") == 9);
    CHECK(corner_of(line, "class_teacher", "K05-9901").at("hours") == 24);
    CHECK(corner_of(line, "class_teacher", "K05-2501").empty());
}

TEST_CASE("client coverage: everything wrong with a line is said at once", "[client][coverage]")
{
    CommandLine line;
    CHECK(
        cover(line, {"--from", "soon", "--days", "0", "--silent", "who", "--fact", "x"}) ==
        ExitCode::Usage
    );
    for (const char* const part : {"--from soon", "--days 0", "--silent who", "--fact x"})
        CHECK_THAT(line.complained, Contains(part));
    CHECK(cover(line, {"--fact", "astrology=bad"}) == ExitCode::Failed);
    CHECK_THAT(line.complained, Contains("astrology"));
    CHECK(cover(line, {}, (line.folder / "none").string()) == ExitCode::BadConfiguration);
}

TEST_CASE("coverage: hours that are alike are played once, and nothing is missed", "[coverage]")
{
    const auto hash = [](std::string_view text) { return std::to_string(text.size()); };
    const auto protocol = config::load_protocol(shipped_protocol, {hash});
    const auto roster =
        config::load_roster(source + "/config/demo/roster", std::chrono::hours(8), {hash, {}});
    REQUIRE(protocol.protocol);
    REQUIRE(roster.directory);
    rehearsal::CoverageQuestion question;
    // Over a change of month, of shifts and into a weekend.
    question.from = *client::parse_time("2026-10-31 06:00");
    question.hours = 60;
    question.facts[escalation::FactName("life_danger")] = {"yes"};
    question.silent = {escalation::StaffId("cdc-m1"), escalation::StaffId("dm-m07b")};
    const auto quick = rehearsal::coverage(question, protocol.protocol, *roster.directory);
    question.every_hour = true;
    const auto slow = rehearsal::coverage(question, protocol.protocol, *roster.directory);
    CHECK(slow.played == slow.classes * question.hours);
    CHECK(quick.played < slow.played / 2);
    REQUIRE(!slow.corners.empty());
    CHECK(words_of(quick) == words_of(slow));
}

}  // namespace shouwang
