#include "config/condition_parser.hpp"
#include "config/protocol_draft.hpp"
#include "config/protocol_loader.hpp"
#include "config/protocol_words.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace shouwang::config {

using escalation::Again;
using escalation::Always;
using escalation::ChannelName;
using escalation::Condition;
using escalation::Duty;
using escalation::Each;
using escalation::Effect;
using escalation::Forever;
using escalation::Ladder;
using escalation::Lapse;
using escalation::Level;
using escalation::Never;
using escalation::Protocol;
using escalation::RoleName;
using escalation::Rung;
using escalation::Target;

namespace {

std::string again_text(const Again& again)
{
    if (again.after.empty()) return {};
    std::string out = "；无应答再呼 unanswered: again";
    for (const escalation::Span span : again.after) out += " +" + span_text(span);
    return out + (again.by.empty() ? "" : " by " + channels_text(again.by));
}

std::string rung_text(const Protocol& protocol, const Level& level, const Rung& rung)
{
    std::string at = "+" + span_text(rung.after);
    if (rung.after_due) at = "到期 due" + (rung.after == escalation::Span{} ? "" : at);
    std::string out = "      " + at + "  ";
    bool first = true;
    for (const Target& target : rung.to) {
        out += (first ? "" : "、") + target_text(protocol, target);
        first = false;
    }
    out += "  [" + channels_text(rung.by.empty() ? level.channels : rung.by) + ", text " +
           rung.text.text() + "]";
    if (!std::holds_alternative<Always>(rung.when.node))
        out += "；仅当 only when " + condition_text(rung.when);
    return out + again_text(rung.again) + "\n";
}

std::string forever_text(const Protocol& protocol, const Duty& duty, const Level& level)
{
    if (!duty.forever) return {};
    const Forever& forever = *duty.forever;
    const auto own = forever.every_at.find(level.name);
    std::string out =
        "      此后每 then, until somebody answers, every " +
        span_text(own == forever.every_at.end() ? forever.every : own->second) + "  " +
        (forever.to == Forever::To::AllButCannot ? "除去不了者外的所有人 all but those who cannot"
                                                 : "最后一梯 those of the last rung");
    for (const auto& [channel, span] : forever.spare)
        out += "；" + channel.text() + " 每人至多每 at most every " + span_text(span);
    for (std::size_t i = 0; i < forever.widen.size(); ++i)
        out += "；第 repeat " + std::to_string(i + 1) + " 次起加 adds " +
               role_text(protocol, forever.widen[i]);
    return out + "\n";
}

std::string effect_text(Effect effect)
{
    switch (effect) {
        case Effect::Satisfy: return "完成 ends it";
        case Effect::Note: return "仅记录 is noted";
        case Effect::NextRung: return "立即下一梯 starts the next rung at once";
        case Effect::Reopen: return "撤回后重新呼叫 takes it back";
        case Effect::Renew: return "更新预计 moves the due time";
        case Effect::Parent: return "交回原岗位 goes to the duty that opened it";
    }
    return {};
}

std::string answers_text(const Protocol& protocol, const Duty& duty)
{
    std::string out;
    for (const auto& [word, effect] : duty.answers) {
        const auto label = protocol.word_labels.find(word);
        out += (out.empty() ? "    应答 answers: " : "；") +
               (label == protocol.word_labels.end() ? "" : label->second + " ") + word.text() +
               " = " + effect_text(effect);
    }
    return out.empty() ? out : out + "\n";
}

std::string each_text(const Protocol& protocol, const Duty& duty)
{
    std::string out;
    for (const Each& each : duty.each) {
        out += "    - " + role_text(protocol, each.role);
        for (const auto& [slot, role] : each.slots)
            if (slot != "role") out += "；" + slot + " = " + role_text(protocol, role);
        if (!std::holds_alternative<Always>(each.when.node))
            out += "；仅当 only when " + condition_text(each.when);
        if (!std::holds_alternative<Never>(each.early.node))
            out += "；提前 already when " + condition_text(each.early);
        out += "\n";
    }
    return out;
}

std::string lapse_text(const Duty& duty)
{
    if (!duty.lapses) return {};
    std::string out =
        "    逾时 lapses after " + span_text(*duty.lapses) + (duty.due.empty() ? "" : " past due");
    if (duty.lapses_max > 1) out += " × " + std::to_string(duty.lapses_max);
    switch (duty.on_lapse) {
        case Lapse::List: return out + "：列入逾期清单 onto the overdue list\n";
        case Lapse::Parent: return out + "：重新呼叫 the duty behind it goes on\n";
        case Lapse::Open: return out + "：自动启动 the report opens by itself\n";
    }
    return out;
}

std::string due_text(const Protocol& protocol, const Duty& duty)
{
    std::string out;
    for (const escalation::DueRule& rule : duty.due) {
        out += "    期限 due within " + span_text(rule.span);
        if (!rule.role.empty()) out += "：" + role_text(protocol, rule.role);
        if (!std::holds_alternative<Always>(rule.when.node))
            out += "；仅当 only when " + condition_text(rule.when);
        out += "\n";
    }
    return out;
}

std::string duty_text(const Protocol& protocol, const Duty& duty)
{
    std::string out = "  " + duty.name.text() + "  " + duty.label;
    if (!duty.clause.empty()) out += "  (" + duty.clause + ")";
    const bool life = duty.duty_class == escalation::DutyClass::Life;
    out += std::string("  ") + (life ? "生命 life" : "事务 task") + ", " + scope_text(duty.scope);
    out += "\n    启动 opens when " + condition_text(duty.opens) + "\n";
    const std::pair<const char*, const Condition*> conditions[] = {
        {"    自行完成 done when ", &duty.done},
        {"    不再需要 moot when ", &duty.moot},
        {"    重新开始 starts anew when ", &duty.renews}};
    for (const auto& [words, condition] : conditions)
        if (!std::holds_alternative<Never>(condition->node))
            out += words + condition_text(*condition) + "\n";
    out += answers_text(protocol, duty) + each_text(protocol, duty) + due_text(protocol, duty);
    for (const escalation::RecordField& field : duty.record)
        out += "    填报 records " + field.label + " " + field.name +
               (field.required ? "" : " (可选 optional)") + "\n";
    for (auto level = protocol.levels.rbegin(); level != protocol.levels.rend(); ++level) {
        if (!may_be_open_at(protocol, duty, level->name)) continue;
        const Ladder& ladder = duty.ladder_at(level->name);
        if (ladder.empty() && !duty.forever) continue;
        out += "    " + level->label + " " + level->name.text() + ":\n";
        for (const Rung& rung : ladder)
            if (!std::holds_alternative<Never>(rung.when.node))
                out += rung_text(protocol, *level, rung);
        out += forever_text(protocol, duty, *level);
    }
    return out + lapse_text(duty);
}

}  // namespace

