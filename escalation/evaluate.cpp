#include "escalation/evaluate.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <limits>
#include <string_view>

namespace shouwang::escalation {

namespace {

constexpr std::string_view unknown = "unknown";

bool among(const std::vector<std::string>& values, std::string_view word)
{
    return std::find(values.begin(), values.end(), word) != values.end();
}

std::string_view yes_no(bool value)
{
    return value ? "yes" : "no";
}

std::size_t position(const Fact& fact, const std::string& word)
{
    const auto found = std::find(fact.values.begin(), fact.values.end(), word);
    return static_cast<std::size_t>(found - fact.values.begin());
}

long long number(const std::string& text)
{
    long long out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size()
               ? out
               : std::numeric_limits<long long>::min();
}

bool at_least(const Fact& fact, const FactValue& value, const std::string& bound)
{
    if (value.empty()) return false;
    switch (fact.kind) {
        case FactKind::Scale: {
            const std::size_t now = position(fact, value.front());
            return now < fact.values.size() && now >= position(fact, bound);
        }
        case FactKind::Count: return number(value.front()) >= number(bound);
        case FactKind::Set:
        case FactKind::Moment: return false;
    }
    return false;
}

bool worse(const Fact& fact, const FactState* before, const FactState* after)
{
    if (after == nullptr) return false;
    if (before == nullptr)
        return !fact.values.empty() && after->value.front() != fact.values.front();
    if (fact.kind == FactKind::Scale)
        return position(fact, after->value.front()) > position(fact, before->value.front());
    if (fact.kind == FactKind::Count)
        return number(after->value.front()) > number(before->value.front());
    return std::any_of(after->value.begin(), after->value.end(), [&](const std::string& word) {
        return !among(before->value, word);
    });
}

bool match(const std::vector<std::string>& wanted, const FactState* state)
{
    if (state == nullptr) return among(wanted, unknown);
    return std::any_of(state->value.begin(), state->value.end(), [&](const std::string& word) {
        return among(wanted, word);
    });
}

// For at least that long, and, where the view asks for it, only since a certain instant.
bool held(const View& view, Instant since, Span span)
{
    return view.now - since >= span && (!view.after || since + span > *view.after);
}

bool fact_holds(const View& view, const Atom& atom, const SubjectId& lane)
{
    const FactName name(atom.name);
    const auto fact = view.protocol.facts.find(name);
    if (fact == view.protocol.facts.end()) return false;
    const FactState* now = fact_of(view.incident, lane, name);
    const FactState* was = view.before == nullptr ? nullptr : fact_of(*view.before, lane, name);
    switch (atom.op) {
        case Op::Is:
        case Op::Has: return match(atom.values, now);
        case Op::IsNot: return !match(atom.values, now);
        case Op::AtLeast:
            return now != nullptr && !atom.values.empty() &&
                   at_least(fact->second, now->value, atom.values.front());
        case Op::Worse: return view.before != nullptr && worse(fact->second, was, now);
        case Op::Turns:
            return view.before != nullptr && match(atom.values, now) && !match(atom.values, was);
        case Op::HeldFor:
            return now != nullptr && match(atom.values, now) && held(view, now->since, atom.span);
        case Op::Fires: return false;
    }
    return false;
}

std::string subject_attribute(const Subject& subject, const std::string& attribute)
{
    if (attribute == "identified") return std::string(yes_no(subject.identified()));
    if (attribute == "kind") return subject.kind.empty() ? std::string(unknown) : subject.kind;
    if (attribute == "minor") return std::string(yes_no(subject.minor));
    if (attribute == "intern") return std::string(yes_no(!subject.intern_site.empty()));
    if (attribute == "housed") return std::string(yes_no(!subject.building.empty()));
    return std::string(unknown);
}

// Nobody reported as a subject yet counts as one subject nobody knows; whose part in it is over
// counts no more.
std::vector<std::string> subject_values(
    const Incident& incident, const SubjectId& lane, const std::string& attribute
)
{
    std::vector<std::string> out;
    for (const auto& [id, subject] : incident.subjects)
        if (lane.empty() ? !subject.closed : lane == id)
            out.push_back(subject_attribute(subject, attribute));
    if (out.empty() && incident.subjects.empty())
        out.push_back(subject_attribute(Subject{}, attribute));
    return out;
}

bool words_hold(const Atom& atom, const std::vector<std::string>& now)
{
    const bool any = std::any_of(now.begin(), now.end(), [&](const std::string& word) {
        return among(atom.values, word);
    });
    return atom.op == Op::IsNot ? !any : any;
}

bool words_turn(
    const Atom& atom, const std::vector<std::string>& was, const std::vector<std::string>& now
)
{
    Atom plain = atom;
    plain.op = Op::Is;
    return words_hold(plain, now) && !words_hold(plain, was);
}

bool level_holds(const View& view, const Atom& atom)
{
    const LevelName& level = view.incident.level;
    if (level.empty()) return atom.op == Op::IsNot;
    switch (atom.op) {
        case Op::Is: return among(atom.values, level.text());
        case Op::IsNot: return !among(atom.values, level.text());
        case Op::AtLeast:
            return !atom.values.empty() &&
                   view.protocol.rank(level) >= view.protocol.rank(LevelName(atom.values.front()));
        case Op::HeldFor:
            return among(atom.values, level.text()) &&
                   held(view, view.incident.level_since, atom.span);
        case Op::Turns:
            return view.before != nullptr && view.before->level != level &&
                   among(atom.values, level.text());
        case Op::Has:
        case Op::Worse:
        case Op::Fires: return false;
    }
    return false;
}

// "S03" is the newest instance in every scope, "S03@C05" in that one; in a subject's lane a duty
// of subjects is that subject's own.
std::vector<std::string> duty_words(const View& view, const Incident& incident, const Atom& atom)
{
    const std::size_t at = atom.name.find('@');
    const DutyName name(atom.name.substr(0, at));
    std::optional<std::string> scope;
    if (at != std::string::npos) scope = atom.name.substr(at + 1);
    const auto defined = view.protocol.duties.find(name);
    if (!view.lane.empty() && defined != view.protocol.duties.end() &&
        defined->second.scope == Scope::Subject)
        scope = view.lane.text();
    std::vector<std::string> out;
    for (auto it = incident.duties.lower_bound(DutyKey{name, {}, 0});
         it != incident.duties.end() && it->first.name == name;
         ++it) {
        const auto next = std::next(it);
        const bool newest = next == incident.duties.end() || next->first.name != name ||
                            next->first.scope != it->first.scope;
        if (!newest || (scope && it->first.scope != *scope)) continue;
        out.emplace_back(word_of(it->second.state));
        if (it->second.state == DutyState::Done && !it->second.decided.empty())
            out.push_back(it->second.decided.text());
    }
    return out;
}

bool incident_holds(const View& view, const Atom& atom)
{
    const auto word = [&](const Incident& incident) -> std::string {
        if (atom.attribute == "stage") return std::string(word_of(incident.stage));
        if (atom.attribute == "kind") return std::string(word_of(incident.kind));
        if (atom.attribute == "cycle") return incident.cycle > 1 ? "reopened" : "first";
        return incident.via;
    };
    const auto words = [&](const Incident& incident) {
        if (atom.attribute != "reached") return std::vector<std::string>{word(incident)};
        std::vector<std::string> out;
        for (const LevelName& level : incident.levels) out.push_back(level.text());
        return out;
    };
    if (atom.op == Op::Turns && view.before == nullptr) return false;
    // A second reopening is one as well.
    if (atom.op == Op::Turns && atom.attribute == "cycle")
        return view.before->cycle != view.incident.cycle && among(atom.values, word(view.incident));
    if (atom.op == Op::Turns) return words_turn(atom, words(*view.before), words(view.incident));
    return words_hold(atom, words(view.incident));
}

bool register_holds(const View& view, const Atom& atom)
{
    const auto found = view.incident.registers.find(RegisterName(atom.name));
    const bool held = found != view.incident.registers.end() && !found->second.empty();
    if (atom.op == Op::Has) {
        return held && std::any_of(
                           found->second.begin(),
                           found->second.end(),
                           [&](const RegisterEntry& entry) { return entry.staff == view.self; }
                       );
    }
    return words_hold(atom, {held ? "held" : "empty"});
}

bool rule_holds(const View& view, const Atom& atom)
{
    const RuleName name(atom.name);
    const bool now = view.incident.rules.contains(name);
    if (atom.op != Op::Fires) return words_hold(atom, {now ? "on" : "off"});
    return view.before != nullptr && now && !view.before->rules.contains(name);
}

bool place_holds(const View& view, const Atom& atom)
{
    const Place& place = view.incident.place;
    std::string word(unknown);
    if (atom.attribute == "known") {
        word = yes_no(!place.building.empty() || !place.label.empty());
    } else if (atom.attribute == "campus") {
        if (!place.campus.empty()) word = place.campus.text();
    } else if (atom.attribute == "housing" && !place.building.empty()) {
        word = yes_no(view.directory.is_housing(place.building));
    }
    return words_hold(atom, {word});
}

// Of a lane when there is one; else of the incident and of each of its subjects.
bool any_lane(const View& view, const auto& holds_in)
{
    if (!view.lane.empty()) return holds_in(view.lane);
    if (view.incident.subjects.empty()) return holds_in(SubjectId{});
    return std::any_of(
        view.incident.subjects.begin(),
        view.incident.subjects.end(),
        [&](const auto& subject) { return !subject.second.closed && holds_in(subject.first); }
    );
}

bool subject_holds(const View& view, const Atom& atom)
{
    const auto now = subject_values(view.incident, view.lane, atom.attribute);
    if (atom.op != Op::Turns) return words_hold(atom, now);
    if (view.before == nullptr) return false;
    return words_turn(atom, subject_values(*view.before, view.lane, atom.attribute), now);
}

// Any fact at all moved towards its bad end in this step.
bool any_worse(const View& view)
{
    return std::any_of(
        view.protocol.facts.begin(),
        view.protocol.facts.end(),
        [&](const auto& fact) {
            if (fact.second.course) return false;
            Atom atom;
            atom.name = fact.first.text();
            atom.op = Op::Worse;
            return any_lane(view, [&](const SubjectId& lane) {
                return fact_holds(view, atom, lane);
            });
        }
    );
}

bool record_holds(const View& view, const Atom& atom)
{
    std::string word(unknown);
    if (view.record != nullptr)
        if (const auto field = view.record->find(atom.name);
            field != view.record->end() && !field->second.empty())
            word = field->second;
    return words_hold(atom, {word});
}

bool contact_holds(const View& view, const Atom& atom)
{
    std::string word(unknown);
    if (atom.attribute == "known")
        word = yes_no(view.contact != nullptr);
    else if (view.contact != nullptr && atom.attribute == "legal")
        word = yes_no(view.contact->legal);
    else if (view.contact != nullptr && atom.attribute == "caution")
        word = yes_no(!view.contact->caution.empty());
    return words_hold(atom, {word});
}

// How many there are, of those whose part in it is not over.
long long count_of(const Incident& incident, Topic topic)
{
    std::vector<std::string> seen;
    for (const auto& [id, subject] : incident.subjects) {
        const std::string& what = topic == Topic::Colleges ? subject.college.text() : id.text();
        if (!subject.closed && !what.empty() && !among(seen, what)) seen.push_back(what);
    }
    return static_cast<long long>(seen.size());
}

bool atom_holds(const View& view, const Atom& atom)
{
    switch (atom.topic) {
        case Topic::Fact:
            return any_lane(view, [&](const SubjectId& lane) {
                return fact_holds(view, atom, lane);
            });
        case Topic::Level: return level_holds(view, atom);
        case Topic::Duty:
            if (atom.op == Op::Turns)
                return view.before != nullptr && words_turn(
                                                     atom,
                                                     duty_words(view, *view.before, atom),
                                                     duty_words(view, view.incident, atom)
                                                 );
            return words_hold(atom, duty_words(view, view.incident, atom));
        case Topic::Rule: return rule_holds(view, atom);
        case Topic::Window:
            return words_hold(
                atom,
                {std::string(yes_no(
                    in_window(view.protocol, view.directory, WindowName(atom.name), view.now)
                ))}
            );
        case Topic::Register: return register_holds(view, atom);
        case Topic::Incident: return incident_holds(view, atom);
        case Topic::Subject: return subject_holds(view, atom);
        case Topic::Subjects:
        case Topic::Colleges:
            return !atom.values.empty() &&
                   count_of(view.incident, atom.topic) >= number(atom.values.front());
        case Topic::Place: return place_holds(view, atom);
        case Topic::AnyFact: return any_worse(view);
        case Topic::Record: return record_holds(view, atom);
        case Topic::Contact: return contact_holds(view, atom);
    }
    return false;
}

class Holds {
public:
    explicit Holds(const View& view) : view_(view) {}
    bool operator()(const Never&) const { return false; }
    bool operator()(const Always&) const { return true; }
    bool operator()(const Atom& atom) const { return atom_holds(view_, atom); }
    bool operator()(const All& all) const
    {
        return std::all_of(all.parts.begin(), all.parts.end(), [&](const Condition& part) {
            return holds(view_, part);
        });
    }
    bool operator()(const Any& any) const
    {
        return std::any_of(any.parts.begin(), any.parts.end(), [&](const Condition& part) {
            return holds(view_, part);
        });
    }
    bool operator()(const Not& negated) const { return !holds(view_, negated.parts.front()); }

private:
    const View& view_;
};

// When an hour begins or ends to be in the window; nullopt when that does not happen for as long as
// the longest holidays last.
std::optional<Instant> turn_of(
    const Protocol& protocol, const Directory& directory, const WindowName& name, Instant now
)
{
    constexpr int days_ahead = 16;
    const auto found = protocol.windows.find(name);
    if (found == protocol.windows.end()) return std::nullopt;
    const bool inside = in_window(protocol, directory, name, now);
    const auto today = std::chrono::floor<std::chrono::days>(now + protocol.utc_offset);
    std::optional<Instant> out;
    for (int day = 0; day <= days_ahead && !out; ++day)
        for (const Span hour : {found->second.from, found->second.to}) {
            const Instant at = today + std::chrono::days(day) + hour - protocol.utc_offset;
            if (at <= now || in_window(protocol, directory, name, at) == inside) continue;
            if (!out || at < *out) out = at;
        }
    return out;
}

// When a `held_for` comes true by time alone.
std::optional<Instant> held_since(const View& view, const Atom& atom)
{
    const auto in_future = [&](Instant due) {
        return due > view.now ? std::optional(due) : std::nullopt;
    };
    if (atom.op != Op::HeldFor) return std::nullopt;
    if (atom.topic == Topic::Level) {
        if (!among(atom.values, view.incident.level.text())) return std::nullopt;
        return in_future(view.incident.level_since + atom.span);
    }
    std::optional<Instant> out;
    for (const auto& [key, state] : view.incident.facts) {
        if (key.fact.text() != atom.name || !match(atom.values, &state)) continue;
        const auto due = in_future(state.since + atom.span);
        if (due && (!out || *due < *out)) out = due;
    }
    return out;
}

std::optional<Instant> struck(const View& view, const Atom& atom)
{
    if (atom.topic != Topic::Window) return std::nullopt;
    return turn_of(view.protocol, view.directory, WindowName(atom.name), view.now);
}

// The earliest instant that `of` gives for an atom of the condition.
class Earliest {
public:
    using Of = std::optional<Instant> (*)(const View& view, const Atom& atom);
    Earliest(const View& view, Of of) : view_(view), of_(of) {}
    std::optional<Instant> operator()(const Never&) const { return std::nullopt; }
    std::optional<Instant> operator()(const Always&) const { return std::nullopt; }
    std::optional<Instant> operator()(const Atom& atom) const { return of_(view_, atom); }
    std::optional<Instant> operator()(const All& all) const { return among_parts(all.parts); }
    std::optional<Instant> operator()(const Any& any) const { return among_parts(any.parts); }
    std::optional<Instant> operator()(const Not& negated) const
    {
        return among_parts(negated.parts);
    }

private:
    [[nodiscard]] std::optional<Instant> among_parts(const std::vector<Condition>& parts) const
    {
        std::optional<Instant> out;
        for (const Condition& part : parts) {
            const auto at = std::visit(*this, part.node);
            if (at && (!out || *at < *out)) out = at;
        }
        return out;
    }

