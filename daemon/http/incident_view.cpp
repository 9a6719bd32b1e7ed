#include "daemon/http/incident_view.hpp"

#include "daemon/http/endings_view.hpp"
#include "daemon/http/instant_text.hpp"
#include "daemon/http/wording.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;
using namespace escalation;

namespace {

js::value text_or_null(const std::string& text)
{
    return text.empty() ? js::value(nullptr) : js::value(text);
}

js::value instant_or_null(const std::optional<Instant>& at)
{
    return at ? js::value(to_rfc3339(*at)) : js::value(nullptr);
}

std::string staff_name(const Directory& directory, const StaffId& id)
{
    const Staff* staff = directory.person(id);
    return staff == nullptr ? id.text() : staff->name;
}

const Protocol& protocol_of(const ViewContext& context, const Incident& incident)
{
    return context.rules.frozen(incident.protocol);
}

std::string role_label(const Protocol& protocol, const RoleName& role)
{
    const auto found = protocol.roles.find(role);
    return found == protocol.roles.end() ? role.text() : found->second.label;
}

js::object person(const ViewContext& context, const Protocol& protocol, const RegisterEntry& entry)
{
    return {
        {"staff", entry.staff.text()},
        {"name", staff_name(context.directory, entry.staff)},
        {"role", entry.role.text()},
        {"role_label", role_label(protocol, entry.role)},
        {"since", to_rfc3339(entry.since)}};
}

js::object place(const Place& place, Sight sight)
{
    js::object out{
        {"campus", text_or_null(place.campus.text())},
        {"building", text_or_null(place.building.text())},
        {"floor", text_or_null(place.floor)},
        {"label", text_or_null(place.label)}};
    if (sight == Sight::Command) {
        out["room"] = text_or_null(place.room);
        out["detail"] = text_or_null(place.detail);
    }
    return out;
}

js::array subjects(const ViewContext& context, const Incident& incident, const Viewpoint& viewpoint)
{
    js::array out;
    for (const auto& [id, subject] : incident.subjects) {
        js::object row{
            {"id", id.text()},
            {"identified", subject.identified()},
            {"college", text_or_null(subject.college.text())},
            {"minor", subject.minor},
            {"closed", subject.closed}};
        if (const Unit* college = context.directory.unit(subject.college))
            row["college_name"] = college->short_name;
        if (viewpoint.named.contains(id)) {
            row["student_id"] = text_or_null(subject.student.text());
            const Student* student = context.directory.student(subject.student);
            row["name"] = student == nullptr ? js::value(nullptr) : js::value(student->name);
            row["class"] = text_or_null(subject.class_unit.text());
            row["description"] = text_or_null(subject.description);
        }
        out.push_back(std::move(row));
    }
    return out;
}

js::array facts(const Protocol& protocol, const Incident& incident)
{
    js::array out;
    for (const auto& [key, fact] : incident.facts) {
        js::array words;
        for (const std::string& word : fact.value) words.push_back(js::value(word));
        const auto defined = protocol.facts.find(key.fact);
        js::object row{{"name", key.fact.text()}};
        row["label"] = defined == protocol.facts.end() ? key.fact.text() : defined->second.label;
        row["subject"] = text_or_null(key.subject.text());
        if (fact.value.empty())
            row["value"] = "unknown";
        else
            row["value"] = fact.value.size() == 1 ? words.front() : js::value(words);
        row["since"] = to_rfc3339(fact.since);
        row["reported_at"] = to_rfc3339(fact.reported_at);
        row["source"] = fact.source;
        out.push_back(std::move(row));
    }
    return out;
}

js::object ask_row(const ViewContext& context, const Protocol& protocol, const Ask& ask)
{
    return {
        {"staff", ask.staff.text()},
        {"name", staff_name(context.directory, ask.staff)},
        {"role", ask.role.text()},
        {"role_label", role_label(protocol, ask.role)},
        {"rung", ask.rung},
        {"asked_at", to_rfc3339(ask.asked_at)},
        {"answer", text_or_null(ask.answer.text())},
        {"answered_at",
         ask.answer.empty() ? js::value(nullptr) : js::value(to_rfc3339(ask.answered_at))},
        {"eta", instant_or_null(ask.eta)},
        {"satisfies", ask.satisfies},
        {"cannot", ask.cannot},
        {"unreachable", ask.unreachable}};
}

std::optional<Instant> next_of(const DutyInstance& duty)
{
    std::optional<Instant> next;
    if (!duty.open()) return next;
    const auto earlier = [&](const std::optional<Instant>& at) {
        if (at && (!next || *at < *next)) next = at;
    };
    for (const RungState& rung : duty.rungs)
        if (!rung.reached) earlier(rung.due);
    earlier(duty.forever_next);
    earlier(duty.lapses_at);
    return next;
}

// The number a person may have to dial for it: none in a drill, and nothing here dials.
js::value dial_of(const Incident& incident, const Duty* defined)
{
    if (defined == nullptr || incident.kind == Kind::Drill) return nullptr;
    return text_or_null(defined->dial);
}

js::object duty_row(
    const ViewContext& context,
    const Protocol& protocol,
    const Incident& incident,
    const DutyInstance& duty
)
{
    js::array asked;
    for (const auto& [staff, ask] : duty.asks) asked.push_back(ask_row(context, protocol, ask));
    js::array words;
    for (const Word& word : answers_to(protocol, duty)) words.push_back(js::value(word.text()));
    const auto defined = protocol.duties.find(duty.key.name);
    const bool known = defined != protocol.duties.end();
    js::array fields;
    if (known)
        for (const RecordField& field : defined->second.record)
            fields.push_back(js::object{
                {"name", field.name},
                {"label", field.label},
                {"fact", text_or_null(field.fact.text())},
                {"required", field.required}});
    return {
        {"key", duty.key.text()},
        {"name", duty.key.name.text()},
        {"label", known ? defined->second.label : duty.key.name.text()},
        {"clause", known ? defined->second.clause : ""},
        {"scope", text_or_null(duty.key.scope)},
        {"life", duty.life},
        {"state", name_of(duty.state)},
        {"opened_at", to_rfc3339(duty.opened_at)},
        {"due", instant_or_null(duty.due)},
        {"rung", duty.reached() == 0 ? 0 : duty.reached() - 1},
        {"rungs", duty.rungs.size()},
        {"repeats", duty.forever_count},
        {"next_at", instant_or_null(next_of(duty))},
        {"epoch", duty.epoch},
        {"ended_at", instant_or_null(duty.ended_at)},
        {"ended_by", text_or_null(duty.ended_by.text())},
        {"dial", dial_of(incident, known ? &defined->second : nullptr)},
        {"answers", std::move(words)},
        {"waive_by",
         known ? text_or_null(label_of(protocol, defined->second.waive_by)) : js::value(nullptr)},
        {"record", std::move(fields)},
        {"asked", std::move(asked)}};
}

js::value answer_to(const Incident& incident, const Page& page)
{
    for (const AskRef& ref : page.asks) {
        const auto duty = incident.duties.find(ref.duty);
        if (duty == incident.duties.end()) continue;
        const auto ask = duty->second.asks.find(page.staff);
        if (ask != duty->second.asks.end() && !ask->second.answer.empty())
            return js::value(ask->second.answer.text());
    }
    return nullptr;
}

js::object page_row(
    const ViewContext& context, const Protocol& protocol, const Incident& incident, const Page& page
)
{
    js::array asks;
    for (const AskRef& ref : page.asks)
        asks.push_back(js::object{{"id", ref.duty.text()}, {"attempt", ref.attempt}});
    js::array channels;
    for (const auto& [name, channel] : page.channels)
        channels.push_back(js::object{
            {"name", name.text()},
            {"state", name_of(channel.state)},
            {"at", to_rfc3339(channel.at)},
            {"attempts", channel.attempts},
            {"detail", channel.detail}});
    return {
        {"id", page.id.text()},
        {"at", to_rfc3339(page.at)},
        {"staff", page.staff.text()},
        {"name", staff_name(context.directory, page.staff)},
        {"role", page.role.text()},
        {"role_label", role_label(protocol, page.role)},
        {"asks", std::move(asks)},
        {"inform", text_or_null(page.inform.text())},
        {"text", page.text.text()},
        {"rung", page.rung},
        {"repeat", page.repeat},
        {"late_by_ms", page.late_by.count()},
        {"channels", std::move(channels)},
        {"answer", answer_to(incident, page)}};
}

// What is written may be about anybody: shown to those who may know of everybody.
js::array records(const Incident& incident, const Viewpoint& viewpoint)
{
    js::array out;
    for (const Record& record : incident.records) {
        js::object row{
            {"duty", record.duty.text()},
            {"by", record.by.staff.empty() ? record.by.account : record.by.staff.text()},
            {"at", to_rfc3339(record.at)}};
        if (viewpoint.names_all(incident)) {
            js::object fields;
            for (const auto& [name, value] : record.fields) fields[name] = value;
            row["fields"] = std::move(fields);
        }
        out.push_back(std::move(row));
    }
    return out;
}

// What people are asked to decide, and what they decided. Nobody dials but a person.
js::array decisions(const Protocol& protocol, const Incident& incident, const Viewpoint& viewpoint)
{
    js::array out;
    for (const auto& [key, duty] : incident.duties) {
        const auto defined = protocol.duties.find(key.name);
        if (defined == protocol.duties.end() || defined->second.decision.empty()) continue;
        js::array words;
        for (const auto& [word, effect] : defined->second.answers)
            if (effect == Effect::Satisfy) words.push_back(js::value(word.text()));
        const bool decided = duty.state == DutyState::Done;
        js::object row{
            {"decision", defined->second.decision},
            {"duty", key.text()},
            {"label", defined->second.label},
            {"dial", dial_of(incident, &defined->second)},
            {"prompted_at", to_rfc3339(duty.opened_at)},
            {"due", instant_or_null(duty.due)},
            {"state", name_of(duty.state)},
            {"values", std::move(words)},
            {"value", text_or_null(duty.decided.text())},
            {"at", decided ? instant_or_null(duty.ended_at) : js::value(nullptr)},
            {"by", text_or_null(duty.ended_by.text())}};
        const auto said = duty.asks.find(duty.ended_by);
        if (decided && said != duty.asks.end() && viewpoint.names_all(incident)) {
            const Ask& ask = said->second;
            row["reason"] = text_or_null(ask.reason);
            for (const auto& [field, member] : {std::pair{"at", "said_at"}, {"note", "note"}}) {
                const auto given = ask.fields.find(field);
                row[member] =
                    given == ask.fields.end() ? js::value(nullptr) : js::value(given->second);
            }
        }
        out.push_back(std::move(row));
    }
    return out;
}

// Incidents that may be the same one: for people to judge.
js::array suggestions(const Incident& incident)
{
    js::array out;
    for (const auto& [id, suggestion] : incident.suggestions)
        out.push_back(js::object{
            {"incident", id.text()},
            {"because", suggestion.because},
            {"at", to_rfc3339(suggestion.at)},
            {"dropped", suggestion.dropped}});
    return out;
}

// What came into it and may be split off again: reports and whole incidents.
js::array joined(const ViewContext& context, const Incident& incident)
{
    js::array out;
    if (context.board == nullptr) return out;
    for (const auto& [id, other] : context.board->incidents) {
        if (other.attached_to != incident.id) continue;
        const bool report = other.stage == Stage::Attached;
        if (!report && other.stage != Stage::Merged) continue;
        out.push_back(js::object{
            {"incident", id.text()},
            {"code", other.code},
            {"report", report},
            {"at", instant_or_null(other.ended_at)}});
    }
    return out;
}

js::array notes(const Incident& incident)
{
    js::array out;
    for (const Note& note : incident.notes)
        out.push_back(js::object{
            {"text", note.text},
            {"by", note.by.staff.empty() ? note.by.account : note.by.staff.text()},
            {"at", to_rfc3339(note.at)}});
    return out;
}

js::object registers(const ViewContext& context, const Protocol& protocol, const Incident& incident)
{
    js::object out;
    for (const auto& [name, rules] : protocol.registers) {
        js::array list;
        const auto found = incident.registers.find(name);
        if (found != incident.registers.end())
            for (const RegisterEntry& entry : found->second)
                list.push_back(person(context, protocol, entry));
        out[name.text()] = std::move(list);
    }
    return out;
}

// Whoever stands in the register that the protocol says is the command.
js::value commander(const Protocol& protocol, const js::object& registers)
{
    for (const auto& [name, rules] : protocol.registers) {
        if (!rules.command) continue;
        const js::value* found = registers.if_contains(name.text());
        if (found != nullptr && !found->as_array().empty()) return found->as_array().front();
    }
    return nullptr;
}

js::array pages(const ViewContext& context, const Protocol& protocol, const Incident& incident)
{
    js::array out;
    auto page = incident.pages.begin();
    if (incident.pages.size() > pages_shown_max)
        std::advance(page, incident.pages.size() - pages_shown_max);
    for (; page != incident.pages.end(); ++page)
        out.push_back(page_row(context, protocol, incident, page->second));
    return out;
}

// The unit may be a class, and the class tells who the student is.
js::array holes(const Protocol& protocol, const Incident& incident, const Viewpoint& viewpoint)
{
    js::array out;
    for (const Hole& hole : incident.holes)
        out.push_back(js::object{
            {"role", hole.role.text()},
            {"role_label", role_label(protocol, hole.role)},
            {"unit",
             viewpoint.names_all(incident) ? js::value(hole.unit.text()) : js::value(nullptr)}});
    return out;
}

std::string phase_name(
    const ViewContext& context, const Protocol& protocol, const Incident& incident
)
{
    switch (incident.stage) {
        case Stage::Open:
        case Stage::Aftercare: return phase_of(protocol, context.directory, incident, context.now);
        case Stage::Review:
        case Stage::Dismissed:
        case Stage::Attached:
        case Stage::Merged:
        case Stage::FalseAlarm:
        case Stage::DrillEnded:
        case Stage::Closed: return name_of(incident.stage);
    }
    return {};
}

std::string phase_label(const Protocol& protocol, const std::string& phase)
{
    for (const Phase& known : protocol.phases)
        if (known.name == phase) return known.label;
    return phase;
}

js::object head(const ViewContext& context, const Incident& incident)
{
    const Protocol& protocol = protocol_of(context, incident);
    const std::string phase = phase_name(context, protocol, incident);
    js::object out{
        {"id", incident.id.text()},
        {"code", incident.code},
        {"kind", name_of(incident.kind)},
        {"via", incident.via},
        {"level", text_or_null(incident.level.text())}};
    out["level_label"] = incident.level.empty() ? js::value(nullptr)
                                                : js::value(protocol.level(incident.level).label);
    out["phase"] = phase;
    out["phase_label"] = phase_label(protocol, phase);
    out["reported_at"] = to_rfc3339(incident.reported_at);
    out["opened_at"] =
        incident.level.empty() ? js::value(nullptr) : js::value(to_rfc3339(incident.opened_at));
    out["ended_at"] = instant_or_null(incident.ended_at);
    out["cycle"] = incident.cycle;
    out["ref"] = text_or_null(incident.ref);
    return out;
}

}  // namespace

