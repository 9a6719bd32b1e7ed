#include "config/protocol_draft.hpp"

#include <algorithm>
#include <array>
#include <string_view>

// What reads well and could never work: a word nobody can say, a signer nobody can be, an instant
// that is never there. An operator would learn of it on the night it is needed.
namespace shouwang::config {

using escalation::Duty;
using escalation::End;
using escalation::EndOutcome;
using escalation::Ladder;
using escalation::RecordField;
using escalation::Rung;
using escalation::Target;

namespace {

// What the API, the command line and the pages carry with an answer.
constexpr std::array<std::string_view, 3> said_with_an_answer{"reason", "at", "note"};

bool is_a_person_by_now(const Target& target)
{
    return target.kind == Target::Kind::Role || target.kind == Target::Kind::Register;
}

void check_end(const End& end, ProtocolDraft& draft)
{
    const std::string path = "end." + end.name.text();
    for (const auto& list : end.signers)
        for (const Target& target : list)
            if (!is_a_person_by_now(target))
                draft.faults.add(
                    draft.place(path + ".signers"),
                    path + ": " + quoted(target.name) + " is nobody who could sign",
                    "a role or a register"
                );
    if (end.outcome == EndOutcome::Lane && !end.per_subject)
        draft.faults.add(
            draft.place(path),
            path + " takes one student out and is not signed for one",
            "leave \"per_subject\" out"
        );
}

void check_terms(const Duty& duty, ProtocolDraft& draft)
{
    const std::string path = "duty." + duty.name.text();
    for (const auto& [word, terms] : duty.terms)
        for (const std::string& need : terms.needs)
            if (std::find(said_with_an_answer.begin(), said_with_an_answer.end(), need) ==
                said_with_an_answer.end())
                draft.faults.add(
                    draft.place(path),
                    path + ": nobody can say " + quoted(need) + " with " + quoted(word.text()),
                    "one of reason at note"
                );
}

void check_due(const Duty& duty, ProtocolDraft& draft)
{
    if (duty.scope == escalation::Scope::Person) return;
    const std::string path = "duty." + duty.name.text();
    for (const escalation::DueRule& rule : duty.due)
        if (!rule.role.empty())
            draft.faults.add(
                draft.place(path + ".due"),
                path + " is nobody's own: a due instant by role is never there",
                "scope = \"person\", or no \"role\""
            );
}

void check_record(const Duty& duty, ProtocolDraft& draft)
{
    const std::string path = "duty." + duty.name.text();
    for (const RecordField& field : duty.record) {
        const auto rules = draft.protocol.registers.find(field.holder);
        if (rules != draft.protocol.registers.end() && !rules->second.one)
            draft.faults.add(
                draft.place(path),
                path + ": " + quoted(field.holder.text()) + " is held by more than one person",
                "a register with one = true"
            );
        const auto fact = draft.protocol.facts.find(field.fact);
        if (fact == draft.protocol.facts.end() || !fact->second.only_signed) continue;
        draft.faults.add(
            draft.place(path),
            path + ": no record can say " + quoted(field.fact.text()),
            "only a signed ending says this fact"
        );
    }
}

void check_ladder(const Ladder& ladder, const std::string& path, ProtocolDraft& draft)
{
    for (std::size_t i = 0; i < ladder.size(); ++i) {
        const Rung& rung = ladder[i];
        const bool of_register =
            std::any_of(rung.to.begin(), rung.to.end(), [](const Target& target) {
                return target.kind == Target::Kind::Register;
            });
        if (rung.joins && !of_register)
            draft.faults.add(
                draft.place(path + "." + std::to_string(i + 1)),
                path + ": nobody ever joins this rung",
                "a register in \"to\""
            );
    }
}

// A roll-call asks; it calls nobody out, dials nothing and goes on for no longer than it is meant
// to.
void check_roll_call(const Duty& duty, ProtocolDraft& draft)
{
    if (!duty.roll_call) return;
    const std::string path = "duty." + duty.name.text();
    if (duty.duty_class == escalation::DutyClass::Life || !duty.decision.empty() || duty.forever ||
        !duty.lapses)
        draft.faults.add(
            draft.place(path),
            path + " is asked by roll-calls: a task that lapses, and no decision",
            "class = \"task\" and lapses = \"25m\", without \"forever\" and \"decision\""
        );
}

}  // namespace

void check_works(ProtocolDraft& draft)
{
    for (const auto& [name, end] : draft.protocol.ends) check_end(end, draft);
    for (const auto& [name, duty] : draft.protocol.duties) {
        check_terms(duty, draft);
        check_due(duty, draft);
        check_record(duty, draft);
        check_roll_call(duty, draft);
        check_ladder(duty.ladder, "duty." + name.text() + ".ladder", draft);
        for (const auto& [level, ladder] : duty.ladders)
            check_ladder(ladder, "duty." + name.text() + "." + level.text(), draft);
    }
}

}  // namespace shouwang::config
