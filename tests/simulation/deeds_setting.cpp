#include "tests/simulation/setting.hpp"
#include "tests/simulation/way_out.hpp"

#include <chrono>
#include <tuple>
#include <utility>

namespace shouwang::test {

namespace {

using namespace escalation;
using namespace std::chrono_literals;

Condition fact(const char* name, Op op, const char* value)
{
    return {Atom{Topic::Fact, name, {}, op, {value}, Span{}}};
}

Condition stage(const char* value)
{
    return {Atom{Topic::Incident, {}, "stage", Op::Is, {value}, Span{}}};
}

Condition duty_is(const char* name, const char* state)
{
    return {Atom{Topic::Duty, name, {}, Op::Is, {state}, Span{}}};
}

Target role(const char* name)
{
    return {Target::Kind::Role, name};
}

Target list(const char* name)
{
    return {Target::Kind::Register, name};
}

Rung rung(Span after, std::vector<Target> to, const char* text)
{
    Rung out;
    out.after = after;
    out.to = std::move(to);
    out.text = TextCode(text);
    return out;
}

Duty& duty(Protocol& out, const char* name, DutyClass of, Scope scope)
{
    Duty& made = out.duties[DutyName(name)];
    made.name = DutyName(name);
    made.label = name;
    made.duty_class = of;
    made.scope = scope;
    made.answers = {{Word("received"), Effect::Note}};
    out.duty_order.push_back(made.name);
    return made;
}

// Whether those on duty read what they are sent.
void roll_call(Protocol& out, Dice& dice)
{
    Duty& made = duty(out, "muster", DutyClass::Task, Scope::Incident);
    made.roll_call = true;
    made.opens = {Always{}};
    made.ladder = {rung(0s, {role("desk"), role("chief"), role("last")}, "brigade")};
    made.ladder.front().again = {{std::chrono::minutes(5 + dice.below(10))}, {}};
    made.lapses = 25min;
    made.on_lapse = Lapse::List;
}

// A question that somebody has to decide, and its rounds of calls, faster while it is fresh.
void question(Protocol& out, Dice& dice)
{
    Duty& made = duty(out, "brigade", DutyClass::Life, Scope::Incident);
    made.decision = "brigade";
    made.in_drills = false;
    made.opens = {Any{{fact("heat", Op::AtLeast, "much"), fact("hurt", Op::AtLeast, "bad")}}};
    made.answers[Word("called")] = Effect::Satisfy;
    made.answers[Word("called_by_other")] = Effect::Satisfy;
    made.answers[Word("declined")] = Effect::Satisfy;
    made.answer_from = {role("desk"), list("there"), list("command")};
    Terms declined;
    declined.needs = {"reason"};
    declined.from = {role("chief"), role("head"), role("last"), list("command")};
    declined.reopens = {Atom{Topic::AnyFact, {}, {}, Op::Worse, {}, Span{}}};
    made.terms[Word("declined")] = declined;
    Terms called;
    called.needs = {"number"};
    made.terms[Word("called")] = called;
    made.due = {{{}, {Always{}}, 60s}};
    made.ladder = {
        rung(0s, {list("there"), role("desk")}, "brigade"),
        rung(90s, {role("chief"), role("desk"), list("there")}, "brigade")};
    made.ladder.front().joins = true;
    made.ladder.back().anew = true;
    Forever forever;
    forever.every = 9min;
    forever.paces = {
        {{Always{}}, 10min, std::chrono::seconds(60 + dice.below(60))},
        {fact("heat", Op::AtLeast, "much"), 1h, 4min},
        {{Always{}}, std::nullopt, 7min}};
    forever.by = {ChannelName("c"), ChannelName("a")};
    forever.spare = {{ChannelName("c"), 20min}};
    forever.widen = {RoleName("head"), RoleName("last")};
    made.forever = forever;

    // Whoever did the one goes on with the other.
    Duty& round = duty(out, "round", DutyClass::Task, Scope::Subject);
    round.opens = duty_is("care", "done");
    round.record = {{"result", "result", {}, true}};
    round.answer_from = {role("desk"), role("last")};
    round.ladder = {rung(60s, {{Target::Kind::Doer, "care"}}, "round")};
    round.forever = Forever{};
    round.forever->every = 11min;
    round.waive_by = {role("last"), list("command")};
    round.waive_when = fact("heat", Op::IsNot, "much");
    out.duties.at(DutyName("note")).waive_by = {role("last")};
}

// As long as it goes on somebody is asked whether it still has to.
void signed_off(Protocol& out)
{
    for (const auto& [name, from, to] :
         {std::tuple("standing", "open", "aftercare"), {"shelved", "aftercare", "open"}}) {
        Duty& made = duty(out, name, DutyClass::Task, Scope::Incident);
        made.opens = stage(from);
        made.done = stage(to);
        made.ladder = {rung(1h, {list("command"), role("last")}, name)};
        made.forever = Forever{};
        made.forever->every = 2h;
    }
}

End& ending(Protocol& out, const char* name, EndOutcome outcome)
{
    End& made = out.ends[EndName(name)];
    made.name = EndName(name);
    made.outcome = outcome;
    made.duties_ended = false;
    made.evidence = {"reason"};
    made.signers = {{role("chief"), role("last"), list("command")}};
    made.text = TextCode(name);
    return made;
}

void endings(Protocol& out)
{
    FactName cleared("cleared");
    out.facts[cleared] = {cleared, "cleared", FactKind::Scale, true, {"no", "yes"}, {}, true, true};
    End& down = ending(out, "down", EndOutcome::Aftercare);
    down.refuse = {
        {duty_is("brigade", "open"), "brigade_open", "nobody has decided"},
        {fact("hurt", Op::AtLeast, "bad"), "still_hurt", "somebody is hurt"}};
    End& nothing = ending(out, "nothing", EndOutcome::FalseAlarm);
    nothing.signers.push_back({role("head"), role("last"), role("desk")});
    nothing.refuse = {{fact("hurt", Op::IsNot, "no"), "still_hurt", "somebody may be hurt"}};
    End& lane = ending(out, "unharmed", EndOutcome::Lane);
    lane.per_subject = true;
    lane.signers.push_back({role("head"), role("last"), role("desk")});
    lane.refuse = {{fact("hurt", Op::AtLeast, "bad"), "still_hurt", "they are hurt"}};
    ending(out, "top_to_mid", EndOutcome::Lower).level = LevelName("mid");
    ending(out, "mid_to_low", EndOutcome::Lower).level = LevelName("low");
    End& clearance = ending(out, "clearance", EndOutcome::Facts);
    clearance.per_subject = true;
    clearance.sets = {{cleared, "yes"}};
    ending(out, "practised", EndOutcome::DrillEnded).evidence.clear();
    End& close = out.ends.at(EndName("close"));
    close.may_stay_open = {DutyName("standing"), DutyName("shelved"), DutyName("round")};
}

void drawn_deeds(Protocol& out, Dice& dice)
{
    roll_call(out, dice);
    question(out, dice);
    signed_off(out);
    endings(out);
    out.registers.at(RegisterName("command")).takers = {RoleName("last"), RoleName("head")};
    out.reopen_at = LevelName("top");
    out.identity_text = TextCode("somebody_else");
    out.pause_text = TextCode("paused");
    out.same_place_within = 20min;
}

// A duty that nothing hangs on: not what is signed off, nor what opens reports, nor a decision.
bool may_be_left_out(const Duty& duty)
{
    return duty.duty_class == DutyClass::Task && duty.scope == Scope::Incident &&
           duty.on_lapse == Lapse::List && duty.decision.empty() && !only_signed_off(duty);
}

// The next version of the file: everybody is asked somewhat sooner, and one duty fewer.
std::shared_ptr<Protocol> second_version(const Protocol& first, Dice& dice)
{
    auto out = std::make_shared<Protocol>(first);
    out->hash += "-2";
    ++out->version;
    const auto sooner = [](Ladder& ladder) {
        for (Rung& rung : ladder)
            if (!rung.after_due) rung.after = rung.after * 3 / 4;
    };
    for (auto& [name, duty] : out->duties) {
        if (dice.chance(1, 4)) continue;
        sooner(duty.ladder);
        for (auto& [level, ladder] : duty.ladders) sooner(ladder);
        if (!duty.forever) continue;
        duty.forever->every = duty.forever->every * 3 / 4;
        for (auto& [level, every] : duty.forever->every_at) every = every * 3 / 4;
        for (Pace& pace : duty.forever->paces) pace.every = pace.every * 3 / 4;
    }
    std::vector<DutyName> few;
    for (const auto& [name, duty] : out->duties)
        if (may_be_left_out(duty)) few.push_back(name);
    if (few.empty()) return out;
    const DutyName gone = few[dice.below(few.size())];
    out->duties.erase(gone);
    std::erase(out->duty_order, gone);
    return out;
}

}  // namespace

Setting with_deeds(Setting setting, Dice& dice)
{
    if (setting.name == "drawn") {
        auto more = std::make_shared<Protocol>(setting.protocol());
        drawn_deeds(*more, dice);
        setting.rules.protocols[more->hash] = more;
    }
    const auto second = second_version(setting.protocol(), dice);
    setting.rules.protocols[second->hash] = second;
    return setting;
}

}  // namespace shouwang::test
