#include "daemon/http/brief.hpp"

#include "daemon/http/responder_view.hpp"
#include "escalation/evaluate.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace shouwang::http {

using namespace escalation;

namespace {

// With its day: what goes on past midnight is read by people who were not there.
std::string stamp(const Protocol& protocol, Instant at)
{
    const std::chrono::year_month_day day(
        std::chrono::floor<std::chrono::days>(at + protocol.utc_offset)
    );
    std::array<char, 16> out{};
    std::snprintf(
        out.data(),
        out.size(),
        "%02u-%02u ",
        static_cast<unsigned>(day.month()),
        static_cast<unsigned>(day.day())
    );
    return out.data() + local_time(protocol, at);
}

std::string label_of(const Protocol& protocol, const RoleName& role)
{
    const auto known = protocol.roles.find(role);
    return known == protocol.roles.end() ? "相关人员" : known->second.label;
}

std::string role_of(const Protocol& protocol, const DutyInstance& duty, const StaffId& staff)
{
    const auto ask = duty.asks.find(staff);
    return label_of(protocol, ask == duty.asks.end() ? RoleName{} : ask->second.role);
}

// One line: what it was, who by role did it, when.
std::string duty_line(const Protocol& protocol, const DutyInstance& duty)
{
    const auto defined = protocol.duties.find(duty.key.name);
    if (defined == protocol.duties.end() || duty.state == DutyState::Moot) return {};
    std::string out = defined->second.label + "：";
    switch (duty.state) {
        case DutyState::Done:
            if (!duty.ended_by.empty()) out += role_of(protocol, duty, duty.ended_by) + " ";
            if (!duty.decided.empty()) out += word_label(protocol, duty.decided) + " ";
            break;
        case DutyState::Open: return out + "进行中\n";
        case DutyState::Lapsed: out += "逾时 "; break;
        case DutyState::Waived: out += "已免除 "; break;
        case DutyState::Moot: break;
    }
    if (duty.ended_at) out += stamp(protocol, *duty.ended_at);
    return out + "\n";
}

// Facts of the incident and of its subjects, in the protocol's words, one line each.
std::string fact_lines(const Protocol& protocol, const Incident& incident)
{
    std::string out;
    for (const auto& [key, fact] : incident.facts) {
        const auto defined = protocol.facts.find(key.fact);
        if (fact.value.empty() || defined == protocol.facts.end()) continue;
        out += defined->second.label + "：";
        for (const std::string& value : fact.value) {
            const auto label = defined->second.value_labels.find(value);
            out += (label == defined->second.value_labels.end() ? value : label->second) + " ";
        }
        out += "（" + stamp(protocol, fact.since) + "）\n";
    }
    return out;
}

// Who was called and never said a word, by role, and how often they were tried.
std::string unanswered_lines(const Protocol& protocol, const Incident& incident)
{
    std::map<StaffId, unsigned> calls;
    std::map<StaffId, RoleName> roles;
    for (const auto& [id, page] : incident.pages) {
        if (page.asks.empty()) continue;
        ++calls[page.staff];
        roles.try_emplace(page.staff, page.role);
    }
    for (const auto& [key, duty] : incident.duties)
        for (const auto& [staff, ask] : duty.asks)
            if (!ask.answer.empty()) calls.erase(staff);
    for (const auto& [name, entries] : incident.registers)
        for (const RegisterEntry& entry : entries) calls.erase(entry.staff);
    for (const Record& record : incident.records) calls.erase(record.by.staff);
    std::map<std::string, std::pair<unsigned, unsigned>> by_role;
    for (const auto& [staff, count] : calls) {
        auto& [people, tried] = by_role[label_of(protocol, roles.at(staff))];
        ++people;
        tried += count;
    }
    std::string out;
    for (const auto& [role, counts] : by_role)
        out += role + "：" + std::to_string(counts.first) + " 人，共呼叫 " +
               std::to_string(counts.second) + " 次\n";
    return out;
}

}  // namespace

std::string brief_draft(const ViewContext& context, const Incident& incident)
{
    const Protocol& protocol = context.rules.frozen(incident.protocol);
    std::string out = "警情" + incident.code + "情况简报（草稿，请核对补充）\n";
    if (incident.kind == Kind::Drill) out += "【演练】\n";
    out += "时间：" + stamp(protocol, incident.opened_at) + " 启动\n";
    out += "地点：" + (incident.place.label.empty() ? "待核实" : incident.place.label) + "\n";
    if (!incident.level.empty())
        out += "级别：" + protocol.level(incident.level).label + "，自 " +
               stamp(protocol, incident.level_since) + "\n";
    std::set<std::string> colleges;
    for (const auto& [id, subject] : incident.subjects)
        if (const Unit* college = context.directory.unit(subject.college))
            colleges.insert(college->short_name);
    out += "涉及学生：" + std::to_string(incident.subjects.size()) + " 人";
    for (const std::string& college : colleges) out += "，" + college;
    out += "\n\n情况\n" + fact_lines(protocol, incident) + "\n处置\n";
    for (const DutyName& name : protocol.duty_order)
        for (const auto& [key, duty] : incident.duties)
            if (key.name == name) out += duty_line(protocol, duty);
    const std::string unanswered = unanswered_lines(protocol, incident);
    return unanswered.empty() ? out : out + "\n未答复\n" + unanswered;
}

}  // namespace shouwang::http
