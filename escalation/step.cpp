#include "escalation/step.hpp"

#include "escalation/endings.hpp"
#include "escalation/facts.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::escalation {

namespace {

// Settling ends when nothing changes any more. A checked protocol is done in a handful of rounds;
// one that chases its own tail stops here and goes on at the next instant.
constexpr unsigned rounds_max = 64;

constexpr std::size_t page_digits = 6;

}  // namespace

void Step::emit(Event event)
{
    evolve(incident_, event);
    events_.push_back(std::move(event));
}

View Step::view() const
{
    return View{protocol_, directory_, incident_, &before_, now_, SubjectId{}, StaffId{}};
}

View Step::view_of(const Duty& duty, const std::string& scope) const
{
    switch (duty.scope) {
        case Scope::Subject: return view().in_lane(SubjectId(scope));
        case Scope::Person: return view().as(StaffId(scope));
        case Scope::Incident:
        case Scope::College:
        case Scope::Each: return view();
    }
    return view();
}

const Duty* Step::definition(const DutyName& name) const
{
    const auto found = protocol_.duties.find(name);
    return found == protocol_.duties.end() ? nullptr : &found->second;
}

const Each* Step::entry_of(const Duty& duty, const std::string& scope) const
{
    const auto found = std::find_if(duty.each.begin(), duty.each.end(), [&](const Each& each) {
        return each.role.text() == scope;
    });
    return found == duty.each.end() ? nullptr : &*found;
}

std::vector<Person> Step::people_of(
    const std::vector<Target>& targets, const Duty* duty, const std::string& scope
)
{
    std::vector<Person> out;
    const auto add = [&](const Person& person) {
        if (!incident_.takes_part(person.staff)) return;
        const bool there = std::any_of(out.begin(), out.end(), [&](const Person& other) {
            return other.staff == person.staff;
        });
        if (!there) out.push_back(person);
    };
    const std::string roles_of = duty == nullptr ? std::string() : role_scope(*duty, scope);
    const auto add_role = [&](const RoleName& role) {
        Resolution found = resolve(protocol_, directory_, incident_, role, roles_of, now_);
        for (const Person& person : found.people) add(person);
        for (const Hole& hole : found.holes) find_hole(hole);
    };
    for (const Target& target : targets) {
        switch (target.kind) {
            case Target::Kind::Role: add_role(RoleName(target.name)); break;
            case Target::Kind::Register: {
                const auto found = incident_.registers.find(RegisterName(target.name));
                if (found == incident_.registers.end()) break;
                for (const RegisterEntry& entry : found->second)
                    add({entry.staff, entry.role, "register " + target.name});
                break;
            }
            case Target::Kind::Self:
                if (duty != nullptr && duty->scope == Scope::Person)
                    add({StaffId(scope), RoleName{}, "self"});
                break;
            case Target::Kind::Slot: {
                const Each* entry = duty == nullptr ? nullptr : entry_of(*duty, scope);
                if (entry == nullptr) break;
                const auto slot = entry->slots.find(target.name);
                if (slot != entry->slots.end()) add_role(slot->second);
                break;
            }
            case Target::Kind::Doer: {
                const StaffId who = doer_of(DutyName(target.name), duty, scope);
                if (!who.empty()) add({who, RoleName{}, "did " + target.name});
                break;
            }
        }
    }
    return out;
}

StaffId Step::doer_of(const DutyName& name, const Duty* duty, const std::string& scope) const
{
    const Duty* done = definition(name);
    const bool own_lane = done != nullptr && duty != nullptr && done->scope == Scope::Subject &&
                          duty->scope == Scope::Subject;
    StaffId out;
    for (auto it = incident_.duties.lower_bound(DutyKey{name, {}, 0});
         it != incident_.duties.end() && it->first.name == name;
         ++it)
        if (it->second.state == DutyState::Done && (!own_lane || it->first.scope == scope))
            out = it->second.ended_by;
    return out;
}

void Step::find_hole(const Hole& hole)
{
    if (incident_.holes.contains(hole)) return;
    emit(HoleFound{incident_.id, now_, hole.role, hole.unit});
    for (const Person& person : people_of(protocol_.hole_to, nullptr, {}))
        inform(person, InformName{}, protocol_.hole_text, {});
}

void Step::page(
    const Person& person,
    const AskRef& ask,
    const TextCode& text,
    const std::vector<ChannelName>& channels,
    unsigned rung,
    unsigned repeat,
    Span late_by
)
{
    const auto order =
        std::find(protocol_.duty_order.begin(), protocol_.duty_order.end(), ask.duty.name);
    const auto rank = static_cast<std::size_t>(order - protocol_.duty_order.begin());
    const auto [it, fresh] = pages_.try_emplace(person.staff);
    PendingPage& pending = it->second;
    if (fresh || rank < pending.text_rank) {
        pending.role = person.role;
        pending.reason = person.reason;
        pending.text = text;
        pending.text_rank = rank;
        pending.rung = rung;
    }
    pending.repeat = std::max(pending.repeat, repeat);
    pending.late_by = std::max(pending.late_by, late_by);
    // A personal attempt that coincides with a repeat is one ask, and still the attempt.
    if (ask.attempt) pending.asks.erase(AskRef{ask.duty, false});
    if (ask.attempt || !pending.asks.contains(AskRef{ask.duty, true})) pending.asks.insert(ask);
    const auto& by = channels.empty() ? protocol_.level(incident_.level).channels : channels;
    pending.channels.insert(by.begin(), by.end());
}

