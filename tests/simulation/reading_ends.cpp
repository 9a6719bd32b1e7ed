#include "escalation/evaluate.hpp"
#include "escalation/resolve.hpp"
#include "tests/simulation/reading.hpp"

#include <algorithm>
#include <utility>

// The second half of a reading: pages, what ends a duty, and what must have followed.
namespace shouwang::test {

using namespace escalation;

std::optional<Effect> Reading::effect_of(const Duty& rule, const DutyKey& key, const Word& word)
    const
{
    const auto has = [&](const std::vector<Word>& words) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    const auto known = rule.answers.find(word);
    for (const Each& each : rule.each) {
        if (each.role.text() != key.scope || each.satisfy.empty()) continue;
        if (has(each.satisfy)) return Effect::Satisfy;
        if (known != rule.answers.end() && known->second == Effect::Satisfy) return Effect::Note;
    }
    return known == rule.answers.end() ? std::nullopt : std::optional(known->second);
}

bool Reading::entitled(const Oracle::SeenDuty& seen, const DutyKey& key, const StaffId& staff) const
{
    if (seen.asks.contains(staff)) return true;
    if (seen.rule->scope == Scope::Person && key.scope == staff.text()) return true;
    // A child hands its answer on to the duty that opened it: its person was asked there.
    for (const Target& target : seen.rule->answer_from) {
        switch (target.kind) {
            case Target::Kind::Role: {
                const bool limited =
                    seen.rule->scope == Scope::College || seen.rule->scope == Scope::Subject;
                const std::string scope = limited ? key.scope : "";
                const auto people =
                    resolve(
                        protocol(), oracle_.directory_, after_, RoleName(target.name), scope, now_
                    )
                        .people;
                if (std::any_of(people.begin(), people.end(), [&](const Person& person) {
                        return person.staff == staff;
                    }))
                    return true;
                break;
            }
            case Target::Kind::Register: {
                const auto list = incident_.registers.find(RegisterName(target.name));
                if (list != incident_.registers.end() && list->second.contains(staff)) return true;
                break;
            }
            case Target::Kind::Doer:
                for (const auto& [other, done] : incident_.duties)
                    if (other.name.text() == target.name && done.state == DutyState::Done &&
                        done.asks.contains(staff))
                        return true;
                break;
            case Target::Kind::Self:
            case Target::Kind::Slot: break;
        }
    }
    return false;
}

bool Reading::is_last_resort(const StaffId& staff) const
{
    const auto last = resolve_last_resort(protocol(), oracle_.directory_, after_, now_).people;
    return std::any_of(last.begin(), last.end(), [&](const Person& person) {
        return person.staff == staff;
    });
}

void Reading::read_ask_of_page(const Paged& e, const AskRef& ref)
{
    Oracle::SeenDuty& seen = duty(ref.duty, "paged for");
    const auto asked = seen.asks.find(e.staff);
    const std::string what = ref.duty.text() + " to " + e.staff.text();
    must(asked != seen.asks.end(), "5", "paged for what they were not asked:", what);
    Oracle::SeenAsk& ask = asked->second;
    if (ref.attempt) {
        must(ask.answer.empty(), "10", "an attempt after the answer:", what);
        must(
            !ask.attempts.empty() && ask.attempts.front() <= now_,
            "10",
            "an attempt too many:",
            what
        );
    } else {
        const bool just_asked = asked_.contains({ref.duty, e.staff});
        must(seen.open() || just_asked, "5", "paged for what is done:", what);
        const bool last_resort = repeated_.contains(ref.duty) && is_last_resort(e.staff);
        must(!ask.satisfies, "5", "paged after the answer:", what);
        must(!ask.cannot || last_resort, "5", "paged after declining:", what);
    }
    must(page_asks_.insert(ref.duty).second, "5", "one ask twice in a page:", what);
    std::erase_if(ask.attempts, [&](Instant due) { return due <= now_; });
    seen.heard_at = now_;
    seen.asleep = Span{};
    told_.insert({ref.duty, e.staff});
}

void Reading::operator()(const Paged& e)
{
    // A word of farewell asks for nothing.
    must(
        incident_.live() || (live_before_ && e.asks.empty()),
        "5",
        "a page after the end, to",
        e.staff.text()
    );
    must(incident_.level == e.level, "1", "a page of another level");
    ++incident_.pages;
    ++oracle_.page_count_;
    std::string number = std::to_string(incident_.pages);
    number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
    must(e.page.text() == after_.id.text() + "." + number, "4", "a key is used twice");
    must(oracle_.directory_.person(e.staff) != nullptr, "11", "a page to nobody");
    must(!e.channels.empty(), "11", "a page by no channel, to", e.staff.text());
    must(after_.takes_part(e.staff), "5", "a drill calls out somebody else:", e.staff.text());
    must(!e.text.empty(), "11", "a page without a text, to", e.staff.text());
    if (!e.asks.empty())
        must(paged_.insert(e.staff).second, "5", "two pages at once to", e.staff.text());
    page_asks_.clear();
    for (const AskRef& ref : e.asks) read_ask_of_page(e, ref);
    must(
        !after_.live() || after_.paused || still_wanted(after_, after_.pages.at(e.page)),
        "4",
        "a page nobody would send, to",
        e.staff.text()
    );
    for (const std::string& canary : oracle_.canaries_)
        for (const std::string& field :
             {e.reason, e.text.text(), e.role.text(), e.page.text(), e.inform.text()})
            must(field.find(canary) == std::string::npos, "10", "a page tells of", canary);
}

void Reading::operator()(const DutyDone& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "done");
    must(seen.open(), "5", "done twice:", e.duty.text());
    const auto answer = answered_.find(e.duty);
    const bool by_answer = answer != answered_.end() && answer->second.satisfies;
    const bool by_triage = std::holds_alternative<Triage>(command_);
    if (!e.by.empty()) {
        must(
            by_triage || recorded_.contains(e.duty) || (by_answer && answer->second.staff == e.by),
            "5",
            "done by somebody who did not answer it:",
            e.duty.text()
        );
    } else if (!by_triage && !recorded_.contains(e.duty)) {
        must(
            !std::holds_alternative<Never>(seen.rule->done.node),
            "5",
            "done by nobody:",
            e.duty.text()
        );
    }
    must(
        e.decided == (by_answer && !by_triage && !recorded_.contains(e.duty) ? answer->second.answer
                                                                             : Word()),
        "6",
        "decided with another word:",
        e.duty.text()
    );
    seen.decided = e.decided;
    seen.state = DutyState::Done;
    seen.done_by_answer = by_answer && !by_triage && !recorded_.contains(e.duty);
}

