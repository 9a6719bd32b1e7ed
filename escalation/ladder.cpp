#include "escalation/step.hpp"

#include <algorithm>
#include <tuple>

namespace shouwang::escalation {

namespace {

// What time has brought due in one duty. Handled one by one in the order of their instants, so
// that several overdue ones after a restart fire as they would have.
struct Due {
    enum class What { Rung, Attempt, Repeat, Lapse };
    Instant at{};
    What what = What::Rung;
    DutyKey duty;
    StaffId staff;
    friend bool operator<(const Due& a, const Due& b)
    {
        return std::tie(a.at, a.what, a.duty, a.staff) < std::tie(b.at, b.what, b.duty, b.staff);
    }
};

const DutyInstance& instance_of(const Step& step, const DutyKey& key)
{
    return step.incident().duties.at(key);
}

const Ladder& ladder_of(const Duty& duty, const RungState& rung)
{
    return duty.ladder_at(rung.level);
}

// A duty of one slot each may word its rungs for that slot.
TextCode text_of(const Step& step, const Duty& duty, const DutyKey& key, const Rung& rung)
{
    const Each* entry = step.entry_of(duty, key.scope);
    if (entry == nullptr) return rung.text;
    for (const Target& target : rung.to) {
        if (target.kind != Target::Kind::Slot) continue;
        const auto text = entry->texts.find(target.name);
        if (text != entry->texts.end()) return text->second;
    }
    return rung.text;
}

std::vector<Instant> attempts_from(Instant start, const Again& again)
{
    std::vector<Instant> out;
    out.reserve(again.after.size());
    for (const Span span : again.after) out.push_back(start + span);
    return out;
}

// Asks `people` who were not asked yet. Returns how many of all of them still count on.
std::size_t ask(
    Step& step,
    const DutyKey& key,
    const std::vector<Person>& people,
    unsigned rung,
    const Rung& definition,
    const TextCode& text,
    Span late_by
)
{
    std::size_t counted_on = 0;
    for (const Person& person : people) {
        const auto& asks = instance_of(step, key).asks;
        const auto known = asks.find(person.staff);
        // Whoever spoke before being asked is asked now, unless they are doing it; whoever moved
        // their due instant is asked again when that one passes, and some rungs ask all over again.
        const bool again =
            (definition.after_due && known != asks.end() && known->second.rung == rung) ||
            (definition.anew && known != asks.end() && known->second.rung < rung);
        const bool anew = known != asks.end() && (known->second.asked_at == Instant{} || again);
        if (known != asks.end() && (known->second.cannot || known->second.satisfies || !anew)) {
            if (!known->second.cannot && !known->second.unreachable) ++counted_on;
            continue;
        }
        ++counted_on;
        step.emit(Asked{
            step.incident().id,
            step.now(),
            key,
            person.staff,
            person.role,
            rung,
            text,
            person.reason,
            attempts_from(step.now(), definition.again),
            definition.again.by});
        step.page(person, AskRef{key, false}, text, definition.by, rung, 0, late_by);
    }
    return counted_on;
}

void arm_repeat(Step& step, const Duty& duty, const DutyKey& key)
{
    const DutyInstance& instance = instance_of(step, key);
    if (!duty.forever || instance.forever_next || instance.reached() < instance.rungs.size())
        return;
    const Span every = repeats_every(step, duty, key);
    step.emit(RepeatArmed{step.incident().id, step.now(), key, step.now() + every});
}

void repeat(Step& step, const DutyKey& key);

// Reaches rungs from the next one on: that one, and further ones while nobody was found.
void reach(Step& step, const DutyKey& key, RungBecause because)
{
    const Duty* duty = step.definition(key.name);
    if (duty == nullptr) return;
    for (;;) {
        const DutyInstance& instance = instance_of(step, key);
        const unsigned index = instance.reached();
        if (index >= instance.rungs.size()) break;
        const RungState state = instance.rungs[index];
        const Ladder& ladder = ladder_of(*duty, state);
        RungReached event{
            step.incident().id, step.now(), key, index, because, Span{}, false, false};
        if (state.due < step.now()) event.late_by = step.now() - state.due;
        const bool meant =
            index < ladder.size() && holds(step.view_of(*duty, key.scope), ladder[index].when);
        if (!meant) {
            event.skipped = true;
            step.emit(event);
            if (because == RungBecause::Due) break;  // nobody was meant, nothing was lost
            continue;
        }
        const Rung& rung = ladder[index];
        const auto people = step.people_of(rung.to, duty, key.scope);
        const Span late_by = event.late_by;
        const std::size_t event_at = index;
        event.empty = std::none_of(people.begin(), people.end(), [&](const Person& person) {
            const auto known = instance_of(step, key).asks.find(person.staff);
            return known == instance_of(step, key).asks.end() ||
                   (!known->second.cannot && (rung.anew || !known->second.unreachable));
        });
        const bool empty = event.empty;
        step.emit(std::move(event));
        ask(step,
            key,
            people,
            static_cast<unsigned>(event_at),
            rung,
            text_of(step, *duty, key, rung),
            late_by);
        if (!empty) break;
        because = RungBecause::Empty;
    }
    arm_repeat(step, *duty, key);
    // The last rung found nobody either: whoever is left is told now, not at the first repeat.
    const DutyInstance& instance = instance_of(step, key);
    if (because != RungBecause::Due && instance.reached() == instance.rungs.size() &&
        everybody_declined(instance))
        repeat(step, key);
}

std::vector<ChannelName> spared_channels(
    const Step& step, const Forever& forever, const StaffId& staff
)
{
    const auto& all =
        forever.by.empty() ? step.protocol().level(step.incident().level).channels : forever.by;
    std::vector<ChannelName> out;
    const auto paged = step.incident().last_paged.find(staff);
    for (const ChannelName& channel : all) {
        const auto spare = forever.spare.find(channel);
        if (spare != forever.spare.end() && paged != step.incident().last_paged.end()) {
            const auto last = paged->second.find(channel);
            if (last != paged->second.end() && step.now() - last->second < spare->second) continue;
        }
        out.push_back(channel);
    }
    return out.empty() ? all : out;
}

// Whom a repeat goes to besides the new ones: everybody asked who has not declined, or, when there
// is nobody, the last list of all.
std::vector<Person> repeat_to(Step& step, const Duty& duty, const DutyKey& key)
{
    const DutyInstance& instance = instance_of(step, key);
    std::vector<Person> out;
    for (const auto& [staff, ask] : instance.asks) {
        if (ask.cannot || !step.incident().takes_part(staff)) continue;
        if (duty.forever->to == Forever::To::LastRung && ask.rung + 1 < instance.rungs.size())
            continue;
        out.push_back({staff, ask.role, "repeat"});
    }
    return out;
}

void repeat(Step& step, const DutyKey& key)
{
    const Duty* duty = step.definition(key.name);
    if (duty == nullptr || !duty->forever) return;
    const Forever& forever = *duty->forever;
    const DutyInstance& before = instance_of(step, key);
    const unsigned count = before.forever_count + 1;
    const Instant due = before.forever_next.value_or(step.now());
    // Several overdue repeats collapse into one; the grid stays where it was.
    const Span every = repeats_every(step, *duty, key);
    Instant next = due + every;
    while (next <= step.now()) next += every;
    if (due > step.now()) next = step.now() + every;
    const Span late_by = due < step.now() ? step.now() - due : Span{};
    step.emit(RepeatReached{step.incident().id, step.now(), key, count, next, late_by});

    std::vector<Person> people = repeat_to(step, *duty, key);
    std::vector<Target> wider;
    for (std::size_t i = 0; i < std::min<std::size_t>(count, forever.widen.size()); ++i)
        wider.push_back({Target::Kind::Role, forever.widen[i].text()});
    const auto add = [&](const Person& person) {
        const bool there = std::any_of(people.begin(), people.end(), [&](const Person& other) {
            return other.staff == person.staff;
        });
        const auto known = instance_of(step, key).asks.find(person.staff);
        const bool declined = known != instance_of(step, key).asks.end() && known->second.cannot;
        if (!there && !declined) people.push_back(person);
    };
    for (const Person& person : step.people_of(wider, duty, key.scope)) add(person);
    const bool counted_on = std::any_of(people.begin(), people.end(), [&](const Person& person) {
        const auto known = instance_of(step, key).asks.find(person.staff);
        return known == instance_of(step, key).asks.end() || !known->second.unreachable;
    });
    if (!counted_on) {
        const auto last =
            resolve_last_resort(step.protocol(), step.directory(), step.incident(), step.now());
        for (const Person& person : last.people)
            if (step.incident().takes_part(person.staff) &&
                std::none_of(people.begin(), people.end(), [&](const Person& other) {
                    return other.staff == person.staff;
                }))
                people.push_back(person);
    }

    const auto last_rung = static_cast<unsigned>(instance_of(step, key).rungs.size());
    for (const Person& person : people) {
        const auto& asks = instance_of(step, key).asks;
        const auto known = asks.find(person.staff);
        TextCode text = forever.text;
        if (known != asks.end() && text.empty()) text = known->second.text;
        if (text.empty() && !duty->ladder_at(step.incident().level).empty())
            text = text_of(step, *duty, key, duty->ladder_at(step.incident().level).back());
        if (known == asks.end())
            step.emit(Asked{
                step.incident().id,
                step.now(),
                key,
                person.staff,
                person.role,
                last_rung,
                text,
                person.reason,
                {},
                {}});
        step.page(
            person,
            AskRef{key, false},
            text,
            spared_channels(step, forever, person.staff),
            last_rung,
            count,
            late_by
        );
    }
}

void attempt(Step& step, const DutyKey& key, const StaffId& staff)
{
    const Ask& ask = instance_of(step, key).asks.at(staff);
    const Instant due = ask.attempts.front();
    const Span late_by = due < step.now() ? step.now() - due : Span{};
    step.page(
        {staff, ask.role, "personal attempt"},
        AskRef{key, true},
        ask.text,
        ask.attempts_by,
        ask.rung,
        0,
        late_by
    );
}

void lapse(Step& step, const DutyKey& key)
{
    const Duty* duty = step.definition(key.name);
    const DutyInstance& instance = instance_of(step, key);
    const IncidentId& id = step.incident().id;
    const unsigned max = duty == nullptr ? 1 : duty->lapses_max;
    if (instance.lapses + 1 < max && duty->lapses) {
        step.emit(DutyLapsed{id, step.now(), key, false, step.now() + *duty->lapses});
        return;
    }
    const std::optional<DutyKey> parent = instance.parent;
    const StaffId who(key.scope);
    step.emit(DutyLapsed{id, step.now(), key, true, std::nullopt});
    if (duty == nullptr) return;
    switch (duty->on_lapse) {
        case Lapse::List: break;
        case Lapse::Open:
            open_incident(
                step,
                OpenedBecause::Undecided,
                Actor{"daemon", StaffId{}},
                step.protocol().fail_open
            );
            break;
        case Lapse::Parent: {
            step.emit(RegisterLeft{id, step.now(), duty->of, who});
            if (parent && step.incident().duties.contains(*parent))
                reopen_unless_satisfied(step, *parent, who);
            break;
        }
    }
}

std::set<Due> due_now(const Step& step, const std::set<std::pair<DutyKey, StaffId>>& attempted)
{
    std::set<Due> out;
    const Instant now = step.now();
    for (const auto& [key, duty] : step.incident().duties) {
        if (duty.open()) {
            const unsigned next = duty.reached();
            if (next < duty.rungs.size() && duty.rungs[next].due <= now)
                out.insert({duty.rungs[next].due, Due::What::Rung, key, StaffId{}});
            if (duty.forever_next && *duty.forever_next <= now)
                out.insert({*duty.forever_next, Due::What::Repeat, key, StaffId{}});
            if (duty.lapses_at && *duty.lapses_at <= now)
                out.insert({*duty.lapses_at, Due::What::Lapse, key, StaffId{}});
        }
        for (const auto& [staff, ask] : duty.asks)
            if (ask.answer.empty() && !ask.attempts.empty() && ask.attempts.front() <= now &&
                !attempted.contains({key, staff}))
                out.insert({ask.attempts.front(), Due::What::Attempt, key, staff});
    }
    return out;
}

}  // namespace

std::vector<RungState> rungs_for(
    const Duty& duty, const LevelName& level, Instant clock_start, std::optional<Instant> due
)
{
    std::vector<RungState> out;
    for (const Rung& rung : duty.ladder_at(level))
        out.push_back(
            {level, (rung.after_due ? due.value_or(clock_start) : clock_start) + rung.after, {}}
        );
    return out;
}

Span repeats_every(const Step& step, const Duty& duty, const DutyKey& key)
{
    const DutyInstance& instance = instance_of(step, key);
    for (const Pace& pace : duty.forever->paces)
        if (holds(step.view_of(duty, key.scope), pace.when) &&
            (!pace.until || step.now() - instance.clock_start < *pace.until))
            return pace.every;
    return duty.forever->every_for(step.incident().level);
}

bool ask_who_joined(Step& step)
{
    bool changed = false;
    std::vector<DutyKey> open;
    for (const auto& [key, duty] : step.incident().duties)
        if (duty.open()) open.push_back(key);
    for (const DutyKey& key : open) {
        const Duty* duty = step.definition(key.name);
        if (duty == nullptr) continue;
        for (unsigned i = 0; i < instance_of(step, key).reached(); ++i) {
            const Ladder& ladder = ladder_of(*duty, instance_of(step, key).rungs[i]);
            if (i >= ladder.size() || !ladder[i].joins) continue;
            if (!holds(step.view_of(*duty, key.scope), ladder[i].when)) continue;
            std::vector<Target> registers;
            for (const Target& target : ladder[i].to)
                if (target.kind == Target::Kind::Register) registers.push_back(target);
            auto people = step.people_of(registers, duty, key.scope);
            std::erase_if(people, [&](const Person& person) {
                const auto& asks = instance_of(step, key).asks;
                const auto known = asks.find(person.staff);
                return known != asks.end() && (known->second.asked_at != Instant{} ||
                                               known->second.cannot || known->second.satisfies);
            });
            changed |= !people.empty();
            ask(step, key, people, i, ladder[i], text_of(step, *duty, key, ladder[i]), Span{});
        }
    }
    return changed;
}

bool everybody_declined(const DutyInstance& duty)
{
    return std::all_of(duty.asks.begin(), duty.asks.end(), [](const auto& entry) {
        return entry.second.cannot || entry.second.unreachable;
    });
}

bool climb(Step& step)
{
    bool changed = false;
    std::set<std::pair<DutyKey, StaffId>> attempted;
    while (step.incident().live()) {
        const std::set<Due> due = due_now(step, attempted);
        if (due.empty()) break;
        const Due& first = *due.begin();
        // Attempts are struck off by their page, at the end of the step.
        changed |= first.what != Due::What::Attempt;
        const Duty* duty = step.definition(first.duty.name);
        const bool repeats = duty != nullptr && duty->forever;
        if (first.what != Due::What::Attempt &&
            (duty == nullptr || (first.what == Due::What::Repeat && !repeats))) {
            // Not a duty of this protocol: in view of everybody rather than due for ever.
            step.emit(DutyLapsed{step.incident().id, step.now(), first.duty, true, std::nullopt});
            continue;
        }
        switch (first.what) {
            case Due::What::Rung: reach(step, first.duty, RungBecause::Due); break;
            case Due::What::Repeat: repeat(step, first.duty); break;
            case Due::What::Lapse: lapse(step, first.duty); break;
            case Due::What::Attempt:
                attempt(step, first.duty, first.staff);
                attempted.insert({first.duty, first.staff});
                break;
        }
    }
    return changed;
}

void go_on_at_once(Step& step, const DutyKey& key, RungBecause because)
{
    const DutyInstance& instance = instance_of(step, key);
    if (!instance.open() || step.incident().paused) return;
    if (instance.reached() < instance.rungs.size())
        reach(step, key, because);
    else if (everybody_declined(instance))
        repeat(step, key);
}

void raise_duty(Step& step, const DutyKey& key)
{
    const Duty* duty = step.definition(key.name);
    const DutyInstance& old = instance_of(step, key);
    if (duty == nullptr || (old.state != DutyState::Open && old.state != DutyState::Done)) return;
    const LevelName to = step.incident().level;
    if (duty->forever && old.forever_next) {
        const Instant sooner = step.now() + repeats_every(step, *duty, key);
        if (sooner < *old.forever_next)
            step.emit(RepeatArmed{step.incident().id, step.now(), key, sooner});
    }
    const Ladder& ladder = duty->ladder_at(to);
    const Instant start = duty->clock == Clock::Level ? step.now() : old.clock_start;
    const auto fresh = rungs_for(*duty, to, start, old.due);

    DutyRaised event{step.incident().id, step.now(), key, to, old.rungs, {}, old.lapses_at};
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        // Counted from an opening long ago it may be over already: then it is due now.
        const Instant due = std::max(fresh[i].due, step.now());
        if (i >= event.rungs.size())
            event.rungs.push_back({to, due, {}});
        else if (!event.rungs[i].reached)
            event.rungs[i] = {to, std::min(event.rungs[i].due, due), {}};
    }
    for (const auto& [staff, ask] : old.asks) {
        if (!ask.answer.empty() || ask.attempts.empty() || ask.rung >= ladder.size()) continue;
        const auto sooner = attempts_from(step.now(), ladder[ask.rung].again);
        std::vector<Instant> attempts = ask.attempts;
        const std::size_t made =
            sooner.size() > attempts.size() ? sooner.size() - attempts.size() : 0;
        for (std::size_t i = 0; i < attempts.size() && made + i < sooner.size(); ++i)
            attempts[i] = std::min(attempts[i], sooner[made + i]);
        event.attempts[staff] = std::move(attempts);
    }
    const bool same = event.rungs == old.rungs && duty->ladders.empty();
    if (!same) step.emit(std::move(event));

    // Those the new level would have paged first and the old one did not, or who have come to be
    // meant since it did: now.
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const DutyInstance& raised = instance_of(step, key);
        if (ladder[i].after != Span{} || ladder[i].after_due || !raised.rungs[i].reached) continue;
        if (!holds(step.view_of(*duty, key.scope), ladder[i].when)) continue;
        const auto people = step.people_of(ladder[i].to, duty, key.scope);
        ask(step,
            key,
            people,
            static_cast<unsigned>(i),
            ladder[i],
            text_of(step, *duty, key, ladder[i]),
            Span{});
    }
}

}  // namespace shouwang::escalation
