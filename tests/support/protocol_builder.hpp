#pragma once

#include "escalation/condition.hpp"
#include "escalation/directory.hpp"
#include "escalation/protocol.hpp"

#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

// A protocol and a roster that have nothing to do with the notice: a gas leak at a works. The
// engine's tests run it, because the engine must not know whose emergency it serves.
namespace shouwang::test {

using namespace std::chrono_literals;

using Words = std::vector<std::string>;

inline escalation::Condition atom(
    escalation::Topic topic,
    std::string name,
    escalation::Op op,
    Words values = {},
    escalation::Span span = {}
)
{
    // What has no name has an attribute instead.
    const bool nameless = topic == escalation::Topic::Incident ||
                          topic == escalation::Topic::Subject || topic == escalation::Topic::Place;
    return {escalation::Atom{
        topic,
        nameless ? std::string() : name,
        nameless ? name : std::string(),
        op,
        std::move(values),
        span}};
}

inline escalation::Condition fact(
    std::string name, escalation::Op op, Words values = {}, escalation::Span span = {}
)
{
    return atom(escalation::Topic::Fact, std::move(name), op, std::move(values), span);
}

inline escalation::Condition fact_is(std::string name, std::string value)
{
    return fact(std::move(name), escalation::Op::Is, {std::move(value)});
}

inline escalation::Condition level_at_least(std::string level)
{
    return atom(escalation::Topic::Level, {}, escalation::Op::AtLeast, {std::move(level)});
}

inline escalation::Condition duty_is(std::string duty, Words states)
{
    return atom(escalation::Topic::Duty, std::move(duty), escalation::Op::Is, std::move(states));
}

inline escalation::Condition held(std::string name)
{
    return atom(escalation::Topic::Register, std::move(name), escalation::Op::Is, {"held"});
}

inline escalation::Condition has_self(std::string name)
{
    return atom(escalation::Topic::Register, std::move(name), escalation::Op::Has, {"self"});
}

inline escalation::Condition all(std::vector<escalation::Condition> parts)
{
    return {escalation::All{std::move(parts)}};
}

inline escalation::Condition any(std::vector<escalation::Condition> parts)
{
    return {escalation::Any{std::move(parts)}};
}

inline escalation::Condition negation(escalation::Condition part)
{
    return {escalation::Not{{std::move(part)}}};
}

inline escalation::Condition always()
{
    return {escalation::Always{}};
}

// "plumber", "register.on_site", "self", "slot.head".
inline escalation::Target target(const std::string& text)
{
    using Kind = escalation::Target::Kind;
    if (text == "self") return {Kind::Self, {}};
    if (text.starts_with("register.")) return {Kind::Register, text.substr(9)};
    if (text.starts_with("slot.")) return {Kind::Slot, text.substr(5)};
    if (text.starts_with("done.")) return {Kind::Doer, text.substr(5)};
    return {Kind::Role, text};
}

inline std::vector<escalation::Target> targets(std::initializer_list<const char*> names)
{
    std::vector<escalation::Target> out;
    for (const char* name : names) out.push_back(target(name));
    return out;
}

inline std::vector<escalation::ChannelName> channels(std::initializer_list<const char*> names)
{
    return {names.begin(), names.end()};
}

inline escalation::Rung rung(
    escalation::Span after, std::initializer_list<const char*> to, const char* text = "plain"
)
{
    escalation::Rung out;
    out.after = after;
    out.to = targets(to);
    out.text = escalation::TextCode(text);
    return out;
}

class ProtocolBuilder {
public:
    // Levels, facts, rules, roles and registers; no duty yet.
    ProtocolBuilder();

    // A duty of life that opens with the incident and takes the usual words.
    escalation::Duty& duty(const char* name);
    escalation::Role& role(
        const char* name, escalation::Path of = escalation::Path::University, const char* holds = ""
    );
    escalation::Register& list(
        const char* name,
        std::initializer_list<const char*> enters,
        std::initializer_list<const char*> leaves
    );
    // On the way, and expected: whoever says "going" is asked once when they are late.
    escalation::Duty& expect_arrival();
    void rule(const char* name, const char* level, escalation::Condition when);
    // An ending that the chief signs and no open duty holds up.
    escalation::End& ending(const char* name, escalation::EndOutcome outcome);