    const View& view_;
    Of of_;
};

}  // namespace

const FactState* fact_of(const Incident& incident, const SubjectId& lane, const FactName& name)
{
    const auto known = [&](const SubjectId& subject) -> const FactState* {
        const auto found = incident.facts.find(FactKey{subject, name});
        return found == incident.facts.end() || found->second.value.empty() ? nullptr
                                                                            : &found->second;
    };
    if (!lane.empty())
        if (const FactState* own = known(lane)) return own;
    return known(SubjectId{});
}

View View::in_lane(const SubjectId& subject) const
{
    View out = *this;
    out.lane = subject;
    return out;
}

View View::since(Instant instant) const
{
    View out = *this;
    out.after = instant;
    return out;
}

View View::as(const StaffId& staff) const
{
    View out = *this;
    out.self = staff;
    return out;
}

bool holds(const View& view, const Condition& condition)
{
    return std::visit(Holds(view), condition.node);
}

Instant after_workdays(
    const Directory& directory, const Protocol& protocol, Instant now, unsigned days
)
{
    constexpr unsigned saturday = 6;
    // The longest holidays there are, and then some: an end for a calendar without working days.
    constexpr unsigned days_max = 60;
    Instant at = now;
    for (unsigned tried = 0; days > 0 && tried < days_max; ++tried) {
        at += std::chrono::days(1);
        const auto day = std::chrono::floor<std::chrono::days>(at + protocol.utc_offset);
        const auto exception = directory.workdays.find(day);
        const bool works = exception != directory.workdays.end()
                               ? exception->second
                               : std::chrono::weekday(day).iso_encoding() < saturday;
        if (works) --days;
    }
    return at;
}

bool in_window(
    const Protocol& protocol, const Directory& directory, const WindowName& name, Instant now
)
{
    const auto found = protocol.windows.find(name);
    if (found == protocol.windows.end()) return false;
    const Window& window = found->second;
    const auto local = now + protocol.utc_offset;
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const Span since_midnight = local - day;
    const auto on_day = [&](Day which) {
        if (window.calendar)
            if (const auto exception = directory.workdays.find(which);
                exception != directory.workdays.end())
                return exception->second;
        const unsigned iso = std::chrono::weekday(which).iso_encoding();
        return std::find(window.days.begin(), window.days.end(), iso) != window.days.end();
    };
    bool inside = false;
    if (window.from <= window.to) {
        inside = on_day(day) && since_midnight >= window.from && since_midnight < window.to;
    } else {
        inside = (on_day(day) && since_midnight >= window.from) ||
                 (on_day(day - std::chrono::days(1)) && since_midnight < window.to);
    }
    return inside != window.negated;
}

std::optional<Instant> next_check(const View& view, const Condition& condition)
{
    return std::visit(Earliest(view, &held_since), condition.node);
}

std::optional<Instant> next_turn(const View& view, const Condition& condition)
{
    return std::visit(Earliest(view, &struck), condition.node);
}

}  // namespace shouwang::escalation
