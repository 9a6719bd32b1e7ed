#include "tests/simulation/reading.hpp"

#include "escalation/evaluate.hpp"
#include "escalation/resolve.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::test {

using namespace escalation;

Reading::Reading(
    Oracle& oracle,
    Oracle::SeenIncident& incident,
    const Incident& after,
    const Command& command,
    Instant now
)
    : oracle_(oracle),
      incident_(incident),
      after_(after),
      command_(command),
      now_(now),
      live_before_(incident.live())
{}

void Reading::read(const Event& event)
{
    must(
        std::visit([](const auto& e) { return e.at; }, event) == now_,
        "1",
        "an event of another instant"
    );
    const bool opening = count_++ == 0 && std::holds_alternative<Reported>(event);
    must(opening || incident_.protocol != nullptr, "1", "events before the report");
    std::visit(*this, event);
}

Oracle::SeenDuty& Reading::duty(const DutyKey& key, const char* doing)
{
    const auto found = incident_.duties.find(key);
    must(found != incident_.duties.end(), "1", doing, "a duty that was never opened:", key.text());
    return found->second;
}

const Ladder& Reading::ladder(const Oracle::SeenDuty& duty, const LevelName& level) const
{
    const auto own = duty.rule->ladders.find(level);
    return own == duty.rule->ladders.end() ? duty.rule->ladder : own->second;
}

std::vector<RungState> Reading::rungs(
    const Duty& rule, const LevelName& level, Instant start, std::optional<Instant> due
) const
{
    const auto own = rule.ladders.find(level);
    std::vector<RungState> out;
    for (const Rung& rung : own == rule.ladders.end() ? rule.ladder : own->second) {
        const Instant from = rung.after_due && due ? *due : start;
        out.push_back({level, from + rung.after, std::nullopt});
    }
    return out;
}

void Reading::operator()(const Reported& e)
{
    must(incident_.protocol == nullptr, "1", "reported twice:", e.incident.text());
    incident_.protocol = oracle_.rules_.find(e.protocol);
    must(incident_.protocol != nullptr, "1", "a protocol nobody has");
    live_before_ = true;
}

void Reading::operator()(const Opened& e)
{
    must(
        incident_.stage == Stage::Review || incident_.stage == Stage::Attached, "5", "opened again"
    );
    incident_.stage = Stage::Open;
    incident_.level = e.level;
    incident_.level_since = e.at;
    for (const auto& [name, rule] : protocol().rules)
        must(
            !after_.rules.contains(name) ||
                protocol().rank(e.level) >= protocol().rank(rule.level) || raised_ ||
                protocol().rank(after_.level) >= protocol().rank(rule.level),
            "3",
            "opened below",
            name.text()
        );
}

void Reading::operator()(const Dismissed&)
{
    must(incident_.stage == Stage::Review, "5", "dismissed after it was opened");
    incident_.stage = Stage::Dismissed;
}

void Reading::operator()(const Attached& e)
{
    if (e.incident == after_.id) incident_.stage = Stage::Attached;
}

void Reading::operator()(const LevelRaised& e)
{
    must(e.from == incident_.level, "1", "a raise from another level");
    must(protocol().rank(e.to) > protocol().rank(e.from), "3", "the level fell by itself");
    incident_.level = e.to;
    incident_.level_since = e.at;
    raised_ = true;
}

void Reading::operator()(const DutyOpened& e)
{
    const auto rule = protocol().duties.find(e.duty.name);
    must(rule != protocol().duties.end(), "1", "a duty the protocol does not have");
    must(live_before_ && incident_.live(), "5", "a duty opens after the end");
    must(meant_for(rule->second, after_.kind), "6", "not asked in such a one:", e.duty.text());
    must(!incident_.duties.contains(e.duty), "8", "an instance starts anew:", e.duty.text());
    const DutyKey previous{e.duty.name, e.duty.scope, e.duty.generation - 1};
    must(
        e.duty.generation == 1 || incident_.duties.contains(previous),
        "8",
        "a generation was left out:",
        e.duty.text()
    );
    Oracle::SeenDuty& seen = incident_.duties[e.duty];
    seen.rule = &rule->second;
    seen.life = rule->second.duty_class == DutyClass::Life;
    seen.clock_start = now_;
    seen.opened_level = incident_.level.empty() ? protocol().floor : incident_.level;
    seen.heard_at = now_;
    seen.due = e.due;
    seen.parent = e.parent;
    seen.rungs = rungs(rule->second, incident_.level, now_, e.due);
    if (rule->second.lapses) seen.lapses_at = e.due.value_or(now_) + *rule->second.lapses;
    must(e.life == seen.life, "2", "not of its class:", e.duty.text());
    must(e.clock_start == now_, "8", "its clock starts at another time:", e.duty.text());
    must(e.rungs == seen.rungs, "3", "rungs are not where the protocol has them:", e.duty.text());
    must(e.lapses_at == seen.lapses_at, "3", "lapses at another time:", e.duty.text());
    must(!e.due || *e.due >= now_, "8", "due before it opened:", e.duty.text());
    opened_.insert(e.duty);
}

