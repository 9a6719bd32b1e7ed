#include "daemon/rehearsal/rehearsal_record.hpp"

#include "daemon/event_codec.hpp"
#include "daemon/http/instant_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace shouwang::rehearsal {

namespace json = boost::json;
using namespace escalation;
using config::Expectation;
using config::Values;

namespace {

// Keys of events that hold an instant.
const std::set<std::string_view> instants{
    "at", "due", "lapses_at", "check_at", "clock_start", "eta", "known_at", "next", "reached"};

std::string text_of(const json::value& value)
{
    if (const auto* text = value.if_string()) return std::string(*text);
    return json::serialize(value);
}

// "S03" means every instance of that duty, "S03@C05" one.
bool same_word(const std::string& key, const std::string& wanted, const std::string& found)
{
    if (wanted == found) return true;
    if (key != "duty" || found.size() <= wanted.size() || !found.starts_with(wanted)) return false;
    return found[wanted.size()] == '@' || found[wanted.size()] == '#';
}

bool same_value(const std::string& key, const std::string& wanted, const json::value& value)
{
    if (const auto* list = value.if_array())
        return std::any_of(list->begin(), list->end(), [&](const json::value& part) {
            return same_word(key, wanted, text_of(part));
        });
    return same_word(key, wanted, text_of(value));
}

std::string words_of(const std::map<std::string, Values>& wanted)
{
    std::string out;
    for (const auto& [key, values] : wanted) {
        out += (out.empty() ? "" : ", ") + key + " =";
        for (const std::string& value : values) out += " " + value;
    }
    return out;
}

// The latest instance that a duty's name, or its whole key, means.
const DutyInstance* duty_of(const Incident& incident, const std::string& wanted)
{
    const DutyInstance* out = nullptr;
    for (const auto& [key, duty] : incident.duties)
        if (same_word("duty", wanted, key.text())) out = &duty;
    return out;
}

std::optional<Instant> next_of(const DutyInstance& duty)
{
    if (!duty.open()) return std::nullopt;
    const unsigned reached = duty.reached();
    if (reached < duty.rungs.size()) return duty.rungs[reached].due;
    return duty.forever_next;
}

}  // namespace

void RehearsalRecord::add(const Event& event)
{
    // What is in force is named by the file; its text is nobody's to read here.
    if (std::holds_alternative<Adopted>(event)) return;
    const daemon::EncodedEvent encoded = daemon::encode(event);
    Happened out;
    out.at = std::visit([](const auto& e) { return e.at; }, event);
    const json::object open = json::parse(encoded.open).as_object();
    out.line["at"] = http::to_rfc3339(out.at);
    out.line["event"] = encoded.type;
    json::array duties;
    for (const auto& [key, value] : open) {
        if (key == "at") continue;
        if (const auto* instant = value.if_int64(); instant != nullptr && instants.contains(key))
            out.line[key] = http::to_rfc3339(Instant(Span(*instant)));
        else if (key == "asks" && value.is_array())
            for (const json::value& ask : value.as_array()) {
                // What is carried from one incident to another lists its asks without a duty.
                if (const json::value* duty = ask.as_object().if_contains("duty"))
                    duties.push_back(*duty);
            }
        else if (key == "channels")
            out.line["channel"] = value;
        else
            out.line[key] = value;
    }
    if (std::holds_alternative<Paged>(event)) out.line["duty"] = std::move(duties);
    happened_.push_back(std::move(out));
}

void RehearsalRecord::refused(std::size_t number, std::vector<std::string> codes)
{
    refusals_[number] = std::move(codes);
}

void RehearsalRecord::name(const std::string& name, const IncidentId& incident)
{
    last_ = name.empty() ? "I" + std::to_string(incidents_.size() + 1) : name;
    incidents_.insert_or_assign(last_, incident);
}

const IncidentId* RehearsalRecord::incident(const std::string& name) const
{
    const auto found = incidents_.find(name.empty() ? last_ : name);
    return found == incidents_.end() ? nullptr : &found->second;
}

std::string RehearsalRecord::alias_of(const std::string& incident) const
{
    for (const auto& [name, id] : incidents_)
        if (id.text() == incident) return name;
    return incident;
}

std::vector<std::string> RehearsalRecord::lines() const
{
    std::vector<std::string> out;
    for (const Happened& happened : happened_) {
        json::object line = happened.line;
        if (const auto* incident = line.if_contains("incident"))
            line["incident"] = alias_of(text_of(*incident));
        out.push_back(json::serialize(line));
    }
    return out;
}

void RehearsalRecord::unmet(unsigned line, const std::string& what)
{
    unmet_.push_back("line " + std::to_string(line) + ": " + what);
}

bool RehearsalRecord::matches(const Happened& happened, const std::map<std::string, Values>& wanted)
    const
{
    return std::all_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
        const auto& [key, values] = entry;
        const json::value* found = happened.line.if_contains(key);
        if (found == nullptr) return values.empty();
        if (key == "incident") return values == Values{alias_of(text_of(*found))};
        return std::all_of(values.begin(), values.end(), [&](const std::string& value) {
            return same_value(key, value, *found);
        });
    });
}

