#include "daemon/client/what_if_text.hpp"

#include "config/toml_reader.hpp"
#include "daemon/client/questions.hpp"
#include "daemon/http/instant_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

namespace shouwang::client {

namespace js = boost::json;
using namespace escalation;

namespace {

// Tells what happened, event by event. What is done over and over again is counted, not listed.
class Story {
public:
    Story(const rehearsal::Stage& stage, const Words& say)
        : protocol_(*stage.protocol), directory_(*stage.directory), say_(say)
    {}

    std::string take()
    {
        end_repeats();
        return std::move(out_);
    }

    void tell(const Event& event)
    {
        if (const auto* asked = std::get_if<Asked>(&event))
            fresh_[asked->staff].push_back(asked->duty);
        else if (const auto* paged = std::get_if<Paged>(&event))
            page(*paged);
        else if (const auto* rules = std::get_if<RulesChanged>(&event))
            holding_ = rules->holding;
        else if (const auto* opened = std::get_if<Opened>(&event))
            line(opened->at, say_("开启: ", "opens at ") + level(opened->level) + why());
        else if (const auto* raised = std::get_if<LevelRaised>(&event))
            line(raised->at, say_("升为 ", "rises to ") + level(raised->to) + why());
        else if (const auto* answered = std::get_if<Answered>(&event))
            line(
                answered->at,
                person(answered->staff) + ": " + word(answered->answer) + " → " +
                    duty(answered->duty)
            );
        else if (const auto* hole = std::get_if<HoleFound>(&event))
            line(
                hole->at,
                say_("空缺: ", "nobody holds ") + role(hole->role) + "  " + unit(hole->unit)
            );
        else if (const auto* rung = std::get_if<RungReached>(&event))
            reach(*rung);
        else if (const auto* lost = std::get_if<Unreachable>(&event))
            line(lost->at, say_("联系不上: ", "out of reach: ") + person(lost->staff));
        else if (const auto* lapsed = std::get_if<DutyLapsed>(&event))
            line(lapsed->at, say_("逾时: ", "lapses: ") + duty(lapsed->duty));
    }

    [[nodiscard]] std::string duty(const DutyKey& key) const
    {
        std::string out = key.text();
        const auto found = protocol_.duties.find(key.name);
        if (found != protocol_.duties.end()) out += " " + found->second.label;
        const auto each = protocol_.roles.find(RoleName(key.scope));
        if (each != protocol_.roles.end()) out += "·" + each->second.label;
        return out;
    }
    [[nodiscard]] std::string person(const StaffId& id) const
    {
        const Staff* staff = directory_.person(id);
        return id.text() + (staff == nullptr ? "" : " " + printable(staff->name));
    }
    [[nodiscard]] std::string role(const RoleName& name) const
    {
        const auto found = protocol_.roles.find(name);
        const bool known = found != protocol_.roles.end() && !found->second.label.empty();
        return known ? found->second.label : name.text();
    }
    [[nodiscard]] std::string unit(const UnitId& id) const
    {
        const Unit* found = directory_.unit(id);
        return id.text() + (found == nullptr ? "" : " " + printable(found->name));
    }
    [[nodiscard]] std::string level(const LevelName& name) const
    {
        for (const Level& level : protocol_.levels)
            if (level.name == name && !level.label.empty()) return level.label;
        return name.text();
    }

private:
    void line(Instant at, const std::string& text)
    {
        if (at != repeats_at_) end_repeats();
        out_ += local_time(at) + "  " + text + "\n";
    }

    // The rules that hold, as long as they have not been told.
    std::string why()
    {
        std::vector<std::string> rules;
        for (const RuleName& name : std::exchange(holding_, {})) {
            const auto found = protocol_.rules.find(name);
            const bool known = found != protocol_.rules.end();
            rules.push_back(name.text() + (known ? " " + found->second.label : ""));
        }
        return rules.empty() ? "" : " (" + joined(rules, "; ") + ")";
    }

    [[nodiscard]] std::string word(const Word& word) const
    {
        const auto label = protocol_.word_labels.find(word);
        return label == protocol_.word_labels.end() ? word.text() : label->second;
    }

    // A page carries everything its person has not answered; told is what is new in it.
    void page(const Paged& paged)
    {
        std::vector<std::string> duties;
        for (const DutyKey& key : std::exchange(fresh_[paged.staff], {}))
            duties.push_back(duty(key));
        if (duties.empty() && !paged.asks.empty()) {
            if (paged.at != repeats_at_) end_repeats();
            repeats_at_ = paged.at;
            repeats_.push_back(paged.staff.text());
            return;
        }
        std::vector<std::string> channels;
        for (const ChannelName& channel : paged.channels) channels.push_back(channel.text());
        std::string text = paged.asks.empty() ? say_("告知 ", "tells ") : say_("呼叫 ", "calls ");
        text += person(paged.staff);
        if (!paged.role.empty()) text += "  " + role(paged.role);
        if (!paged.reason.empty()) text += " (" + paged.reason + ")";
        text += "  " + joined(channels, "+");
        if (!duties.empty()) text += "  " + joined(duties, ", ");
        line(paged.at, text);
    }

    void end_repeats()
    {
        const auto people = std::exchange(repeats_, {});
        if (!people.empty())
            out_ += local_time(repeats_at_) + "  " + say_("再呼 ", "again ") +
                    joined(people, ", ") + "\n";
    }

