#include "escalation/resolve.hpp"
#include "tests/simulation/core_world.hpp"
#include "tests/simulation/way_out.hpp"

#include <algorithm>
#include <chrono>

// What the people of a world do: first at random, then, when it heals, what they should.
namespace shouwang::test {

using namespace escalation;
using namespace std::chrono_literals;

namespace {

// Whatever an open incident asks of anybody by itself, it has asked by then.
constexpr Span asked_within = std::chrono::minutes(21);

constexpr std::size_t incidents_max = 3;
constexpr unsigned heal_rounds_max = 600;
constexpr Span heal_within = 4h;

}  // namespace

const Incident* CoreWorld::some_incident()
{
    return board_.incidents.empty() ? nullptr : &nth(board_.incidents, dice_.next())->second;
}

StaffId CoreWorld::somebody()
{
    return dice_.chance(1, 12) ? StaffId("stranger") : staff_[dice_.below(staff_.size())];
}

// Things nobody planned, at the present instant.
void CoreWorld::meddle()
{
    if (dice_.chance(1, 30) && board_.incidents.size() < incidents_max) report();
    const Incident* incident = some_incident();
    if (incident == nullptr) return;
    if (incident->stage == Stage::Review && dice_.chance(1, 5)) judge(*incident);
    if (dice_.chance(news_, 50)) change_facts(*incident);
    if (dice_.chance(nosy_, 30)) speak_unasked(*incident);
    if (dice_.chance(1, 12)) write_down(*incident);
    if (dice_.chance(1, 10)) report_again(*incident);
    if (dice_.chance(1, 15)) try_to_end(*incident);
    if (dice_.chance(nosy_, 120)) judge(*incident);
    if (whims_.chance(busy_, 16)) deed();
    oracle_.at_rest(board_, now_);
}

std::string CoreWorld::some_value(const Fact& fact, Dice& dice)
{
    switch (fact.kind) {
        case FactKind::Scale:
        case FactKind::Set: return *nth(fact.values, dice.next());
        case FactKind::Count: return std::to_string(dice.below(5));
        case FactKind::Moment: return "2026-05-05T00:00:00Z";
    }
    return {};
}

std::map<FactName, FactValue> CoreWorld::drawn_facts(bool subjects, Dice& dice)
{
    std::map<FactName, FactValue> out;
    const std::uint64_t count = dice.below(3);
    for (std::uint64_t i = 0; i < count && !protocol_.facts.empty(); ++i) {
        const auto& [name, fact] = *nth(protocol_.facts, dice.next());
        if (fact.per_subject && !subjects) continue;
        if (dice.chance(1, 6))
            out[name] = {};
        else
            out[name] = {some_value(fact, dice)};
    }
    return out;
}

void CoreWorld::report()
{
    Report command;
    std::string number = std::to_string(next_id_++);
    command.id = IncidentId("I" + number);
    const auto& sources =
        protocol_.review.empty() || dice_.chance(2, 3) ? protocol_.trusted : protocol_.review;
    command.via = *nth(sources, dice_.next());
    command.kind = dice_.chance(1, 8) ? Kind::Drill : dice_.chance(1, 12) ? Kind::Test : Kind::Real;
    command.by = {"desk", StaffId{}};
    if (command.kind == Kind::Drill && whims_.chance(1, 2))
        for (const StaffId& staff : staff_)
            if (whims_.chance(1, 2)) command.participants.insert(staff);
    const auto& students = setting_.directory->students;
    const std::uint64_t subjects = dice_.below(3);
    for (std::uint64_t i = 0; i < subjects; ++i) {
        SubjectReport subject;
        if (!students.empty() && dice_.chance(2, 3))
            subject.student = nth(students, dice_.next())->first;
        subject.description = "CANARY description";
        subject.facts = drawn_facts(true, dice_);
        command.subjects.push_back(std::move(subject));
    }
    if (dice_.chance(1, 2)) command.callback = "CANARY callback";
    if (dice_.chance(1, 2)) {
        PlaceReport place;
        for (const auto& [id, unit] : setting_.directory->units)
            if (unit.kind == "building" && dice_.chance(1, 3)) place.building = id.text();
        place.room = "CANARY room";
        place.detail = "CANARY detail";
        command.place = place;
    }
    command.facts = drawn_facts(false, dice_);
    command.text = "CANARY text";
    if (feed(command)) ++tally_.incidents;
}

// Somebody else, whom nobody may have checked, tells of a student whom it is about already.
void CoreWorld::report_again(const Incident& incident)
{
    for (const auto& [id, subject] : incident.subjects) {
        if (!subject.identified() || !incident.live()) continue;
        Report command;
        command.id = IncidentId("I" + std::to_string(next_id_++));
        command.kind = incident.kind;
        const bool checked = protocol_.review.empty() || dice_.chance(1, 3);
        command.via = *nth(checked ? protocol_.trusted : protocol_.review, dice_.next());
        command.by = {"kiosk", StaffId{}};
        command.subjects = {{subject.student, "CANARY description", drawn_facts(true, dice_)}};
        command.facts = drawn_facts(true, dice_);
        feed(command);
        return;
    }
}

void CoreWorld::change_facts(const Incident& incident)
{
    SetFacts command;
    command.incident = incident.id;
    if (!incident.subjects.empty() && dice_.chance(1, 2))
        command.subject = nth(incident.subjects, dice_.next())->first;
    command.facts = drawn_facts(!command.subject.empty(), dice_);
    if (dice_.chance(1, 20)) command.facts[FactName("no_such_fact")] = {"x"};
    command.source = "scene";
    if (dice_.chance(1, 4)) command.known_at = now_ - std::chrono::seconds(dice_.below(900));
    feed(command);
}

void CoreWorld::speak_unasked(const Incident& incident)
{
    Answer command;
    command.incident = dice_.chance(1, 20) ? IncidentId("nowhere") : incident.id;
    command.staff = somebody();
    command.word = words_[dice_.below(words_.size())];
    command.reason = "CANARY";
    if (!incident.duties.empty() && dice_.chance(1, 2))
        command.ask = nth(incident.duties, dice_.next())->first;
    if (dice_.chance(1, 5)) command.eta = std::chrono::minutes(dice_.below(30));
    feed(command);
}

void CoreWorld::write_down(const Incident& incident)
{
    for (const auto& [name, duty] : protocol_.duties) {
        if (duty.record.empty()) continue;
        AddRecord command;
        command.incident = incident.id;
        command.duty = name.text();
        command.by = {"phone", somebody()};
        for (const RecordField& field : duty.record) {
            const auto fact = protocol_.facts.find(field.fact);
            if (dice_.chance(1, 8)) continue;
            command.fields[field.name] =
                fact == protocol_.facts.end() ? "CANARY words" : some_value(fact->second, dice_);
            if (!field.holder.empty() && dice_.chance(3, 4))
                command.fields[field.name] = somebody().text();
        }
        feed(command);
        return;
    }
}

void CoreWorld::try_to_end(const Incident& incident)
{
    if (protocol_.ends.empty()) return;
    const auto& [name, end] = *nth(protocol_.ends, dice_.next());
    SignEnd command;
    command.incident = incident.id;
    command.end = name;
    command.staff = somebody();
    // Their own account, or the one desk that passes on what everybody says.
    command.by = {dice_.chance(1, 2) ? "desk" : command.staff.text(), StaffId()};
    for (const std::string& field : end.evidence)
        if (dice_.chance(5, 6)) command.evidence[field] = "CANARY evidence";
    feed(command);
}

void CoreWorld::judge(const Incident& incident)
{
    Triage command;
    command.incident = incident.id;
    command.by = {"desk", somebody()};
    command.reason = dice_.chance(1, 2) ? "CANARY" : "";
    switch (dice_.below(3)) {
        case 0: command.judgement = Judgement::Open; break;
        case 1: command.judgement = Judgement::Dismiss; break;
        default: command.judgement = Judgement::Attach; break;
    }
    if (const Incident* into = some_incident()) command.into = into->id;
    feed(command);
}

bool CoreWorld::help(const Incident& incident, const DutyInstance& duty)
{
    const Duty& rule = protocol_.duties.at(duty.key.name);
    if (!rule.record.empty()) {
        AddRecord command;
        command.incident = incident.id;
        command.duty = duty.key.text();
        for (const RecordField& field : rule.record) {
            const auto fact = protocol_.facts.find(field.fact);
            command.fields[field.name] =
                fact == protocol_.facts.end() || fact->second.values.empty()
                    ? "0"
                    : fact->second.values.front();
            if (!field.holder.empty()) command.fields[field.name] = staff_.front().text();
        }
        // What cannot be said of them this way is left for another record to say.
        AddRecord fewer = command;
        for (const RecordField& field : rule.record)
            if (!field.required && !field.fact.empty()) fewer.fields.erase(field.name);
        // Whoever was asked first; then whoever else the protocol lets write it.
        std::vector<StaffId> people;
        for (const auto& [staff, ask] : duty.asks) people.push_back(staff);
        people.insert(people.end(), staff_.begin(), staff_.end());
        return std::any_of(people.begin(), people.end(), [&](const StaffId& staff) {
            command.by = {"phone", staff};
            fewer.by = command.by;
            return feed(command) || feed(fewer);
        });
    }
    Answer command;
    command.incident = incident.id;
    command.ask = duty.key;
    std::vector<Word> words;
    for (const Each& each : rule.each)
        if (each.role.text() == duty.key.scope) words = each.satisfy;
    if (words.empty())
        for (const auto& [word, effect] : rule.answers)
            if (effect == Effect::Satisfy) words.push_back(word);
    if (words.empty()) return false;
    command.word = words[dice_.below(words.size())];
    std::vector<StaffId> people;
    if (rule.scope == Scope::Person) people.emplace_back(duty.key.scope);
    for (const auto& [staff, ask] : duty.asks) people.push_back(staff);
    for (const StaffId& staff : people) {
        command.staff = staff;
        if (feed(command)) return true;
    }
    return false;
}

// Somebody who may stand in the register and does not wait to be asked.
void CoreWorld::fill(const Incident& incident, const Register& rules)
{
    Answer command;
    command.incident = incident.id;
    for (const Word& word : rules.enters)
        for (const StaffId& staff : staff_) {
            const auto found = incident.registers.find(rules.name);
            if (found != incident.registers.end() && !found->second.empty()) return;
            command.word = word;
            command.staff = staff;
            command.ask.reset();
            if (feed(command)) continue;
            // Asked several things that the word answers, they say which they mean.
            std::vector<DutyKey> asked;
            for (const auto& [key, duty] : incident.duties)
                if (duty.asks.contains(staff)) asked.push_back(key);
            for (const DutyKey& key : asked) {
                command.ask = key;
                if (feed(command)) break;
            }
        }
}

// Everybody who was asked does what they were asked. Returns whether anything is still open.
bool CoreWorld::help(const Incident& incident)
{
    if (incident.paused) return false;  // a drill that waits for its end
    if (incident.stage == Stage::Review) {
        feed(Triage{incident.id, Judgement::Open, {}, "healed", {"desk", StaffId{}}});
        return true;
    }
    std::vector<DutyKey> open;
    for (const auto& [key, duty] : incident.duties)
        if (duty.open()) open.push_back(key);
    for (const DutyKey& key : open) {
        const DutyInstance& duty = incident.duties.at(key);
        if (incident.live() && duty.open()) help(incident, duty);
    }
    const bool stuck = std::any_of(open.begin(), open.end(), [&](const DutyKey& key) {
        return incident.duties.at(key).open();
    });
    for (const auto& [name, rules] : protocol_.registers)
        if (stuck && (rules.anyone || !rules.rank.empty())) fill(incident, rules);
    return std::any_of(incident.duties.begin(), incident.duties.end(), [&](const auto& duty) {
        return duty.second.open() && !only_signed_off(protocol_.duties.at(duty.first.name));
    });
}

// Whoever nobody knew is known in the end: until then somebody is asked to find out.
void CoreWorld::identify_everybody(const IncidentId& id)
{
    const Incident& incident = board_.incidents.at(id);
    if (incident.stage != Stage::Open && incident.stage != Stage::Aftercare) return;
    std::vector<SubjectId> unknown;
    for (const auto& [subject, state] : incident.subjects)
        if (!state.identified() && !state.closed) unknown.push_back(subject);
    const bool nobody = incident.subjects.empty();
    for (const auto& [student, known] : setting_.directory->students) {
        if (nobody) {
            if (feed(AddSubject{id, {student, "", {}}, "healed", {"desk", StaffId{}}})) return;
            continue;
        }
        if (unknown.empty()) return;
        if (feed(Identify{id, unknown.back(), student, {"desk", StaffId{}}})) unknown.pop_back();
    }
}

// The best there is to say of everybody.
void CoreWorld::calm(const IncidentId& id, const char* source)
{
    std::map<FactName, FactValue> best;
    for (const auto& [name, fact] : protocol_.facts)
        if (!fact.only_signed && !said_by_record(fact) &&
            (fact.kind == FactKind::Scale || fact.kind == FactKind::Set))
            best[name] = {fact.values.front()};
    std::vector<SubjectId> subjects{SubjectId{}};
    for (const auto& [subject, state] : board_.incidents.at(id).subjects)
        subjects.push_back(subject);
    for (const SubjectId& subject : subjects)
        feed(SetFacts{id, subject, best, source, std::nullopt, {"desk", StaffId{}}});
    // Of some of them these are said by a record alone.
    for (const auto& [name, fact] : protocol_.facts)
        for (const SubjectId& subject : subjects)
            if (!fact.only_signed && said_by_record(fact) && fact.kind == FactKind::Scale)
                feed(SetFacts{
                    id,
                    subject,
                    {{name, {fact.values.front()}}},
                    source,
                    std::nullopt,
                    {"desk", StaffId{}}});
}

void CoreWorld::heal()
{
    healing_ = true;
    agenda_.clear();
    const Instant bound = now_ + heal_within;
    std::vector<IncidentId> live;
    for (const auto& [id, incident] : board_.incidents)
        if (incident.live()) live.push_back(id);
    for (const IncidentId& id : live) {
        identify_everybody(id);
        // What cannot be helped by an answer: the facts turn for the better.
        calm(id, "healed");
    }
    for (unsigned round = 0;; ++round) {
        bool open = false;
        std::string which;
        for (const IncidentId& id : live) {
            const Incident& incident = board_.incidents.at(id);
            if (!incident.live() || !help(incident)) continue;
            open = true;
            for (const auto& [key, duty] : incident.duties)
                if (duty.open()) which += " " + key.text();
        }
        oracle_.at_rest(board_, now_);
        if (!open) return;
        must(
            round < heal_rounds_max && now_ < bound,
            "liveness",
            "the faults are gone, everybody answers, and this stays open:",
            which
        );
        Instant next = now_ + 60s;
        if (const auto due = board_.deadline()) next = std::min(next, *due);
        now_ = next;
        serve_deadlines();
        oracle_.at_rest(board_, now_);
    }
}

std::vector<StaffId> CoreWorld::possible_signers(const Incident& incident, const End& end) const
{
    std::set<StaffId> out;
    for (const auto& roles : end.signers) out.merge(people_of(incident, roles, {}));
    return {out.begin(), out.end()};
}

// Everybody who may sign this ending does. Returns whether that was enough.
bool CoreWorld::sign_off(const IncidentId& id, const End& end)
{
    SignEnd command;
    command.incident = id;
    command.end = end.name;
    for (const std::string& field : end.evidence) command.evidence[field] = "CANARY";
    const auto people = possible_signers(board_.incidents.at(id), end);
    const auto over = [&] { return board_.incidents.at(id).stage == stage_after(end); };
    const auto sign = [&] {
        // The desk passes on what everybody says, which is worth one signature; the rest is theirs.
        for (const bool own : {false, true})
            for (const StaffId& staff : people) {
                if (over()) return;
                command.staff = staff;
                command.by = {own ? staff.text() : "desk", own ? staff : StaffId()};
                feed(command);
            }
    };
    sign();
    // Some of what stands in the way is asked only after a while.
    if (!over() && people.size() >= end.signers.size()) {
        for (const Instant until = now_ + asked_within; now_ < until;) {
            now_ = std::min(until, std::max(now_, board_.deadline().value_or(until)));
            serve_deadlines();
        }
        heal();
        sign();
    }
    std::string missing;
    if (!over())
        for (const Missing& item :
             missing_for(protocol_, *setting_.directory, board_.incidents.at(id), end.name, now_))
            missing += " " + item.code + " " + item.detail;
    const bool somebody_short =
        people.size() < end.signers.size() ||
        std::any_of(end.signers.begin(), end.signers.end(), [&](const auto& roles) {
            return people_of(board_.incidents.at(id), roles, {}).empty();
        });
    must(over() || somebody_short, "liveness", "cannot be ended:", missing);
    return over();
}

void CoreWorld::end_all()
{
    std::set<IncidentId> nobody_signs;
    for (const End& end : way_out(protocol_)) {
        heal();
        std::vector<IncidentId> running;
        for (const auto& [id, incident] : board_.incidents)
            if (incident.running() && !incident.paused && !nobody_signs.contains(id))
                running.push_back(id);
        for (const IncidentId& id : running)
            if (!sign_off(id, end)) nobody_signs.insert(id);
    }
    oracle_.at_rest(board_, now_);
}

// Days later nothing has moved, and whoever still writes is told so.
void CoreWorld::after_the_end()
{
    for (const auto& [id, incident] : board_.incidents) {
        if (incident.live()) continue;
        must(!incident.deadline(), "5", "an ended incident waits for something");
        // What was on its way when it was merged still is, for as long as it goes on elsewhere.
        for (const auto& [page, sent] : incident.pages)
            // But a word of farewell, or what was told in the very instant of the end.
            must(
                !still_wanted(board_, incident, sent) || sent.asks.empty(),
                "5",
                "a page is still wanted after the end"
            );
    }
    now_ += 48h;
    oracle_.slept(48h);
    serve_deadlines();
    healing_ = false;
    for (unsigned i = 0; i < 6; ++i) {
        const Incident* incident = some_incident();
        if (incident == nullptr || incident->live()) continue;
        speak_unasked(*incident);
        change_facts(*incident);
        try_to_end(*incident);
        write_down(*incident);
    }
    oracle_.at_rest(board_, now_);
    crash();
}

}  // namespace shouwang::test
