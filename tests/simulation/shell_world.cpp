#include "tests/simulation/shell_world.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <variant>

namespace shouwang::test {

namespace asio = boost::asio;
using namespace escalation;
using namespace std::chrono_literals;
using notifiers::Verdict;

namespace {

constexpr unsigned steps_max = 45;
constexpr std::size_t alarms_max = 3;
constexpr unsigned tries_max = 200;

}  // namespace

ShellWorld::ShellWorld(std::uint64_t seed, const Setting& setting, ShellTally& tally)
    : setting_(setting), tally_(tally), dice_(seed ^ 0x5E11ULL)
{
    stage_.protocol = setting_.rules.protocols.at(setting_.rules.current);
    stage_.directory = setting_.directory;
    stage_.protocol_text = setting_.name;
    stage_.seed = seed + 1;
    for (const auto& [id, student] : setting_.directory->students)
        canaries_.push_back(student.name);
    canaries_.emplace_back("CANARY");
    deaf_ = dice_.below(9);
    decline_ = dice_.below(6);
    bad_ = dice_.below(9);
    deadly_ = dice_.below(9);
    full_ = dice_.chance(1, 2) ? 0 : dice_.below(5);
    stepping_ = dice_.below(5);
}

void ShellWorld::run()
{
    begin(0ms, {});
    raise_alarm();
    trouble();
    heal();
    end_all();
    audit();
}

void ShellWorld::begin(daemon::Span passed, journal::MemoryJournal::Content content)
{
    houses_.push_back(std::make_unique<rehearsal::House>(
        stage_,
        rehearsal::House::Clocks{setting_.start, passed, wall_offset_},
        std::move(content),
        std::set<std::string>{},
        lives_++
    ));
    seen_deliveries_.clear();
    open_answers_.clear();
    from_memory_ = false;
    commit_fails_ = false;
    house().replay();
    shadow_ = board();
    began_ = house().engine().now();
    for (const auto& [id, incident] : board().incidents)
        for (const auto& [page, sent] : incident.pages)
            for (const auto& [channel, state] : sent.channels)
                if (state.state == SendState::Started)
                    doubtful_.insert(page.text() + "/" + channel.text());
    house().start([this](const Event& event) { on_release(event); });
}

void ShellWorld::kill()
{
    ++tally_.kills;
    look_at_deliveries();
    const bool quiet = house().engine().waiting() == 0 && !from_memory_;
    const Board before = board();
    const daemon::Span down = dice_.chance(1, 3) ? 0ms : std::chrono::seconds(dice_.below(300));
    const daemon::Span passed = house().passed();
    const Instant stood_at = house().engine().now();
    house().kill();
    if (!quiet) ++tally_.lost_batches;
    if (from_memory_)
        for (const auto& [id, incident] : before.incidents) tainted_.insert(id);
    auto content = house().journal().content();
    begin(passed + down, std::move(content));
    // Its clock goes on where it stood. With nothing pending it may have taken over the wall clock
    // since the last record, which moves nobody's deadline.
    if (quiet && !before.alarms.empty())
        must(began_ == stood_at + down, "8", "a restart moved the clock");
    if (quiet) {
        // What was due meanwhile has been served since; all that was there is still there.
        for (const auto& [id, incident] : before.incidents) {
            const Incident* now = board().find(id);
            must(now != nullptr, "1", "a restart lost", id.text());
            must(now->page_count >= incident.page_count, "1", "a restart lost a page");
            for (const auto& [key, duty] : incident.duties) {
                const auto found = now->duties.find(key);
                must(found != now->duties.end(), "1", "a restart lost", key.text());
                const DutyInstance& after = found->second;
                must(after.clock_start == duty.clock_start, "8", "a restart moved", key.text());
                for (std::size_t i = 0; i < duty.rungs.size() && after.epoch == duty.epoch; ++i)
                    must(
                        after.rungs[i].due == duty.rungs[i].due,
                        "8",
                        "a restart moved a rung of",
                        key.text()
                    );
            }
        }
    }
    look_at_promises();
}

// Between any two steps: before a batch is durable, after it and before anybody hears of it, in a
// commit whose outcome nobody knows, or while nothing is on its way at all.
void ShellWorld::be_killed_somehow()
{
    switch (dice_.below(4)) {
        case 0:
            house().journal().hold_commits(true);
            pass(std::chrono::milliseconds(dice_.below(1500)));
            kill();
            break;
        case 1:
            house().journal().hold_handlers(true);
            pass(std::chrono::milliseconds(dice_.below(1500)));
            ++tally_.untold;
            kill();
            break;
        case 2:
            ++tally_.unknown_commits;
            commit_fails_ = true;
            house().journal().fail_next_commit(
                dice_.chance(1, 2) ? journal::MemoryJournal::Kept::Yes
                                   : journal::MemoryJournal::Kept::No
            );
            pass(5s);
            break;
        default: kill(); break;
    }
}

// After a commit of unknown outcome nothing is promised any more: the process has to exit.
void ShellWorld::die_if_fatal()
{
    if (!house().fatal().empty()) kill();
}

void ShellWorld::trouble()
{
    for (unsigned step = 0; step < steps_max; ++step) {
        if (dice_.chance(bad_, 24)) fail_providers();
        if (dice_.chance(full_, 40)) fill_the_disk();
        if (dice_.chance(stepping_, 40)) step_the_clock();
        if (dice_.chance(1, 15) && alarms_.size() < alarms_max) raise_alarm();
        try_again();
        pass(std::chrono::milliseconds(dice_.below(60'000)));
        if (dice_.chance(deadly_, 60)) be_killed_somehow();
    }
}

void ShellWorld::fail_providers()
{
    static constexpr Verdict verdicts[] = {
        Verdict::Accepted, Verdict::Retry, Verdict::Switch, Verdict::Alarm, Verdict::Unknown};
    for (const auto& [name, notifier] : house().channels()) {
        if (!dice_.chance(bad_, 8)) continue;
        notifier->answer_always(verdicts[dice_.below(std::size(verdicts))]);
        notifier->take(std::chrono::milliseconds(dice_.chance(1, 2) ? 0 : dice_.below(5000)));
        if (dice_.chance(1, 3))
            notifier->answer_next({Verdict::Retry, "busy", "", std::chrono::seconds(3)});
    }
}

void ShellWorld::fill_the_disk()
{
    ++tally_.full_disks;
    house().journal().set_full(true);
    from_memory_ = true;
    pass(std::chrono::milliseconds(dice_.below(90'000)));
    if (dice_.chance(deadly_, 16)) return kill();
    house().journal().set_full(false);
    pass(5s);
    if (house().engine().waiting() == 0) from_memory_ = false;
}

void ShellWorld::step_the_clock()
{
    ++tally_.clock_steps;
    wall_offset_ += dice_.chance(1, 2) ? 1h : -1h;
    house().time().set_wall_offset(wall_offset_);
}

void ShellWorld::raise_alarm()
{
    Alarm alarm;
    alarm.key = "alarm-" + std::to_string(alarms_.size() + 1);
    Report& report = alarm.report;
    report.via = *stage_.protocol->trusted.begin();
    report.by = {"desk", StaffId{}};
    const auto& students = stage_.directory->students;
    if (!students.empty() && dice_.chance(3, 4)) {
        SubjectReport subject;
        const auto offset = static_cast<std::ptrdiff_t>(dice_.below(students.size()));
        subject.student = std::next(students.begin(), offset)->first;
        subject.description = "CANARY description";
        report.subjects.push_back(subject);
    }
    report.callback = "CANARY callback";
    report.text = "CANARY text";
    report.ref = alarm.key;
    alarms_.push_back(std::move(alarm));
    ask_for(alarms_.back());
}

void ShellWorld::try_again()
{
    for (Alarm& alarm : alarms_)
        if (!alarm.answered) ask_for(alarm);
}

// Time passes, stopping wherever somebody has planned to speak.
void ShellWorld::pass(daemon::Span span)
{
    const daemon::Span end = house().passed() + span;
    const std::uint64_t life = lives_;
    while (life == lives_ && house().passed() < end) {
        daemon::Span next = end;
        for (const Planned& planned : agenda_) next = std::min(next, planned.at);
        next = std::max(next, house().passed());
        house().run_to(next);
        look();
        std::vector<Command> due;
        std::erase_if(agenda_, [&](const Planned& planned) {
            if (planned.at > house().passed()) return false;
            due.push_back(planned.command);
            return true;
        });
        for (Command& command : due) submit(std::move(command));
        if (!due.empty()) look();
        die_if_fatal();
        if (next == end) break;
    }
}

asio::awaitable<void> ShellWorld::perform(
    Command command, std::shared_ptr<std::optional<Outcome>> slot
)
{
    auto submitted = house().engine().submit(std::move(command));
    Outcome outcome = co_await std::move(submitted);
    *slot = std::move(outcome);
}

asio::awaitable<void> ShellWorld::perform_once(
    Command command, daemon::Idempotency once, std::shared_ptr<std::optional<Outcome>> slot
)
{
    daemon::Engine::Render render = [](const Board&, const std::vector<Event>& events) {
        return daemon::Reply{201, "", incident_of(events.front()).text()};
    };
    auto submitted = house().engine().submit(
        std::move(command), std::optional(std::move(once)), std::move(render)
    );
    Outcome outcome = co_await std::move(submitted);
    *slot = std::move(outcome);
}

std::shared_ptr<std::optional<daemon::Outcome>> ShellWorld::submit(Command command)
{
    auto slot = std::make_shared<std::optional<Outcome>>();
    const bool quiet = house().engine().waiting() == 0;
    const bool check = quiet && dice_.chance(1, 8);
    const Board before = check ? board() : Board{};
    house().spawn(perform(std::move(command), slot));
    if (check && *slot && std::holds_alternative<daemon::Refused>(**slot))
        must(before == board(), "9", "a refused command changed something");
    return slot;
}

void ShellWorld::ask_for(Alarm& alarm)
{
    must(++alarm.tries < tries_max, "liveness", "an alarm is turned away for ever");
    if (alarm.tries > 1) ++tally_.retried_keys;
    alarm.report.id =
        IncidentId(alarm.key + "-" + std::to_string(alarm.tries));  // fresh, as the API's are
    auto slot = std::make_shared<std::optional<Outcome>>();
    const auto index = static_cast<std::size_t>(&alarm - alarms_.data());
    house().spawn(
        perform_once(alarm.report, daemon::Idempotency("desk", alarm.key, "same body"), slot)
    );
    open_answers_.emplace_back(index, slot);
    collect_answers();
}

void ShellWorld::collect_answers()
{
    std::erase_if(open_answers_, [&](const auto& waiting) {
        if (!*waiting.second) return false;
        take(alarms_[waiting.first], **waiting.second);
        return true;
    });
}

void ShellWorld::take(Alarm& alarm, const Outcome& outcome)
{
    if (const auto* accepted = std::get_if<daemon::Accepted>(&outcome)) {
        must(!accepted->unjournaled, "1", "an alarm was promised out of memory");
        if (!alarm.answered) ++tally_.incidents;
        alarm.answered = true;
        promised_.insert(incident_of(accepted->events.front()));
    } else if (const auto* replayed = std::get_if<daemon::Replayed>(&outcome)) {
        ++tally_.replayed;
        alarm.answered = true;
        promised_.insert(IncidentId(replayed->reply.body));
    } else if (std::holds_alternative<daemon::Unavailable>(outcome)) {
        ++tally_.turned_away;
    } else {
        must(false, "9", "an alarm was refused");
    }
}

}  // namespace shouwang::test