    escalation::Protocol protocol;
};

inline ProtocolBuilder::ProtocolBuilder()
{
    using escalation::FactKind;
    using escalation::Path;
    escalation::Protocol& p = protocol;
    p.name = "gas-leak";
    p.version = 1;
    p.hash = "feedbeef";
    p.utc_offset = std::chrono::hours(8);
    p.levels = {
        {escalation::LevelName("calm"), "calm", 1h, channels({"radio"})},
        {escalation::LevelName("alert"), "alert", 10min, channels({"radio", "bell"})},
        {escalation::LevelName("grave"), "grave", 5min, channels({"radio", "bell", "siren"})}};
    p.floor = escalation::LevelName("calm");
    p.fail_open = escalation::LevelName("alert");
    const auto add_fact = [&](const char* name, FactKind kind, bool per_subject, Words values) {
        const escalation::FactName key(name);
        p.facts[key] = {key, name, kind, per_subject, std::move(values), {}};
    };
    add_fact("smell", FactKind::Scale, false, {"none", "faint", "strong"});
    add_fact("breath", FactKind::Scale, true, {"fine", "short", "gone"});
    add_fact("flats", FactKind::Count, false, {});
    add_fact("zones", FactKind::Set, false, {"cellar", "stairs", "roof"});
    add_fact("shut_at", FactKind::Moment, false, {});
    rule("G1", "alert", fact("smell", escalation::Op::AtLeast, {"faint"}));
    rule("G2", "grave", fact("smell", escalation::Op::AtLeast, {"strong"}));
    rule("G3", "grave", fact("breath", escalation::Op::AtLeast, {"gone"}));
    role("plumber").rota = true;
    role("fitter");
    role("chief");
    role("deputies", Path::University, "chief").order_from = 1;
    p.roles[escalation::RoleName("deputies")].order_to.reset();
    p.roles[escalation::RoleName("deputies")].all = true;
    role("crew").all = true;
    role("clerk");
    role("mayor");
    role("watchman");
    role("unit_head");
    role("tutor", Path::SubjectClass);
    role("warden", Path::SubjectCollege);
    role("porter", Path::PlaceBuilding);
    role("guard", Path::PlaceCampus).rota = true;
    p.unit_head = escalation::RoleName("unit_head");
    p.last_resort = {escalation::RoleName("watchman")};
    p.trusted = {"desk"};
    p.review = {"street"};
    p.hole_to = targets({"clerk"});
    p.hole_text = escalation::TextCode("hole");
    p.level_text = escalation::TextCode("worse");
}

inline void ProtocolBuilder::rule(const char* name, const char* level, escalation::Condition when)
{
    const escalation::RuleName key(name);
    protocol.rules[key] = {key, name, escalation::LevelName(level), std::move(when)};
}

inline escalation::End& ProtocolBuilder::ending(const char* name, escalation::EndOutcome outcome)
{
    const escalation::EndName key(name);
    escalation::End& out = protocol.ends[key];
    out.name = key;
    out.outcome = outcome;
    out.duties_ended = false;
    out.signers = {targets({"chief"})};
    return out;
}

inline escalation::Role& ProtocolBuilder::role(
    const char* name, escalation::Path of, const char* holds
)
{
    const escalation::RoleName key(name);
    escalation::Role& out = protocol.roles[key];
    out.name = key;
    out.label = name;
    out.of = of;
    out.holds = *holds == '\0' ? key : escalation::RoleName(holds);
    return out;
}

inline escalation::Register& ProtocolBuilder::list(
    const char* name,
    std::initializer_list<const char*> enters,
    std::initializer_list<const char*> leaves
)
{
    const escalation::RegisterName key(name);
    escalation::Register& out = protocol.registers[key];
    out.name = key;
    out.label = name;
    out.enters = std::vector<escalation::Word>(enters.begin(), enters.end());
    out.leaves = std::vector<escalation::Word>(leaves.begin(), leaves.end());
    return out;
}

inline escalation::Duty& ProtocolBuilder::duty(const char* name)
{
    using escalation::Effect;
    using escalation::Word;
    const escalation::DutyName key(name);
    protocol.duty_order.push_back(key);
    escalation::Duty& out = protocol.duties[key];
    out.name = key;
    out.label = name;
    out.opens = atom(escalation::Topic::Incident, "stage", escalation::Op::Is, {"open"});
    out.answers = {
        {Word("going"), Effect::Satisfy},
        {Word("received"), Effect::Note},
        {Word("cannot"), Effect::NextRung},
        {Word("withdrawn"), Effect::Reopen}};
    return out;
}

inline escalation::Duty& ProtocolBuilder::expect_arrival()
{
    using escalation::Effect;
    using escalation::Word;
    list("under_way", {"going"}, {"arrived", "withdrawn", "cannot"});
    list("on_site", {"arrived"}, {"withdrawn"}).anyone = true;
    escalation::Duty& out = duty("arrive");
    out.scope = escalation::Scope::Person;
    out.of = escalation::RegisterName("under_way");
    out.opens = always();
    out.done = has_self("on_site");
    out.moot = negation(has_self("under_way"));
    out.answers = {
        {Word("arrived"), Effect::Satisfy},
        {Word("going"), Effect::Renew},
        {Word("received"), Effect::Note},
        {Word("cannot"), Effect::Parent},
        {Word("withdrawn"), Effect::Parent}};
    out.due = {
        {escalation::RoleName("plumber"), always(), 5min},
        {escalation::RoleName(), always(), 15min}};
    out.eta_grace = 5min;
    out.ladder = {rung(0s, {"self"}, "late")};
    out.ladder.front().after_due = true;
    out.lapses = 3min;
    out.lapses_max = 2;
    out.on_lapse = escalation::Lapse::Parent;
    return out;
}

// Two sites with a block of flats each; everybody the protocol above can name.
class DirectoryBuilder {
public:
    DirectoryBuilder();
    void unit(const char* id, const char* kind, const char* parent, const char* campus = "");
    void staff(const char* id);
    // Puts somebody, new or known, into a role.
    void holds(const char* staff_id, const char* role, const char* unit_id, unsigned order = 0);
    void shift(
        const char* role,
        const char* unit_id,
        escalation::Instant from,
        escalation::Instant to,
        const char* staff_id,
        const char* backup = ""
    );
    void leave(const char* staff_id, const char* delegate = "");
    void student(const char* id, const char* class_unit, const char* college, const char* building);
    // Nothing reaches this person any more.
    void mute(const char* staff_id);

