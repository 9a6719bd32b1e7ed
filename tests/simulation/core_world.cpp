#include "tests/simulation/core_world.hpp"

#include "tests/simulation/describe.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace shouwang::test {

using namespace escalation;
using namespace std::chrono_literals;

namespace {

constexpr unsigned steps_max = 90;
constexpr unsigned stops_max = 400;  // deadlines at one instant: more means time stands still
constexpr std::size_t events_max = 20'000;
constexpr Span trouble_lasts = 3h;

}  // namespace

CoreWorld::CoreWorld(std::uint64_t seed, Setting setting, Tally& tally)
    : protocol_(setting.protocol()),
      setting_(std::move(setting)),
      tally_(tally),
      dice_(seed ^ 0x5EEDULL),
      whims_(seed ^ 0xDEEDULL),
      oracle_(setting_.rules, *setting_.directory),
      now_(setting_.start)
{
    for (const auto& [id, staff] : setting_.directory->staff) staff_.push_back(id);
    std::set<Word> words{Word("nonsense")};
    for (const auto& [name, duty] : protocol_.duties) {
        for (const auto& [word, effect] : duty.answers) words.insert(word);
        for (const Each& each : duty.each) words.insert(each.satisfy.begin(), each.satisfy.end());
    }
    words_.assign(words.begin(), words.end());
    for (const auto& [id, student] : setting_.directory->students) {
        if (student.name.size() > 3) oracle_.forbid(student.name);
        if (id.text().size() > 6) oracle_.forbid(id.text());
    }
    oracle_.forbid("CANARY");

    const std::uint64_t silent = dice_.below(9);
    const std::uint64_t dead = dice_.chance(1, 2) ? 0 : dice_.below(9);
    for (const StaffId& staff : staff_) {
        if (dice_.chance(silent, 8)) silent_.insert(staff);
        if (dice_.chance(dead, 8)) dead_.insert(staff);
    }
    lost_ = dice_.below(6);
    flaky_ = dice_.below(5);
    decline_ = dice_.below(7);
    stubborn_ = dice_.below(5);
    crashes_ = dice_.below(4);
    downtimes_ = dice_.below(4);
    news_ = dice_.below(7);
    nosy_ = dice_.below(6);
    busy_ = whims_.below(3) * (1 + whims_.below(3));
}

void CoreWorld::run()
{
    ++tally_.seen["worlds of " + setting_.name];
    report();
    trouble();
    end_all();
    if (busy_ > 0 && whims_.chance(1, 4)) second_cycle();
    after_the_end();
    for (const auto& [id, incident] : board_.incidents)
        if (incident.stage == Stage::Closed) ++tally_.closed;
    tally_.pages += oracle_.pages();
    tally_.rungs += oracle_.rungs();
}

std::string CoreWorld::tail() const
{
    constexpr std::size_t shown = 120;
    std::string out;
    for (std::size_t i = journal_.size() > shown ? journal_.size() - shown : 0; i < journal_.size();
         ++i)
        out += describe(journal_[i]) + "\n";
    return out;
}

void CoreWorld::plan(Instant at, Command command)
{
    // Sometimes at the very instant of a deadline: answers come before it.
    if (const auto due = board_.deadline(); due && *due > now_ && dice_.chance(1, 6)) at = *due;
    agenda_.push_back({at, order_++, std::move(command)});
}

bool CoreWorld::feed(const Command& command)
{
    ++tally_.commands;
    const Decision decision = decide(setting_.rules, *setting_.directory, board_, command, now_);
    if (const auto* refusal = std::get_if<Refusal>(&decision)) {
        must(!refusal->missing.empty(), "9", "refused without a reason");
        must(!std::holds_alternative<Tick>(command), "2", "time itself was refused");
        ++tally_.refusals;
        ++tally_.seen["refused " + refusal->missing.front().code];
        return false;
    }
    const auto& events = std::get<std::vector<Event>>(decision);
    for (const Event& event : events) {
        journal_.push_back(event);
        evolve(board_, event);
        audit_.feed(event);
    }
    oracle_.see(board_, command, events, now_);
    must(journal_.size() < events_max, "2", "a storm: more events than any world needs");
    for (const Event& event : events)
        if (const auto* paged = std::get_if<Paged>(&event)) received(*paged);
    if (!healing_ && dice_.chance(crashes_, 40)) crash();
    return true;
}

void CoreWorld::serve_deadlines()
{
    for (unsigned stops = 0; board_.deadline() && *board_.deadline() <= now_; ++stops) {
        must(stops < stops_max, "3", "time stands still");
        feed(Tick{});
    }
    hear_the_auditor();
}

