#include "daemon/client/incident_requests.hpp"
#include "daemon/client/incident_text.hpp"
#include "daemon/client/invocation.hpp"
#include "daemon/client/shared_options.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <vector>

// What people decide, sign, waive and correct. All of these verbs have one shape: an incident, what
// else the path names, and members of a body; the daemon judges them. So they stand in one table.
namespace shouwang::client {

namespace js = boost::json;

namespace {

struct Member {
    const char* option;  // "NAME" is positional, "--name" is not
    const char* member;  // of the body, "place.floor" of an object in it; "{}" stands in the path
    bool needed = false;
    const char* zh = "";
    const char* en = "";
};

struct Deed {
    const char* name;
    const char* path;        // after the incident's own
    bool signs = false;      // takes evidence
    bool on_behalf = false;  // takes --staff and --heard-by
    const char* zh = "";
    const char* en = "";
    std::vector<Member> members;
    bool states = false;  // takes facts
};

const Member reason{"--reason", "reason", false, "理由；“-”为标准输入", "why; \"-\" for stdin"};
const Member needed_reason{
    "--reason", "reason", true, "理由；“-”为标准输入", "why; \"-\" for stdin"};
const Member campus{"--campus", "place.campus", false, "校区编号", "campus id"};
const Member building{"--building", "place.building", false, "楼栋", "building, id or name"};
const Member floor_of{"--floor", "place.floor", false, "楼层", "floor"};
const Member room{"--room", "place.room", false, "房间；“-”为标准输入", "room; \"-\" for stdin"};
const Member detail{
    "--detail", "place.detail", false, "补充；“-”为标准输入", "more; \"-\" for stdin"};
const Member with{"INCIDENT2", "with", true, "另一个事件", "the other incident"};

const std::vector<Deed>& deeds()
{
    static const std::vector<Deed> all{
        {"decide",
         "decisions",
         false,
         true,
         "登记决定（110、119、120 由人拨打）",
         "record a decision; people dial, nothing here does",
         {{"DECISION", "decision", true, "如 d120、d110、transport", "such as d120, d110"},
          {"VALUE", "value", true, "如 called、declined", "such as called, declined"},
          reason,
          {"--at", "at", false, "何时拨打", "when it was dialled"},
          {"--note", "note", false, "备注，如警单号", "such as the number they gave"},
          {"--ask", "ask", false, "有多项时指明任务", "which duty, where several are open"}}},
        {"stand-down",
         "stand-down",
         true,
         true,
         "签署应急结束",
         "sign that the emergency is over",
         {needed_reason}},
        {"false-alarm",
         "false-alarm",
         true,
         true,
         "签署虚惊（两人）",
         "sign that it was nothing (two people)",
         {reason}},
        {"level-down",
         "level-down",
         true,
         true,
         "签署降一级",
         "sign that the level goes down",
         {needed_reason}},
        {"end-drill", "drill-end", true, true, "结束演练", "end a drill", {}},
        {"sign",
         "endings/{}",
         true,
         true,
         "签署协议里的其他事项",
         "sign another ending of the protocol",
         {{"ENDING", "{}", true, "协议里的名称", "its name in the protocol"},
          {"--subject", "subject", false, "哪个当事人", "which subject"},
          reason}},
        {"waive",
         "duties/{}/waive",
         false,
         true,
         "说明理由免除一项任务",
         "waive a duty with a reason",
         {{"DUTY", "{}", true, "任务", "duty"}, needed_reason}},
        {"command",
         "command",
         false,
         true,
         "接任、移交或指定指挥",
         "take command, hand it over, or appoint somebody",
         {{"--to", "to", false, "交给谁（职工编号）", "to whom (staff id)"},
          {"--register", "register", false, "别的岗位", "another register of one"},
          reason}},
        {"place",
         "place",
         false,
         false,
         "更正或补充地点",
         "say where it is, or correct it",
         {campus, building, floor_of, room, detail}},
        {"note",
         "notes",
         false,
         false,
         "记一笔",
         "write something down",
         {{"TEXT", "text", true, "内容；“-”为标准输入", "what; \"-\" for stdin"}}},
        {"add-subject",
         "subjects",
         false,
         false,
         "加入一名当事人",
         "add a student",
         {{"--student", "student_id", false, "学号", "student id"},
          {"--describe", "description", false, "不知道是谁时的描述", "somebody not identified"}},
         true},
        {"identify",
         "subjects/{}/identify",
         false,
         false,
         "核实或更正是谁",
         "say who somebody is, or correct it",
         {{"SUBJECT", "{}", true, "当事人，如 s1", "subject, such as s1"},
          {"STUDENT", "student_id", true, "学号；“-”为标准输入", "student id; \"-\" for stdin"}}},
        {"close-subject",
         "subjects/{}/close",
         true,
         true,
         "签署某人不再涉及（两人）",
         "sign that one student is no longer part of it",
         {{"SUBJECT", "{}", true, "当事人，如 s1", "subject, such as s1"}, needed_reason}},
        {"reopen",
         "reopen",
         false,
         false,
         "重新启动，开始新一轮",
         "take it up again, as a new cycle",
         {needed_reason}},
        {"switch-protocol",
         "protocol",
         false,
         false,
         "改用另一版协议",
         "put it under another version of the protocol",
         {{"--hash",
           "protocol",
           false,
           "协议哈希，默认现行",
           "its hash; default: the one in force"},
          needed_reason}},
        {"merge",
         "merge",
         false,
         false,
         "两个事件是同一件",
         "two incidents are one",
         {with, reason}},
        {"split",
         "split",
         false,
         false,
         "拆开并错的事件",
         "take apart what was merged or attached; the place is where it really is",
         {needed_reason, campus, building, floor_of, room, detail}},
        {"keep-apart",
         "keep-apart",
         false,
         false,
         "看过：不是同一件",
         "they were looked at, and are two",
         {with}}};
    return all;
}

struct Arguments {
    std::string incident;
    std::vector<std::string> values;
    std::vector<std::string> evidence;
    std::vector<std::string> facts;
    Behalf behalf;
};

ApiRequest request_for(const Deed& deed, const Arguments& arguments)
{
    std::string path = deed.path;
    js::object body;
    for (std::size_t i = 0; i < deed.members.size(); ++i) {
        const std::string& value = arguments.values[i];
        if (value.empty()) continue;
        const std::string member = deed.members[i].member;
        const std::size_t dot = member.find('.');
        if (member == "{}") {
            path.replace(path.find("{}"), 2, encoded(value));
        } else if (dot != std::string::npos) {
            js::value& inner = body[member.substr(0, dot)];
            if (!inner.is_object()) inner.emplace_object();
            inner.get_object()[member.substr(dot + 1)] = value;
        } else {
            body[member] = value;
        }
    }
    if (!arguments.evidence.empty()) {
        js::object evidence;
        for (const auto& [name, value] : pairs_of(arguments.evidence)) evidence[name] = value;
        body["evidence"] = std::move(evidence);
    }
    if (!arguments.facts.empty()) body["facts"] = facts_of(pairs_of(arguments.facts));
    put(body, arguments.behalf);
    return {"/api/v1/incidents/" + encoded(arguments.incident) + "/" + path, std::move(body)};
}

void add_deed(CLI::App& app, Invocation& invocation, const Deed& deed)
{
    const Words& say = invocation.say();
    auto to = std::make_shared<Arguments>();
    to->values.resize(deed.members.size());
    CLI::App& verb = *app.add_subcommand(deed.name, say(deed.zh, deed.en));
    verb.add_option("INCIDENT", to->incident, say("事件编号", "incident id"))->required();
    for (std::size_t i = 0; i < deed.members.size(); ++i) {
        const Member& member = deed.members[i];
        auto* option = verb.add_option(member.option, to->values[i], say(member.zh, member.en));
        if (member.needed) option->required();
    }
    if (deed.signs)
        add_pairs(
            verb,
            "--evidence",
            to->evidence,
            say("依据 名=值，可多次", "NAME=VALUE; may be repeated")
        );
    if (deed.states)
        add_pairs(
            verb, "--fact", to->facts, say("情况 名=值，可多次", "NAME=VALUE; may be repeated")
        );
    if (deed.on_behalf) add_behalf(verb, to->behalf, say);
    verb.callback([&invocation, &deed, to] {
        invocation.leave([&invocation, &deed, to] {
            std::vector<std::string*> texts;
            for (std::string& value : to->values) texts.push_back(&value);
            if (!invocation.take_input(texts)) return invocation.failure();
            return invocation.ask(request_for(deed, *to), &incident_brief);
        });
    });
}

}  // namespace

void add_deed_verbs(CLI::App& app, Invocation& invocation)
{
    for (const Deed& deed : deeds()) add_deed(app, invocation, deed);
}

}  // namespace shouwang::client