void Reading::operator()(const FactsSet& e)
{
    // A further report that nobody has checked: it came under another id than the incident's.
    const auto* report = std::get_if<Report>(&command_);
    const bool hearsay =
        report != nullptr && report->id != e.incident && !protocol().trusted.contains(report->via);
    for (const auto& [name, value] : e.facts) {
        FactValue& known = incident_.facts[{e.subject, name}];
        const FactValue was = incident_.known({e.subject, name});
        const auto& scale = protocol().facts.at(name);
        if (hearsay && !was.empty() && scale.kind == FactKind::Scale) {
            const auto place = [&](const FactValue& words) {
                return words.empty()
                           ? -1
                           : std::find(scale.values.begin(), scale.values.end(), words.front()) -
                                 scale.values.begin();
            };
            must(place(value) > place(was), "1", "hearsay makes it milder:", name.text());
        }
        // What one subject's lane shows is what it has of its own, or else what holds for all.
        const bool effective = !e.subject.empty() || after_.subjects.empty();
        const auto lane = after_.subjects.find(e.subject);
        const bool over = lane != after_.subjects.end() && lane->second.closed;
        if (effective && !over && scale.kind == FactKind::Scale && !value.empty()) {
            const auto place = [&](const FactValue& words) {
                return words.empty()
                           ? scale.values.begin()
                           : std::find(scale.values.begin(), scale.values.end(), words.front());
            };
            if (place(value) > place(was) && !scale.course) worsened_ = true;
        }
        known = value;
    }
}

void Reading::operator()(const DutyRaised& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "raised");
    must(
        (raised_ || switched_ || carried_.contains(e.duty)) && e.level == incident_.level,
        "3",
        "raised without a raise:",
        e.duty.text()
    );
    const Instant start = seen.rule->clock == Clock::Level ? now_ : seen.clock_start;
    const auto fresh = rungs(*seen.rule, e.level, start, seen.due);
    std::vector<RungState> expected = seen.rungs;
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        if (i >= expected.size()) {
            expected.push_back({e.level, std::max(fresh[i].due, now_), std::nullopt});
        } else if (!expected[i].reached) {
            const Instant due = std::min(expected[i].due, std::max(fresh[i].due, now_));
            expected[i] = {e.level, due, std::nullopt};
        }
    }
    must(e.rungs == expected, "3", "a raise put a rung where it is not due:", e.duty.text());
    must(e.lapses_at == seen.lapses_at, "8", "a raise moved a lapse:", e.duty.text());
    seen.rungs = expected;
    for (const auto& [staff, attempts] : e.attempts) {
        auto& mine = seen.asks.at(staff).attempts;
        must(attempts.size() == mine.size(), "10", "a raise changed how many attempts there are");
        for (std::size_t i = 0; i < mine.size(); ++i)
            must(
                attempts[i] <= mine[i] && (attempts[i] > now_ || attempts[i] == mine[i]),
                "8",
                "a raise put an attempt off:",
                e.duty.text()
            );
        mine = attempts;
    }
}

