#include "daemon/audit_ledger.hpp"

#include <algorithm>

// What the ledger finds missing.
namespace shouwang::daemon {

using namespace escalation;

namespace {

void sooner(std::optional<Instant>& so_far, const std::optional<Instant>& at)
{
    if (at && (!so_far || *at < *so_far)) so_far = at;
}

}  // namespace

// One look at everything that goes on.
class AuditLedger::Look {
public:
    Look(const AuditLedger& ledger, Instant now) : ledger_(ledger), now_(now)
    {
        trouble_ = ledger.trouble_at_ && now - *ledger.trouble_at_ <= trouble_lasts;
    }

    std::vector<Finding> take()
    {
        for (const auto& [id, found] : ledger_.cases_) {
            blank_ = Finding{};
            blank_.incident = id;
            blank_.code = found.code;
            look_at_time(found);
            for (const auto& [page, letter] : found.letters) look_at(found, page, letter);
        }
        return std::move(out_);
    }

private:
    [[nodiscard]] bool missed(const std::optional<Instant>& due) const
    {
        return due && now_ - *due > deadline_grace;
    }
    Finding& note(Finding::Kind kind, Instant since)
    {
        Finding& finding = out_.emplace_back(blank_);
        finding.kind = kind;
        finding.since = since;
        return finding;
    }

    void look_at_time(const Case& found)
    {
        // Also while it is paused.
        if (found.running() && missed(found.ends_at)) note(Finding::Kind::DrillEnd, *found.ends_at);
        if (!found.live() || found.paused) return;
        if (missed(found.check_at)) note(Finding::Kind::Check, *found.check_at);
        if (missed(found.turns_at)) note(Finding::Kind::Check, *found.turns_at);
        for (const auto& [key, duty] : found.duties) look_at(key, duty);
        look_whether_adrift(found);
    }

    void look_at(const DutyKey& key, const Obligation& duty)
    {
        if (duty.open) {
            const std::size_t next = duty.reached();
            if (next < duty.rungs.size() && missed(duty.rungs[next].due)) {
                Finding& finding = note(Finding::Kind::Rung, duty.rungs[next].due);
                finding.duty = key;
                finding.number = static_cast<unsigned>(next + 1);
            }
            if (missed(duty.repeat)) note(Finding::Kind::Repeat, *duty.repeat).duty = key;
            if (missed(duty.lapses_at)) note(Finding::Kind::Lapse, *duty.lapses_at).duty = key;
        }
        for (const auto& [staff, person] : duty.people)
            if (!person.answered && !person.attempts.empty() && missed(person.attempts.front()))
                note(Finding::Kind::Attempt, person.attempts.front()).duty = key;
    }

    void look_whether_adrift(const Case& found)
    {
        if (!found.whole) return;
        const std::size_t before = out_.size();
        for (const auto& [key, duty] : found.duties)
            if (duty.open && duty.life && !duty.deadline())
                note(Finding::Kind::Adrift, Instant{}).duty = key;
        if (out_.size() == before && found.left_alone()) note(Finding::Kind::Adrift, Instant{});
    }

    void look_at(const Case& found, const PageId& page, const Letter& letter)
    {
        if (letter.ended()) return;
        const bool wanted = found.wants(letter);
        for (const auto& [channel, way] : letter.ways) {
            const auto late = look_at(channel, way, wanted);
            if (!late) continue;
            Finding& finding = note(late->first, late->second);
            finding.page = page;
            finding.channel = channel;
        }
    }
    [[nodiscard]] std::optional<std::pair<Finding::Kind, Instant>> look_at(
        const ChannelName& channel, const Way& way, bool wanted
    ) const
    {
        const auto longer_than = [&](Instant since, Span span) { return now_ - since > span; };
        Instant waits_since = way.queued_at;
        const auto lines = ledger_.lines_.find(channel);
        if (lines != ledger_.lines_.end() && lines->second.crowded_at)
            waits_since = std::max(waits_since, *lines->second.crowded_at);
        switch (way.state) {
            case Sending::Queued:
                if (wanted && longer_than(waits_since, trouble_ ? end_within : start_within))
                    return std::pair(Finding::Kind::NotStarted, way.queued_at);
                break;
            case Sending::Started:
                if (longer_than(way.started_at, receipt_within))
                    return std::pair(Finding::Kind::NoReceipt, way.started_at);
                break;
            case Sending::Again:
                if (wanted && longer_than(waits_since, end_within))
                    return std::pair(Finding::Kind::NotEnded, way.queued_at);
                break;
            case Sending::Ended: break;
        }
        return std::nullopt;
    }