void RehearsalRecord::judge_event(const Expectation& wanted)
{
    std::string near;
    for (const Happened& happened : happened_) {
        if (!matches(happened, wanted.match)) continue;
        const bool in_time = wanted.at ? happened.at == *wanted.at
                                       : (!wanted.from || happened.at >= *wanted.from) &&
                                             (!wanted.until || happened.at <= *wanted.until);
        if (in_time) return;
        near += (near.empty() ? "; it came at " : ", ") + file_.clock_of(happened.at);
    }
    std::string what = words_of(wanted.match) + " did not come";
    if (wanted.at) what += " at " + file_.clock_of(*wanted.at);
    unmet(wanted.line, what + near);
}

void RehearsalRecord::judge_never(const Expectation& wanted)
{
    for (const Happened& happened : happened_) {
        if (wanted.from && happened.at < *wanted.from) continue;
        if (wanted.until && happened.at > *wanted.until) continue;
        if (wanted.at && happened.at != *wanted.at) continue;
        if (!matches(happened, wanted.match)) continue;
        unmet(wanted.line, words_of(wanted.match) + " came at " + file_.clock_of(happened.at));
        return;
    }
}

void RehearsalRecord::judge_refusals()
{
    std::map<std::size_t, std::vector<std::string>> left = refusals_;
    for (const Expectation& wanted : file_.expectations) {
        if (wanted.kind != Expectation::Kind::Refused) continue;
        const auto found = refusals_.find(wanted.step);
        left.erase(wanted.step);
        if (found == refusals_.end()) {
            unmet(wanted.line, "step " + std::to_string(wanted.step) + " was not refused");
            continue;
        }
        for (const std::string& code : wanted.codes)
            if (std::find(found->second.begin(), found->second.end(), code) == found->second.end())
                unmet(wanted.line, "the refusal does not say " + code);
    }
    for (const auto& [number, codes] : left) {
        std::string what = "step " + std::to_string(number) + " was refused:";
        for (const std::string& code : codes) what += " " + code;
        unmet(file_.steps[number - 1].line, what);
    }
}

void RehearsalRecord::judge_events()
{
    for (const Expectation& wanted : file_.expectations) {
        switch (wanted.kind) {
            case Expectation::Kind::Event: judge_event(wanted); break;
            case Expectation::Kind::Never: judge_never(wanted); break;
            case Expectation::Kind::State:
            case Expectation::Kind::Refused: break;
        }
    }
    judge_refusals();
}

void RehearsalRecord::judge_state(const Expectation& wanted, daemon::Engine& engine)
{
    const auto given = [&](const char* key) -> std::string {
        const auto found = wanted.match.find(key);
        return found == wanted.match.end() || found->second.empty() ? "" : found->second.front();
    };
    const IncidentId* id = this->incident(given("incident"));
    const Incident* incident = id == nullptr ? nullptr : engine.board().find(*id);
    if (incident == nullptr) return unmet(wanted.line, "there is no such incident yet");
    const Protocol* frozen = engine.rules().find(incident->protocol);
    const Protocol& protocol = frozen == nullptr ? engine.rules().in_force() : *frozen;
    const DutyInstance* duty = duty_of(*incident, given("duty"));
    const auto clock = [&](const std::optional<Instant>& at) {
        return at ? file_.clock_of(*at) : std::string("none");
    };

    for (const auto& [key, values] : wanted.match) {
        Values found;
        if (key == "incident" || key == "register") continue;
        const bool of_duty = key == "duty" || key == "is" || key == "due" || key == "next" ||
                             key == "rung" || key == "unanswered";
        if (of_duty && duty == nullptr) {
            unmet(wanted.line, "there is no duty " + given("duty"));
            break;
        }
        if (key == "duty") {
            continue;
        } else if (key == "level") {
            found = {incident->level.text()};
        } else if (key == "stage") {
            found = {std::string(word_of(incident->stage))};
        } else if (key == "phase") {
            found = {phase_of(protocol, *engine.directory(), *incident, engine.now())};
        } else if (key == "is") {
            found = {std::string(word_of(duty->state))};
        } else if (key == "due") {
            const std::optional<Instant> due = duty->due ? duty->due : next_of(*duty);
            // With its date, where the file gives one.
            const bool dated = given("due").find('T') != std::string::npos;
            found = {dated && due ? http::to_rfc3339(*due) : clock(due)};
        } else if (key == "next") {
            found = {clock(next_of(*duty))};
        } else if (key == "rung") {
            found = {std::to_string(duty->reached())};
        } else if (key == "unanswered") {
            for (const auto& [staff, ask] : duty->asks)
                if (ask.answer.empty()) found.push_back(staff.text());
        } else if (key == "holds") {
            const auto entries = incident->registers.find(RegisterName(given("register")));
            if (entries != incident->registers.end())
                for (const RegisterEntry& entry : entries->second)
                    found.push_back(entry.staff.text());
        } else {
            unmet(wanted.line, "a state has no " + key);
            continue;
        }
        Values sorted = values;
        std::sort(sorted.begin(), sorted.end());
        std::sort(found.begin(), found.end());
        if (sorted != found)
            unmet(
                wanted.line,
                "at " + file_.clock_of(*wanted.at) + " expected " + words_of({{key, sorted}}) +
                    ", found " + words_of({{key, found}})
            );
    }
}

}  // namespace shouwang::rehearsal