std::string explain(const Protocol& protocol)
{
    std::string out = protocol.title + "  " + protocol.name + " v" +
                      std::to_string(protocol.version) + "\n\n级别 Levels\n";
    for (auto level = protocol.levels.rbegin(); level != protocol.levels.rend(); ++level) {
        out += "  " + level->label + " " + level->name.text() + "  [" +
               channels_text(level->channels) +
               "]  生命类岗位静默不超过 never silent for more than " +
               span_text(level->max_silence) + "\n";
        for (const auto& [name, rule] : protocol.rules)
            if (rule.level == level->name)
                out += "    " + name.text() + " " + rule.label + "：" + condition_text(rule.when) +
                       "\n";
    }
    out += "\n岗位与时限 Duties\n";
    for (const escalation::DutyName& name : protocol.duty_order)
        out += duty_text(protocol, protocol.duties.at(name)) + "\n";
    out += "通报 Informs\n";
    for (const auto& [name, inform] : protocol.informs) {
        out += "  " + name.text() + "  →";
        for (const Target& target : inform.to) out += " " + target_text(protocol, target);
        out += "  when " + condition_text(inform.when) + "\n";
    }
    out += "\n结束 Endings (从不自动 never by a timer)\n";
    for (const auto& [name, end] : protocol.ends) {
        out += "  " + name.text() + " " + end.label + "  签字 signed by";
        for (const auto& roles : end.signers) {
            out += " [";
            for (const Target& target : roles)
                out += (target == roles.front() ? "" : " / ") + target_text(protocol, target);
            out += "]";
        }
        out += "\n";
    }
    out += "\n最后呼叫名单 Last resort:";
    for (const RoleName& role : protocol.last_resort) out += " " + role_text(protocol, role);
    return out + "\n";
}

}  // namespace shouwang::config