js::object incident_view(
    const ViewContext& context, const Incident& incident, const Viewpoint& viewpoint
)
{
    const Protocol& protocol = protocol_of(context, incident);
    const Sight sight = viewpoint.sight;
    js::object out = head(context, incident);
    if (sight == Sight::Receipt) return out;

    out["stage"] = name_of(incident.stage);
    js::object held = registers(context, protocol, incident);
    out["commander"] = commander(protocol, held);
    out["registers"] = std::move(held);
    out["place"] = place(incident.place, sight);
    out["subjects"] = subjects(context, incident, viewpoint);
    out["facts"] = facts(protocol, incident);
    js::array duties;
    for (const auto& [key, duty] : incident.duties)
        duties.push_back(duty_row(context, protocol, incident, duty));
    out["duties"] = std::move(duties);
    out["pages"] = pages(context, protocol, incident);
    out["pages_total"] = incident.page_count;
    out["holes"] = holes(protocol, incident, viewpoint);
    out["decisions"] = decisions(protocol, incident, viewpoint);
    out["suggestions"] = suggestions(incident);
    out["paused"] = incident.paused;
    out["ends_at"] = instant_or_null(incident.ends_at);
    js::array participants;
    for (const StaffId& staff : incident.participants)
        participants.push_back(js::value(staff.text()));
    out["participants"] = std::move(participants);
    out["goes_on_in"] = text_or_null(incident.attached_to.text());
    out["joined"] = joined(context, incident);
    out["records"] = records(incident, viewpoint);
    out["watches"] = js::array{};
    if (viewpoint.names_all(incident)) {
        out["callback"] = text_or_null(incident.callback);
        out["text"] = text_or_null(incident.text);
        out["notes"] = notes(incident);
    }
    out["reports"] = incident.reports;
    out["next_at"] = instant_or_null(incident.promised());
    out["missing_for_end"] = missing_for_endings(context, incident);
    out["endings"] = endings_view(context, incident);
    out["protocol"] = {
        {"name", protocol.name}, {"version", protocol.version}, {"hash", incident.protocol}};
    return out;
}

