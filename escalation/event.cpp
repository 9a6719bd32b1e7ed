#include "escalation/event.hpp"

namespace shouwang::escalation {

namespace {

struct IncidentOf {
    const IncidentId& operator()(const Attached& event) const
    {
        return event.incident.empty() ? event.into : event.incident;
    }
    const IncidentId& operator()(const Adopted&) const
    {
        static const IncidentId none;
        return none;
    }
    template <class Other>
    const IncidentId& operator()(const Other& event) const
    {
        return event.incident;
    }
};

struct SecondOf {
    const IncidentId& operator()(const Attached& event) const { return event.into; }
    const IncidentId& operator()(const Suggested& event) const { return event.with; }
    const IncidentId& operator()(const SuggestionDropped& event) const { return event.with; }
    const IncidentId& operator()(const Merged& event) const { return event.into; }
    const IncidentId& operator()(const SplitOff& event) const { return event.from; }
    template <class Other>
    const IncidentId& operator()(const Other&) const
    {
        static const IncidentId none;
        return none;
    }
};

}  // namespace

const IncidentId& incident_of(const Event& event)
{
    return std::visit(IncidentOf{}, event);
}

const IncidentId& second_of(const Event& event)
{
    return std::visit(SecondOf{}, event);
}

}  // namespace shouwang::escalation
