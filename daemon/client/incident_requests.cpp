#include "daemon/client/incident_requests.hpp"

#include <boost/json/array.hpp>

#include <string_view>

namespace shouwang::client {

namespace js = boost::json;

namespace {

const std::string incidents = "/api/v1/incidents";
const std::string reports = "/api/v1/reports";

std::string of_incident(const std::string& id, std::string_view what)
{
    return incidents + "/" + encoded(id) + std::string(what);
}

// A member that is not given is left out: the API refuses what it does not know, not what is
// absent.
void put(js::object& body, std::string_view name, const std::string& value)
{
    if (!value.empty()) body[js::string_view(name.data(), name.size())] = value;
}

// One word, or with commas a list of them, as a fact that is a set takes it.
js::value fact_value(std::string_view text)
{
    if (text.find(',') == std::string_view::npos)
        return js::value(js::string_view(text.data(), text.size()));
    js::array words;
    while (true) {
        const auto comma = text.find(',');
        const std::string_view word = text.substr(0, comma);
        if (!word.empty()) words.push_back(js::value(js::string_view(word.data(), word.size())));
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return words;
}

}  // namespace

js::object facts_of(const std::vector<Pair>& facts)
{
    js::object out;
    for (const auto& [name, value] : facts) out[name] = fact_value(value);
    return out;
}

void put(js::object& body, const Behalf& behalf)
{
    put(body, "staff", behalf.staff);
    put(body, "heard_by", behalf.heard_by);
}

ApiRequest request_for(const OpenArguments& arguments)
{
    js::object body;
    put(body, "via", arguments.via);
    put(body, "kind", arguments.kind);
    if (arguments.drill_minutes) body["drill_minutes"] = *arguments.drill_minutes;
    if (!arguments.participants.empty())
        body["participants"] =
            js::array(arguments.participants.begin(), arguments.participants.end());
    js::array subjects;
    for (const std::string& student : arguments.students)
        subjects.push_back(js::object{{"student_id", student}});
    for (const std::string& description : arguments.descriptions)
        subjects.push_back(js::object{{"description", description}});
    if (!subjects.empty()) body["subjects"] = std::move(subjects);
    js::object place;
    put(place, "campus", arguments.campus);
    put(place, "building", arguments.building);
    put(place, "floor", arguments.floor);
    put(place, "room", arguments.room);
    put(place, "detail", arguments.detail);
    if (!place.empty()) body["place"] = std::move(place);
    put(body, "callback", arguments.callback);
    if (!arguments.facts.empty()) body["facts"] = facts_of(arguments.facts);
    put(body, "text", arguments.text);
    put(body, "ref", arguments.ref);
    return {incidents, std::move(body)};
}

ApiRequest request_for(const AnswerArguments& arguments)
{
    js::object body;
    put(body, "answer", arguments.answer);
    put(body, "ask", arguments.ask);
    if (arguments.eta_minutes) body["eta_minutes"] = *arguments.eta_minutes;
    put(body, "reason", arguments.reason);
    put(body, arguments.behalf);
    return {of_incident(arguments.incident, "/answers"), std::move(body)};
}

ApiRequest request_for(const FactsArguments& arguments)
{
    js::object body;
    body["facts"] = facts_of(arguments.facts);
    put(body, "subject", arguments.subject);
    put(body, "source", arguments.source);
    put(body, "known_at", arguments.known_at);
    return {of_incident(arguments.incident, "/facts"), std::move(body)};
}

ApiRequest request_for(const RecordArguments& arguments)
{
    js::object body;
    js::object fields;
    for (const auto& [name, value] : arguments.fields) fields[name] = value;
    body["fields"] = std::move(fields);
    put(body, arguments.behalf);
    const std::string duty = "/duties/" + encoded(arguments.duty) + "/records";
    return {of_incident(arguments.incident, duty), std::move(body)};
}

ApiRequest request_for(const CloseArguments& arguments)
{
    js::object body;
    put(body, "reason", arguments.reason);
    put(body, arguments.behalf);
    return {of_incident(arguments.incident, "/close"), std::move(body)};
}

ApiRequest request_for(const ListArguments& arguments)
{
    std::string target = incidents;
    add_query(target, "phase", arguments.phase);
    add_query(target, "level", arguments.level);
    add_query(target, "college", arguments.college);
    add_query(target, "kind", arguments.kind);
    add_query(target, "cursor", arguments.cursor);
    return {std::move(target), std::nullopt};
}

ApiRequest request_for(const ShowArguments& arguments)
{
    return {of_incident(arguments.incident, ""), std::nullopt};
}

ApiRequest request_for(const BriefArguments& arguments)
{
    return {of_incident(arguments.incident, "/brief"), std::nullopt};
}

ApiRequest request_for(const TimelineArguments& arguments)
{
    std::string target = of_incident(arguments.incident, "/timeline");
    add_query(target, "after", arguments.after);
    return {std::move(target), std::nullopt};
}

ApiRequest request_for(const ReportsArguments&)
{
    return {reports, std::nullopt};
}

ApiRequest request_for(const TriageArguments& arguments)
{
    using Judgement = TriageArguments::Judgement;
    std::string target = reports + "/" + encoded(arguments.report);
    js::object body;
    switch (arguments.judgement) {
        case Judgement::Open: target += "/open"; break;
        case Judgement::Attach:
            target += "/attach";
            put(body, "into", arguments.into);
            break;
        case Judgement::Dismiss: target += "/dismiss"; break;
    }
    put(body, "reason", arguments.reason);
    return {std::move(target), std::move(body)};
}

std::optional<Pair> parse_pair(const std::string& text)
{
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return std::nullopt;
    return Pair(text.substr(0, equals), text.substr(equals + 1));
}

}  // namespace shouwang::client
