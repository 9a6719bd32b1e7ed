#include "escalation/protocol.hpp"

#include <cassert>
#include <cstddef>

namespace shouwang::escalation {

Span Forever::every_for(const LevelName& level) const
{
    const auto found = every_at.find(level);
    return found == every_at.end() ? every : found->second;
}

const Ladder& Duty::ladder_at(const LevelName& level) const
{
    const auto found = ladders.find(level);
    return found == ladders.end() ? ladder : found->second;
}

std::size_t Protocol::rank(const LevelName& wanted) const
{
    for (std::size_t i = 0; i < levels.size(); ++i)
        if (levels[i].name == wanted) return i;
    return 0;
}

const Level& Protocol::level(const LevelName& wanted) const
{
    return levels[rank(wanted)];
}

const End* Protocol::ending(EndOutcome outcome, const LevelName& from) const
{
    const End* out = nullptr;
    for (const auto& [label, end] : ends) {
        if (end.outcome != outcome) continue;
        const bool next_below = outcome == EndOutcome::Lower && rank(end.level) + 1 == rank(from);
        if (out == nullptr || next_below) out = &end;
    }
    return out;
}

const Protocol* Rules::find(const std::string& hash) const
{
    const auto found = protocols.find(hash);
    return found == protocols.end() ? nullptr : found->second.get();
}

const Protocol& Rules::frozen(const std::string& hash) const
{
    const Protocol* known = find(hash);
    return known == nullptr ? in_force() : *known;
}

const Protocol& Rules::in_force() const
{
    const Protocol* protocol = find(current);
    assert(protocol != nullptr);
    return *protocol;
}

}  // namespace shouwang::escalation