    void reach(const RungReached& rung)
    {
        if (rung.empty)
            line(
                rung.at,
                duty(rung.duty) + ": " + say_("第 ", "rung ") + std::to_string(rung.rung + 1) +
                    say_(" 梯无人可联系，立即下一梯", " has nobody, the next one at once")
            );
    }

    const Protocol& protocol_;
    const Directory& directory_;
    const Words& say_;
    std::string out_;
    std::set<RuleName> holding_;
    std::map<StaffId, std::vector<DutyKey>> fresh_;  // asked since their last page
    std::vector<std::string> repeats_;
    Instant repeats_at_{};
};

// "29m30s".
std::string took(const DutyInstance& duty)
{
    const Span span = duty.ended_at.value_or(duty.opened_at) - duty.opened_at;
    const auto minutes = std::chrono::floor<std::chrono::minutes>(span);
    const bool both = minutes.count() > 0 && minutes != span;
    return both ? config::span_text(minutes) + config::span_text(span - minutes)
                : config::span_text(span);
}

std::size_t asked(const DutyInstance& duty)
{
    return static_cast<std::size_t>(std::count_if(
        duty.asks.begin(),
        duty.asks.end(),
        [](const auto& entry) { return entry.second.asked_at != Instant{}; }
    ));
}

std::optional<Instant> next_of(const DutyInstance& duty)
{
    const unsigned reached = duty.reached();
    return reached < duty.rungs.size() ? std::optional(duty.rungs[reached].due) : duty.forever_next;
}

std::string end_of(
    const DutyInstance& duty, const Story& story, const Protocol& protocol, const Words& say
)
{
    switch (duty.state) {
        case DutyState::Done:
            return say("完成 ", "done ") +
                   (duty.ended_by.empty() ? say("（情况使然）", "(by circumstances)")
                                          : story.person(duty.ended_by)) +
                   say("，用时 ", ", after ") + took(duty);
        case DutyState::Lapsed: return say("逾时未办，用时 ", "lapsed after ") + took(duty);
        case DutyState::Moot: return say("不再需要", "not needed any more");
        case DutyState::Waived: return say("已豁免", "waived");
        case DutyState::Open: break;
    }
    std::string out = say("仍未完成，已呼 ", "still open, called ") + std::to_string(asked(duty)) +
                      say(" 人", "");
    const auto defined = protocol.duties.find(duty.key.name);
    if (defined != protocol.duties.end() && !defined->second.record.empty())
        out += say("，等待填报", ", waits for a record");
    if (const auto next = next_of(duty))
        out += (duty.forever_count > 0 ? say("，仍在重复，下一次 ", ", repeating, next at ")
                                       : say("，下一次 ", ", next at ")) +
               local_time(*next);
    return out;
}

js::object object_of(const DutyInstance& duty)
{
    js::object out{
        {"duty", duty.key.text()},
        {"life", duty.life},
        {"is", word_of(duty.state)},
        {"asked", asked(duty)}};
    if (duty.ended_at) {
        out["by"] = duty.ended_by.text();
        out["after_s"] =
            std::chrono::floor<std::chrono::seconds>(*duty.ended_at - duty.opened_at).count();
    } else if (const auto next = next_of(duty)) {
        out["next"] = http::to_rfc3339(*next);
        out["repeats"] = duty.forever_count;
    }
    return out;
}

}  // namespace

std::string what_if_text(
    const rehearsal::WhatIf& question,
    const rehearsal::WhatIfResult& result,
    const rehearsal::Stage& stage,
    const Words& say
)
{
    Story story(stage, say);
    for (const Event& event : result.happened) story.tell(event);
    std::string out = story.take();
    out += "\n" + local_time(question.at + question.lasts) + "  " + say("结果", "where it ends") +
           ": " + story.level(result.end.level) + "\n";
    for (const DutyName& name : stage.protocol->duty_order)
        for (const auto& [key, duty] : result.end.duties)
            if (key.name == name)
                out += "  " + story.duty(key) + ": " + end_of(duty, story, *stage.protocol, say) +
                       "\n";
    for (const Hole& hole : result.end.holes)
        out += "  " + say("空缺: ", "nobody holds ") + story.role(hole.role) + "  " +
               story.unit(hole.unit) + "\n";
    for (const DutyKey& key : result.unreached)
        out += "  " + say("没有人被叫到: ", "reached NOBODY: ") + story.duty(key) + "\n";
    return out;
}

js::object what_if_summary(const rehearsal::WhatIf& question, const rehearsal::WhatIfResult& result)
{
    js::array duties;
    for (const auto& [key, duty] : result.end.duties) duties.push_back(object_of(duty));
    js::array holes;
    for (const Hole& hole : result.end.holes)
        holes.push_back(js::object{{"role", hole.role.text()}, {"unit", hole.unit.text()}});
    js::array unreached;
    for (const DutyKey& key : result.unreached) unreached.emplace_back(key.text());
    return {
        {"at", http::to_rfc3339(question.at + question.lasts)},
        {"event", "what_if_ended"},
        {"ok", result.unreached.empty()},
        {"level", result.end.level.text()},
        {"duties", std::move(duties)},
        {"holes", std::move(holes)},
        {"unreached", std::move(unreached)}};
}

}  // namespace shouwang::client
