#include "config/protocol_draft.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

// What an operator may not switch off, whatever else the file says. Some of it binds every
// protocol; what speaks of one protocol's own words is named by the file's `locks`.
namespace shouwang::config {

using escalation::Duty;
using escalation::DutyName;
using escalation::End;
using escalation::EndOutcome;
using escalation::LevelName;
using escalation::Protocol;
using escalation::Rung;
using escalation::Span;
using escalation::Target;

namespace {

constexpr std::array<std::string_view, 3> emergency_numbers{"110", "119", "120"};
// N7.6 sends the injured to hospital; N7.7 has the police called where others are in danger.
std::string clause_of(std::string_view number)
{
    return number == "120" ? " (N7.6)" : " (N7.7)";
}

// At this level these duties start together, at once, waiting for nobody.
struct AtOnce {
    struct Start {
        std::string_view duty;
        std::string_view clause;  // of the notice
    };
    std::string_view level;
    std::array<Start, 3> duties;
};

// 突发事件处置: the people of the class, the leader of the college and the departments are told in
// parallel when life is in danger. A leader who sleeps must not cost a life.
constexpr AtOnce notice_at_once{"red", {{{"S03", "N7.3"}, {"S04", "N7.4"}, {"S06", "N7.5"}}}};
// How long a minor injury may wait for the family's word (N7.6; domain A8).
constexpr Span authorisation_wait_max = std::chrono::minutes(20);
// Undecided reports of the notice open at least here.
constexpr std::string_view notice_fail_open = "orange";

bool starts_at_once(const Duty& duty, const Protocol& protocol, const LevelName& level)
{
    const auto& ladder = duty.ladder_at(level);
    return std::any_of(ladder.begin(), ladder.end(), [&](const Rung& rung) {
        const bool people = std::any_of(rung.to.begin(), rung.to.end(), [](const Target& target) {
            return target.kind == Target::Kind::Role || target.kind == Target::Kind::Slot;
        });
        return people && !rung.after_due && rung.after == Span{} &&
               surely_holds_at(protocol, rung.when, level);
    });
}

void check_at_once(const AtOnce& lock, ProtocolDraft& draft)
{
    const Protocol& protocol = draft.protocol;
    const LevelName level(lock.level);
    const bool known = std::any_of(
        protocol.levels.begin(),
        protocol.levels.end(),
        [&](const escalation::Level& candidate) { return candidate.name == level; }
    );
    if (!known) {
        draft.faults.add(
            draft.place("locks"), "locked: there must be a level " + quoted(lock.level) + " (N7.3)"
        );
        return;
    }
    for (const auto& [name, clause] : lock.duties) {
        const auto found = protocol.duties.find(DutyName(name));
        if (found == protocol.duties.end()) {
            draft.faults.add(
                draft.place("locks"),
                "locked: there must be a duty " + quoted(name) + " (" + std::string(clause) + ")"
            );
            continue;
        }
        const Duty& duty = found->second;
        const std::string path = "duty." + std::string(name);
        const std::string by = " (" + std::string(clause) + ")";
        const std::string at = " at level " + quoted(lock.level) + by;
        if (duty.duty_class != escalation::DutyClass::Life)
            draft.faults.add(
                draft.place(path), "locked: " + path + " is a duty of life" + by, "class = \"life\""
            );
        if (!surely_holds_at(protocol, duty.opens, level))
            draft.faults.add(
                draft.place(path + ".opens"),
                "locked: " + path + " opens at once" + at,
                "it may wait for nobody there"
            );
        if (!surely_fails_at(protocol, duty.moot, level))
            draft.faults.add(
                draft.place(path + ".moot"),
                "locked: " + path + " is never moot" + at,
                "leave the level out"
            );
        if (!surely_fails_at(protocol, duty.done, level))
            draft.faults.add(
                draft.place(path + ".done"),
                "locked: " + path + " is done by people" + at,
                "leave \"done\" out"
            );
        if (!duty.waive_by.empty() || duty.lapses || !duty.forever || duty.roll_call)
            draft.faults.add(
                draft.place(path),
                "locked: " + path + " goes on until people have answered" + by,
                "\"forever\", and no \"waive\", \"lapses\" or \"roll_call\""
            );
        if (!starts_at_once(duty, protocol, level))
            draft.faults.add(
                draft.place(path + "." + ladder_path(duty, level) + ".1"),
                "locked: " + path + " pages people at once" + at,
                "a rung with after = \"0s\" and no \"when\""
            );
    }
}

// 110, 119, 120: asked of people until somebody has decided; never in a drill, never waived.
void check_emergency_decisions(ProtocolDraft& draft)
{
    for (const std::string_view number : emergency_numbers) {
        const auto& duties = draft.protocol.duties;
        const auto found = std::find_if(duties.begin(), duties.end(), [&](const auto& entry) {
            return entry.second.dial == number;
        });
        if (found == duties.end()) {
            draft.faults.add(
                draft.place("locks"),
                "locked: a duty asks people to decide whether to dial " + std::string(number) +
                    clause_of(number),
                "decision = \"d" + std::string(number) + "\" and dial = \"" + std::string(number) +
                    "\""
            );
            continue;
        }
        const Duty& duty = found->second;
        const std::string path = "duty." + duty.name.text();
        const auto locked = [&](const std::string& what, const std::string& hint) {
            draft.faults.add(
                draft.place(path), "locked: " + path + " " + what + clause_of(number), hint
            );
        };
        if (duty.duty_class != escalation::DutyClass::Life || !duty.forever)
            locked("is a duty of life that asks until it is decided", "class = \"life\"");
        if (duty.decision.empty())
            locked("is a decision", "decision = \"d" + std::string(number) + "\"");
        if (duty.in_drills) locked("is never part of a drill", "in_drills = false");
        if (!duty.waive_by.empty()) locked("is never waived", "leave \"waive\" out");
        const bool ends_alone = !std::holds_alternative<escalation::Never>(duty.moot.node) ||
                                !std::holds_alternative<escalation::Never>(duty.done.node) ||
                                duty.lapses;
        if (ends_alone)
            locked("is decided by a person", "leave \"done\", \"moot\" and \"lapses\" out");
    }
}

// Is such an atom, by itself, enough for the condition?
bool is_enough(const escalation::Condition& condition, bool (*such)(const escalation::Atom&))
{
    if (const auto* atom = std::get_if<escalation::Atom>(&condition.node)) return such(*atom);
    const auto* any = std::get_if<escalation::Any>(&condition.node);
    return any != nullptr &&
           std::any_of(any->parts.begin(), any->parts.end(), [&](const auto& part) {
               return is_enough(part, such);
           });
}

bool is_life_danger(const escalation::Atom& atom)
{
    return atom.topic == escalation::Topic::Fact && atom.name == "life_danger" &&
           atom.op == escalation::Op::Is && atom.values == std::vector<std::string>{"yes"};
}

bool is_lapse_of_authorisation(const escalation::Atom& atom)
{
    return atom.topic == escalation::Topic::Duty && atom.name == "S20" &&
           atom.op == escalation::Op::Is &&
           std::find(atom.values.begin(), atom.values.end(), "lapsed") != atom.values.end();
}

// Where there is time to ask it is short, and then somebody decides without the answer.
void check_end_of_waiting(ProtocolDraft& draft)
{
    const auto& duties = draft.protocol.duties;
    const auto asked = duties.find(DutyName("S20"));
    if (asked == duties.end()) return;
    const Duty& duty = asked->second;
    if (!duty.lapses || *duty.lapses > authorisation_wait_max || duty.lapses_max > 1)
        draft.faults.add(
            draft.place("duty.S20"),
            "locked: duty.S20 is waited for 20 minutes at the most (N7.6)",
            "lapses = \"10m\""
        );
    const auto decided = duties.find(DutyName("S21"));
    if (decided == duties.end() || !is_enough(decided->second.opens, &is_lapse_of_authorisation))
        draft.faults.add(
            draft.place("duty.S21.opens"),
            "locked: duty.S21 asks for a decision when duty.S20 lapses (N7.6)",
            "opens = { any = [\"duty.S20 is done|lapsed\", ...] }"
        );
}

// 民法典 1220: in danger of life nobody waits for an authorisation, or for a decision about it.
void check_no_waiting(ProtocolDraft& draft)
{
    for (const std::string_view name : {"S20", "S21"}) {
        const auto found = draft.protocol.duties.find(DutyName(name));
        if (found == draft.protocol.duties.end()) continue;
        const std::string path = "duty." + std::string(name);
        if (!is_enough(found->second.moot, &is_life_danger))
            draft.faults.add(
                draft.place(path + ".moot"),
                "locked: " + path + " is moot while life is in danger (N7.6)",
                "moot = { any = [\"life_danger is yes\", ...] }"
            );
        if (found->second.duty_class == escalation::DutyClass::Life)
            draft.faults.add(
                draft.place(path), "locked: " + path + " holds nobody up (N7.6)", "class = \"task\""
            );
    }
    check_end_of_waiting(draft);
}

// A false alarm is found out by seeing the person, or by searching the whole place.
void check_false_alarm(ProtocolDraft& draft)
{
    for (const auto& [name, end] : draft.protocol.ends) {
        const auto& fields = end.evidence;
        if (end.outcome != EndOutcome::FalseAlarm ||
            std::find(fields.begin(), fields.end(), "seen") != fields.end())
            continue;
        const std::string path = "end." + name.text();
        draft.faults.add(
            draft.place(path + ".evidence"),
            "locked: " + path + " says who saw the person, when and where (N7.3)",
            "evidence = [\"seen\", \"reason\"]"
        );
    }
}

void check_notice(ProtocolDraft& draft)
{
    check_at_once(notice_at_once, draft);
    check_emergency_decisions(draft);
    check_no_waiting(draft);
    check_false_alarm(draft);
    const Protocol& protocol = draft.protocol;
    if (!protocol.levels.empty() &&
        protocol.rank(protocol.fail_open) < protocol.rank(LevelName(notice_fail_open)))
        draft.faults.add(
            draft.place("protocol"),
            "locked: an undecided report opens at least " + quoted(notice_fail_open) + " (N7.3)",
            "fail_open = \"orange\""
        );
}

// How many different people an ending takes. Nobody closes alone, finds alone that it was nothing,
// or takes a student out of it alone; what a commander answers for is theirs to sign.
std::size_t signers_needed(const End& end)
{
    switch (end.outcome) {
        case EndOutcome::Closed:
        case EndOutcome::FalseAlarm:
        case EndOutcome::Lane: return 2;
        case EndOutcome::Aftercare:
        case EndOutcome::DrillEnded:
        case EndOutcome::Lower:
        case EndOutcome::Facts: return 1;
    }
    return 2;
}

// Nothing ends an incident but signatures.
void check_end(const End& end, ProtocolDraft& draft)
{
    const std::string path = "end." + end.name.text();
    const std::size_t needed = signers_needed(end);
    // 落实到人: whoever ends it answers for it; a close is filed for good.
    const std::string clause = draft.locks != "notice"             ? ""
                               : end.outcome == EndOutcome::Closed ? " (N8.4)"
                                                                   : " (N7.8)";
    if (end.signers.size() < needed)
        draft.faults.add(
            draft.place(path + ".signers"),
            (needed > 1 ? "locked: " + path + " needs two different signers"
                        : "locked: " + path + " needs a signer") +
                clause,
            "signers = [\"role|role\", \"role\"]"
        );
    if (end.evidence.empty() && end.outcome != EndOutcome::DrillEnded)
        draft.faults.add(
            draft.place(path),
            "locked: " + path + " needs a reason" + clause,
            "evidence = [\"reason\"]"
        );
    if (!end.duties_ended && end.outcome == EndOutcome::Closed)
        draft.faults.add(
            draft.place(path),
            "locked: " + path + " waits until every duty has ended" + clause,
            "duties_ended = true"
        );
}

void check_ends(ProtocolDraft& draft)
{
    const auto& ends = draft.protocol.ends;
    const bool closes = std::any_of(ends.begin(), ends.end(), [](const auto& entry) {
        return entry.second.outcome == EndOutcome::Closed;
    });
    if (!closes)
        draft.faults.add(
            draft.place("protocol"), "an incident could never be ended", "[end.close]"
        );
    for (const auto& [name, end] : ends) check_end(end, draft);
}

// A machine notifies; people dial the police, the fire brigade and the ambulance.
void check_dialling(ProtocolDraft& draft)
{
    const auto dials = [](std::string_view name) {
        return std::any_of(
            emergency_numbers.begin(),
            emergency_numbers.end(),
            [&](std::string_view number) { return name.find(number) != std::string_view::npos; }
        );
    };
    const std::string hint = "ask a person to dial; the daemon never does";
    for (const auto& [name, role] : draft.protocol.roles)
        if (dials(name.text()) || dials(role.holds.text()))
            draft.faults.add(
                draft.place("role." + name.text()),
                "locked: role " + quoted(name.text()) + " is an emergency number (N7.7)",
                hint
            );
    for (const escalation::Level& level : draft.protocol.levels)
        for (const escalation::ChannelName& channel : level.channels)
            if (dials(channel.text()))
                draft.faults.add(
                    draft.place("level." + level.name.text()),
                    "locked: channel " + quoted(channel.text()) + " is an emergency number (N7.7)",
                    hint
                );
}

}  // namespace

void check_locks(ProtocolDraft& draft)
{
    check_ends(draft);
    check_dialling(draft);
    if (draft.locks == "notice")
        check_notice(draft);
    else if (draft.locks == "none")
        draft.faults.warn(
            draft.place("locks"),
            "this protocol is not bound by the locked rules of the notice",
            "locks = \"notice\" unless it is another kind of protocol"
        );
    else if (!draft.locks.empty())
        draft.faults.add(
            draft.place("locks"),
            quoted(draft.locks) + " is no set of locked rules",
            "one of none notice"
        );
}

}  // namespace shouwang::config
