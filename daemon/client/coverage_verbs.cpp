#include "daemon/client/invocation.hpp"
#include "daemon/client/questions.hpp"
#include "daemon/http/instant_text.hpp"
#include "daemon/rehearsal/coverage.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// coverage: the corners of the coming days in which nobody would be called, or only a last resort.
namespace shouwang::client {

namespace js = boost::json;
using namespace escalation;
using rehearsal::Corner;
using rehearsal::Coverage;

namespace {

constexpr unsigned days_default = 7;
constexpr unsigned days_max = 366;
constexpr std::size_t ranges_shown = 8;

struct CoverageLine {
    std::string from;  // empty: now
    unsigned days = days_default;
    std::string roster;
    std::string protocol;
    std::vector<std::string> silent;
    std::vector<std::string> facts;
};

const char* word_of_kind(Corner::Kind kind)
{
    switch (kind) {
        case Corner::Kind::Nobody: return "nobody";
        case Corner::Kind::LastResort: return "last_resort";
        case Corner::Kind::StandIn: return "stand_in";
    }
    return "";
}

template <class Names>
js::array array_of(const Names& names)
{
    js::array out;
    for (const auto& name : names) out.emplace_back(name.text());
    return out;
}

js::object object_of(const Corner& corner)
{
    js::array ranges;
    for (const Corner::Range& range : corner.ranges)
        ranges.push_back(js::object{
            {"from", http::to_rfc3339(range.from)}, {"to", http::to_rfc3339(range.to)}});
    return {
        {"kind", word_of_kind(corner.kind)},
        {"role", corner.role.text()},
        {"unit", corner.unit.text()},
        {"hours", corner.lasts().count()},
        {"ranges", std::move(ranges)},
        {"stand_in", corner.stand_in.text()},
        {"stand_in_role", corner.stand_in_role.text()},
        {"reason", corner.reason},
        {"duties", array_of(corner.duties)},
        {"nobody_at_first", array_of(corner.skipped)},
        {"classes", array_of(corner.classes)}};
}

js::object document_of(const rehearsal::CoverageQuestion& question, const Coverage& found)
{
    js::array corners;
    for (const Corner& corner : found.corners) corners.push_back(object_of(corner));
    return {
        {"ok", found.corners.empty()},
        {"from", http::to_rfc3339(question.from)},
        {"to", http::to_rfc3339(question.from + std::chrono::hours(question.hours))},
        {"classes", found.classes},
        {"hours", question.hours},
        {"played", found.played},
        {"corners", std::move(corners)}};
}

// What people read.
class CoverageText {
public:
    CoverageText(const ReadFiles& files, const Words& say) : files_(files), say_(say) {}

    [[nodiscard]] std::string of(const rehearsal::CoverageQuestion& question, const Coverage& found)
        const
    {
        std::string out;
        std::optional<Corner::Kind> last;
        for (const Corner& corner : found.corners) {
            if (last != corner.kind) out += heading(corner.kind) + "\n";
            last = corner.kind;
            out += of(corner);
        }
        const auto end = question.from + std::chrono::hours(question.hours);
        return out + std::to_string(found.classes) + say_(" 个班 × ", " classes × ") +
               std::to_string(question.hours) + say_(" 小时，", " hours, ") +
               minute(question.from) + " – " + minute(end) + ": " +
               (found.corners.empty()
                    ? say_("每个岗位首批都有人", "every duty of life reaches its first people")
                    : std::to_string(found.corners.size()) + say_(" 处空档", " corners")) +
               "\n";
    }

private:
    [[nodiscard]] std::string heading(Corner::Kind kind) const
    {
        switch (kind) {
            case Corner::Kind::Nobody: return say_("没有人可以联系", "Nobody can be reached");
            case Corner::Kind::LastResort:
                return say_(
                    "空缺，由单位负责人或最后呼叫名单顶替",
                    "Empty: the head of the unit or the last-resort list stands in"
                );
            case Corner::Kind::StandIn:
                return say_("空缺，由他人顶替", "Empty: somebody else stands in");
        }
        return {};
    }