void Step::inform(
    const Person& person,
    const InformName& inform,
    const TextCode& text,
    const std::vector<ChannelName>& channels
)
{
    if (!incident_.takes_part(person.staff)) return;
    informs_.push_back({person, inform, text, channels});
}

PageId Step::next_page_id() const
{
    std::string number = std::to_string(incident_.page_count + 1);
    if (number.size() < page_digits) number.insert(0, page_digits - number.size(), '0');
    return PageId(incident_.id.text() + "." + number);
}

// One person's several open asks travel in one page.
void Step::add_open_asks(const StaffId& staff, std::set<AskRef>& asks) const
{
    for (const auto& [key, duty] : incident_.duties) {
        const auto ask = duty.asks.find(staff);
        if (!duty.open() || ask == duty.asks.end()) continue;
        if (ask->second.satisfies || ask->second.cannot) continue;
        if (!asks.contains(AskRef{key, true})) asks.insert(AskRef{key, false});
    }
}

void Step::flush_pages()
{
    for (auto& [staff, pending] : std::exchange(pages_, {})) {
        // After a downtime one step may both ask and end a duty: nobody is told of that one.
        const unsigned repeat = pending.repeat;
        std::erase_if(pending.asks, [&, who = staff](const AskRef& ask) {
            Page page;
            page.staff = who;
            page.asks = {ask};
            page.at = now_;
            page.repeat = repeat;
            return !still_wanted(incident_, page);
        });
        if (pending.asks.empty()) continue;
        add_open_asks(staff, pending.asks);
        emit(Paged{
            incident_.id,
            now_,
            next_page_id(),
            staff,
            pending.role,
            {pending.asks.begin(), pending.asks.end()},
            InformName{},
            pending.text,
            incident_.level,
            pending.rung,
            pending.repeat,
            {pending.channels.begin(), pending.channels.end()},
            pending.reason,
            pending.late_by});
        std::erase_if(informs_, [&](const PendingInform& inform) {
            return inform.person.staff == staff && inform.inform.empty();
        });
    }
    std::set<std::pair<StaffId, TextCode>> told;
    for (const PendingInform& inform : std::exchange(informs_, {})) {
        if (!told.insert({inform.person.staff, inform.text}).second) continue;
        const auto& by =
            inform.channels.empty() ? protocol_.level(incident_.level).channels : inform.channels;
        emit(Paged{
            incident_.id,
            now_,
            next_page_id(),
            inform.person.staff,
            inform.person.role,
            {},
            inform.inform,
            inform.text,
            incident_.level,
            0,
            0,
            by,
            inform.person.reason,
            Span{}});
    }
}

bool Step::renew_once(const DutyName& name, const std::string& scope)
{
    return renewed_.insert({name, scope}).second;
}

void tell_asked(Step& step, const Incident& incident, const TextCode& text)
{
    std::map<StaffId, RoleName> asked;
    for (const auto& [key, duty] : incident.duties)
        for (const auto& [staff, ask] : duty.asks) asked.emplace(staff, ask.role);
    for (const auto& [staff, role] : asked)
        step.inform({staff, role, "already asked"}, InformName{}, text, {});
}

std::string role_scope(const Duty& duty, const std::string& scope)
{
    return duty.scope == Scope::College || duty.scope == Scope::Subject ? scope : std::string();
}

namespace {

// A drill or a roll-call is over at the time it was planned for. Returns whether it was.
bool end_drill(Step& step)
{
    const Incident& incident = step.incident();
    if (!incident.running() || !incident.ends_at || *incident.ends_at > step.now()) return false;
    End unnamed;
    unnamed.outcome = EndOutcome::DrillEnded;
    // A roll-call just ends: those who answered it wait for nothing.
    const End* end =
        incident.kind == Kind::Drill ? step.protocol().ending(EndOutcome::DrillEnded) : nullptr;
    complete(step, end == nullptr ? unnamed : *end, SubjectId{}, Actor{"daemon", StaffId{}});
    return true;
}

}  // namespace

void settle(Step& step)
{
    // A paused drill only waits for its end.
    if (end_drill(step) || step.incident().paused) {
        step.flush_pages();
        settle_check(step);
        return;
    }
    for (unsigned round = 0; round < rounds_max && step.incident().live(); ++round) {
        bool changed = settle_assumed(step);
        changed |= settle_rules(step);
        changed |= settle_level(step);
        changed |= settle_duties(step);
        changed |= climb(step);
        changed |= ask_who_joined(step);
        if (!changed) break;
    }
    settle_informs(step);
    step.flush_pages();
    settle_check(step);
}

}  // namespace shouwang::escalation
