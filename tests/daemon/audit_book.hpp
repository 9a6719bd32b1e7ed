#pragma once

#include "daemon/audit_ledger.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

// Journals for the auditor's ledger, told event by event.
namespace shouwang::test {

using namespace escalation;
using namespace std::chrono_literals;
using daemon::AuditLedger;
using daemon::Finding;
using Missed = daemon::Finding::Kind;

inline const Instant start = std::chrono::sys_days(std::chrono::October / 10 / 2026);
inline const IncidentId one("I1");
inline const IncidentId two("I2");
inline const DutyKey go{DutyName("go"), "C05"};
inline const DutyKey call{DutyName("call"), "p-9"};
inline const StaffId porter("p-1");
inline const StaffId chief("c-1");
inline const PageId page("I1.000001");
inline const PageId other("I2.000001");
inline const ChannelName sms("sms");
inline const ChannelName voice("voice");

// Events with what matters here filled in.
template <class E>
E event(Span at, const IncidentId& incident = one)
{
    E out;
    out.incident = incident;
    out.at = start + at;
    return out;
}
template <class E>
E event_of(const DutyKey& duty, Span at)
{
    E out = event<E>(at);
    out.duty = duty;
    return out;
}
inline DutyDone done(const DutyKey& duty, Span at, const StaffId& by)
{
    auto out = event_of<DutyDone>(duty, at);
    out.by = by;
    return out;
}
inline DrillPaused paused(bool paused, Span at)
{
    auto out = event<DrillPaused>(at);
    out.paused = paused;
    return out;
}
inline Ended ended(EndOutcome outcome, Span at, const IncidentId& incident = one)
{
    auto out = event<Ended>(at, incident);
    out.outcome = outcome;
    return out;
}
inline Reported reported(const IncidentId& incident)
{
    auto out = event<Reported>(0s, incident);
    out.code = incident == one ? "R0001" : "R0002";
    return out;
}
inline Merged merged(Span at)
{
    auto out = event<Merged>(at);
    out.into = two;
    return out;
}
inline Paged paged(
    const PageId& id, Span at, std::vector<AskRef> asks, const IncidentId& incident = one
)
{
    auto out = event<Paged>(at, incident);
    out.page = id;
    out.staff = porter;
    out.asks = std::move(asks);
    out.channels = {sms};
    return out;
}
inline SendStarted started(const PageId& id, Span at, const ChannelName& channel = sms)
{
    auto out = event<SendStarted>(at);
    out.page = id;
    out.channel = channel;
    return out;
}
inline SendFinished finished(
    const PageId& id, SendState state, Span at, const IncidentId& incident = one
)
{
    auto out = event<SendFinished>(at, incident);
    out.page = id;
    out.channel = sms;
    out.state = state;
    return out;
}
inline RegisterEntered entered()
{
    auto out = event<RegisterEntered>(0s);
    out.name = RegisterName("there");
    out.staff = chief;
    return out;
}
inline RegisterLeft left()
{
    auto out = event<RegisterLeft>(0s);
    out.name = RegisterName("there");
    out.staff = chief;
    return out;
}
inline RungReached reached(const DutyKey& duty, unsigned rung, Span at)
{
    auto out = event_of<RungReached>(duty, at);
    out.rung = rung;
    return out;
}
inline RepeatArmed armed(const DutyKey& duty, Span at, Span next)
{
    auto out = event_of<RepeatArmed>(duty, at);
    out.next = start + next;
    return out;
}
inline std::vector<RungState> second_rung_at(Span due)
{
    return {{LevelName(), start, start}, {LevelName(), start + due, {}}};
}

// A journal, told event by event.
class Book {
public:
    explicit Book(const IncidentId& id = one) { open(id); }

    void open(const IncidentId& id) { *this << reported(id) << event<Opened>(0s, id); }
    // A duty of life with a rung at once, reached, and one after two minutes.
    void ask(const DutyKey& key = go, std::vector<Instant> attempts = {})
    {
        auto opened = event_of<DutyOpened>(key, 0s);
        opened.rungs = {{LevelName(), start, {}}, {LevelName(), start + 120s, {}}};
        auto asked = event_of<Asked>(key, 0s);
        asked.staff = porter;
        asked.attempts = std::move(attempts);
        *this << opened << reached(key, 0, 0s) << asked;
    }
    void page_porter(Span at = 0s) { *this << paged(page, at, {AskRef{go}}); }
    void answer(bool satisfies, bool cannot, Span at)
    {
        auto answered = event_of<Answered>(go, at);
        answered.staff = porter;
        answered.answer = Word("word");
        answered.satisfies = satisfies;
        answered.cannot = cannot;
        *this << answered;
    }

    Book& operator<<(const Event& event)
    {
        ledger.feed(event);
        return *this;
    }
    [[nodiscard]] std::vector<Missed> at(Span since_start) const
    {
        std::vector<Missed> out;
        for (const Finding& finding : ledger.findings(start + since_start))
            out.push_back(finding.kind);
        return out;
    }

    AuditLedger ledger;
};

using Misses = std::vector<Missed>;
struct Deed {
    std::string what;
    std::function<void(Book&)> done;
};

}  // namespace shouwang::test
