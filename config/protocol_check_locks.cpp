#include "config/protocol_draft.hpp"

#include <algorithm>
#include <array>
#include <string_view>

// What an operator may not switch off, whatever else the file says. Some of it binds every
// protocol; what speaks of one protocol's own words is named by the file's `locks`.
namespace shouwang::config {

using escalation::Duty;
using escalation::DutyName;
using escalation::LevelName;
using escalation::Protocol;
using escalation::Rung;
using escalation::Span;
using escalation::Target;

namespace {

constexpr std::size_t signers_min = 2;
constexpr std::array<std::string_view, 3> emergency_numbers{"110", "119", "120"};

// At this level these duties start together, at once, waiting for nobody.
struct AtOnce {
    std::string_view level;
    std::array<std::string_view, 3> duties;
};

// 突发事件处置: the people of the class, the leader of the college and the departments are told in
// parallel when life is in danger. A leader who sleeps must not cost a life.
constexpr AtOnce notice_at_once{"red", {"S03", "S04", "S06"}};
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
            draft.place("locks"), "locked: there must be a level " + quoted(lock.level)
        );
        return;
    }
    for (const std::string_view name : lock.duties) {
        const auto found = protocol.duties.find(DutyName(name));
        if (found == protocol.duties.end()) {
            draft.faults.add(draft.place("locks"), "locked: there must be a duty " + quoted(name));
            continue;
        }
        const Duty& duty = found->second;
        const std::string path = "duty." + std::string(name);
        const std::string at = " at level " + quoted(lock.level);
        if (duty.duty_class != escalation::DutyClass::Life)
            draft.faults.add(
                draft.place(path), "locked: " + path + " is a duty of life", "class = \"life\""
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
        if (!starts_at_once(duty, protocol, level))
            draft.faults.add(
                draft.place(path + "." + ladder_path(duty, level) + ".1"),
                "locked: " + path + " pages people at once" + at,
                "a rung with after = \"0s\" and no \"when\""
            );
    }
}

void check_notice(ProtocolDraft& draft)
{
    check_at_once(notice_at_once, draft);
    const Protocol& protocol = draft.protocol;
    if (!protocol.levels.empty() &&
        protocol.rank(protocol.fail_open) < protocol.rank(LevelName(notice_fail_open)))
        draft.faults.add(
            draft.place("protocol"),
            "locked: an undecided report opens at least " + quoted(notice_fail_open),
            "fail_open = \"orange\""
        );
}

// Nobody closes alone, and nothing ends an incident but signatures.
void check_ends(ProtocolDraft& draft)
{
    if (draft.protocol.ends.empty())
        draft.faults.add(
            draft.place("protocol"), "an incident could never be ended", "[end.close]"
        );
    for (const auto& [name, end] : draft.protocol.ends) {
        const std::string path = "end." + name.text();
        if (end.signers.size() < signers_min)
            draft.faults.add(
                draft.place(path + ".signers"),
                "locked: " + path + " needs two different signers",
                "signers = [\"role|role\", \"role\"]"
            );
        if (end.evidence.empty())
            draft.faults.add(
                draft.place(path), "locked: " + path + " needs a reason", "evidence = [\"reason\"]"
            );
        if (!end.duties_ended)
            draft.faults.add(
                draft.place(path),
                "locked: " + path + " waits until every duty has ended",
                "duties_ended = true"
            );
    }
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
                "locked: role " + quoted(name.text()) + " is an emergency number",
                hint
            );
    for (const escalation::Level& level : draft.protocol.levels)
        for (const escalation::ChannelName& channel : level.channels)
            if (dials(channel.text()))
                draft.faults.add(
                    draft.place("level." + level.name.text()),
                    "locked: channel " + quoted(channel.text()) + " is an emergency number",
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
