#include "daemon/rehearsal/what_if.hpp"

#include "daemon/rehearsal/rehearsal_house.hpp"
#include "daemon/rehearsal/rehearsal_record.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace shouwang::rehearsal {

namespace asio = boost::asio;
using namespace escalation;

namespace {

constexpr const char* account = "what-if";

const Duty* duty_of(const Protocol& protocol, const DutyName& name)
{
    const auto found = protocol.duties.find(name);
    return found == protocol.duties.end() ? nullptr : &found->second;
}

class Play {
public:
    Play(const WhatIf& question, const Stage& stage)
        : question_(question),
          stage_(stage),
          record_(file_),
          house_(stage, House::Clocks{question.at, Span{}, Span{}}, {}, {}, 1)
    {}

    WhatIfResult play()
    {
        house_.replay();
        house_.start([this](const Event& event) { hear(event); });
        house_.spawn(open());
        house_.run_to(question_.lasts);
        if (!house_.fatal().empty())
            out_.troubles.push_back("the engine gave up: " + house_.fatal());
        out_.lines = record_.lines();
        if (const Incident* incident = house_.engine().board().find(id_)) out_.end = *incident;
        out_.unreached = unreached();
        return std::move(out_);
    }

private:
    void hear(const Event& event)
    {
        if (std::holds_alternative<Adopted>(event)) return;
        record_.add(event);
        out_.happened.push_back(event);
        if (const auto* sent = std::get_if<SendFinished>(&event)) {
            if (sent->state == SendState::Accepted) answer_page(*sent);
        } else if (const auto* opened = std::get_if<DutyOpened>(&event)) {
            come(*opened);
        } else if (const auto* rung = std::get_if<RungReached>(&event)) {
            if (!rung->skipped) meant_.insert(rung->duty);
        } else if (const auto* repeat = std::get_if<RepeatReached>(&event)) {
            meant_.insert(repeat->duty);
        }
    }

    [[nodiscard]] bool silent(const StaffId& staff) const
    {
        return question_.all_silent || question_.silent.contains(staff);
    }

    void answer_page(const SendFinished& sent)
    {
        const Incident* incident = house_.engine().board().find(sent.incident);
        if (incident == nullptr) return;
        const auto page = incident->pages.find(sent.page);
        if (page == incident->pages.end() || silent(page->second.staff)) return;
        for (const AskRef& ask : page->second.asks) {
            const Duty* duty = duty_of(*stage_.protocol, ask.duty.name);
            // What is expected of one person they do in time, without being asked again.
            if (duty == nullptr || duty->scope == Scope::Person) continue;
            say_once(ask.duty, page->second.staff, answer_delay);
        }
    }

    void come(const DutyOpened& opened)
    {
        const Duty* duty = duty_of(*stage_.protocol, opened.duty.name);
        if (duty == nullptr || duty->scope != Scope::Person) return;
        const StaffId who(opened.duty.scope);
        if (silent(who)) return;
        const Span left = opened.due.value_or(opened.at) - opened.at - answer_delay;
        say_once(opened.duty, who, std::max(left, answer_delay));
    }

    void say_once(const DutyKey& duty, const StaffId& staff, Span wait)
    {
        if (!said_.insert({duty, staff}).second) return;
        if (word_that_ends(*stage_.protocol, duty).empty()) return;
        house_.join(say(duty, staff, wait));
    }