void Reading::operator()(const DutyReopened& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "reopened");
    must(incident_.live(), "5", "reopened after the end:", e.duty.text());
    // Once for who took it back, and once for each that no longer counts either.
    const bool again = !reopened_.insert(e.duty).second;
    must(again || !seen.open(), "8", "reopened while it is open:", e.duty.text());
    must(
        again || seen.state == DutyState::Done, "8", "reopened while it is not done:", e.duty.text()
    );
    if (again) {
        seen.asks.at(e.by).satisfies = false;
    } else if (e.by.empty()) {
        must(
            !std::holds_alternative<Never>(seen.rule->done.node),
            "5",
            "reopened by nobody:",
            e.duty.text()
        );
    } else {
        const auto answer = answered_.find(e.duty);
        const bool taken_back = answer != answered_.end() && answer->second.staff == e.by;
        const bool arrival_lapsed =
            std::any_of(lapsed_.begin(), lapsed_.end(), [&](const DutyKey& key) {
                return key.scope == e.by.text();
            });
        must(taken_back || arrival_lapsed, "5", "reopened for no reason:", e.duty.text());
        if (const auto ask = seen.asks.find(e.by); ask != seen.asks.end())
            ask->second.satisfies = false;
    }
    seen.state = DutyState::Open;
    seen.decided = Word{};
    seen.done_by_answer = false;
    seen.heard_at = now_;
}

