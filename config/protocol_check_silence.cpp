#include "config/protocol_draft.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

// A duty of life never falls silent: from its first rung on, at every level it can be open at, no
// gap is longer than the level's max_silence, and its last rung repeats for ever.
namespace shouwang::config {

using escalation::Duty;
using escalation::DutyClass;
using escalation::DutyName;
using escalation::Forever;
using escalation::Ladder;
using escalation::Lapse;
using escalation::Level;
using escalation::LevelName;
using escalation::Protocol;
using escalation::Rung;
using escalation::Span;

namespace {

// A duty that circumstances may still end by themselves need not page before this.
constexpr Span patience_max = std::chrono::hours(2);

class Silence {
public:
    Silence(const Duty& duty, const Level& level, ProtocolDraft& draft)
        : duty_(duty),
          level_(level),
          draft_(draft),
          ladder_(duty.ladder_at(level.name)),
          path_("duty." + duty.name.text()),
          ladder_path_(path_ + "." + ladder_path(duty, level.name))
    {}

    void check()
    {
        const bool hands_back = duty_.on_lapse == Lapse::Parent && duty_.lapses;
        if (!duty_.forever && !hands_back) {
            draft_.faults.add(
                draft_.place(path_),
                path_ + " is of life and falls silent after its last rung",
                "forever = { every = \"5m\" }"
            );
            return;
        }
        if (duty_.lapses && duty_.on_lapse == Lapse::List)
            draft_.faults.add(
                draft_.place(path_),
                path_ + " is of life and falls silent when it lapses",
                "no \"lapses\", or on_lapse = \"parent\""
            );
        check_first();
        check_rungs();
        if (duty_.forever)
            check_forever();
        else
            check_hand_back();
    }

private:
    // Only rungs that nothing can skip count.
    [[nodiscard]] bool sounds(const Rung& rung) const
    {
        return surely_holds_at(draft_.protocol, rung.when, level_.name);
    }

    void too_long(const std::string& place, const std::string& what, Span gap)
    {
        draft_.faults.add(
            draft_.place(place),
            what + " at level " + quoted(level_.name.text()) + " for " + span_text(gap),
            "max_silence of this level is " + span_text(level_.max_silence)
        );
    }

    void check_first()
    {
        const auto first = std::find_if(ladder_.begin(), ladder_.end(), [&](const Rung& rung) {
            return sounds(rung);
        });
        if (first == ladder_.end()) {
            if (!duty_.forever)
                draft_.faults.add(
                    draft_.place(ladder_path_),
                    path_ + " pages nobody at level " + quoted(level_.name.text()),
                    "a rung without a \"when\""
                );
            return;
        }
        if (first->after_due) return;  // until then somebody is expected
        const bool by_itself = !std::holds_alternative<escalation::Never>(duty_.done.node);
        const Span most =
            by_itself ? std::max(patience_max, level_.max_silence) : level_.max_silence;
        if (first->after > most)
            too_long(ladder_path_, path_ + " is silent before its first rung", first->after);
        last_ = first->after;
    }

    void check_rungs()
    {
        std::optional<Span> before;
        for (std::size_t i = 0; i < ladder_.size(); ++i) {
            if (!sounds(ladder_[i])) continue;
            if (before && ladder_[i].after - *before > level_.max_silence)
                too_long(
                    ladder_path_ + "." + std::to_string(i + 1),
                    path_ + " is silent before this rung",
                    ladder_[i].after - *before
                );
            before = ladder_[i].after;
            last_ = ladder_[i].after;
        }
    }

    void check_forever()
    {
        const Forever& forever = *duty_.forever;
        const auto own = forever.every_at.find(level_.name);
        Span every = own == forever.every_at.end() ? forever.every : own->second;
        for (const escalation::Pace& pace : forever.paces) every = std::max(every, pace.every);
        if (every > level_.max_silence) {
            too_long(path_ + ".forever", path_ + " is silent between its repeats", every);
            return;
        }
        // The repeats are counted from the last rung, also when that one was skipped.
        const Span gap = (ladder_.empty() ? Span{} : ladder_.back().after - last_) + every;
        if (gap > level_.max_silence)
            too_long(path_ + ".forever", path_ + " is silent before its first repeat", gap);
    }

    // Until it is handed back, personal attempts are all there is.
    void check_hand_back()
    {
        if (ladder_.empty()) return;
        Span at = last_;
        for (const Span attempt : ladder_.back().again.after) {
            if (last_ + attempt - at > level_.max_silence)
                too_long(ladder_path_, path_ + " is silent between attempts", last_ + attempt - at);
            at = last_ + attempt;
        }
        const Span end = *duty_.lapses * static_cast<int>(duty_.lapses_max);
        if (end - at > level_.max_silence)
            too_long(ladder_path_, path_ + " is silent before it is handed back", end - at);
    }

    const Duty& duty_;
    const Level& level_;
    ProtocolDraft& draft_;
    const Ladder& ladder_;
    std::string path_;
    std::string ladder_path_;
    Span last_{};
};

// Rungs keep their places when the level rises: a higher level has at least as many.
void check_sizes(const Duty& duty, ProtocolDraft& draft)
{
    const auto& levels = draft.protocol.levels;
    for (std::size_t i = 1; i < levels.size(); ++i) {
        const std::size_t calmer = duty.ladder_at(levels[i - 1].name).size();
        const std::size_t here = duty.ladder_at(levels[i].name).size();
        if (here >= calmer || !may_be_open_at(draft.protocol, duty, levels[i - 1].name)) continue;
        draft.faults.add(
            draft.place("duty." + duty.name.text() + "." + ladder_path(duty, levels[i].name)),
            "duty." + duty.name.text() + " has " + std::to_string(here) + " rungs at level " +
                quoted(levels[i].name.text()) + " and " + std::to_string(calmer) + " at " +
                quoted(levels[i - 1].name.text()),
            "at least as many at the higher level: on a raise each rung takes the place of the "
            "one with its number"
        );
    }
}

}  // namespace

std::string ladder_path(const Duty& duty, const LevelName& level)
{
    return duty.ladders.contains(level) ? level.text() : "ladder";
}

void check_silence(ProtocolDraft& draft)
{
    for (const auto& [name, duty] : draft.protocol.duties) {
        check_sizes(duty, draft);
        if (duty.duty_class != DutyClass::Life) continue;
        for (const Level& level : draft.protocol.levels) {
            if (draft.protocol.rank(level.name) < draft.protocol.rank(draft.protocol.floor))
                continue;
            if (may_be_open_at(draft.protocol, duty, level.name))
                Silence(duty, level, draft).check();
        }
    }
}

}  // namespace shouwang::config
