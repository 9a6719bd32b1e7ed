#include "escalation/decide.hpp"

#include "escalation/drills.hpp"
#include "escalation/endings.hpp"
#include "escalation/facts.hpp"
#include "escalation/handover.hpp"
#include "escalation/lanes.hpp"
#include "escalation/limits.hpp"
#include "escalation/merging.hpp"
#include "escalation/reports.hpp"
#include "escalation/step.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace shouwang::escalation {

namespace {

// One Tick serves so many incidents; the caller repeats it until nothing is due.
constexpr std::size_t incidents_per_tick = 64;

// A batch in which somebody may have become unreachable: only then does the rest follow anew.
std::optional<Refusal> finish_send(Step& step, const FinishSend& command)
{
    const IncidentId& id = step.incident().id;
    step.emit(SendFinished{
        id,
        step.now(),
        command.page,
        command.channel,
        command.state,
        command.detail,
        command.provider_id});
    for (const ChannelName& channel : command.fall_over)
        if (!step.incident().pages.at(command.page).channels.contains(channel))
            step.emit(ChannelAdded{
                id, step.now(), command.page, channel, command.channel.text() + " failed"});

    const Page& page = step.incident().pages.at(command.page);
    const bool all_failed =
        std::all_of(page.channels.begin(), page.channels.end(), [](const auto& channel) {
            return channel.second.state == SendState::Failed;
        });
    if (!all_failed || !step.incident().live() || page.asks.empty()) return std::nullopt;
    // Only what is new sends the ladder on: a repeat to somebody known to be out of reach fails
    // again, and would otherwise set off the next one as fast as providers can refuse.
    std::vector<DutyKey> news;
    for (const AskRef& ref : page.asks) {
        const auto duty = step.incident().duties.find(ref.duty);
        if (duty == step.incident().duties.end()) continue;
        const auto ask = duty->second.asks.find(page.staff);
        if (ask != duty->second.asks.end() && ask->second.answer.empty() &&
            !ask->second.unreachable)
            news.push_back(ref.duty);
    }
    step.emit(Unreachable{id, step.now(), page.staff});
    for (const DutyKey& key : news)
        // Only when nobody is left who might answer does the ladder stop waiting for them.
        if (everybody_declined(step.incident().duties.at(key)))
            go_on_at_once(step, key, RungBecause::Unreachable);
    settle(step);
    return std::nullopt;
}

class Decide {
public:
    Decide(const Rules& rules, const Directory& directory, const Board& board, Instant now)
        : rules_(rules), directory_(directory), board_(board), now_(now)
    {}

