#include "escalation/resolve.hpp"
#include "tests/simulation/shell_world.hpp"
#include "tests/simulation/way_out.hpp"

#include <algorithm>
#include <chrono>
#include <variant>

// What a world of the shell holds against the daemon, and how it heals.
namespace shouwang::test {

using namespace escalation;
using namespace std::chrono_literals;
using notifiers::Verdict;

namespace {

constexpr unsigned heal_rounds_max = 400;
// What was due while the process was away is served within the first beat of the next one.
constexpr daemon::Span late_max = 1s;

IncidentId incident_of_key(const std::string& key)
{
    return IncidentId(key.substr(0, key.rfind('.')));
}

}  // namespace

void ShellWorld::on_release(const Event& event)
{
    if (const auto* rung = std::get_if<RungReached>(&event);
        rung != nullptr && rung->because == RungBecause::Due) {
        const auto& duty = shadow_.incidents.at(rung->incident).duties.at(rung->duty);
        const Instant due = duty.rungs.at(rung->rung).due;
        must(rung->at >= due, "3", "a rung is early:", rung->duty.text());
        // A process that is up serves a deadline at its very instant: time is virtual. A duty that
        // is taken up again goes on where it stands, overdue rungs first.
        const auto again = reopened_.find({rung->incident, rung->duty});
        must(
            rung->at == due || (due <= began_ && rung->at <= began_ + late_max) ||
                (again != reopened_.end() && again->second == rung->at),
            "3",
            "a rung is late:",
            rung->duty.text()
        );
    }
    if (const auto* reopened = std::get_if<DutyReopened>(&event))
        reopened_[{reopened->incident, reopened->duty}] = reopened->at;
    if (const auto* finished = std::get_if<SendFinished>(&event);
        finished != nullptr && finished->state == SendState::Queued)
        ++retries_[finished->page.text() + "/" + finished->channel.text()];
    if (const auto* paged = std::get_if<Paged>(&event)) {
        const Incident& incident = shadow_.incidents.at(paged->incident);
        must(incident.live(), "5", "a page after the end");
    }
    evolve(shadow_, event);
}

void ShellWorld::look()
{
    collect_answers();
    look_at_deliveries();
    if (house().fatal().empty()) look_at_state();
}

void ShellWorld::look_at_deliveries()
{
    for (const auto& [name, notifier] : house().channels()) {
        const auto& deliveries = notifier->deliveries();
        for (std::size_t& seen = seen_deliveries_[name]; seen < deliveries.size(); ++seen)
            look_at(name, deliveries[seen].message);
    }
    unwanted_.clear();
    for (const auto& [id, incident] : board().incidents)
        for (const auto& [page, sent] : incident.pages)
            if (!sent.finished() && !still_wanted(board(), incident, sent)) unwanted_.insert(page);
}

void ShellWorld::look_at(const std::string& channel, const notifiers::Message& message)
{
    ++tally_.deliveries;
    if (message.possible_repeat()) ++tally_.possible_repeats;
    const std::string& key = message.key();
    const IncidentId incident = incident_of_key(key);
    const PageId page(key.substr(0, key.rfind('/')));
    const Incident* state = shadow_.find(incident);
    must(state != nullptr && state->pages.contains(page), "4", "sent, and never paged:", key);
    must(state->pages.at(page).channels.contains(ChannelName(channel)), "4", "by a way of its own");
    // Neither when the step began nor now: in between nobody can have wanted it.
    must(
        !unwanted_.contains(page) || still_wanted(board(), *state, state->pages.at(page)),
        "5",
        "sent, and nobody wants it any more:",
        key
    );
    const auto [it, first] = sent_.try_emplace(key);
    Sent& sent = it->second;
    if (first) sent.kills_before = lives_;
    ++sent.times;
    if (!tainted_.contains(incident)) {
        const std::uint64_t allowed = 1 + retries_[key] + (lives_ - sent.kills_before);
        must(sent.times <= allowed, "4", "sent too often:", key);
        if (doubtful_.erase(key) != 0)
            must(message.possible_repeat(), "4", "a possible repeat is not marked:", key);
    }
    for (const std::string& canary : canaries_) {
        must(message.text().find(canary) == std::string::npos, "10", "a text tells", canary);
        must(message.payload().find(canary) == std::string::npos, "10", "a hook tells", canary);
    }
    if (!healing_ && !dice_.chance(deaf_, 8)) reply_to(incident, page);
}

void ShellWorld::reply_to(const IncidentId& id, const PageId& page_id)
{
    const Incident* incident = board().find(id);
    const auto page = incident == nullptr ? std::map<PageId, Page>::const_iterator{}
                                          : incident->pages.find(page_id);
    if (incident == nullptr || page == incident->pages.end() || page->second.asks.empty()) return;
    const auto& asks = page->second.asks;
    const AskRef& ask = asks[dice_.below(asks.size())];
    const Duty& duty = stage_.protocol->duties.at(ask.duty.name);
    if (duty.answers.empty()) return;
    Answer answer;
    answer.incident = id;
    answer.staff = page->second.staff;
    answer.ask = ask.duty;
    answer.reason = "CANARY reason";
    answer.via = "handset";
    const auto offset = static_cast<std::ptrdiff_t>(dice_.below(duty.answers.size()));
    answer.word = std::next(duty.answers.begin(), offset)->first;
    if (dice_.chance(decline_, 8))
        for (const auto& [word, effect] : duty.answers)
            if (effect == Effect::NextRung) answer.word = word;
    const daemon::Span wait = std::chrono::milliseconds(500 + dice_.below(180'000));
    agenda_.push_back({house().passed() + wait, answer});
}

void ShellWorld::look_at_state()
{
    daemon::Engine& engine = house().engine();
    must(engine.overdue() == 0ms, "3", "something overdue is left standing");
    must(engine.working(), "3", "the engine does not work");
    // Whatever fails around it: nothing of this may make the auditor shout.
    for (const daemon::Finding& finding : house().auditor().missing())
        must(false, "auditor", "a false alarm:", daemon::words_of(finding));
    if (engine.waiting() == 0) must(shadow_ == engine.board(), "1", "released is not the state");
    const bool durable = engine.waiting() == 0 && !from_memory_;
    for (const auto& [id, incident] : board().incidents) {
        bool life = false;
        for (const auto& [key, duty] : incident.duties) {
            life = life || (duty.open() && duty.life);
            if (tainted_.contains(id)) continue;
            const auto known = clocks_.find({id, key});
            if (known != clocks_.end())
                must(known->second == duty.clock_start, "8", "a clock moved:", key.text());
            else if (durable)
                clocks_[{id, key}] = duty.clock_start;
        }
        must(!incident.live() || !life || incident.deadline(), "2", "no deadline:", id.text());
        must(incident.live() || !incident.deadline(), "5", "a deadline after the end");
    }
}

// Whoever was told 201 finds their incident after every restart.
void ShellWorld::look_at_promises()
{
    for (const IncidentId& id : promised_)
        must(board().find(id) != nullptr, "1", "promised and lost:", id.text());
}

// Whoever was asked, or else whoever may write it unasked.
StaffId ShellWorld::who_writes(const Incident& incident, const Duty& rule, const DutyInstance& duty)
{
    if (!duty.asks.empty()) return duty.asks.begin()->first;
    for (const Target& target : rule.answer_from) {
        if (target.kind != Target::Kind::Role) continue;
        const auto found = resolve(
            *stage_.protocol,
            *stage_.directory,
            incident,
            RoleName(target.name),
            {},
            house().engine().now()
        );
        if (!found.people.empty()) return found.people.front().staff;
    }
    return {};
}

bool ShellWorld::help()
{
    bool open = false;
    std::vector<Command> commands;
    for (const auto& [id, incident] : board().incidents) {
        if (!incident.live()) continue;
        for (const auto& [key, duty] : incident.duties) {
            const Duty& rule = stage_.protocol->duties.at(key.name);
            if (!duty.open() || only_signed_off(rule)) continue;
            open = true;
            if (!rule.record.empty()) {
                const StaffId writer = who_writes(incident, rule, duty);
                if (writer.empty()) continue;
                AddRecord record{id, key.text(), {}, {"desk", writer}};
                for (const RecordField& field : rule.record) {
                    const auto fact = stage_.protocol->facts.find(field.fact);
                    record.fields[field.name] = fact == stage_.protocol->facts.end()
                                                    ? "CANARY"
                                                    : fact->second.values.front();
                    if (field.contact) record.fields[field.name] = "0";
                    if (!field.holder.empty()) record.fields[field.name] = writer.text();
                }
                commands.emplace_back(record);
                continue;
            }
            std::vector<Word> words;
            for (const auto& [word, effect] : rule.answers)
                if (effect == Effect::Satisfy) words.push_back(word);
            for (const Each& each : rule.each)
                if (each.role.text() == key.scope && !each.satisfy.empty()) words = each.satisfy;
            Answer answer;
            answer.incident = id;
            answer.ask = key;
            if (rule.scope == Scope::Person) {
                answer.staff = StaffId(key.scope);
            } else if (!duty.asks.empty()) {
                const auto offset = static_cast<std::ptrdiff_t>(dice_.below(duty.asks.size()));
                answer.staff = std::next(duty.asks.begin(), offset)->first;
            }
            if (words.empty()) {
                // Circumstances end it: somebody who may stand in a register turns up.
                answer.ask.reset();
                for (const auto& [name, rules] : stage_.protocol->registers)
                    if (rules.anyone && !rules.enters.empty()) words = rules.enters;
                const auto& staff = stage_.directory->staff;
                const auto offset = static_cast<std::ptrdiff_t>(dice_.below(staff.size()));
                answer.staff = std::next(staff.begin(), offset)->first;
            }
            if (words.empty() || answer.staff.empty()) continue;
            answer.word = words[dice_.below(words.size())];
            commands.emplace_back(answer);
        }
    }
    for (Command& command : commands) submit(std::move(command));
    return open;
}

// What cannot be helped by an answer: the facts turn for the better.
void ShellWorld::calm_down()
{
    std::vector<Command> commands;
    for (const auto& [id, incident] : board().incidents) {
        if (!incident.live() || !calmed_.insert(id).second) continue;
        // Whoever nobody knew is known in the end: until then somebody is asked to find out.
        auto student = stage_.directory->students.begin();
        for (const auto& [subject, state] : incident.subjects)
            if (!state.identified() && student != stage_.directory->students.end())
                commands.emplace_back(Identify{id, subject, (student++)->first, {"desk", StaffId{}}}
                );
        if (incident.subjects.empty() && student != stage_.directory->students.end())
            commands.emplace_back(AddSubject{
                id, {student->first, "", {}}, "healed", {"desk", StaffId{}}});
        SetFacts calm{id, {}, {}, "healed", std::nullopt, {"desk", StaffId{}}};
        for (const auto& [fact, rule] : stage_.protocol->facts)
            if (!said_by_record(rule) &&
                (rule.kind == FactKind::Set || (rule.kind == FactKind::Scale && !rule.only_signed)))
                calm.facts[fact] = {rule.values.front()};
        commands.push_back(calm);
        for (const auto& [subject, state] : incident.subjects) {
            calm.subject = subject;
            commands.push_back(calm);
        }
    }
    for (Command& command : commands) submit(std::move(command));
}

std::string ShellWorld::open_duties()
{
    std::string out;
    for (const auto& [id, incident] : board().incidents)
        for (const auto& [key, duty] : incident.duties)
            if (incident.live() && duty.open()) out += " " + key.text();
    return out;
}

// The faults are gone and everybody does what they were asked.
void ShellWorld::heal()
{
    healing_ = true;
    agenda_.clear();
    if (commit_fails_ || dice_.chance(1, 3)) kill();
    house().journal().set_full(false);
    house().journal().hold_commits(false);
    house().journal().hold_handlers(false);
    for (const auto& [name, notifier] : house().channels()) {
        notifier->answer_always(Verdict::Accepted);
        notifier->take(0ms);
    }
    for (unsigned round = 0;; ++round) {
        must(
            round < heal_rounds_max, "liveness", "healed, and something stays open:", open_duties()
        );
        try_again();
        pass(30s);
        const bool answered = std::all_of(alarms_.begin(), alarms_.end(), [](const Alarm& alarm) {
            return alarm.answered;
        });
        calm_down();
        if (!help() && answered) return;
    }
}

// Two of those who may sign do.
void ShellWorld::sign(const IncidentId& id, const EndName& name, const End& end)
{
    for (const auto& roles : end.signers)
        for (const Target& target : roles) {
            const Incident& incident = board().incidents.at(id);
            std::set<StaffId> people;
            if (target.kind == Target::Kind::Register) {
                const auto held = incident.registers.find(RegisterName(target.name));
                if (held != incident.registers.end())
                    for (const RegisterEntry& entry : held->second) people.insert(entry.staff);
            } else {
                const Instant now = house().engine().now();
                const RoleName role(target.name);
                for (const Person& person :
                     resolve(*stage_.protocol, *stage_.directory, incident, role, {}, now).people)
                    people.insert(person.staff);
            }
            for (const StaffId& staff : people) {
                SignEnd command{id, name, staff, {}, {staff.text(), staff}};
                for (const std::string& field : end.evidence) command.evidence[field] = "CANARY";
                submit(command);
            }
        }
}

void ShellWorld::end_all()
{
    for (const End& end : way_out(*stage_.protocol)) end_all_by(end);
    pass(3min);
}

void ShellWorld::end_all_by(const End& end)
{
    const auto over = [&](const Incident& incident) {
        return !incident.running() || incident.stage == stage_after(end);
    };
    for (unsigned round = 0;; ++round) {
        std::string missing;
        for (const auto& [id, incident] : board().incidents) {
            if (over(incident)) continue;
            sign(id, end.name, end);
            if (over(incident)) continue;
            const Instant now = house().engine().now();
            for (const Missing& item :
                 missing_for(*stage_.protocol, *stage_.directory, incident, end.name, now))
                missing += " " + item.code + " " + item.detail;
        }
        if (missing.empty()) break;
        // An hour of the day, too, can bring up a duty that nobody had before.
        must(round < heal_rounds_max, "liveness", "cannot be ended:", missing);
        help();
        pass(30s);
    }
}

// When all is over: nothing is left unsent, and what counts as sent was.
void ShellWorld::audit()
{
    must(house().engine().waiting() == 0, "liveness", "something never became durable");
    look_at_promises();
    for (const Alarm& alarm : alarms_) {
        const auto opened = std::count_if(
            board().incidents.begin(),
            board().incidents.end(),
            [&](const auto& entry) { return entry.second.ref == alarm.key; }
        );
        must(opened <= 1, "1", "one key opened twice:", alarm.key);
    }
    for (const auto& [id, incident] : board().incidents)
        for (const auto& [page, sent] : incident.pages)
            for (const auto& [channel, state] : sent.channels) {
                const std::string key = page.text() + "/" + channel.text();
                must(
                    state.state != SendState::Queued && state.state != SendState::Started,
                    "4",
                    "never came to an end:",
                    key
                );
                if (state.state == SendState::Accepted)
                    must(sent_.contains(key), "4", "accepted, and never sent:", key);
            }
}

}  // namespace shouwang::test
