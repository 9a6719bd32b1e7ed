#include "daemon/client/edited_files.hpp"
#include "daemon/client/invocation.hpp"
#include "daemon/configuration.hpp"
#include "daemon/http/instant_text.hpp"
#include "escalation/decide.hpp"
#include "escalation/resolve.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <variant>

// roster check|resolve: the roster folder, judged and asked without a daemon.
namespace shouwang::client {

namespace js = boost::json;
using namespace escalation;

namespace {

struct RosterLine {
    std::string folder;    // empty: the one the daemon's settings name
    std::string protocol;  // the same
    std::string role;
    std::string student;
    std::string building;
    std::string campus;
    std::string at;  // empty: now
};

// Fills in what the line left out. False after saying why it cannot be known.
bool complete(Invocation& invocation, RosterLine& line, bool needs_protocol)
{
    const bool whole = !line.folder.empty() && (!needs_protocol || !line.protocol.empty());
    if (whole) return true;
    const auto settings = invocation.settings();
    if (!settings) return false;
    if (line.folder.empty()) line.folder = settings->roster.string();
    if (line.protocol.empty()) line.protocol = settings->protocol.string();
    return true;
}

std::string counts(const Directory& directory, const Words& say)
{
    return say("单位 ", "units ") + std::to_string(directory.units.size()) +
           say("，人员 ", ", staff ") + std::to_string(directory.staff.size()) +
           say("，学生 ", ", students ") + std::to_string(directory.students.size());
}

ExitCode check(Invocation& invocation, RosterLine& line)
{
    if (!complete(invocation, line, false)) return ExitCode::BadConfiguration;
    const Words& say = invocation.say();
    std::vector<config::Fault> faults;
    std::shared_ptr<const Protocol> protocol;
    if (!line.protocol.empty()) {
        auto loaded = read_protocol(line.protocol);
        protocol = loaded.protocol;
        if (protocol == nullptr) faults = std::move(loaded.faults);
    }
    const auto roster = read_roster(line.folder, protocol.get());
    faults.insert(faults.end(), roster.faults.begin(), roster.faults.end());
    const bool good = roster.directory != nullptr && !has_error(faults);

    js::object document{{"ok", good}};
    std::string text = daemon::words(faults);
    if (roster.directory != nullptr) {
        const Directory& directory = *roster.directory;
        document["version"] = directory.version;
        document["units"] = directory.units.size();
        document["staff"] = directory.staff.size();
        document["students"] = directory.students.size();
        text += counts(directory, say) + "\n" + directory.version + "\n";
    }
    text += line.folder +
            (good ? say(": 可用\n", ": good\n") : say(": 不可用\n", ": cannot be used\n"));
    document["faults"] = faults_document(faults);
    return invocation.show(good ? ExitCode::Done : ExitCode::BadConfiguration, document, text);
}

// The incident as the daemon would open it for this student or place: whoever answers "who would
// be paged" must ask the engine itself.
std::variant<Incident, Refusal> imagine(
    const std::shared_ptr<const Protocol>& protocol,
    const Directory& directory,
    const RosterLine& line,
    Instant now
)
{
    Report report;
    report.id = IncidentId("imagined");
    report.kind = Kind::Drill;
    report.via = protocol->trusted.empty() ? std::string() : *protocol->trusted.begin();
    report.by.account = "shouwang";
    if (!line.student.empty()) {
        SubjectReport subject;
        subject.student = StudentId(line.student);
        report.subjects.push_back(std::move(subject));
    }
    if (!line.building.empty() || !line.campus.empty()) {
        PlaceReport place;
        place.building = line.building;
        place.campus = line.campus;
        report.place = std::move(place);
    }
    // Of nobody and nowhere: a callback is all that such a report has.
    if (report.subjects.empty() && !report.place) report.callback = "none";
    Rules rules;
    rules.protocols[protocol->hash] = protocol;
    rules.current = protocol->hash;
    Board board;
    const Decision decision = decide(rules, directory, board, Command(report), now);
    if (const auto* refusal = std::get_if<Refusal>(&decision)) return *refusal;
    for (const Event& event : std::get<std::vector<Event>>(decision)) evolve(board, event);
    return board.incidents.at(report.id);
}

js::object document_of(
    const Resolution& found, const Directory& directory, const RosterLine& line, Instant now
)
{
    js::array people;
    for (const Person& person : found.people) {
        const Staff* staff = directory.person(person.staff);
        people.push_back(js::object{
            {"staff", person.staff.text()},
            {"name", staff == nullptr ? std::string() : staff->name},
            {"role", person.role.text()},
            {"reason", person.reason}});
    }
    js::array holes;
    for (const Hole& hole : found.holes)
        holes.push_back(js::object{{"role", hole.role.text()}, {"unit", hole.unit.text()}});
    return {
        {"role", line.role},
        {"at", http::to_rfc3339(now)},
        {"people", std::move(people)},
        {"holes", std::move(holes)}};
}

std::string text_of(const Resolution& found, const Directory& directory, const Words& say)
{
    std::string out;
    for (const Person& person : found.people) {
        const Staff* staff = directory.person(person.staff);
        out += printable(staff == nullptr ? person.staff.text() : staff->name) + "  " +
               person.staff.text() + "  " + person.role.text() + "  " + person.reason + "\n";
    }
    for (const Hole& hole : found.holes)
        out += say("空缺: ", "nobody holds: ") + hole.role.text() + "  " + hole.unit.text() + "\n";
    if (found.people.empty())
        out += say("没有人可以联系，将转至兜底名单\n", "nobody: the last-resort list is paged\n");
    return out;
}

ExitCode resolve_role(Invocation& invocation, RosterLine& line)
{
    if (!complete(invocation, line, true)) return ExitCode::BadConfiguration;
    const auto loaded = read_protocol(line.protocol);
    const auto roster = read_roster(line.folder, loaded.protocol.get());
    if (loaded.protocol == nullptr || roster.directory == nullptr) {
        std::vector<config::Fault> faults = loaded.faults;
        faults.insert(faults.end(), roster.faults.begin(), roster.faults.end());
        return invocation.show(
            ExitCode::BadConfiguration,
            {{"ok", false}, {"faults", faults_document(faults)}},
            daemon::words(faults)
        );
    }
    const Instant now = parse_time(line.at).value_or(invocation.world().time.now());
    const Directory& directory = *roster.directory;
    const RoleName role(line.role);
    if (!loaded.protocol->roles.contains(role)) {
        const Words& say = invocation.say();
        return invocation.complain(
            ExitCode::Failed, say("协议中没有这个角色: ", "the protocol has no role ") + line.role
        );
    }
    const auto imagined = imagine(loaded.protocol, directory, line, now);
    if (const auto* refusal = std::get_if<Refusal>(&imagined)) {
        std::string why;
        for (const Missing& missing : refusal->missing)
            why += (why.empty() ? "" : "; ") + missing.pointer + " " + missing.detail;
        return invocation.complain(ExitCode::Failed, why);
    }
    const Resolution found =
        resolve(*loaded.protocol, directory, std::get<Incident>(imagined), role, {}, now);
    return invocation.show(
        found.people.empty() ? ExitCode::Failed : ExitCode::Done,
        document_of(found, directory, line, now),
        text_of(found, directory, invocation.say())
    );
}

std::string time_fault(const std::string& text)
{
    return parse_time(text) ? std::string() : "2026-10-10T02:17:40+08:00 or 2026-10-10 02:17";
}

}  // namespace

void add_roster_verbs(CLI::App& app, Invocation& invocation)
{
    const Words& say = invocation.say();
    CLI::App& family = *app.add_subcommand("roster", say("名册文件夹", "the roster folder"));
    family.require_subcommand(1);
    const std::string of_protocol =
        say("协议文件，默认取自设置", "protocol; default: the one in the settings");

    auto checked = std::make_shared<RosterLine>();
    CLI::App& checking = *family.add_subcommand(
        "check", say("检查，一次列出全部错误", "check it; every fault at once")
    );
    checking.add_option(
        "FOLDER",
        checked->folder,
        say("名册文件夹，默认取自设置", "roster folder; default: the one in the settings")
    );
    checking.add_option("--protocol", checked->protocol, of_protocol);
    checking.callback([&invocation, checked] {
        invocation.leave([&invocation, checked] { return check(invocation, *checked); });
    });

    auto asked = std::make_shared<RosterLine>();
    CLI::App& resolving = *family.add_subcommand(
        "resolve", say("某角色此刻是谁，为什么", "who a role is at a time, and why them")
    );
    resolving.add_option("ROLE", asked->role, say("角色", "role"))->required();
    resolving.add_option("--student", asked->student, say("学号", "student id"));
    resolving.add_option("--building", asked->building, say("楼栋编号或名称", "building"));
    resolving.add_option("--campus", asked->campus, say("校区编号", "campus id"));
    resolving.add_option("--at", asked->at, say("时刻，默认现在", "when; default now"))
        ->check(time_fault);
    resolving.add_option("--protocol", asked->protocol, of_protocol);
    resolving.add_option("--roster", asked->folder, say("名册文件夹", "roster folder"));
    resolving.callback([&invocation, asked] {
        invocation.leave([&invocation, asked] { return resolve_role(invocation, *asked); });
    });
}

}  // namespace shouwang::client