    Decision operator()(const Report& command) const
    {
        return report(rules_, directory_, board_, command, now_);
    }
    Decision operator()(const Triage& command) const
    {
        if (board_.find(command.incident) == nullptr) return unknown();
        return triage(rules_, directory_, board_, command, now_);
    }
    Decision operator()(const Answer& given) const
    {
        const Answer command = where_it_goes_on(board_, given);
        return settled(command.incident, [&](Step& step) { return answer(step, command); });
    }
    Decision operator()(const SetFacts& given) const
    {
        const SetFacts command = where_it_goes_on(board_, given);
        return settled(command.incident, [&](Step& step) -> std::optional<Refusal> {
            std::vector<Missing> faults;
            check_facts(step.protocol(), command.facts, "/facts", faults);
            if (command.facts.empty())
                faults.push_back({"facts_missing", "/facts", "at least one fact is needed"});
            check_source(command.source, "/source", faults);
            if (!command.subject.empty() && !step.incident().subjects.contains(command.subject))
                faults.push_back({"subject_unknown", "/subject", "no such subject"});
            for (const auto& [id, subject] : step.incident().subjects)
                if (command.subject.empty() || command.subject == id)
                    check_recorded(step.view().in_lane(id), command.facts, "/facts", faults);
            if (!faults.empty()) return Refusal{Refusal::Because::Invalid, std::move(faults)};
            if (!step.incident().live()) return ended();
            const Instant known_at = std::min(command.known_at.value_or(now_), now_);
            set_facts(step, command.subject, command.facts, command.source, known_at, command.by);
            return std::nullopt;
        });
    }
    Decision operator()(const AddRecord& given) const
    {
        const AddRecord command = where_it_goes_on(board_, given);
        return settled(command.incident, [&](Step& step) { return add_record(step, command); });
    }
    Decision operator()(const SignEnd& given) const
    {
        const SignEnd command = where_it_goes_on(board_, given);
        return settled(command.incident, [&](Step& step) { return sign_end(step, command); });
    }
    Decision operator()(const AddSubject& given) const
    {
        const AddSubject command = where_it_goes_on(board_, given);
        return settled(command.incident, [&](Step& step) { return add_subject(step, command); });
    }
    Decision operator()(const Identify& given) const
    {
        const Identify command = where_it_goes_on(board_, given);
        return settled(command.incident, [&](Step& step) { return identify(step, command); });
    }
    Decision operator()(const SetPlace& command) const
    {
        return settled(command.incident, [&](Step& step) { return set_place(step, command); });
    }
    Decision operator()(const TakeOver& given) const
    {
        const TakeOver command = where_it_goes_on(board_, given);
        return settled(command.incident, [&](Step& step) { return take_over(step, command); });
    }
    Decision operator()(const Waive& given) const
    {
        const Waive command = where_it_goes_on(board_, given);
        return settled(command.incident, [&](Step& step) { return waive(step, command); });
    }
    Decision operator()(const AddNote& given) const
    {
        const AddNote command = where_it_goes_on(board_, given);
        return on(command.incident, [&](Step& step) { return add_note(step, command); });
    }
    Decision operator()(const Reopen& command) const
    {
        return settled(command.incident, [&](Step& step) { return reopen(step, command); });
    }
    Decision operator()(const SwitchProtocol& command) const
    {
        const Incident* incident = board_.find(command.incident);
        if (incident == nullptr) return unknown();
        const Protocol* to =
            command.protocol.empty() ? &rules_.in_force() : rules_.find(command.protocol);
        if (to == nullptr)
            return Refusal{
                Refusal::Because::Invalid,
                {{"protocol_unknown", "/protocol", "no such protocol was ever in force"}}};
        std::vector<Event> events;
        Step step(*to, directory_, *incident, now_, events);
        if (auto refusal = switch_protocol(step, rules_.frozen(incident->protocol), command))
            return std::move(*refusal);
        settle(step);
        return events;
    }
    Decision operator()(const Merge& command) const
    {
        if (board_.find(command.incident) == nullptr || board_.find(command.with) == nullptr)
            return unknown();
        return merge(rules_, directory_, board_, command, now_);
    }
    Decision operator()(const Split& command) const
    {
        if (board_.find(command.incident) == nullptr) return unknown();
        return split(rules_, directory_, board_, command, now_);
    }
    Decision operator()(const KeepApart& command) const
    {
        return on(command.incident, [&](Step& step) { return keep_apart(step, command); });
    }
    Decision operator()(const StartSend& command) const
    {
        return on(command.incident, [&](Step& step) -> std::optional<Refusal> {
            const ChannelState* channel = channel_of(step, command.page, command.channel);
            if (channel == nullptr) return no_such_send();
            step.emit(SendStarted{
                command.incident,
                now_,
                command.page,
                command.channel,
                command.address,
                channel->attempts + 1,
                command.possible_repeat});
            return std::nullopt;
        });
    }
    Decision operator()(const FinishSend& command) const
    {
        return on(command.incident, [&](Step& step) -> std::optional<Refusal> {
            if (channel_of(step, command.page, command.channel) == nullptr) return no_such_send();
            return finish_send(step, command);
        });
    }
    Decision operator()(const Adopt& command) const
    {
        const auto found = board_.adopted.find(command.what);
        if (found != board_.adopted.end() && found->second.hash == command.hash)
            return std::vector<Event>{};
        return std::vector<Event>{
            Adopted{now_, command.what, command.name, command.hash, command.text}};
    }
    Decision operator()(const Tick&) const
    {
        std::vector<Event> events;
        std::size_t served = 0;
        for (const auto& [due, id] : board_.alarms) {
            if (due > now_ || served++ == incidents_per_tick) break;
            const Incident& incident = board_.incidents.at(id);
            Step step(rules_.frozen(incident.protocol), directory_, incident, now_, events);
            settle(step);
            part_drills(rules_, board_, step, events);
        }
        return events;
    }

private:
    // A command that other things follow from, unless it is refused.
    template <class Work>
    Decision settled(const IncidentId& id, const Work& work) const
    {
        const Incident* incident = board_.find(id);
        if (incident == nullptr) return unknown();
        std::vector<Event> events;
        Step step(rules_.frozen(incident->protocol), directory_, *incident, now_, events);
        if (auto refusal = work(step)) return std::move(*refusal);
        settle(step);
        part_drills(rules_, board_, step, events);
        return events;
    }
    template <class Work>
    Decision on(const IncidentId& id, const Work& work) const
    {
        const Incident* incident = board_.find(id);
        if (incident == nullptr) return unknown();
        std::vector<Event> events;
        Step step(rules_.frozen(incident->protocol), directory_, *incident, now_, events);
        if (auto refusal = work(step)) return std::move(*refusal);
        return events;
    }