void Reading::operator()(const DutyRenewed& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "renewed");
    const auto answer = answered_.find(e.duty);
    must(
        seen.open() && answer != answered_.end() && answer->second.eta.has_value(),
        "8",
        "renewed without a new arrival time:",
        e.duty.text()
    );
    must(e.due == *answer->second.eta + seen.rule->eta_grace, "8", "due at another time");
    if (seen.rule->lapses)
        must(e.lapses_at == *e.due + *seen.rule->lapses, "8", "lapses at another time");
    must(e.rungs.size() == seen.rungs.size(), "8", "renewed to other rungs:", e.duty.text());
    for (std::size_t i = 0; i < e.rungs.size(); ++i) {
        const Rung& rung = ladder(seen, seen.rungs[i].level).at(i);
        if (rung.after_due)
            must(e.rungs[i].due == *e.due + rung.after, "8", "a rung is due at another time");
        else
            must(e.rungs[i] == seen.rungs[i], "8", "a rung moved:", e.duty.text());
    }
    seen.rungs = e.rungs;
    seen.due = e.due;
    seen.lapses_at = e.lapses_at;
}

void Reading::operator()(const DutyLapsed& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "lapsed");
    must(seen.open() && seen.lapses_at && *seen.lapses_at <= now_, "3", "lapsed early");
    ++seen.lapses;
    must(
        e.final == (seen.lapses >= seen.rule->lapses_max || !seen.rule->lapses),
        "3",
        "lapsed too often or not often enough:",
        e.duty.text()
    );
    must(e.final || (e.lapses_at && *e.lapses_at > now_), "3", "lapses again at once");
    seen.lapses_at = e.lapses_at;
    seen.heard_at = now_;
    seen.asleep = Span{};
    if (!e.final) return;
    seen.state = DutyState::Lapsed;
    seen.let_go_at = now_;
    for (auto& [staff, ask] : seen.asks) ask.attempts.clear();
    lapsed_.insert(e.duty);
}

void Reading::operator()(const DutyMoot& e)
{
    Oracle::SeenDuty& seen = duty(e.duty, "moot");
    must(seen.open(), "5", "an ended duty becomes moot:", e.duty.text());
    seen.state = DutyState::Moot;
    seen.let_go_at = now_;
    for (auto& [staff, ask] : seen.asks) ask.attempts.clear();
}

void Reading::operator()(const RegisterEntered& e)
{
    const auto rule = protocol().registers.find(e.name);
    must(rule != protocol().registers.end(), "1", "a register there is not");
    auto& list = incident_.registers[e.name];
    must(list.insert(e.staff).second, "1", "entered twice:", e.staff.text());
    must(!rule->second.one || list.size() == 1, "5", "two hold", e.name.text());
}

void Reading::operator()(const RegisterLeft& e)
{
    incident_.registers[e.name].erase(e.staff);
}

void Reading::operator()(const HoleFound& e)
{
    must(protocol().roles.contains(e.role), "11", "a hole in no role:", e.role.text());
}

void Reading::operator()(const Recorded& e)
{
    const Oracle::SeenDuty& seen = duty(e.duty, "recorded");
    must(!seen.rule->record.empty(), "5", "takes no record:", e.duty.text());
    must(
        entitled(seen, e.duty, e.by.staff), "5", "wrote unasked:", e.by.staff.text(), e.duty.text()
    );
    recorded_.insert(e.duty);
}

void Reading::operator()(const EndSigned& e)
{
    const auto rule = protocol().ends.find(e.end);
    must(rule != protocol().ends.end(), "5", "an end there is not");
    for (const std::string& field : rule->second.evidence) {
        const auto given = e.evidence.find(field);
        must(given != e.evidence.end() && !given->second.empty(), "5", "signed without", field);
    }
    auto& signers = incident_.signers[{e.end, e.subject}];
    must(
        std::find(signers.begin(), signers.end(), e.staff) == signers.end(),
        "5",
        "signed twice by",
        e.staff.text()
    );
    signers.push_back(e.staff);
    for (const std::string& hand : {"account " + e.by.account, "person " + e.by.staff.text()})
        must(
            hand == "person " || incident_.hands[{e.end, e.subject}].insert(hand).second,
            "5",
            "one hand gives two signatures:",
            hand
        );
}

