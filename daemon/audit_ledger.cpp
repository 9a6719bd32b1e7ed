#include "daemon/audit_ledger.hpp"

#include <algorithm>
#include <variant>

namespace shouwang::daemon {

using namespace escalation;

// One arm an event, so that a new one does not compile until somebody has decided what it means
// here.
class AuditLedger::Fold {
public:
    explicit Fold(AuditLedger& ledger) : ledger_(ledger) {}

    // Where an incident begins, ends and goes on.
    void operator()(const Reported& e)
    {
        Case& fresh = ledger_.cases_[e.incident];
        fresh = Case{};
        fresh.code = e.code;
        fresh.ends_at = e.ends_at;
    }
    void operator()(const Opened& e)
    {
        if (Case* found = find(e.incident)) found->phase = Phase::Open;
    }
    void operator()(const Dismissed& e) { end(e.incident, Phase::Ended); }
    // A report that went straight to another incident never was one.
    void operator()(const Attached& e) { end(e.incident, Phase::Ended); }
    void operator()(const Ended& e)
    {
        switch (e.outcome) {
            case EndOutcome::Closed:
            case EndOutcome::FalseAlarm:
            case EndOutcome::DrillEnded: return end(e.incident, Phase::Ended);
            case EndOutcome::Aftercare:
                if (Case* found = find(e.incident)) {
                    found->phase = Phase::Aftercare;
                    for (auto& [key, duty] : found->duties) drop_attempts(duty);
                }
                return;
            case EndOutcome::Lane:
            case EndOutcome::Lower:
            case EndOutcome::Facts: return;  // what follows from these has events of its own
        }
    }
    void operator()(const Reopened& e) { find_or_begin(e.incident).phase = Phase::Open; }
    void operator()(const Merged& e) { end(e.incident, Phase::Merged); }
    void operator()(const SplitOff& e)
    {
        // One that was only attached opens by a later event.
        Case& back = find_or_begin(e.incident);
        if (back.phase == Phase::Merged) back.phase = Phase::Open;
    }
    void operator()(const DrillPaused& e)
    {
        if (Case* found = find(e.incident)) found->paused = e.paused;
    }
    void operator()(const CheckArmed& e)
    {
        if (Case* found = find(e.incident)) {
            found->check_at = e.check_at;
            found->turns_at = e.turns_at;
        }
    }

