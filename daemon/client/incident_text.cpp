#include "daemon/client/incident_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <sstream>
#include <string_view>

namespace shouwang::client {

namespace js = boost::json;

namespace {

constexpr std::size_t event_bytes_max = 200;

std::string text_of(const js::value& value)
{
    if (value.is_null()) return {};
    if (const auto* text = value.if_string()) return printable({text->data(), text->size()});
    if (const auto* list = value.if_array()) {
        std::string out;
        for (const js::value& each : *list) out += (out.empty() ? "" : ", ") + text_of(each);
        return out;
    }
    return printable(js::serialize(value));
}

std::string text_at(const js::object& object, std::string_view name)
{
    const js::value* found = object.if_contains({name.data(), name.size()});
    return found == nullptr ? std::string() : text_of(*found);
}

std::string time_at(const js::object& object, std::string_view name)
{
    const std::string text = text_at(object, name);
    return text.empty() ? text : local_time(text);
}

bool true_at(const js::object& object, std::string_view name)
{
    const js::value* found = object.if_contains({name.data(), name.size()});
    return found != nullptr && found->is_bool() && found->get_bool();
}

const js::object& object_at(const js::object& object, std::string_view name)
{
    static const js::object nothing;
    const js::value* found = object.if_contains({name.data(), name.size()});
    return found != nullptr && found->is_object() ? found->get_object() : nothing;
}

// The objects of an array; whatever else stands in it is passed over.
std::vector<const js::object*> objects_at(const js::object& object, std::string_view name)
{
    std::vector<const js::object*> out;
    const js::value* found = object.if_contains({name.data(), name.size()});
    if (found == nullptr || !found->is_array()) return out;
    for (const js::value& each : found->get_array())
        if (const auto* row = each.if_object()) out.push_back(row);
    return out;
}

// "name(title)", as duty lists write people.
std::string person(const js::object& row)
{
    std::string out = text_at(row, "name");
    if (out.empty()) out = text_at(row, "staff");
    const std::string role = text_at(row, "role_label");
    return role.empty() ? out : out + " (" + role + ")";
}

std::string first_of(const js::object& object, std::string_view wanted, std::string_view otherwise)
{
    const std::string out = text_at(object, wanted);
    return out.empty() ? text_at(object, otherwise) : out;
}

void add(std::string& line, const std::string& part)
{
    if (part.empty()) return;
    if (!line.empty()) line += "  ";
    line += part;
}

std::string kind_mark(const js::object& incident, const Words& say)
{
    const std::string kind = text_at(incident, "kind");
    if (kind == "drill") return say("[演练]", "[DRILL]");
    if (kind == "test") return say("[测试]", "[TEST]");
    return {};
}

std::string head(const js::object& incident, const Words& say)
{
    std::string line = text_at(incident, "code");
    add(line, kind_mark(incident, say));
    add(line, first_of(incident, "level_label", "level"));
    add(line, first_of(incident, "phase_label", "phase"));
    const std::string opened = time_at(incident, "opened_at");
    add(line, opened.empty() ? time_at(incident, "reported_at") : opened);
    add(line, text_at(incident, "id"));
    return line + "\n";
}

std::string state_of(const std::string& state, const Words& say)
{
    if (state == "open") return say("进行中", "open");
    if (state == "done") return say("已完成", "done");
    if (state == "lapsed") return say("已超时", "lapsed");
    if (state == "moot") return say("不再需要", "moot");
    return state;
}

std::string duty_line(const js::object& duty, const Words& say)
{
    std::string line = "  " + text_at(duty, "key");
    add(line, text_at(duty, "label"));
    const std::string state = text_at(duty, "state");
    add(line, state_of(state, say));
    if (state != "open") return line + "\n";
    add(line, say("第", "rung ") + text_at(duty, "rung") + say("级", ""));
    const std::string repeats = text_at(duty, "repeats");
    if (!repeats.empty() && repeats != "0")
        add(line, say("已重复", "repeated ") + repeats + say("次", " times"));
    const std::string due = time_at(duty, "due");
    if (!due.empty()) add(line, say("限时", "due ") + due);
    const std::string next = time_at(duty, "next_at");
    if (!next.empty()) add(line, say("下次升级", "next ") + next);
    return line + "\n";
}

// Whatever stands here, a person dials it.
std::string decision_lines(const js::object& incident, const Words& say)
{
    std::string out;
    for (const js::object* decision : objects_at(incident, "decisions")) {
        std::string line = "  " + text_at(*decision, "label");
        const std::string value = text_at(*decision, "value");
        add(line, value.empty() ? say("待决定", "undecided") : value);
        add(line, time_at(*decision, value.empty() ? "due" : "at"));
        if (!text_at(*decision, "dial").empty()) add(line, say("（由人拨打）", "(a person dials)"));
        out += line + "\n";
    }
    return out.empty() ? out : say("决定:\n", "decisions:\n") + out;
}

std::string asked_lines(const js::object& duty, const Words& say)
{
    std::string out;
    for (const js::object* ask : objects_at(duty, "asked")) {
        std::string line = "      " + person(*ask);
        const std::string answer = text_at(*ask, "answer");
        add(line, answer.empty() ? say("未答复", "no answer") : answer);
        add(line, time_at(*ask, answer.empty() ? "asked_at" : "answered_at"));
        const std::string eta = time_at(*ask, "eta");
        if (!eta.empty()) add(line, say("预计到场", "eta ") + eta);
        if (true_at(*ask, "unreachable")) add(line, say("无法送达", "unreachable"));
        out += line + "\n";
    }
    return out;
}

std::string place_line(const js::object& incident, const Words& say)
{
    const js::object& place = object_at(incident, "place");
    std::string where = text_at(place, "label");
    add(where, text_at(place, "room"));
    add(where, text_at(place, "detail"));
    return where.empty() ? where : say("地点: ", "place: ") + where + "\n";
}

std::string subject_lines(const js::object& incident, const Words& say)
{
    std::string out;
    for (const js::object* subject : objects_at(incident, "subjects")) {
        std::string line = say("当事人 ", "subject ") + text_at(*subject, "id") + ":";
        add(line, text_at(*subject, "name"));
        add(line, text_at(*subject, "student_id"));
        add(line, text_at(*subject, "college_name"));
        add(line, text_at(*subject, "description"));
        if (true_at(*subject, "minor")) add(line, say("未成年", "minor"));
        out += line + "\n";
    }
    return out;
}

std::string fact_lines(const js::object& incident, const Words& say)
{
    std::string out;
    for (const js::object* fact : objects_at(incident, "facts")) {
        std::string line = "  " + first_of(*fact, "label", "name") + ": " + text_at(*fact, "value");
        add(line, text_at(*fact, "subject"));
        add(line, time_at(*fact, "since"));
        add(line, text_at(*fact, "source"));
        out += line + "\n";
    }
    return out.empty() ? out : say("情况:\n", "facts:\n") + out;
}

std::string missing_lines(const js::object& incident, const Words& say)
{
    std::string out;
    for (const auto& [end, list] : object_at(incident, "missing_for_end")) {
        if (!list.is_array()) continue;
        for (const js::value& each : list.get_array())
            if (const auto* row = each.if_object())
                out += "  " + printable({end.data(), end.size()}) + ": " + text_at(*row, "detail") +
                       " (" + text_at(*row, "code") + ")\n";
    }
    return out.empty() ? out : say("结案还缺:\n", "still missing to end it:\n") + out;
}

std::string list_row(const js::object& incident, const Words& say)
{
    std::string out = head(incident, say);
    std::string line;
    add(line, text_at(incident, "place"));
    add(line, text_at(incident, "colleges"));
    const std::string open = text_at(incident, "duties_open");
    if (!open.empty()) add(line, say("未完成任务 ", "open duties ") + open);
    const std::string next = time_at(incident, "next_at");
    if (!next.empty()) add(line, say("下次动作 ", "next ") + next);
    return line.empty() ? out : out + "  " + line + "\n";
}

}  // namespace

std::string incident_brief(const js::object& incident, const Words& say)
{
    std::string out;
    if (incident.contains("attached_to"))
        out += say("已并入正在处置的事件:\n", "attached to an incident that is open:\n");
    out += head(incident, say);
    if (text_at(incident, "phase") == "received")
        out +=
            say("已收到，等待值班人员核实；到时未核实将自动开启\n",
                "received; the duty desk looks at it, and in time it opens by itself\n");
    for (const js::object* duty : objects_at(incident, "duties"))
        if (text_at(*duty, "state") == "open") out += duty_line(*duty, say);
    return out;
}

std::string brief_text(const js::object& answer, const Words&)
{
    const js::value* text = answer.if_contains("text");
    if (text == nullptr || !text->is_string()) return {};
    std::istringstream lines{std::string(text->get_string())};
    std::string out;
    for (std::string line; std::getline(lines, line);) out += printable(line) + "\n";
    return out;
}

std::string incident_page(const js::object& incident, const Words& say)
{
    std::string out = head(incident, say);
    out += place_line(incident, say);
    out += subject_lines(incident, say);
    const js::object& commander = object_at(incident, "commander");
    if (!commander.empty()) out += say("现场指挥: ", "commander: ") + person(commander) + "\n";
    const std::string callback = text_at(incident, "callback");
    if (!callback.empty()) out += say("回拨: ", "callback: ") + callback + "\n";
    const std::string text = text_at(incident, "text");
    if (!text.empty()) out += say("报告: ", "report: ") + text + "\n";
    out += fact_lines(incident, say);
    std::string duties;
    for (const js::object* duty : objects_at(incident, "duties"))
        duties += duty_line(*duty, say) + asked_lines(*duty, say);
    if (!duties.empty()) out += say("任务:\n", "duties:\n") + duties;
    out += decision_lines(incident, say);
    for (const js::object* other : objects_at(incident, "suggestions"))
        if (!true_at(*other, "dropped"))
            out +=
                say("可能是同一事件: ", "may be the same: ") + text_at(*other, "incident") + "\n";
    for (const js::object* note : objects_at(incident, "notes"))
        out +=
            say("记录: ", "note: ") + time_at(*note, "at") + "  " + text_at(*note, "text") + "\n";
    for (const js::object* hole : objects_at(incident, "holes"))
        out += say("岗位空缺: ", "nobody holds: ") + first_of(*hole, "role_label", "role") + "  " +
               text_at(*hole, "unit") + "\n";
    return out + missing_lines(incident, say);
}

std::string incident_list(const js::object& answer, const Words& say)
{
    std::string out;
    for (const js::object* incident : objects_at(answer, "incidents"))
        out += list_row(*incident, say);
    if (out.empty()) return say("没有事件\n", "no incidents\n");
    const std::string next = text_at(answer, "next_cursor");
    if (!next.empty()) out += say("还有更多: --cursor ", "there is more: --cursor ") + next + "\n";
    return out;
}

std::string report_list(const js::object& answer, const Words& say)
{
    std::string out;
    for (const js::object* report : objects_at(answer, "reports")) {
        out += head(*report, say);
        std::string line;
        add(line, text_at(*report, "via"));
        const std::string opens = time_at(*report, "opens_at");
        if (!opens.empty()) add(line, say("未核实将自动开启 ", "opens by itself ") + opens);
        add(line, text_at(*report, "text"));
        if (!line.empty()) out += "  " + line + "\n";
    }
    return out.empty() ? say("没有待核实的报告\n", "no reports to judge\n") : out;
}

std::string timeline(const js::object& answer, const Words& say)
{
    std::string out;
    for (const js::object* event : objects_at(answer, "events")) {
        std::string line = text_at(*event, "seq");
        add(line, time_at(*event, "at"));
        add(line, text_at(*event, "type"));
        std::string body = printable(js::serialize(object_at(*event, "body")));
        if (body.size() > event_bytes_max) {
            std::size_t end = event_bytes_max;
            while (end > 0 && (static_cast<unsigned char>(body[end]) & 0xC0U) == 0x80U) --end;
            body = body.substr(0, end) + "…";
        }
        add(line, body);
        out += line + "\n";
    }
    return out.empty() ? say("没有记录\n", "no events\n") : out;
}

std::string problem(const js::object& answer, const Words& say)
{
    std::string out = first_of(answer, "detail", "title") + "\n";
    for (const js::object* error : objects_at(answer, "errors")) {
        std::string line = " ";
        add(line, text_at(*error, "pointer"));
        add(line, text_at(*error, "detail"));
        out += line + "\n";
    }
    const auto missing = objects_at(answer, "missing");
    if (!missing.empty()) out += say("还缺:\n", "missing:\n");
    for (const js::object* each : missing)
        out += "  " + text_at(*each, "code") + "  " + text_at(*each, "detail") + "\n";
    return out;
}

}  // namespace shouwang::client