void CoreWorld::hear_the_auditor()
{
    must(audit_.deadline() == board_.deadline(), "auditor", "it waits for another deadline");
    // Nothing that was due is left; and here pages go out as the gateways please.
    for (const daemon::Finding& finding : audit_.findings(now_ + audit_.deadline_grace))
        must(!finding.page.empty(), "auditor", "a false alarm:", daemon::words_of(finding));
}

void CoreWorld::crash()
{
    ++tally_.crashes;
    Board rebuilt;
    for (const Event& event : journal_) evolve(rebuilt, event);
    // Equal in every member, so it does not matter which of the two goes on.
    must(rebuilt == board_, "1", "the journal tells another story");
}

void CoreWorld::trouble()
{
    const Instant end = now_ + trouble_lasts;
    for (unsigned steps = 0; steps < steps_max && now_ < end; ++steps) {
        meddle();
        Instant next = end;
        if (const auto due = board_.deadline()) next = std::min(next, *due);
        const auto first = std::min_element(
            agenda_.begin(), agenda_.end(), [](const auto& a, const auto& b) { return a.sooner(b); }
        );
        if (first != agenda_.end()) next = std::min(next, first->at);
        now_ = std::max(now_, next);
        if (dice_.chance(downtimes_, 60)) {
            const Span down = std::chrono::seconds(1 + dice_.below(40 * 60));
            now_ += down;
            oracle_.slept(down);
            ++tally_.downtimes;
            crash();
            if (dice_.chance(1, 2)) serve_deadlines();
        }
        // Answers given at the instant of a deadline come before it.
        std::vector<Planned> due;
        std::erase_if(agenda_, [&](const Planned& planned) {
            if (planned.at > now_) return false;
            due.push_back(planned);
            return true;
        });
        std::sort(due.begin(), due.end(), [](const auto& a, const auto& b) { return a.sooner(b); });
        for (const Planned& planned : due) feed(planned.command);
        serve_deadlines();
        oracle_.at_rest(board_, now_);
    }
}

void CoreWorld::received(const Paged& page)
{
    if (healing_) return;
    deliver(page);
    if (!page.asks.empty() && !silent_.contains(page.staff) && !dead_.contains(page.staff) &&
        !dice_.chance(lost_, 8))
        reply(page);
}

// What the gateways make of it, as the outbox would report it.
void CoreWorld::deliver(const Paged& page)
{
    if (!dead_.contains(page.staff) && !dice_.chance(flaky_, 16)) return;
    const bool fails = dead_.contains(page.staff) || dice_.chance(1, 3);
    for (const ChannelName& channel : page.channels) {
        const Instant at = now_ + std::chrono::seconds(1 + dice_.below(8));
        plan(at, StartSend{page.incident, page.page, channel, "phone", false});
        const SendState state = fails                ? SendState::Failed
                                : dice_.chance(1, 4) ? SendState::Queued
                                                     : SendState::Accepted;
        std::vector<ChannelName> fall_over;
        if (fails && dice_.chance(1, 8)) fall_over.emplace_back("spare");
        plan(at + 1s, FinishSend{page.incident, page.page, channel, state, "", "", fall_over});
    }
}

void CoreWorld::reply(const Paged& page)
{
    const AskRef& ref = page.asks[dice_.below(page.asks.size())];
    const Duty& duty = protocol_.duties.at(ref.duty.name);
    Answer answer;
    answer.incident = page.incident;
    answer.staff = page.staff;
    answer.via = "handset";
    if (page.asks.size() > 1 || dice_.chance(1, 2)) answer.ask = ref.duty;
    if (dice_.chance(1, 3)) answer.eta = std::chrono::minutes(1 + dice_.below(20));
    answer.reason = "CANARY reason";
    std::vector<Word> words;
    for (const auto& [word, effect] : duty.answers) words.push_back(word);
    for (const Each& each : duty.each)
        words.insert(words.end(), each.satisfy.begin(), each.satisfy.end());
    if (words.empty()) return;
    for (unsigned times = 0; times < 3; ++times) {
        answer.word = words[dice_.below(words.size())];
        if (times == 0 && dice_.chance(decline_, 8) && duty.answers.contains(Word("cannot")))
            answer.word = Word("cannot");
        if (busy_ > 0) say_what_is_needed(answer, duty);
        const Span wait = std::chrono::seconds(1 + dice_.below(dice_.chance(1, 4) ? 2400 : 240));
        plan(now_ + wait, answer);
        if (!dice_.chance(stubborn_, 8)) break;
    }
}

}  // namespace shouwang::test