    // What is promised, and what was kept.
    void operator()(const DutyOpened& e)
    {
        Case* found = find(e.incident);
        if (found == nullptr) return;
        Obligation& duty = found->duties[e.duty];
        duty = Obligation{};
        duty.life = e.life;
        duty.rungs = rungs_of(e.rungs);
        duty.lapses_at = e.lapses_at;
    }
    void operator()(const DutyRaised& e)
    {
        Obligation* duty = find(e.incident, e.duty);
        if (duty == nullptr) return;
        duty->rungs = rungs_of(e.rungs);
        duty->lapses_at = e.lapses_at;
        for (const auto& [staff, attempts] : e.attempts)
            if (const auto asked = duty->people.find(staff); asked != duty->people.end())
                asked->second.attempts = attempts;
    }
    void operator()(const DutyRenewed& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) {
            duty->rungs = rungs_of(e.rungs);
            duty->lapses_at = e.lapses_at;
        }
    }
    void operator()(const RungReached& e)
    {
        Obligation* duty = find(e.incident, e.duty);
        if (duty != nullptr && e.rung < duty->rungs.size()) duty->rungs[e.rung].reached = true;
    }
    void operator()(const RepeatArmed& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) duty->repeat = e.next;
    }
    void operator()(const RepeatReached& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) duty->repeat = e.next;
    }
    void operator()(const Asked& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) {
            Respondent& person = duty->people[e.staff];
            person.answered = person.satisfies = person.cannot = false;
            person.attempts = e.attempts;
        }
    }
    void operator()(const Answered& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) {
            Respondent& person = duty->people[e.staff];
            person.answered = true;
            person.answered_at = e.at;
            person.satisfies = e.satisfies;
            person.cannot = e.cannot;
            person.attempts.clear();
        }
    }
    void operator()(const DutyDone& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) {
            duty->open = false;  // personal attempts go on
            duty->by_somebody = !e.by.empty();
        }
    }
    void operator()(const DutyReopened& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) {
            duty->open = true;
            duty->by_somebody = duty->lapsed = false;
            const auto who = duty->people.find(e.by);
            if (who != duty->people.end()) who->second.satisfies = false;
        }
    }
    void operator()(const DutyLapsed& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) {
            duty->lapses_at = e.lapses_at;
            if (e.final) put_aside(*duty);
            duty->lapsed = e.final;
        }
    }
    void operator()(const DutyMoot& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) put_aside(*duty);
    }
    void operator()(const DutyWaived& e)
    {
        if (Obligation* duty = find(e.incident, e.duty)) {
            put_aside(*duty);
            duty->by_somebody = true;
        }
    }
    void operator()(const DutyCarried& e)
    {
        Case* found = find(e.incident);
        if (found == nullptr) return;
        Obligation duty;
        duty.open = e.as.state == DutyState::Open;
        duty.life = e.as.life;
        duty.by_somebody = !e.as.ended_by.empty();
        duty.lapsed = e.as.state == DutyState::Lapsed;
        duty.rungs = rungs_of(e.as.rungs);
        duty.repeat = e.as.forever_next;
        duty.lapses_at = e.as.lapses_at;
        for (const Ask& ask : e.asks)
            duty.people[ask.staff] = {
                !ask.answer.empty(), ask.satisfies, ask.cannot, ask.answered_at, ask.attempts};
        found->duties[e.as.key] = std::move(duty);
    }
    void operator()(const RegisterEntered& e)
    {
        if (Case* found = find(e.incident)) found->registers.emplace(e.name, e.staff);
    }
    void operator()(const RegisterLeft& e)
    {
        if (Case* found = find(e.incident)) found->registers.erase({e.name, e.staff});
    }

    // Pages on their way.
    void operator()(const Paged& e)
    {
        Case* found = find(e.incident);
        if (found == nullptr) return;
        Letter letter{e.staff, e.at, {}, {}};
        for (const AskRef& ask : e.asks) {
            letter.asks.push_back(ask.duty);
            strike_off(*found, ask.duty, e.staff, e.at);
        }
        make_room(*found);
        Letter& kept = found->letters[e.page] = std::move(letter);
        for (const ChannelName& channel : e.channels) queue(kept, channel, e.at);
    }
    void operator()(const ChannelAdded& e)
    {
        Case* found = find(e.incident);
        if (found == nullptr) return;
        const auto letter = found->letters.find(e.page);
        if (letter != found->letters.end()) queue(letter->second, e.channel, e.at);
    }
    void operator()(const SendStarted& e)
    {
        Way* way = find(e.incident, e.page, e.channel);
        move(e.channel, way, Sending::Started, e.at);
        if (way != nullptr) way->started_at = e.at;
    }
    void operator()(const SendFinished& e)
    {
        const bool again = e.state == SendState::Queued;
        Way* way = find(e.incident, e.page, e.channel);
        move(e.channel, way, again ? Sending::Again : Sending::Ended, e.at);
        if (e.state != SendState::Accepted && e.state != SendState::Dropped)
            ledger_.trouble_at_ = e.at;
    }

    // What moves no deadline by itself: whatever follows from these is journaled beside them.
    void operator()(const FactsSet&) {}
    void operator()(const RulesChanged&) {}
    void operator()(const LevelRaised&) {}   // DutyRaised, RepeatArmed
    void operator()(const LevelLowered&) {}  // for what opens from then on
    void operator()(const SubjectAdded&) {}
    void operator()(const SubjectIdentified&) {}
    void operator()(const SubjectClosed&) {}  // DutyMoot
    void operator()(const PlaceSet&) {}
    void operator()(const HoleFound&) {}  // Paged
    void operator()(const Recorded&) {}   // DutyDone
    void operator()(const EndSigned&) {}  // Ended
    void operator()(const Noted&) {}
    void operator()(const ProtocolSwitched&) {}  // DutyRaised, DutyMoot
    void operator()(const Suggested&) {}
    void operator()(const SuggestionDropped&) {}
    void operator()(const Unreachable&) {}  // RungReached or RepeatReached, with nobody left
    void operator()(const Adopted&) {}