void Reading::operator()(const Ended& e)
{
    const bool by_time =
        e.outcome == EndOutcome::DrillEnded && !std::holds_alternative<SignEnd>(command_);
    if (by_time) {
        must(after_.kind != Kind::Real, "5", "a real alarm ended by itself");
        must(after_.ends_at && *after_.ends_at <= now_, "3", "a drill ended early");
        incident_.stage = Stage::DrillEnded;
        return;
    }
    const End& rule = protocol().ends.at(e.end);
    must(rule.outcome == e.outcome, "5", "ended another way:", e.end.text());
    const EndKey key{e.end, e.subject};
    must(incident_.signers[key].size() == rule.signers.size(), "5", "ended without all signers");
    for (const auto& [duty, seen] : incident_.duties)
        must(
            !rule.duties_ended || !seen.open() || rule.may_stay_open.contains(duty.name),
            "5",
            "ended with an open duty:",
            duty.text()
        );
    switch (e.outcome) {
        case EndOutcome::Closed: incident_.stage = Stage::Closed; break;
        case EndOutcome::Aftercare:
            incident_.stage = Stage::Aftercare;
            for (auto& [duty, seen] : incident_.duties)
                for (auto& [staff, ask] : seen.asks) ask.attempts.clear();
            break;
        case EndOutcome::FalseAlarm: incident_.stage = Stage::FalseAlarm; break;
        case EndOutcome::DrillEnded: incident_.stage = Stage::DrillEnded; break;
        case EndOutcome::Lane:
        case EndOutcome::Lower:
        case EndOutcome::Facts: break;
    }
    const bool over = e.outcome == EndOutcome::Closed || e.outcome == EndOutcome::FalseAlarm ||
                      e.outcome == EndOutcome::DrillEnded;
    if (!over) {
        incident_.signers.erase(key);
        incident_.hands.erase(key);
        return;
    }
    View view{protocol(), oracle_.directory_, after_, nullptr, now_, SubjectId{}, StaffId{}};
    std::vector<SubjectId> lanes;
    for (const auto& [id, subject] : after_.subjects)
        if (!subject.closed) lanes.push_back(id);
    if (lanes.empty()) lanes.emplace_back();
    for (const SubjectId& lane : lanes) {
        view.lane = lane;
        for (const RefuseWhen& refuse : rule.refuse)
            must(!holds(view, refuse.when), "5", "ended in spite of", refuse.code);
    }
}

void Reading::operator()(const Unreachable& e)
{
    const auto* finished = std::get_if<FinishSend>(&command_);
    must(
        finished != nullptr && finished->state == SendState::Failed,
        "4",
        "unreachable by no failure"
    );
    unreachable_.insert(e.staff);
    const Page& page = after_.pages.at(finished->page);
    for (auto& [key, duty] : incident_.duties) {
        const auto ask = duty.asks.find(e.staff);
        if (ask == duty.asks.end() || !ask->second.answer.empty()) continue;
        const bool news = !std::exchange(ask->second.unreachable, true);
        const bool asked = std::any_of(page.asks.begin(), page.asks.end(), [&](const AskRef& ref) {
            return ref.duty == key;
        });
        if (news && asked && duty.open() && duty.counts_on_nobody()) left_alone_.insert(key);
    }
}

void Reading::finish_answers()
{
    // An arrival that was overdue already may lapse in the same step, and takes the answer along.
    for (const DutyKey& key : satisfied_)
        must(
            !duty(key, "answered").open() || (reopened_.contains(key) && !lapsed_.empty()),
            "5",
            "is not satisfied:",
            key.text()
        );
    for (const DutyKey& key : declined_) {
        const Oracle::SeenDuty& seen = duty(key, "declined");
        if (!seen.open() || went_on_.contains(key) || repeated_.contains(key)) continue;
        const bool more =
            seen.reached() < seen.rungs.size() || (seen.rule->forever && seen.counts_on_nobody());
        must(!more, "3", "declined, and nothing went on:", key.text());
    }
}