    static const ChannelState* channel_of(
        const Step& step, const PageId& page_id, const ChannelName& name
    )
    {
        const auto page = step.incident().pages.find(page_id);
        if (page == step.incident().pages.end()) return nullptr;
        const auto channel = page->second.channels.find(name);
        return channel == page->second.channels.end() ? nullptr : &channel->second;
    }

    static Refusal unknown()
    {
        return {Refusal::Because::Unknown, {{"incident_unknown", "", "no such incident"}}};
    }
    static Refusal ended()
    {
        return {Refusal::Because::Refused, {{"ended", "", "the incident has ended"}}};
    }
    static Refusal no_such_send()
    {
        return {Refusal::Because::Unknown, {{"page_unknown", "", "no such page or channel"}}};
    }

    const Rules& rules_;
    const Directory& directory_;
    const Board& board_;
    Instant now_;
};

}  // namespace

std::optional<Instant> Board::deadline() const
{
    return alarms.empty() ? std::nullopt : std::optional(alarms.begin()->first);
}

const Incident* Board::find(const IncidentId& id) const
{
    const auto found = incidents.find(id);
    return found == incidents.end() ? nullptr : &found->second;
}

Decision decide(
    const Rules& rules,
    const Directory& directory,
    const Board& board,
    const Command& command,
    Instant now
)
{
    return std::visit(Decide(rules, directory, board, now), command);
}

std::string phase_of(
    const Protocol& protocol, const Directory& directory, const Incident& incident, Instant now
)
{
    std::string out;
    if (incident.stage == Stage::Review) return out;
    const View view{protocol, directory, incident, nullptr, now, SubjectId{}, StaffId{}};
    for (const Phase& phase : protocol.phases)
        if (holds(view, phase.when)) out = phase.name;
    return out;
}

bool still_wanted(const Incident& incident, const Page& page)
{
    // A word of farewell goes out after the end.
    if (!incident.live())
        return page.asks.empty() && incident.ended_at && page.at >= *incident.ended_at;
    if (incident.paused && !page.asks.empty()) return false;
    if (page.asks.empty()) return true;
    return std::any_of(page.asks.begin(), page.asks.end(), [&](const AskRef& ref) {
        const auto duty = incident.duties.find(ref.duty);
        if (duty == incident.duties.end()) return false;
        const auto ask = duty->second.asks.find(page.staff);
        if (ask == duty->second.asks.end()) return false;
        // Whoever declined is left alone, unless they were turned to since, as the last resort.
        const bool turned_to = ask->second.answered_at <= page.at;
        if (duty->second.open())
            return !ask->second.satisfies && (!ask->second.cannot || turned_to);
        // Satisfied by somebody else: those asked first, or by a raise since, still get their
        // personal attempts, and rungs that were not out yet stay unsent.
        const bool first = page.repeat == 0 && page.at == ask->second.asked_at &&
                           (ask->second.asked_at == duty->second.opened_at ||
                            ask->second.asked_at >= duty->second.ended_at);
        return duty->second.state == DutyState::Done && ask->second.answer.empty() &&
               (first || ref.attempt);
    });
}

DecisionAsks decision_asks(
    const Protocol& protocol, const Incident& incident, const std::string& called
)
{
    DecisionAsks out;
    for (const auto& [name, duty] : protocol.duties) {
        const bool meant =
            !duty.decision.empty() && (called == duty.decision || called == name.text() ||
                                       (!duty.dial.empty() && called == duty.dial));
        if (!meant) continue;
        for (const auto& [key, instance] : incident.duties) {
            if (key.name != name) continue;
            out.newest = key;
            if (instance.open()) out.open.push_back(key);
        }
        if (!out.newest) out.newest = DutyKey{name, {}, 1};
    }
    return out;
}

std::vector<Word> answers_to(const Protocol& protocol, const DutyInstance& duty)
{
    const auto defined = protocol.duties.find(duty.key.name);
    if (defined == protocol.duties.end()) return {};
    std::map<Word, Effect> effects = defined->second.answers;
    for (const Each& each : defined->second.each)
        if (each.role.text() == duty.key.scope)
            for (const Word& word : each.satisfy) effects[word] = Effect::Satisfy;
    std::vector<Word> out;
    for (const auto& [word, effect] : effects) out.push_back(word);
    // What ends the duty comes first, what takes it back last; then as the file lists the words.
    const auto place = [&](const Word& word) {
        const auto& order = protocol.word_order;
        const auto found = std::find(order.begin(), order.end(), word);
        return std::tuple(effects.at(word), found - order.begin(), word);
    };
    std::sort(out.begin(), out.end(), [&](const Word& a, const Word& b) {
        return place(a) < place(b);
    });
    return out;
}

}  // namespace shouwang::escalation