void Reading::operator()(const RungReached& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "reached a rung of");
    must(incident_.live(), "5", "a rung after the end:", e.duty.text());
    must(seen.open(), "5", "a satisfied duty reaches a rung:", e.duty.text());
    must(e.rung == seen.reached(), "3", "a rung out of order:", e.duty.text());
    must(e.rung < seen.rungs.size(), "3", "a rung there is not:", e.duty.text());
    RungState& rung = seen.rungs[e.rung];
    const bool early = rung.due > now_;
    must(e.late_by == std::max(Span{}, Span(now_ - rung.due)), "3", "late by another span");
    Climbed* last = nullptr;
    for (Climbed& climbed : climbed_)
        if (climbed.duty == e.duty) last = &climbed;
    if (last != nullptr && last->rung + 1 == e.rung) last->followed = true;
    switch (e.because) {
        case RungBecause::Due: must(!early, "3", "a rung is early:", e.duty.text()); break;
        case RungBecause::Cannot:
            must(declined_.contains(e.duty), "5", "nobody declined:", e.duty.text());
            break;
        case RungBecause::Empty:
            must(
                last != nullptr && (last->empty || last->skipped),
                "11",
                "the rung before was not empty:",
                e.duty.text()
            );
            break;
        case RungBecause::Unreachable:
            must(
                !unreachable_.empty() && (seen.counts_on_nobody() || last != nullptr),
                "3",
                "somebody may still answer:",
                e.duty.text()
            );
            break;
        case RungBecause::Reopened: break;
    }
    if (e.because != RungBecause::Due) went_on_.insert(e.duty);
    rung.reached = now_;
    ++oracle_.rung_count_;

    const Ladder& steps = ladder(seen, rung.level);
    must(e.rung < steps.size(), "3", "a rung of no ladder:", e.duty.text());
    View view{protocol(), oracle_.directory_, after_, nullptr, now_, SubjectId{}, StaffId{}};
    if (seen.rule->scope == Scope::Subject) view.lane = SubjectId(e.duty.scope);
    if (seen.rule->scope == Scope::Person) view.self = StaffId(e.duty.scope);
    must(
        e.skipped != holds(view, steps[e.rung].when),
        "11",
        e.skipped ? "skipped, though somebody was meant:" : "nobody was meant:",
        e.duty.text()
    );
    // One that is skipped on time takes nobody's place; silence about it is as the protocol says.
    if (e.skipped) seen.heard_at = now_;
    climbed_.push_back({e.duty, e.rung, e.skipped, e.empty, 0, !seen.counts_on_nobody(), false});
    if (seen.asks.empty()) climbed_.back().somebody_counts = false;
}

void Reading::operator()(const RepeatReached& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "repeated");
    must(incident_.live(), "5", "a repeat after the end:", e.duty.text());
    must(seen.open(), "5", "a satisfied duty repeats:", e.duty.text());
    must(seen.rule->forever.has_value(), "3", "a duty without repeats repeats:", e.duty.text());
    must(e.repeat == seen.repeats + 1, "2", "repeats are counted wrongly:", e.duty.text());
    const std::set<Span> every = paces(*seen.rule->forever);
    const Instant due = seen.next_repeat.value_or(now_);
    if (due > now_) {
        must(seen.counts_on_nobody(), "3", "a repeat is early:", e.duty.text());
        went_on_.insert(e.duty);
        must(
            every.contains(e.next - now_), "3", "the repeat after is not due then:", e.duty.text()
        );
    } else {
        must(e.next > now_ && e.next - now_ <= *every.rbegin(), "2", "repeats end:", e.duty.text());
        must(
            std::any_of(
                every.begin(),
                every.end(),
                [&](Span pace) { return (e.next - due) % pace == Span{}; }
            ),
            "8",
            "the repeats' grid moved:",
            e.duty.text()
        );
        must(e.late_by == now_ - due, "3", "late by another span");
    }
    seen.repeats = e.repeat;
    seen.next_repeat = e.next;
    repeated_.insert(e.duty);
    for (Climbed& climbed : climbed_)
        if (climbed.duty == e.duty) climbed.followed = true;
}

void Reading::operator()(const RepeatArmed& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "armed");
    must(seen.rule->forever.has_value(), "3", "a duty without repeats is armed:", e.duty.text());
    must(paces(*seen.rule->forever).contains(e.next - now_), "3", "armed for another time");
    if (seen.next_repeat)
        must(
            (raised_ || switched_ || carried_.contains(e.duty)) && e.next < *seen.next_repeat,
            "8",
            "repeats start anew:",
            e.duty.text()
        );
    else
        must(seen.reached() == seen.rungs.size(), "3", "armed too early:", e.duty.text());
    seen.next_repeat = e.next;
}

std::set<Span> Reading::paces(const Forever& forever) const
{
    if (!forever.paces.empty()) {
        std::set<Span> out;
        for (const Pace& pace : forever.paces) out.insert(pace.every);
        return out;
    }
    const auto own = forever.every_at.find(incident_.level);
    return {own == forever.every_at.end() ? forever.every : own->second};
}

bool Reading::first_asked_by(const Oracle::SeenDuty& seen, unsigned rung) const
{
    const Ladder& steps = ladder(seen, incident_.level);
    return rung < steps.size() && steps[rung].after == Span{} && !steps[rung].after_due;
}

