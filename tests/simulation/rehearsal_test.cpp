// The scenarios of the domain as files, played by the real engine to the millisecond; and that a
// rehearsal tells what is not as expected.

#include "daemon/rehearsal/rehearsal.hpp"

#include "config/message_text.hpp"
#include "config/protocol_loader.hpp"
#include "config/roster.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

using namespace shouwang;
namespace fs = std::filesystem;

namespace {

fs::path source(const char* path)
{
    return fs::path(SHOUWANG_SOURCE_DIR) / path;
}

rehearsal::RehearsalResult played(const char* file)
{
    rehearsal::RehearsalOptions options;
    options.protocols = source("config/protocol");
    options.roster = source("config/demo/roster");
    return rehearsal::rehearse(source("tests/rehearsals") / file, options);
}

std::string read(const char* file)
{
    std::ifstream in(source("tests/rehearsals") / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The text with the first `from` replaced. A test whose starting point is gone must fail.
std::string with(std::string text, const std::string& from, const std::string& to)
{
    const std::size_t at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error("not in the file: " + from);
    return text.replace(at, from.size(), to);
}

const rehearsal::Stage& stage()
{
    static const rehearsal::Stage out = [] {
        const auto hash = [](std::string_view text) { return std::to_string(text.size()); };
        const auto protocol =
            config::load_protocol(source("config/protocol/notice-safe.toml"), {hash});
        const auto roster = config::load_roster(
            source("tests/rosters/nlmu-small"), std::chrono::hours(8), {hash, {}}
        );
        return rehearsal::Stage{protocol.protocol, roster.directory, protocol.text, 7};
    }();
    return out;
}

rehearsal::RehearsalResult played_text(const std::string& text)
{
    const auto loaded = config::load_rehearsal_text(text, "r.toml");
    REQUIRE(loaded.file);
    return rehearsal::play(*loaded.file, stage());
}

bool says(const std::vector<std::string>& unmet, const std::string& words)
{
    return std::any_of(unmet.begin(), unmet.end(), [&](const std::string& line) {
        return line.find(words) != std::string::npos;
    });
}

void check_passed(const rehearsal::RehearsalResult& result)
{
    for (const config::Fault& fault : result.faults)
        if (!fault.warning) FAIL_CHECK(fault.file << ":" << fault.line << ": " << fault.what);
    for (const std::string& unmet : result.unmet) FAIL_CHECK(unmet);
    CHECK(result.passed());
    CHECK(!result.events.empty());
}

// A step put in where the steps are in order of time.
std::string step_before(const std::string& marker, const std::string& step)
{
    return with(read("a2.toml"), marker, "[[step]]\n" + step + "\n\n" + marker);
}

const std::string before_sao = "[[step]]                                  # 11";

}  // namespace

TEST_CASE(
    "rehearsal: A2, a night on which class teacher and lead are silent, goes as it should",
    "[sim][notice-7]"
)
{
    check_passed(played("a2.toml"));
}

TEST_CASE("rehearsal: A7, a holiday with an empty slot, goes as it should", "[sim][notice-7]")
{
    check_passed(played("a7.toml"));
}

TEST_CASE(
    "rehearsal: A3, a roof, 119 and 110, and a name after seven minutes, goes as it should",
    "[sim][notice-7][N7.3][N7.4][N7.5][N7.6][N7.7]"
)
{
    check_passed(played("a3.toml"));
}

TEST_CASE(
    "rehearsal: A4, two students of two colleges and a 110 decided late, goes as it should",
    "[sim][notice-7][N7.3][N7.4][N7.5][N7.6][N7.7]"
)
{
    check_passed(played("a4.toml"));
}

TEST_CASE(
    "rehearsal: A5, missing at night until the police find her, goes as it should",
    "[sim][notice-7][N7.3][N7.4][N7.5][N7.7][N7.8]"
)
{
    check_passed(played("a5.toml"));
}

TEST_CASE(
    "rehearsal: A9, duplicates, a wrong merge, a split and two false alarms, goes as it should",
    "[sim][notice-7][N4.3][N7.2][N7.3][N7.4][N7.5][N7.7]"
)
{
    check_passed(played("a9.toml"));
}

TEST_CASE(
    "rehearsal: A11, a graduate who walks out and is found by his supervisor, goes as it should",
    "[sim][notice-7][N6.3][N7.3][N7.4][N7.5][N7.7][N7.8]"
)
{
    check_passed(played("a11.toml"));
}

TEST_CASE("short check 1: a callback number is enough to open", "[sim][check-1]")
{
    check_passed(played("short-checks/01-callback-only.toml"));
}

TEST_CASE(
    "short check 2: a report nobody decides about opens by itself after 90 seconds",
    "[sim][check-2]"
)
{
    check_passed(played("short-checks/02-untrusted-undecided.toml"));
}

TEST_CASE("short check 3: received alone satisfies neither scene nor lead", "[sim][check-3]")
{
    check_passed(played("short-checks/03-received-is-not-going.toml"));
}

TEST_CASE("short check 4: cannot starts the next wave at once", "[sim][check-4]")
{
    check_passed(played("short-checks/04-cannot-next-wave.toml"));
}

TEST_CASE("short check 5: a call that was picked up is no answer", "[sim][check-5]")
{
    check_passed(played("short-checks/05-picked-up.toml"));
}

TEST_CASE(
    "short check 6: of two who go at once both count, and the first ends the duty", "[sim][check-6]"
)
{
    check_passed(played("short-checks/06-two-going-at-once.toml"));
}

TEST_CASE("short check 7: a level never falls by itself", "[sim][check-7]")
{
    check_passed(played("short-checks/07-never-falls-by-itself.toml"));
}

TEST_CASE("short check 8: a fact put right to a milder one keeps the level", "[sim][check-8]")
{
    check_passed(played("short-checks/08-corrected-keeps-level.toml"));
}

TEST_CASE("short check 9: 120: somebody else has called, and that is accepted", "[sim][check-9]")
{
    check_passed(played("short-checks/09-d120-called-by-other.toml"));
}

TEST_CASE("short check 10: 110: declined without a reason is refused", "[sim][check-10]")
{
    check_passed(played("short-checks/10-d110-declined-needs-reason.toml"));
}

TEST_CASE(
    "short check 11: a guardian with a caution is not called before the center or the lead says so",
    "[sim][check-11]"
)
{
    check_passed(played("short-checks/11-caution-contact.toml"));
}

TEST_CASE("short check 12: a minor is in the hands of a legal guardian alone", "[sim][check-12]")
{
    check_passed(played("short-checks/12-minor-legal-guardian.toml"));
}

TEST_CASE(
    "short check 19: after a restart every missed rung comes at once, in its order, and says how "
    "late",
    "[sim][check-19]"
)
{
    check_passed(played("short-checks/19-restart-after-missed-rungs.toml"));
}

TEST_CASE(
    "short check 20: a drill asks nobody about 110, 120 and 119, and calls no guardian",
    "[sim][check-20]"
)
{
    check_passed(played("short-checks/20-drill.toml"));
    // What is sent is not in a rehearsal: the texts themselves, on every channel.
    for (const auto& [code, text] : stage().protocol->texts) {
        if (code.text() == "drill" || code.text() == "unknown" || code.text() == "S30") continue;
        CAPTURE(code.text());
        using config::Medium;
        for (const Medium medium : {Medium::Sms, Medium::Wecom})
            CHECK(config::render_text(*stage().protocol, code, {}, medium, true)
                      .starts_with("【守望演练】"));
        CHECK(config::render_text(*stage().protocol, code, {}, Medium::Voice, true)
                  .starts_with("这是演练"));
    }
}

TEST_CASE(
    "short check 28: two colleges: not stood down before somebody commands both", "[sim][check-28]"
)
{
    check_passed(played("short-checks/28-two-colleges-one-command.toml"));
}

TEST_CASE("short check 30: the decision about 110 is never waived", "[sim][check-30]")
{
    check_passed(played("short-checks/30-d110-never-waived.toml"));
}

TEST_CASE(
    "short check 31: what is taken up again is a second cycle, and the first stays as it was",
    "[sim][check-31]"
)
{
    check_passed(played("short-checks/31-reopen-after-close.toml"));
}

TEST_CASE("short check 36: a merge keeps the worse of each fact", "[sim][check-36]")
{
    check_passed(played("short-checks/36-merge-keeps-the-worse.toml"));
}

TEST_CASE(
    "short check 37: somebody else after all: those asked are told, and the right people are "
    "called",
    "[sim][check-37]"
)
{
    check_passed(played("short-checks/37-wrong-identity.toml"));
}

TEST_CASE("rehearsal: a yellow night waits for the morning only when somebody looked in", "[sim]")
{
    check_passed(played("yellow-night.toml"));
    check_passed(played("yellow-night-unseen.toml"));
}

TEST_CASE("rehearsal: a restart moves no instant of A2", "[sim]")
{
    // Between the reply of ce and the deputies' rung; and again over the rung itself, which is
    // then late by what the daemon was away.
    check_passed(
        played_text(step_before(before_sao, "at = \"02:19:20\"\ndo = \"restart\"\ndown = \"15s\""))
    );
    const auto late =
        played_text(step_before(before_sao, "at = \"02:19:20\"\ndo = \"restart\"\ndown = \"40s\""));
    CHECK(says(late.unmet, "it came at 02:20:00"));
    CHECK(late.unmet.size() == 3);  // the three deputies, and nobody else
}

TEST_CASE("rehearsal: a step of the wall clock moves no instant of A2", "[sim]")
{
    for (const char* by : {"3600", "-3600"})
        check_passed(played_text(
            step_before(before_sao, std::string("at = \"02:19:20\"\ndo = \"clock\"\nby_s = ") + by)
        ));
}

TEST_CASE("rehearsal: a step at the instant of a rung comes before the rung", "[sim]")
{
    // The lead goes at the very instant at which the deputies would be called.
    const auto result = played_text(step_before(
        before_sao, "at = \"02:19:40\"\ndo = \"answer\"\nby = \"vs-05\"\nanswer = \"going\""
    ));
    CHECK(says(result.unmet, "role = college_deputies, staff = sec-05 did not come"));
}

TEST_CASE("rehearsal: what did not come as expected is told, with what came instead", "[sim]")
{
    const std::string a2 = read("a2.toml");
    const auto late = played_text(with(
        a2,
        "at = \"02:19:40\"\npage = { staff = \"sec-05\"",
        "at = \"02:19:41\"\npage = { staff = \"sec-05\""
    ));
    CHECK(late.unmet.size() == 1);
    CHECK(says(late.unmet, "did not come at 02:19:41; it came at 02:19:40"));

    const auto came = played_text(with(
        a2,
        "never = { page = { role = \"psych_counsellor\", duty = \"S03\" } }",
        "never = { page = { role = \"univ_leader\" } }"
    ));
    CHECK(says(came.unmet, "role = univ_leader came at 02:32:40"));

    const auto state = played_text(with(
        a2,
        "state = { level = \"red\", phase = \"on_scene\" }",
        "state = { level = \"orange\", phase = \"on_scene\" }"
    ));
    CHECK(says(state.unmet, "expected level = orange, found level = red"));
}

TEST_CASE("rehearsal: a refused step is unmet unless it was expected", "[sim]")
{
    const std::string step =
        "at = \"02:19:20\"\ndo = \"close\"\nby = \"vs-05\"\nevidence = { reason = \"x\" }";
    CHECK(says(played_text(step_before(before_sao, step)).unmet, "was refused: duty_open"));
    const std::string expected =
        step_before(before_sao, step) + "\n[[expect]]\nstep = 11\nrefused = [\"duty_open\"]\n";
    check_passed(played_text(expected));
    const auto other =
        played_text(with(expected, "refused = [\"duty_open\"]", "refused = [\"life\"]"));
    CHECK(says(other.unmet, "does not say life"));
}

TEST_CASE("rehearsal: every fault of a file is told with its line", "[sim][config]")
{
    const auto loaded = config::load_rehearsal_text(
        "title = \"t\"\n"
        "start = 2026-10-10T02:17:00+08:00\n"
        "until = \"yesterday\"\n"
        "colour = \"red\"\n"
        "[[step]]\n"
        "at = \"25:00\"\n"
        "do = \"opne\"\n"
        "[[step]]\n"
        "at = \"+5x\"\n"
        "do = \"answer\"\n"
        "by = \"a\"\n"
        "[[expect]]\n"
        "at = \"02:18\"\n",
        "r.toml"
    );
    CHECK(!loaded.file);
    std::vector<unsigned> lines;
    for (const config::Fault& fault : loaded.faults) lines.push_back(fault.line);
    for (const unsigned line : {3U, 4U, 6U, 7U, 9U, 12U}) {
        CAPTURE(line);
        CHECK(std::find(lines.begin(), lines.end(), line) != lines.end());
    }
}

TEST_CASE("rehearsal: times of day roll over midnight", "[sim][config]")
{
    const auto loaded = config::load_rehearsal_text(
        "title = \"t\"\n"
        "start = 2026-10-04T23:50:00+08:00\n"
        "until = 2026-10-05T00:10:00+08:00\n"
        "[[step]]\n"
        "at = \"23:59:59.250\"\n"
        "do = \"restart\"\n"
        "[[step]]\n"
        "at = \"00:00:01\"\n"
        "do = \"restart\"\n"
        "[[step]]\n"
        "at = \"+35s\"\n"
        "do = \"restart\"\n",
        "r.toml"
    );
    REQUIRE(loaded.file);
    std::vector<std::string> times;
    for (const auto& step : loaded.file->steps) times.push_back(loaded.file->clock_of(step.at));
    CHECK(times == std::vector<std::string>{"23:59:59.250", "00:00:01", "00:00:36"});
    CHECK(loaded.file->steps[1].at - loaded.file->start == std::chrono::seconds(601));
}