private:
    Case* find(const IncidentId& id)
    {
        const auto found = ledger_.cases_.find(id);
        return found == ledger_.cases_.end() ? nullptr : &found->second;
    }
    Case& find_or_begin(const IncidentId& id)
    {
        const auto [entry, forgotten] = ledger_.cases_.try_emplace(id);
        if (forgotten) {
            entry->second.code = id.text();
            entry->second.phase = Phase::Open;
            entry->second.whole = false;
        }
        return entry->second;
    }
    Obligation* find(const IncidentId& id, const DutyKey& key)
    {
        Case* found = find(id);
        if (found == nullptr) return nullptr;
        const auto duty = found->duties.find(key);
        return duty == found->duties.end() ? nullptr : &duty->second;
    }
    Way* find(const IncidentId& id, const PageId& page, const ChannelName& channel)
    {
        Case* found = find(id);
        if (found == nullptr) return nullptr;
        const auto letter = found->letters.find(page);
        if (letter == found->letters.end()) return nullptr;
        const auto way = letter->second.ways.find(channel);
        return way == letter->second.ways.end() ? nullptr : &way->second;
    }

    static std::vector<Rung> rungs_of(const std::vector<RungState>& rungs)
    {
        std::vector<Rung> out;
        out.reserve(rungs.size());
        for (const RungState& rung : rungs) out.push_back({rung.due, rung.reached.has_value()});
        return out;
    }
    static void drop_attempts(Obligation& duty)
    {
        for (auto& [staff, person] : duty.people) person.attempts.clear();
    }
    static void put_aside(Obligation& duty)
    {
        duty.open = false;
        drop_attempts(duty);
    }
    // A page that asks somebody a duty is every attempt on them that was due by then.
    static void strike_off(Case& found, const DutyKey& key, const StaffId& staff, Instant at)
    {
        const auto duty = found.duties.find(key);
        if (duty == found.duties.end()) return;
        const auto person = duty->second.people.find(staff);
        if (person == duty->second.people.end()) return;
        std::erase_if(person->second.attempts, [&](Instant due) { return due <= at; });
    }

    // Of one that ended nothing is sent any more, except what is paged later: a word of farewell.
    // What a merged one has paged is still on its way.
    void end(const IncidentId& id, Phase phase)
    {
        Case* found = find(id);
        if (found == nullptr) return;
        found->phase = phase;
        if (phase == Phase::Ended) {
            for (auto& [page, letter] : found->letters)
                for (auto& [channel, way] : letter.ways) count(channel, way, Sending::Ended);
            found->letters.clear();
        }
        ledger_.ended_.push_back(id);
        while (ledger_.ended_.size() > ended_kept) {
            forget(ledger_.ended_.front());
            ledger_.ended_.pop_front();
        }
    }
    void forget(const IncidentId& id)
    {
        const auto found = ledger_.cases_.find(id);
        if (found == ledger_.cases_.end() || found->second.live()) return;
        for (auto& [page, letter] : found->second.letters)
            for (auto& [channel, way] : letter.ways) count(channel, way, Sending::Ended);
        ledger_.cases_.erase(found);
    }

    static bool waits(Sending state) { return state == Sending::Queued || state == Sending::Again; }
    void count(const ChannelName& channel, Way& way, Sending next)
    {
        std::size_t& waiting = ledger_.lines_[channel].waiting;
        if (waits(way.state)) --waiting;
        if (waits(next)) ++waiting;
        way.state = next;
    }
    void move(const ChannelName& channel, Way* way, Sending next, Instant at)
    {
        Lines& lines = ledger_.lines_[channel];
        if (lines.waiting >= crowd) lines.crowded_at = at;
        if (way != nullptr) count(channel, *way, next);
    }
    void queue(Letter& letter, const ChannelName& channel, Instant at)
    {
        const auto [way, fresh] = letter.ways.try_emplace(channel);
        if (!fresh) return;
        way->second.queued_at = at;
        ++ledger_.lines_[channel].waiting;
    }
    static void make_room(Case& found)
    {
        if (found.letters.size() < found.letters_max) return;
        std::erase_if(found.letters, [](const auto& entry) { return entry.second.ended(); });
        found.letters_max = std::max(found.letters_max, 2 * found.letters.size());
    }

    AuditLedger& ledger_;
};

void AuditLedger::feed(const Event& event)
{
    std::visit(Fold(*this), event);
}

void AuditLedger::restarted(Instant now)
{
    for (auto& [id, found] : cases_)
        for (auto& [page, letter] : found.letters)
            for (auto& [channel, way] : letter.ways)
                if (way.state == Sending::Started) {
                    way.state = Sending::Queued;
                    ++lines_[channel].waiting;
                }
    trouble_at_.reset();
    clock_moved(now);
}

void AuditLedger::clock_moved(Instant now)
{
    for (auto& [id, found] : cases_)
        for (auto& [page, letter] : found.letters)
            for (auto& [channel, way] : letter.ways) way.queued_at = way.started_at = now;
    for (auto& [channel, lines] : lines_) lines.crowded_at.reset();
    if (trouble_at_) trouble_at_ = now;
}

std::size_t AuditLedger::pages() const
{
    std::size_t out = 0;
    for (const auto& [id, found] : cases_) out += found.letters.size();
    return out;
}

bool AuditLedger::Letter::ended() const
{
    return std::all_of(ways.begin(), ways.end(), [](const auto& entry) {
        return entry.second.state == Sending::Ended;
    });
}

}  // namespace shouwang::daemon
