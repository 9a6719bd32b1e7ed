#include "config/protocol_draft.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <utility>

// How often one duty sends to one person by one channel when they never answer, against what the
// channel's provider lets through. First pages of other duties come on top; the outbox keeps a
// reserve for those.
namespace shouwang::config {

using escalation::ChannelName;
using escalation::Duty;
using escalation::Forever;
using escalation::Ladder;
using escalation::Level;
using escalation::Rung;
using escalation::Span;
using escalation::Target;

namespace {

constexpr Span horizon = std::chrono::hours(4);
constexpr std::size_t sends_max = 4096;

bool among(const std::vector<ChannelName>& channels, const ChannelName& channel)
{
    return std::find(channels.begin(), channels.end(), channel) != channels.end();
}

// The instants, since the duty opened, at which whoever is first asked by rung `asked` gets
// something by `channel`.
std::vector<Span> sends(
    const Duty& duty,
    const Level& level,
    const Ladder& ladder,
    std::size_t asked,
    const ChannelName& channel
)
{
    std::vector<Span> out;
    const Rung& rung = ladder[asked];
    if (among(rung.by.empty() ? level.channels : rung.by, channel)) out.push_back(rung.after);
    const auto& again_by = rung.again.by.empty() ? level.channels : rung.again.by;
    if (among(again_by, channel))
        for (const Span after : rung.again.after) out.push_back(rung.after + after);
    for (std::size_t i = asked + 1; i < ladder.size(); ++i) {
        const bool same =
            std::any_of(ladder[i].to.begin(), ladder[i].to.end(), [&](const Target& target) {
                return std::find(rung.to.begin(), rung.to.end(), target) != rung.to.end();
            });
        if (ladder[i].anew && same &&
            among(ladder[i].by.empty() ? level.channels : ladder[i].by, channel))
            out.push_back(ladder[i].after);
    }
    if (!duty.forever) return out;
    const Forever& forever = *duty.forever;
    const std::vector<ChannelName>& channels = forever.by.empty() ? level.channels : forever.by;
    if (!among(channels, channel)) return out;

    const auto own = forever.every_at.find(level.name);
    Span every = own == forever.every_at.end() ? forever.every : own->second;
    for (const escalation::Pace& pace : forever.paces) every = std::min(every, pace.every);
    if (every <= Span{}) return out;
    const auto spare = forever.spare.find(channel);
    const bool others =
        std::any_of(channels.begin(), channels.end(), [&](const ChannelName& other) {
            return !forever.spare.contains(other);
        });
    const Span least = spare == forever.spare.end() || !others ? Span{} : spare->second;
    for (Span at = ladder.back().after + every; at <= horizon && out.size() < sends_max;
         at += every) {
        const auto late = std::max_element(out.begin(), out.end(), [&](Span a, Span b) {
            return (a <= at ? a : Span::min()) < (b <= at ? b : Span::min());
        });
        if (late == out.end() || *late > at || at - *late >= least) out.push_back(at);
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::size_t most_within(const std::vector<Span>& instants, Span window)
{
    std::size_t most = 0;
    std::deque<Span> recent;
    for (const Span at : instants) {
        recent.push_back(at);
        while (recent.front() + window <= at) recent.pop_front();
        most = std::max(most, recent.size());
    }
    return most;
}

void check_rung(
    const Duty& duty,
    const Level& level,
    std::size_t index,
    const std::pair<const ChannelName, ChannelCap>& cap,
    ProtocolDraft& draft
)
{
    const Ladder& ladder = duty.ladder_at(level.name);
    const std::vector<Span> instants = sends(duty, level, ladder, index, cap.first);
    const std::size_t minute = most_within(instants, std::chrono::minutes(1));
    const std::size_t hour = most_within(instants, std::chrono::hours(1));
    if (minute <= cap.second.minute && hour <= cap.second.hour) return;
    const bool by_minute = minute > cap.second.minute;
    draft.faults.add(
        draft.place(
            "duty." + duty.name.text() + "." + ladder_path(duty, level.name) + "." +
            std::to_string(index + 1)
        ),
        "whoever this rung asks and who never answers gets " +
            std::to_string(by_minute ? minute : hour) + " by " + quoted(cap.first.text()) +
            " within one " + (by_minute ? "minute" : "hour") + " at level " +
            quoted(level.name.text()),
        "the provider lets " + std::to_string(by_minute ? cap.second.minute : cap.second.hour) +
            " through: longer \"again\" or a longer forever.spare"
    );
}

}  // namespace

void check_calls(ProtocolDraft& draft)
{
    for (const auto& cap : draft.caps)
        for (const auto& [name, duty] : draft.protocol.duties)
            for (const Level& level : draft.protocol.levels) {
                if (!may_be_open_at(draft.protocol, duty, level.name)) continue;
                for (std::size_t i = 0; i < duty.ladder_at(level.name).size(); ++i)
                    check_rung(duty, level, i, cap, draft);
            }
}

}  // namespace shouwang::config