    const AuditLedger& ledger_;
    Instant now_;
    bool trouble_ = false;
    Finding blank_;
    std::vector<Finding> out_;
};

std::vector<Finding> AuditLedger::findings(Instant now) const
{
    return Look(*this, now).take();
}

std::optional<Instant> AuditLedger::deadline() const
{
    std::optional<Instant> out;
    for (const auto& [id, found] : cases_) sooner(out, found.deadline());
    return out;
}

std::size_t AuditLedger::Obligation::reached() const noexcept
{
    const auto next =
        std::find_if(rungs.begin(), rungs.end(), [](const Rung& rung) { return !rung.reached; });
    return static_cast<std::size_t>(next - rungs.begin());
}

std::optional<Instant> AuditLedger::Obligation::deadline() const
{
    std::optional<Instant> out;
    if (!open) return out;
    const std::size_t next = reached();
    if (next < rungs.size()) out = rungs[next].due;
    sooner(out, repeat);
    sooner(out, lapses_at);
    return out;
}

// Somebody it asks is still waited for. When all it asks is done, others may have been told to
// leave it: then it is nobody's loss.
bool AuditLedger::Case::wants(const Letter& letter) const
{
    if (letter.asks.empty()) return true;
    if (paused || phase == Phase::Ended) return false;
    return std::any_of(letter.asks.begin(), letter.asks.end(), [&](const DutyKey& key) {
        const auto duty = duties.find(key);
        if (duty == duties.end() || !duty->second.open) return false;
        const auto person = duty->second.people.find(letter.staff);
        if (person == duty->second.people.end() || person->second.satisfies) return false;
        return !person->second.cannot || person->second.answered_at <= letter.at;
    });
}

std::optional<Instant> AuditLedger::Case::deadline() const
{
    std::optional<Instant> out;
    if (!live()) return out;
    sooner(out, ends_at);
    if (paused) return out;
    sooner(out, check_at);
    sooner(out, turns_at);
    for (const auto& [key, duty] : duties) {
        sooner(out, duty.deadline());
        for (const auto& [staff, person] : duty.people)
            if (!person.answered && !person.attempts.empty()) sooner(out, person.attempts.front());
    }
    return out;
}

// A report under review opens by itself in time; and a duty of life that lapsed leaves somebody's
// name behind, or something to come. One that circumstances ended needs neither, and at the mildest
// level a protocol may ask nothing of anybody.
bool AuditLedger::Case::left_alone() const
{
    if (phase == Phase::Aftercare || deadline()) return false;
    if (phase == Phase::Review) return true;
    bool named = !registers.empty();
    bool lapsed = false;
    for (const auto& [key, duty] : duties) {
        named = named || duty.by_somebody;
        lapsed = lapsed || (duty.life && duty.lapsed);
    }
    return lapsed && !named;
}

std::string words_of(const Finding& finding)
{
    std::string out = finding.code;
    if (!finding.duty.name.empty()) out += " " + finding.duty.name.text();
    if (!finding.page.empty())
        out += " page " + finding.page.text() + " by " + finding.channel.text();
    out += ": ";
    switch (finding.kind) {
        case Finding::Kind::Rung:
            return out + "rung " + std::to_string(finding.number) + " is not reached";
        case Finding::Kind::Repeat: return out + "its repeat did not come";
        case Finding::Kind::Attempt: return out + "a personal attempt was not made";
        case Finding::Kind::Lapse: return out + "it did not lapse";
        case Finding::Kind::Check: return out + "a condition was not looked at again";
        case Finding::Kind::DrillEnd: return out + "the drill did not end";
        case Finding::Kind::NotStarted: return out + "its sending was not begun";
        case Finding::Kind::NoReceipt: return out + "its sending began and never ended";
        case Finding::Kind::NotEnded: return out + "it was not tried again";
        case Finding::Kind::Adrift: return out + "nothing is ahead and nobody is named";
    }
    return out;
}

}  // namespace shouwang::daemon