void Reading::operator()(const Asked& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "asked");
    must(incident_.live(), "5", "somebody is asked after the end:", e.duty.text());
    // A raise brings in those whom the new level would have asked first, done or not.
    must(
        seen.open() || ((raised_ || switched_ || carried_.contains(e.duty)) &&
                        seen.state == DutyState::Done && first_asked_by(seen, e.rung)),
        "5",
        "somebody is asked to do what is done:",
        e.duty.text()
    );
    const Staff* staff = oracle_.directory_.person(e.staff);
    must(staff != nullptr, "11", "somebody asked is nobody:", e.staff.text());
    must(
        staff->has_address() || seen.rule->scope == Scope::Person ||
            std::any_of(
                incident_.registers.begin(),
                incident_.registers.end(),
                [&](const auto& list) { return list.second.contains(e.staff); }
            ),
        "11",
        "asked without an address:",
        e.staff.text()
    );
    must(!e.reason.empty(), "11", "asked for no reason:", e.staff.text());
    Oracle::SeenAsk& ask = seen.asks[e.staff];
    const bool known = ask.asked_at != Instant{};
    const bool same_rung = known && e.rung == ask.rung;
    ask.answer = Word{};
    ask.satisfies = false;
    ask.cannot = false;
    ask.attempts.clear();
    ask.role = e.role;
    ask.rung = e.rung;
    ask.asked_at = now_;
    if (e.rung < seen.rungs.size()) {
        const Ladder& steps = ladder(seen, seen.rungs[e.rung].level);
        const bool by_raise =
            (raised_ || switched_ || carried_.contains(e.duty)) && first_asked_by(seen, e.rung);
        const Rung& rung = by_raise ? ladder(seen, incident_.level)[e.rung] : steps.at(e.rung);
        for (const Span span : rung.again.after) ask.attempts.push_back(now_ + span);
        must(seen.rungs[e.rung].reached.has_value(), "3", "asked by a rung not reached");
        // Anew only for an instant that the person moved themselves.
        must(
            !known || (same_rung && rung.after_due) || (!same_rung && rung.anew),
            "3",
            "asked twice:",
            e.staff.text()
        );
        must(e.attempts_by == rung.again.by, "10", "attempts by another channel");
    } else {
        must(repeated_.contains(e.duty), "3", "asked by no rung:", e.duty.text());
        must(!known, "3", "asked twice:", e.duty.text(), e.staff.text());
    }
    must(e.attempts == ask.attempts, "10", "attempts are not where they are due:", e.duty.text());
    asked_.insert({e.duty, e.staff});
    for (Climbed& climbed : climbed_)
        if (climbed.duty == e.duty && climbed.rung == e.rung) ++climbed.asked;
}

void Reading::operator()(const Answered& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "answered");
    must(live_before_, "5", "an answer is taken after the end");
    must(entitled(seen, e.duty, e.staff), "5", "was never asked:", e.staff.text(), e.duty.text());
    auto effect = effect_of(*seen.rule, e.duty, e.answer);
    must(effect || handed_on_, "5", "a word this duty does not know:", e.answer.text());
    // Handed on by an arrival, it means that they are not coming.
    if (!effect) effect = Effect::Reopen;
    handed_on_ = *effect == Effect::Parent;
    const auto asked = seen.asks.find(e.staff);
    // A word that only says something more leaves what was said before as it stands.
    const bool more = *effect == Effect::Note || *effect == Effect::Renew;
    const bool known = asked != seen.asks.end();
    const bool satisfied = known && asked->second.satisfies;
    const bool declined = known && asked->second.cannot;
    must(
        e.satisfies == (*effect == Effect::Satisfy || (more && satisfied)),
        "5",
        e.answer.text(),
        e.satisfies ? "satisfies" : "does not satisfy",
        e.duty.text()
    );
    must(
        e.cannot == (*effect == Effect::NextRung || (more && declined)),
        "5",
        "cannot is misread:",
        e.duty.text()
    );
    if (e.cannot && !declined) declined_.insert(e.duty);
    must(e.late == !seen.open(), "5", "late is misread:", e.duty.text());
    const auto terms = seen.rule->terms.find(e.answer);
    if (terms != seen.rule->terms.end() && !handed_on_)
        for (const std::string& field : terms->second.needs) {
            const auto given = e.fields.find(field);
            must(
                field == "reason" ? !e.reason.empty()
                                  : given != e.fields.end() && !given->second.empty(),
                "6",
                "decided without",
                field
            );
        }
    if (e.satisfies && seen.open() && *effect == Effect::Satisfy) satisfied_.insert(e.duty);
    // Taken back towards the duty that opened this one: that one goes on, not this.
    if (*effect == Effect::Parent) seen.done_by_answer = false;
    answered_[e.duty] = e;
    Oracle::SeenAsk& ask = seen.asks[e.staff];
    ask.answer = e.answer;
    ask.satisfies = e.satisfies;
    ask.cannot = e.cannot;
    ask.unreachable = false;
    ask.attempts.clear();
}

}  // namespace shouwang::test
