#include "daemon/http/api_deeds.hpp"

#include <utility>

namespace shouwang::http {

namespace js = boost::json;
using namespace escalation;

namespace {

// Empty when the protocol has none, or when this reader sees no such incident.
EndName end_of(const Deed& deed, EndOutcome outcome)
{
    if (deed.protocol == nullptr) return {};
    const End* end = deed.protocol->ending(outcome, deed.state->level);
    return end == nullptr ? EndName{} : end->name;
}

// One signature. `reason` may stand beside `evidence`, because nearly every ending asks for one.
SignEnd signature(BodyReader& reader, const Deed& deed, EndName end)
{
    SignEnd command;
    command.incident = deed.incident;
    command.end = std::move(end);
    command.evidence = reader.texts("evidence");
    const std::string reason = reader.text("reason");
    if (!reason.empty()) command.evidence["reason"] = reason;
    command.staff = deed.staff;
    command.by = deed.by;
    command.heard_by = deed.heard_by;
    return command;
}

// The instance that is meant: the one that is open, or else the newest.
std::optional<DutyKey> instance_of(BodyReader& reader, const Deed& deed, const std::string& wanted)
{
    const DecisionAsks asks = decision_asks(*deed.protocol, *deed.state, wanted);
    if (!asks.newest) {
        std::string known;
        for (const auto& [name, duty] : deed.protocol->duties)
            if (!duty.decision.empty()) known += (known.empty() ? "" : ", ") + duty.decision;
        reader.fault("decision", "one of " + known);
    }
    if (asks.open.size() > 1) {
        std::string keys;
        for (const DutyKey& key : asks.open) keys += (keys.empty() ? "" : ", ") + key.text();
        reader.fault("ask", "several are open, which is meant: " + keys);
    }
    return asks.open.empty() ? asks.newest : asks.open.front();
}

}  // namespace

Answer answer_by(const Deed& deed)
{
    Answer command;
    command.incident = deed.incident;
    command.staff = deed.staff;
    command.by = deed.by;
    command.via = deed.heard_by.empty() ? "api" : "phone";
    command.heard_by = deed.heard_by;
    return command;
}

Command decision_of(BodyReader& reader, const Deed& deed)
{
    Answer command = answer_by(deed);
    const std::string decision = reader.needed_text("decision");
    command.word = Word(reader.needed_text("value"));
    command.reason = reader.text("reason");
    for (const char* field : {"at", "note"})
        if (std::string value = reader.text(field); !value.empty())
            command.fields[field] = std::move(value);
    const std::string ask = reader.text("ask");
    if (!ask.empty()) {
        command.ask = DutyKey::parse(ask);
        if (!command.ask) reader.fault("ask", "the key of a duty, such as S21@s1");
    } else if (deed.state != nullptr && !decision.empty()) {
        command.ask = instance_of(reader, deed, decision);
    }
    return command;
}

Command close_of(BodyReader& reader, const Deed& deed)
{
    return signature(reader, deed, end_of(deed, EndOutcome::Closed));
}

Command stand_down_of(BodyReader& reader, const Deed& deed)
{
    return signature(reader, deed, end_of(deed, EndOutcome::Aftercare));
}

Command false_alarm_of(BodyReader& reader, const Deed& deed)
{
    return signature(reader, deed, end_of(deed, EndOutcome::FalseAlarm));
}

Command level_down_of(BodyReader& reader, const Deed& deed)
{
    return signature(reader, deed, end_of(deed, EndOutcome::Lower));
}

Command drill_end_of(BodyReader& reader, const Deed& deed)
{
    return signature(reader, deed, end_of(deed, EndOutcome::DrillEnded));
}

Command subject_close_of(BodyReader& reader, const Deed& deed)
{
    SignEnd command = signature(reader, deed, end_of(deed, EndOutcome::Lane));
    command.subject = SubjectId(deed.params.at("subject"));
    return command;
}

Command ending_of(BodyReader& reader, const Deed& deed)
{
    SignEnd command = signature(reader, deed, EndName(deed.params.at("end")));
    command.subject = SubjectId(reader.text("subject"));
    return command;
}

Command take_over_of(BodyReader& reader, const Deed& deed)
{
    TakeOver command;
    command.incident = deed.incident;
    command.name = RegisterName(reader.text("register"));
    const std::string to = reader.text("to");
    command.staff = to.empty() ? deed.staff : StaffId(to);
    command.said_by = deed.staff;
    command.reason = reader.text("reason");
    command.by = deed.by;
    return command;
}

Command waiver_of(BodyReader& reader, const Deed& deed)
{
    Waive command;
    command.incident = deed.incident;
    if (const auto key = DutyKey::parse(deed.params.at("duty"))) command.duty = *key;
    command.reason = reader.text("reason");
    command.staff = deed.staff;
    command.by = deed.by;
    command.heard_by = deed.heard_by;
    return command;
}

Command note_of(BodyReader& reader, const Deed& deed)
{
    return AddNote{deed.incident, reader.needed_text("text"), deed.by};
}

Command subject_of(BodyReader& reader, const Deed& deed)
{
    AddSubject command;
    command.incident = deed.incident;
    command.subject.student = StudentId(reader.text("student_id"));
    command.subject.description = reader.text("description");
    command.subject.facts = reader.facts("facts");
    command.source = deed.by.account;
    command.by = deed.by;
    return command;
}

Command identity_of(BodyReader& reader, const Deed& deed)
{
    return Identify{
        deed.incident,
        SubjectId(deed.params.at("subject")),
        StudentId(reader.needed_text("student_id")),
        deed.by};
}

Command place_of(BodyReader& reader, const Deed& deed)
{
    SetPlace command;
    command.incident = deed.incident;
    if (auto place = place_from(reader))
        command.place = std::move(*place);
    else
        reader.fault("place", "{campus, building, floor, room, detail}");
    command.by = deed.by;
    return command;
}

Command reopening_of(BodyReader& reader, const Deed& deed)
{
    return Reopen{deed.incident, reader.text("reason"), deed.by};
}

Command protocol_of(BodyReader& reader, const Deed& deed)
{
    return SwitchProtocol{deed.incident, reader.text("protocol"), reader.text("reason"), deed.by};
}

Command merge_of(BodyReader& reader, const Deed& deed)
{
    return Merge{
        deed.incident, IncidentId(reader.needed_text("with")), reader.text("reason"), deed.by};
}

Command split_of(BodyReader& reader, const Deed& deed)
{
    return Split{deed.incident, place_from(reader), reader.text("reason"), deed.by};
}

Command keep_apart_of(BodyReader& reader, const Deed& deed)
{
    return KeepApart{deed.incident, IncidentId(reader.needed_text("with")), deed.by};
}

std::optional<PlaceReport> place_from(BodyReader& body)
{
    const js::object* object = body.object("place");
    if (object == nullptr) return std::nullopt;
    BodyReader reader = body.within("place", *object);
    PlaceReport place;
    place.campus = reader.text("campus");
    place.building = reader.text("building");
    place.floor = reader.text("floor");
    place.room = reader.text("room");
    place.detail = reader.text("detail");
    reader.finish();
    return place;
}

}  // namespace shouwang::http
