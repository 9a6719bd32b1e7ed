#include "escalation/decide.hpp"

#include <algorithm>
#include <utility>

// The fold. Every arm only writes down what its event says; whatever had to be decided was decided
// before the event was journaled.
namespace shouwang::escalation {

namespace {

class Fold {
public:
    explicit Fold(Incident& incident) : incident_(incident) {}

    void operator()(const Reported& e)
    {
        incident_.id = e.incident;
        incident_.code = e.code;
        incident_.kind = e.kind;
        incident_.via = e.via;
        incident_.stage = Stage::Review;
        incident_.reported_by = e.by;
        incident_.reported_at = e.at;
        incident_.protocol = e.protocol;
        incident_.place = e.place;
        incident_.callback = e.callback;
        incident_.text = e.text;
        incident_.ref = e.ref;
        incident_.ends_at = e.ends_at;
        incident_.participants = e.participants;
        for (const Subject& subject : e.subjects) incident_.subjects[subject.id] = subject;
    }
    void operator()(const Opened& e)
    {
        incident_.stage = Stage::Open;
        incident_.opened_at = e.at;
        at_level(e.level, e.at);
    }
    void operator()(const Dismissed& e) { end(Stage::Dismissed, e.at); }
    void operator()(const Attached& e)
    {
        if (e.incident == incident_.id) {
            incident_.attached_to = e.into;
            end(Stage::Attached, e.at);
        } else {
            ++incident_.reports;
        }
    }
    void operator()(const FactsSet& e)
    {
        for (const auto& [name, value] : e.facts) {
            FactState& fact = incident_.facts[FactKey{e.subject, name}];
            if (fact.value != value || fact.reported_at == Instant{}) {
                fact.value = value;
                fact.since = e.known_at;
            }
            fact.reported_at = e.at;
            fact.source = e.source;
        }
    }
    void operator()(const RulesChanged& e) { incident_.rules = e.holding; }
    void operator()(const LevelRaised& e) { at_level(e.to, e.at); }
    void operator()(const DutyOpened& e)
    {
        DutyInstance& duty = incident_.duties[e.duty];
        duty = DutyInstance{};
        duty.key = e.duty;
        duty.life = e.life;
        duty.level = e.level;
        duty.opened_at = e.at;
        duty.clock_start = e.clock_start;
        duty.rungs = e.rungs;
        duty.due = e.due;
        duty.lapses_at = e.lapses_at;
        duty.parent = e.parent;
    }
    void operator()(const DutyRaised& e)
    {
        DutyInstance* duty = find(e.duty);
        if (duty == nullptr) return;
        duty->level = e.level;
        duty->rungs = e.rungs;
        duty->lapses_at = e.lapses_at;
        ++duty->epoch;
        for (const auto& [staff, attempts] : e.attempts)
            if (Ask* ask = find_ask(*duty, staff)) ask->attempts = attempts;
    }
    void operator()(const RungReached& e)
    {
        DutyInstance* duty = find(e.duty);
        if (duty != nullptr && e.rung < duty->rungs.size()) duty->rungs[e.rung].reached = e.at;
    }
    void operator()(const RepeatReached& e)
    {
        if (DutyInstance* duty = find(e.duty)) {
            duty->forever_count = e.repeat;
            duty->forever_next = e.next;
        }
    }
    void operator()(const RepeatArmed& e)
    {
        if (DutyInstance* duty = find(e.duty)) duty->forever_next = e.next;
    }
    void operator()(const Asked& e)
    {
        DutyInstance* duty = find(e.duty);
        if (duty == nullptr) return;
        Ask& ask = duty->asks[e.staff];
        ask.staff = e.staff;
        ask.role = e.role;
        ask.rung = e.rung;
        ask.text = e.text;
        ask.asked_at = e.at;
        ask.answer = Word{};
        ask.satisfies = false;
        ask.cannot = false;
        ask.attempts = e.attempts;
        ask.attempts_by = e.attempts_by;
    }
    void operator()(const Paged& e)
    {
        Page page;
        page.id = e.page;
        page.staff = e.staff;
        page.role = e.role;
        page.asks = e.asks;
        page.inform = e.inform;
        page.text = e.text;
        page.level = e.level;
        page.rung = e.rung;
        page.repeat = e.repeat;
        page.at = e.at;
        page.late_by = e.late_by;
        for (const ChannelName& channel : e.channels) {
            page.channels[channel].at = e.at;
            incident_.last_paged[e.staff][channel] = e.at;
        }
        for (const AskRef& ref : e.asks) drop_attempts(ref, e.staff, e.at);
        if (!e.inform.empty()) incident_.informed.insert(e.inform);
        ++incident_.page_count;
        incident_.pages[e.page] = std::move(page);
        make_room();
    }
    void operator()(const Answered& e)
    {
        DutyInstance* duty = find(e.duty);
        if (duty == nullptr) return;
        Ask& ask = duty->asks[e.staff];
        ask.staff = e.staff;
        ask.answer = e.answer;
        ask.answered_at = e.at;
        ask.eta = e.eta;
        // Why they decided as they did is not undone by their having read one page more.
        if (!(ask.satisfies && e.satisfies) || !e.fields.empty() || !e.reason.empty()) {
            ask.fields = e.fields;
            ask.reason = e.reason;
        }
        ask.satisfies = e.satisfies;
        ask.cannot = e.cannot;
        ask.unreachable = false;
        ask.attempts.clear();
    }
    void operator()(const DutyDone& e)
    {
        if (DutyInstance* duty = find(e.duty)) {
            duty->state = DutyState::Done;
            duty->ended_at = e.at;
            duty->ended_by = e.by;
            duty->decided = e.decided;
        }
    }
    void operator()(const DutyReopened& e)
    {
        if (DutyInstance* duty = find(e.duty)) {
            duty->state = DutyState::Open;
            duty->ended_at.reset();
            duty->ended_by = StaffId{};
            duty->decided = Word{};
            ++duty->epoch;
            if (Ask* ask = find_ask(*duty, e.by)) ask->satisfies = false;
        }
    }
    void operator()(const DutyRenewed& e)
    {
        if (DutyInstance* duty = find(e.duty)) {
            duty->rungs = e.rungs;
            duty->due = e.due;
            duty->lapses_at = e.lapses_at;
            ++duty->epoch;
        }
    }
    void operator()(const DutyLapsed& e)
    {
        if (DutyInstance* duty = find(e.duty)) {
            ++duty->lapses;
            duty->lapses_at = e.lapses_at;
            if (e.final) {
                duty->state = DutyState::Lapsed;
                duty->ended_at = e.at;
                for (auto& [staff, ask] : duty->asks) ask.attempts.clear();
            }
        }
    }
    void operator()(const DutyMoot& e) { put_aside(e.duty, DutyState::Moot, e.at, StaffId{}); }
    void operator()(const DutyWaived& e) { put_aside(e.duty, DutyState::Waived, e.at, e.staff); }
    void operator()(const RegisterEntered& e)
    {
        auto& entries = incident_.registers[e.name];
        const bool there = std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
            return entry.staff == e.staff;
        });
        if (!there) entries.push_back({e.staff, e.role, e.at});
    }
    void operator()(const RegisterLeft& e)
    {
        const auto found = incident_.registers.find(e.name);
        if (found == incident_.registers.end()) return;
        std::erase_if(found->second, [&](const auto& entry) { return entry.staff == e.staff; });
    }
    void operator()(const HoleFound& e) { incident_.holes.insert({e.role, e.unit}); }
    void operator()(const Recorded& e)
    {
        incident_.records.push_back({e.duty, e.fields, e.by, e.at});
    }
    void operator()(const CheckArmed& e)
    {
        incident_.check_at = e.check_at;
        incident_.turns_at = e.turns_at;
    }
    void operator()(const EndSigned& e)
    {
        incident_.signatures[{e.end, e.subject}].push_back({e.staff, e.at, e.evidence, e.by});
    }
    void operator()(const Ended& e)
    {
        switch (e.outcome) {
            case EndOutcome::Closed: end(Stage::Closed, e.at); return;
            case EndOutcome::FalseAlarm: end(Stage::FalseAlarm, e.at); return;
            case EndOutcome::DrillEnded: end(Stage::DrillEnded, e.at); return;
            case EndOutcome::Aftercare:
                incident_.stage = Stage::Aftercare;
                for (auto& [key, duty] : incident_.duties)
                    for (auto& [staff, ask] : duty.asks) ask.attempts.clear();
                break;
            case EndOutcome::Lane:
            case EndOutcome::Lower:
            case EndOutcome::Facts: break;
        }
        // What may be signed again is signed from the beginning.
        incident_.signatures.erase({e.end, e.subject});
    }
    void operator()(const LevelLowered& e) { at_level(e.to, e.at); }
    void operator()(const SubjectAdded& e) { incident_.subjects[e.subject.id] = e.subject; }
    void operator()(const SubjectIdentified& e)
    {
        Subject& subject = incident_.subjects[e.subject.id];
        subject = e.subject;
        if (e.corrected) subject.corrected_at = e.at;
    }
    void operator()(const SubjectClosed& e)
    {
        const auto found = incident_.subjects.find(e.subject);
        if (found != incident_.subjects.end()) found->second.closed = true;
    }
    void operator()(const PlaceSet& e) { incident_.place = e.place; }
    void operator()(const Noted& e) { incident_.notes.push_back({e.text, e.by, e.at}); }
    void operator()(const Reopened& e)
    {
        incident_.stage = Stage::Open;
        incident_.cycle = e.cycle;
        incident_.opened_at = e.at;
        at_level(e.level, e.at);
        incident_.ended_at.reset();
        incident_.signatures.clear();
        incident_.informed.clear();
    }
    void operator()(const ProtocolSwitched& e) { incident_.protocol = e.to; }
    void operator()(const Suggested& e)
    {
        incident_.suggestions[other(e)] = {e.because, e.at, false};
    }
    void operator()(const SuggestionDropped& e)
    {
        const auto found = incident_.suggestions.find(other(e));
        if (found != incident_.suggestions.end()) found->second.dropped = true;
    }
    void operator()(const DrillPaused& e) { incident_.paused = e.paused; }
    void operator()(const Merged& e)
    {
        if (e.incident != incident_.id) {
            ++incident_.reports;
            incident_.suggestions.erase(e.incident);
            incident_.levels.insert(e.levels.begin(), e.levels.end());
            incident_.participants = e.participants;
            return;
        }
        incident_.attached_to = e.into;
        for (const Carried& carried : e.duties) incident_.carried[carried.was] = carried.is;
        incident_.carried_subjects = e.subjects;
        incident_.lanes_brought = e.brought;
        end(Stage::Merged, e.at);
    }
    void operator()(const SplitOff& e)
    {
        if (e.incident != incident_.id) return;
        // A merged one goes on as it was; a report that was only attached opens by a later event.
        if (incident_.stage == Stage::Merged) incident_.stage = Stage::Open;
        incident_.attached_to = IncidentId{};
        incident_.carried.clear();
        incident_.carried_subjects.clear();
        incident_.lanes_brought.clear();
        incident_.ended_at.reset();
    }
    void operator()(const DutyCarried& e)
    {
        DutyInstance& duty = incident_.duties[e.as.key];
        duty = e.as;
        duty.asks.clear();
        for (const Ask& ask : e.asks) duty.asks[ask.staff] = ask;
    }
    void operator()(const SendStarted& e)
    {
        if (ChannelState* channel = find_channel(e.page, e.channel)) {
            channel->state = SendState::Started;
            channel->at = e.at;
            channel->address = e.address;
            channel->attempts = e.attempt;
        }
    }
    void operator()(const SendFinished& e)
    {
        if (ChannelState* channel = find_channel(e.page, e.channel)) {
            channel->state = e.state;
            channel->at = e.at;
            channel->detail = e.detail;
        }
    }
    void operator()(const ChannelAdded& e)
    {
        const auto page = incident_.pages.find(e.page);
        if (page != incident_.pages.end()) page->second.channels[e.channel].at = e.at;
    }
    void operator()(const Unreachable& e)
    {
        for (auto& [key, duty] : incident_.duties)
            if (Ask* ask = find_ask(duty, e.staff); ask != nullptr && ask->answer.empty())
                ask->unreachable = true;
    }
    void operator()(const Adopted&) {}

private:
    void at_level(const LevelName& level, Instant at)
    {
        incident_.level = level;
        incident_.level_since = at;
        incident_.levels.insert(level);
    }
    DutyInstance* find(const DutyKey& key)
    {
        const auto found = incident_.duties.find(key);
        return found == incident_.duties.end() ? nullptr : &found->second;
    }
    static Ask* find_ask(DutyInstance& duty, const StaffId& staff)
    {
        const auto found = duty.asks.find(staff);
        return found == duty.asks.end() ? nullptr : &found->second;
    }
    ChannelState* find_channel(const PageId& id, const ChannelName& name)
    {
        const auto page = incident_.pages.find(id);
        if (page == incident_.pages.end()) return nullptr;
        const auto channel = page->second.channels.find(name);
        return channel == page->second.channels.end() ? nullptr : &channel->second;
    }
    // A page at or after the instant of a personal attempt is that attempt.
    void drop_attempts(const AskRef& ref, const StaffId& staff, Instant at)
    {
        DutyInstance* duty = find(ref.duty);
        if (duty == nullptr) return;
        if (Ask* ask = find_ask(*duty, staff))
            std::erase_if(ask->attempts, [&](Instant due) { return due <= at; });
    }
    void make_room()
    {
        for (auto it = incident_.pages.begin();
             incident_.pages.size() > pages_max && it != incident_.pages.end();)
            it = it->second.finished() ? incident_.pages.erase(it) : std::next(it);
    }
    void put_aside(const DutyKey& key, DutyState state, Instant at, const StaffId& by)
    {
        DutyInstance* duty = find(key);
        if (duty == nullptr) return;
        duty->state = state;
        duty->ended_at = at;
        duty->ended_by = by;
        for (auto& [staff, ask] : duty->asks) ask.attempts.clear();
    }
    // An event that speaks of two incidents is folded into both.
    [[nodiscard]] IncidentId other(const auto& event) const
    {
        return event.incident == incident_.id ? event.with : event.incident;
    }
    void end(Stage stage, Instant at)
    {
        incident_.stage = stage;
        incident_.ended_at = at;
    }

    Incident& incident_;
};

}  // namespace

void evolve(Incident& incident, const Event& event)
{
    std::visit(Fold(incident), event);
}

void evolve(Board& board, const Event& event)
{
    if (const auto* adopted = std::get_if<Adopted>(&event)) {
        board.adopted[adopted->what] = {adopted->name, adopted->hash};
        return;
    }
    if (const auto* reported = std::get_if<Reported>(&event)) {
        if (reported->year != board.codes.year) board.codes = {reported->year, 0};
        board.codes.last = std::max(board.codes.last, reported->number);
        board.incidents[reported->incident];
    }
    const auto fold_into = [&](const IncidentId& id) {
        const auto found = board.incidents.find(id);
        if (found == board.incidents.end()) return;
        Incident& incident = found->second;
        if (const auto old = incident.deadline()) board.alarms.erase({*old, id});
        evolve(incident, event);
        if (const auto next = incident.deadline()) board.alarms.insert({*next, id});
    };
    fold_into(incident_of(event));
    // What speaks of two incidents is told to both of them.
    const IncidentId& second = second_of(event);
    if (!second.empty() && second != incident_of(event)) fold_into(second);
}

}  // namespace shouwang::escalation