    escalation::Directory directory;
};

// 2026-11-03, a Tuesday, 10:00 in UTC+8.
inline constexpr escalation::Instant morning =
    std::chrono::sys_days(std::chrono::November / 3 / 2026) + 2h;

inline DirectoryBuilder::DirectoryBuilder()
{
    directory.version = "roster-1";
    unit("works", "university", "");
    unit("north", "campus", "works", "north");
    unit("south", "campus", "works", "south");
    unit("office", "department", "works", "north");
    unit("F1", "college", "works", "north");
    unit("F2", "college", "works", "south");
    unit("K1", "class", "F1", "north");
    unit("K2", "class", "F2", "south");
    unit("block-1", "building", "north", "north");
    unit("block-2", "building", "south", "south");
    student("st-1", "K1", "F1", "block-1");
    student("st-2", "K2", "F2", "block-2");
    holds("chief-1", "chief", "works");
    holds("chief-2", "chief", "works", 1);
    holds("chief-3", "chief", "works", 2);
    holds("clerk-1", "clerk", "office");
    holds("mayor-1", "mayor", "works");
    holds("watchman-1", "watchman", "works");
    holds("fitter-1", "fitter", "office");
    holds("plumber-9", "plumber", "office");
    for (const char* id : {"crew-1", "crew-2", "crew-3"}) holds(id, "crew", "office");
    holds("tutor-1", "tutor", "K1");
    holds("tutor-2", "tutor", "K2");
    holds("warden-1", "warden", "F1");
    holds("warden-2", "warden", "F2");
    holds("porter-1", "porter", "block-1");
    holds("porter-2", "porter", "block-2");
    holds("head-1", "unit_head", "F1");
    holds("head-0", "unit_head", "works");
    shift("plumber", "office", morning - 2h, morning + 6h, "plumber-1", "plumber-2");
    shift("guard", "north", morning - 2h, morning + 6h, "guard-1");
    shift("guard", "south", morning - 2h, morning + 6h, "guard-2");
}

inline void DirectoryBuilder::unit(
    const char* id, const char* kind, const char* parent, const char* campus
)
{
    const escalation::UnitId key(id);
    directory.units[key] = {
        key, id, id, kind, escalation::UnitId(parent), escalation::UnitId(campus)};
}

inline void DirectoryBuilder::staff(const char* id)
{
    const escalation::StaffId key(id);
    escalation::Staff& out = directory.staff[key];
    out.id = key;
    out.kind = "person";
    out.name = id;
    out.phone = "199-0000-0000";
}

inline void DirectoryBuilder::holds(
    const char* staff_id, const char* role, const char* unit_id, unsigned order
)
{
    if (directory.person(escalation::StaffId(staff_id)) == nullptr) staff(staff_id);
    directory.holdings[{escalation::RoleName(role), escalation::UnitId(unit_id)}].push_back(
        {escalation::StaffId(staff_id), order}
    );
}

inline void DirectoryBuilder::shift(
    const char* role,
    const char* unit_id,
    escalation::Instant from,
    escalation::Instant to,
    const char* staff_id,
    const char* backup
)
{
    for (const char* id : {staff_id, backup})
        if (*id != '\0' && directory.person(escalation::StaffId(id)) == nullptr) staff(id);
    directory.shifts[{escalation::RoleName(role), escalation::UnitId(unit_id)}].push_back(
        {from, to, escalation::StaffId(staff_id), escalation::StaffId(backup)}
    );
}

inline void DirectoryBuilder::leave(const char* staff_id, const char* delegate)
{
    if (*delegate != '\0' && directory.person(escalation::StaffId(delegate)) == nullptr)
        staff(delegate);
    directory.leaves[escalation::StaffId(staff_id)].push_back(
        {morning - 24h, morning + 24h, escalation::StaffId(delegate)}
    );
}

inline void DirectoryBuilder::student(
    const char* id, const char* class_unit, const char* college, const char* building
)
{
    escalation::Student& out = directory.students[escalation::StudentId(id)];
    out.id = escalation::StudentId(id);
    out.class_unit = escalation::UnitId(class_unit);
    out.college = escalation::UnitId(college);
    out.building = escalation::UnitId(building);
    out.kind = "ug";
}

inline void DirectoryBuilder::mute(const char* staff_id)
{
    directory.staff.at(escalation::StaffId(staff_id)).phone.clear();
}

}  // namespace shouwang::test