    asio::awaitable<void> open()
    {
        Report report;
        report.id = IncidentId(daemon::make_ulid(house_.entropy(), house_.engine().now()));
        if (!stage_.protocol->trusted.empty()) report.via = *stage_.protocol->trusted.begin();
        report.by.account = account;
        SubjectReport subject;
        subject.student = question_.student;
        for (const auto& [name, value] : question_.facts) {
            const auto fact = stage_.protocol->facts.find(name);
            const bool of_all = fact != stage_.protocol->facts.end() && !fact->second.per_subject;
            (of_all ? report.facts : subject.facts)[name] = value;
        }
        report.subjects.push_back(std::move(subject));
        id_ = report.id;
        record_.name({}, id_);
        Command command(std::move(report));
        auto submitted = house_.engine().submit(std::move(command));
        const daemon::Outcome outcome = co_await std::move(submitted);
        if (const auto* refused = std::get_if<daemon::Refused>(&outcome))
            out_.refused = refused->refusal.missing;
        else if (!std::holds_alternative<daemon::Accepted>(outcome))
            out_.refused.push_back({"unavailable", "", "the engine took no report"});
    }

    asio::awaitable<void> say(DutyKey duty, StaffId staff, Span wait)
    {
        auto rest = house_.time().sleep_for(wait);
        co_await std::move(rest);
        if (!still_asked(duty)) co_return;
        Answer answer;
        answer.incident = id_;
        answer.staff = staff;
        answer.word = word_that_ends(*stage_.protocol, duty);
        answer.ask = duty;
        answer.via = account;
        answer.by = Actor{account, staff};
        Command command(std::move(answer));
        auto submitted = house_.engine().submit(std::move(command));
        const daemon::Outcome outcome = co_await std::move(submitted);
        if (const auto* refused = std::get_if<daemon::Refused>(&outcome))
            for (const Missing& missing : refused->refusal.missing)
                out_.troubles.push_back(
                    staff.text() + " " + duty.text() + ": " + missing.code + " " + missing.detail
                );
    }

    // An answer to what somebody else has done meanwhile is given all the same: they are on the
    // way. Whatever time or circumstances ended is over.
    [[nodiscard]] bool still_asked(const DutyKey& key)
    {
        const Incident* incident = house_.engine().board().find(id_);
        if (incident == nullptr || !incident->live()) return false;
        const auto duty = incident->duties.find(key);
        if (duty == incident->duties.end()) return false;
        return duty->second.open() ||
               (duty->second.state == DutyState::Done && !duty->second.ended_by.empty());
    }

    [[nodiscard]] std::vector<DutyKey> unreached() const
    {
        std::vector<DutyKey> out;
        for (const auto& [key, duty] : out_.end.duties) {
            if (!duty.life || !meant_.contains(key) || duty.state == DutyState::Done) continue;
            const bool anybody =
                std::any_of(duty.asks.begin(), duty.asks.end(), [](const auto& ask) {
                    return !ask.second.unreachable;
                });
            if (!anybody) out.push_back(key);
        }
        return out;
    }

    const WhatIf& question_;
    const Stage& stage_;
    const config::RehearsalFile file_;  // the record's; there is nothing to be judged by
    RehearsalRecord record_;
    WhatIfResult out_;
    IncidentId id_;
    std::set<std::pair<DutyKey, StaffId>> said_;
    std::set<DutyKey> meant_;
    House house_;  // last: what waits in it refers to the rest
};

}  // namespace

Word word_that_ends(const Protocol& protocol, const DutyKey& key)
{
    const Duty* duty = duty_of(protocol, key.name);
    if (duty == nullptr) return {};
    const auto entry = std::find_if(duty->each.begin(), duty->each.end(), [&](const Each& each) {
        return each.role.text() == key.scope;
    });
    const bool own_words = entry != duty->each.end() && !entry->satisfy.empty();
    const auto ends = [&](const Word& word) {
        if (own_words)
            return std::find(entry->satisfy.begin(), entry->satisfy.end(), word) !=
                   entry->satisfy.end();
        const auto found = duty->answers.find(word);
        return found != duty->answers.end() && found->second == Effect::Satisfy;
    };
    const auto& order = protocol.word_order;
    const auto found = std::find_if(order.begin(), order.end(), ends);
    return found == order.end() ? Word{} : *found;
}

WhatIfResult what_if(const WhatIf& question, const Stage& stage)
{
    return Play(question, stage).play();
}

}  // namespace shouwang::rehearsal