    [[nodiscard]] std::string of(const Corner& corner) const
    {
        std::string out = "  " + role(corner.role);
        if (!corner.unit.empty()) out += "  " + unit(corner.unit);
        out += "  " + std::to_string(corner.lasts().count()) + " h  " + duties(corner.duties);
        const bool nobody = corner.kind == Corner::Kind::Nobody;
        if (!corner.stand_in.empty())
            out += (nobody ? say_("  联系不上 ", "  out of reach: ") : say_("  由 ", "  by ")) +
                   person(corner.stand_in) + " (" + role(corner.stand_in_role) + ", " +
                   corner.reason + ")";
        out += "  " + std::to_string(corner.classes.size()) + say_(" 个班", " classes") + "\n";
        if (!corner.skipped.empty())
            out += "      " + duties(corner.skipped) +
                   say_(" 首批无人，立即下一梯", ": nobody at first, the next rung at once") + "\n";
        for (std::size_t i = 0; i < std::min(corner.ranges.size(), ranges_shown); ++i)
            out += "      " + minute(corner.ranges[i].from) + " – " + minute(corner.ranges[i].to) +
                   "\n";
        if (corner.ranges.size() > ranges_shown)
            out += say_("      另有 ", "      and ") +
                   std::to_string(corner.ranges.size() - ranges_shown) +
                   say_(" 段，见 --json", " more, see --json") + "\n";
        return out;
    }

    static std::string minute(Instant at) { return local_time(at).substr(0, 11); }

    [[nodiscard]] std::string role(const RoleName& name) const
    {
        const auto found = files_.protocol->roles.find(name);
        const bool known = found != files_.protocol->roles.end() && !found->second.label.empty();
        return known ? found->second.label + " " + name.text() : name.text();
    }
    [[nodiscard]] std::string unit(const UnitId& id) const
    {
        const Unit* found = files_.directory->unit(id);
        return id.text() + (found == nullptr ? "" : " " + printable(found->name));
    }
    [[nodiscard]] std::string person(const StaffId& id) const
    {
        const Staff* found = files_.directory->person(id);
        return id.text() + (found == nullptr ? "" : " " + printable(found->name));
    }
    static std::string duties(const std::set<DutyName>& names)
    {
        std::vector<std::string> out;
        for (const DutyName& name : names) out.push_back(name.text());
        return joined(out, " ");
    }

    const ReadFiles& files_;
    const Words& say_;
};

ExitCode cover(Invocation& invocation, const CoverageLine& line)
{
    const auto files = read_files(invocation, line.protocol, line.roster);
    if (!files) return ExitCode::BadConfiguration;
    const Words& say = invocation.say();
    std::vector<std::string> faults;
    rehearsal::CoverageQuestion question;
    const auto from = line.from.empty() ? invocation.world().time.now() : parse_time(line.from);
    if (from)
        question.from = std::chrono::floor<std::chrono::hours>(*from);
    else
        faults.push_back("--from " + line.from + ": 2026-10-10T02:00:00+08:00, 2026-10-10 02:00");
    if (line.days < 1 || line.days > days_max)
        faults.push_back(
            "--days " + std::to_string(line.days) + ": 1 … " + std::to_string(days_max)
        );
    question.hours = std::size_t{24} * line.days;
    question.facts = facts_of(line.facts, faults);
    question.silent = staff_of(line.silent, *files->directory, say, faults);
    if (!faults.empty()) return invocation.complain(ExitCode::Usage, joined(faults, "; "));

    const Coverage found = rehearsal::coverage(question, files->protocol, *files->directory);
    for (const Missing& missing : found.refused)
        faults.push_back(missing.pointer + " " + missing.detail);
    if (!faults.empty()) return invocation.complain(ExitCode::Failed, joined(faults, "; "));
    return invocation.show(
        found.corners.empty() ? ExitCode::Done : ExitCode::Failed,
        document_of(question, found),
        CoverageText(*files, say).of(question, found)
    );
}

}  // namespace

void add_coverage_verb(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    auto line = std::make_shared<CoverageLine>();
    CLI::App& verb = *app.add_subcommand(
        "coverage",
        say("今后几天哪个班在哪个时段会叫不到人",
            "where, in the coming days, nobody would be called for whom")
    );
    verb.add_option("--from", line->from, say("从何时起，默认现在", "since when; default now"));
    verb.add_option("--days", line->days, say("几天，默认 7", "how many days; default 7"));
    verb.add_option("--silent", line->silent, say("视为联系不上的人", "who counts as out of reach"))
        ->delimiter(',');
    verb.add_option(
        "--fact",
        line->facts,
        say("已知事实 名=值，可多次；默认什么都不知道",
            "what is known, name=value, several times; default: nothing")
    );
    verb.add_option(
        "--protocol",
        line->protocol,
        say("协议文件，默认取自设置", "protocol; default: the one in the settings")
    );
    verb.add_option(
        "--roster",
        line->roster,
        say("名册文件夹，默认取自设置", "roster folder; default: the one in the settings")
    );
    verb.callback([&invocation, line] {
        invocation.leave([&invocation, line] { return cover(invocation, *line); });
    });
}

}  // namespace shouwang::client