// Nobody is left who might answer: the ladder does not wait for them.
void Reading::finish_failures()
{
    for (const DutyKey& key : left_alone_) {
        const Oracle::SeenDuty& seen = duty(key, "unreachable");
        const bool more = seen.reached() < seen.rungs.size() || seen.rule->forever.has_value();
        must(
            !seen.open() || !more || went_on_.contains(key) || repeated_.contains(key),
            "11",
            "waits for people nobody can reach:",
            key.text()
        );
    }
}

void Reading::finish_climbs()
{
    for (const Climbed& climbed : climbed_) {
        const Oracle::SeenDuty& seen = duty(climbed.duty, "climbed");
        if (climbed.skipped) {
            must(climbed.asked == 0, "11", "asked by a rung nobody was meant by");
            continue;
        }
        if (!climbed.empty) {
            must(
                climbed.asked > 0 || climbed.somebody_counts,
                "11",
                "a rung is silently empty:",
                climbed.duty.text()
            );
            continue;
        }
        must(climbed.asked == 0, "11", "empty, and somebody was asked:", climbed.duty.text());
        const bool last = climbed.rung + 1 == seen.rungs.size();
        must(
            climbed.followed || !seen.open() ||
                (last && (!seen.counts_on_nobody() || !seen.rule->forever)),
            "11",
            "an empty rung waits:",
            climbed.duty.text()
        );
    }
    // A drill whose time was up tells nobody any more, whatever had come due before that.
    if (!incident_.live()) return;
    for (const DutyKey& key : repeated_) {
        // Nor does one that nobody takes part in.
        if (!duty(key, "repeated").open() || !after_.participants.empty()) continue;
        must(
            std::any_of(
                told_.begin(), told_.end(), [&](const auto& told) { return told.first == key; }
            ),
            "11",
            "a repeat told nobody:",
            key.text()
        );
    }
    for (const auto& [key, staff] : asked_)
        must(
            told_.contains({key, staff}) || !duty(key, "asked").open(),
            "4",
            "asked, and not told:",
            key.text(),
            staff.text()
        );
}

// Those whom the new level would have asked first are asked now.
void Reading::finish_raise()
{
    for (const auto& [key, seen] : incident_.duties) {
        const bool ended = seen.state != DutyState::Open && seen.state != DutyState::Done;
        if (ended || opened_.contains(key)) continue;
        const Ladder& steps = ladder(seen, incident_.level);
        View view{protocol(), oracle_.directory_, after_, nullptr, now_, SubjectId{}, StaffId{}};
        if (seen.rule->scope == Scope::Subject) view.lane = SubjectId(key.scope);
        if (seen.rule->scope == Scope::Person) view.self = StaffId(key.scope);
        const bool own = seen.rule->scope == Scope::College || seen.rule->scope == Scope::Subject;
        for (const Rung& rung : steps) {
            if (rung.after != Span{} || rung.after_due || !holds(view, rung.when)) continue;
            for (const Target& target : rung.to) {
                if (target.kind != Target::Kind::Role) continue;
                const auto found = resolve(
                    protocol(),
                    oracle_.directory_,
                    after_,
                    RoleName(target.name),
                    own ? key.scope : "",
                    now_
                );
                for (const Person& person : found.people)
                    must(
                        seen.asks.contains(person.staff) || !after_.takes_part(person.staff),
                        "3",
                        "a raise left out",
                        person.staff.text(),
                        key.text()
                    );
            }
        }
    }
}

void Reading::finish()
{
    // What is said in a paused drill is kept, and nothing follows from it.
    if (incident_.paused) return;
    finish_answers();
    finish_failures();
    finish_climbs();
    if (raised_ && incident_.live() && !news_of_subjects_) finish_raise();
    if (worsened_) finish_worse();
    for (auto& [key, seen] : incident_.duties) {
        if (seen.open() || seen.state != DutyState::Lapsed) continue;
        // A lapse that nobody was meant to end goes to a list, in view of everybody.
        must(seen.lapses > 0, "2", "lapsed by itself:", key.text());
    }
}

}  // namespace shouwang::test
