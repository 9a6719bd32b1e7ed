#pragma once

#include "daemon/event_names.hpp"
#include "daemon/event_parts.hpp"

// What an event consists of, said once for writing and for reading: the name of each field, and
// whether it is open or personal. The order here is the order in the journal.
//
// `codec` offers open(name, field), sealed(name, field), part(name, composite) and
// parts(name, composites); a composite is itself described here.
namespace shouwang::daemon {

void describe(auto& codec, Of<escalation::Reported> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("code", event.code);
    codec.open("year", event.year);
    codec.open("number", event.number);
    codec.open("kind", event.kind);
    codec.open("via", event.via);
    codec.open("by", event.by);
    codec.open("protocol", event.protocol);
    codec.open("directory", event.directory);
    codec.part("place", event.place);
    codec.sealed("callback", event.callback);
    codec.sealed("text", event.text);
    codec.open("ref", event.ref);
    codec.parts("subjects", event.subjects);
    codec.open("ends_at", event.ends_at);
    codec.open("participants", event.participants);
}

void describe(auto& codec, Of<escalation::Opened> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("because", event.because);
    codec.open("by", event.by);
    codec.open("level", event.level);
}

void describe(auto& codec, Of<escalation::Dismissed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("by", event.by);
    codec.sealed("reason", event.reason);
}

void describe(auto& codec, Of<escalation::Attached> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("into", event.into);
    codec.open("at", event.at);
    codec.open("via", event.via);
    codec.open("by", event.by);
    codec.sealed("callback", event.callback);
    codec.sealed("text", event.text);
    codec.open("ref", event.ref);
}

void describe(auto& codec, Of<escalation::FactsSet> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("subject", event.subject);
    codec.open("facts", event.facts);
    codec.open("source", event.source);
    codec.open("known_at", event.known_at);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::RulesChanged> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("holding", event.holding);
}

void describe(auto& codec, Of<escalation::LevelRaised> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("from", event.from);
    codec.open("to", event.to);
    codec.open("because", event.because);
}

void describe(auto& codec, Of<escalation::DutyOpened> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("life", event.life);
    codec.open("level", event.level);
    codec.open("clock_start", event.clock_start);
    codec.open("rungs", event.rungs);
    codec.open("due", event.due);
    codec.open("lapses_at", event.lapses_at);
    codec.open("parent", event.parent);
}

void describe(auto& codec, Of<escalation::DutyRaised> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("level", event.level);
    codec.open("rungs", event.rungs);
    codec.open("attempts", event.attempts);
    codec.open("lapses_at", event.lapses_at);
}

void describe(auto& codec, Of<escalation::RungReached> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("rung", event.rung);
    codec.open("because", event.because);
    codec.open("late_by", event.late_by);
    codec.open("skipped", event.skipped);
    codec.open("empty", event.empty);
}

void describe(auto& codec, Of<escalation::RepeatReached> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("repeat", event.repeat);
    codec.open("next", event.next);
    codec.open("late_by", event.late_by);
}

void describe(auto& codec, Of<escalation::RepeatArmed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("next", event.next);
}

void describe(auto& codec, Of<escalation::Asked> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("staff", event.staff);
    codec.open("role", event.role);
    codec.open("rung", event.rung);
    codec.open("text", event.text);
    codec.open("reason", event.reason);
    codec.open("attempts", event.attempts);
    codec.open("attempts_by", event.attempts_by);
}

void describe(auto& codec, Of<escalation::Paged> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("page", event.page);
    codec.open("staff", event.staff);
    codec.open("role", event.role);
    codec.open("asks", event.asks);
    codec.open("inform", event.inform);
    codec.open("text", event.text);
    codec.open("level", event.level);
    codec.open("rung", event.rung);
    codec.open("repeat", event.repeat);
    codec.open("channels", event.channels);
    codec.open("reason", event.reason);
    codec.open("late_by", event.late_by);
}

void describe(auto& codec, Of<escalation::Answered> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("staff", event.staff);
    codec.open("answer", event.answer);
    codec.open("eta", event.eta);
    codec.sealed("reason", event.reason);
    codec.open("by", event.by);
    codec.open("via", event.via);
    codec.open("satisfies", event.satisfies);
    codec.open("cannot", event.cannot);
    codec.open("late", event.late);
    codec.sealed("heard_by", event.heard_by);
    codec.sealed("fields", event.fields);
}

void describe(auto& codec, Of<escalation::DutyDone> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("by", event.by);
    codec.open("decided", event.decided);
}

void describe(auto& codec, Of<escalation::DutyReopened> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::DutyRenewed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("rungs", event.rungs);
    codec.open("due", event.due);
    codec.open("lapses_at", event.lapses_at);
}

void describe(auto& codec, Of<escalation::DutyLapsed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("final", event.final);
    codec.open("lapses_at", event.lapses_at);
}

void describe(auto& codec, Of<escalation::DutyMoot> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
}

void describe(auto& codec, Of<escalation::RegisterEntered> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("name", event.name);
    codec.open("staff", event.staff);
    codec.open("role", event.role);
    codec.open("by", event.by);
    codec.sealed("reason", event.reason);
}

void describe(auto& codec, Of<escalation::RegisterLeft> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("name", event.name);
    codec.open("staff", event.staff);
}

void describe(auto& codec, Of<escalation::HoleFound> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("role", event.role);
    // The unit may be a class, and the class tells who the student is.
    codec.sealed("unit", event.unit);
}

void describe(auto& codec, Of<escalation::Recorded> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.sealed("fields", event.fields);
    codec.open("by", event.by);
    codec.sealed("heard_by", event.heard_by);
}

void describe(auto& codec, Of<escalation::CheckArmed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("check_at", event.check_at);
    codec.open("turns_at", event.turns_at);
}

void describe(auto& codec, Of<escalation::EndSigned> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("end", event.end);
    codec.open("staff", event.staff);
    codec.sealed("evidence", event.evidence);
    codec.open("by", event.by);
    codec.sealed("heard_by", event.heard_by);
    codec.open("subject", event.subject);
}

void describe(auto& codec, Of<escalation::Ended> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("end", event.end);
    codec.open("outcome", event.outcome);
    codec.open("subject", event.subject);
}

void describe(auto& codec, Of<escalation::DutyWaived> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("duty", event.duty);
    codec.open("staff", event.staff);
    codec.sealed("reason", event.reason);
    codec.open("by", event.by);
    codec.sealed("heard_by", event.heard_by);
}

void describe(auto& codec, Of<escalation::LevelLowered> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("from", event.from);
    codec.open("to", event.to);
    codec.open("end", event.end);
}

void describe(auto& codec, Of<escalation::SubjectAdded> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.part("subject", event.subject);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::SubjectIdentified> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.part("subject", event.subject);
    codec.open("corrected", event.corrected);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::SubjectClosed> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("subject", event.subject);
    codec.open("end", event.end);
}

void describe(auto& codec, Of<escalation::PlaceSet> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.part("place", event.place);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::Noted> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.sealed("text", event.text);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::Reopened> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("cycle", event.cycle);
    codec.open("level", event.level);
    codec.sealed("reason", event.reason);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::ProtocolSwitched> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("from", event.from);
    codec.open("to", event.to);
    codec.sealed("reason", event.reason);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::Suggested> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("with", event.with);
    codec.open("because", event.because);
}

void describe(auto& codec, Of<escalation::SuggestionDropped> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("with", event.with);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::DrillPaused> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("because_of", event.because_of);
    codec.open("paused", event.paused);
}

void describe(auto& codec, Of<escalation::Merged> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("into", event.into);
    codec.parts("duties", event.duties);
    codec.open("subjects", event.subjects);
    codec.open("brought", event.brought);
    codec.sealed("reason", event.reason);
    codec.open("by", event.by);
    codec.open("levels", event.levels);
    codec.open("participants", event.participants);
}

void describe(auto& codec, Of<escalation::SplitOff> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("from", event.from);
    codec.sealed("reason", event.reason);
    codec.open("by", event.by);
}

void describe(auto& codec, Of<escalation::DutyCarried> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("from", event.from);
    codec.open("was", event.was);
    codec.part("as", event.as);
    codec.parts("asks", event.asks);
}

void describe(auto& codec, Of<escalation::SendStarted> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("page", event.page);
    codec.open("channel", event.channel);
    codec.open("address", event.address);
    codec.open("attempt", event.attempt);
    codec.open("possible_repeat", event.possible_repeat);
}

void describe(auto& codec, Of<escalation::SendFinished> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("page", event.page);
    codec.open("channel", event.channel);
    codec.open("state", event.state);
    codec.open("detail", event.detail);
    codec.open("provider_id", event.provider_id);
}

void describe(auto& codec, Of<escalation::ChannelAdded> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("page", event.page);
    codec.open("channel", event.channel);
    codec.open("because", event.because);
}

void describe(auto& codec, Of<escalation::Unreachable> auto& event)
{
    codec.open("incident", event.incident);
    codec.open("at", event.at);
    codec.open("staff", event.staff);
}

void describe(auto& codec, Of<escalation::Adopted> auto& event)
{
    codec.open("at", event.at);
    codec.open("what", event.what);
    codec.open("name", event.name);
    codec.open("hash", event.hash);
    // The roster is everybody's names and numbers. Reading, `what` stands already in the event.
    if (event.what == "roster")
        codec.sealed("text", event.text);
    else
        codec.open("text", event.text);
}

}  // namespace shouwang::daemon