js::object incident_row(const ViewContext& context, const Incident& incident)
{
    const Protocol& protocol = protocol_of(context, incident);
    js::object out = head(context, incident);
    out["stage"] = name_of(incident.stage);
    out["place"] = text_or_null(incident.place.label);
    js::array colleges;
    std::set<UnitId> seen;
    for (const auto& [id, subject] : incident.subjects) {
        const Unit* college = context.directory.unit(subject.college);
        if (college != nullptr && seen.insert(college->id).second)
            colleges.push_back(js::value(college->short_name));
    }
    out["colleges"] = std::move(colleges);
    out["registers"] = registers(context, protocol, incident);
    js::array duties;
    std::size_t open = 0;
    for (const auto& [key, duty] : incident.duties) {
        if (!duty.open()) continue;
        ++open;
        const auto defined = protocol.duties.find(key.name);
        const bool known = defined != protocol.duties.end();
        std::size_t answered = 0;
        for (const auto& [staff, ask] : duty.asks)
            if (!ask.answer.empty()) ++answered;
        duties.push_back(js::object{
            {"key", key.text()},
            {"label", known ? defined->second.label : key.name.text()},
            {"dial", dial_of(incident, known ? &defined->second : nullptr)},
            {"life", duty.life},
            {"rung", duty.reached() == 0 ? 0 : duty.reached() - 1},
            {"repeats", duty.forever_count},
            {"asked", duty.asks.size()},
            {"answered", answered},
            {"next_at", instant_or_null(next_of(duty))}});
    }
    out["duties_open"] = open;
    out["duties_ended"] = incident.duties.size() - open;
    out["open_duties"] = std::move(duties);
    out["next_at"] = instant_or_null(incident.promised());
    out["holes"] = incident.holes.size();
    return out;
}

js::object report_view(
    const ViewContext& context, const Incident& incident, const Viewpoint& viewpoint
)
{
    js::object out = head(context, incident);
    if (viewpoint.sight == Sight::Receipt) return out;
    out["place"] = place(incident.place, viewpoint.sight);
    out["facts"] = facts(protocol_of(context, incident), incident);
    out["subjects"] = subjects(context, incident, viewpoint);
    out["opens_at"] = instant_or_null(incident.promised());
    if (viewpoint.names_all(incident)) {
        out["callback"] = text_or_null(incident.callback);
        out["text"] = text_or_null(incident.text);
    }
    return out;
}

// The words of the API are those of the protocol's conditions, but for two that people read.
std::string name_of(Kind kind)
{
    return std::string(word_of(kind));
}

std::string name_of(Stage stage)
{
    return stage == Stage::Review ? "received" : std::string(word_of(stage));
}

std::string name_of(DutyState state)
{
    return std::string(word_of(state));
}

std::string name_of(SendState state)
{
    return state == SendState::Started ? "sending" : std::string(word_of(state));
}

}  // namespace shouwang::http
