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

}  // namespace

const IncidentId& incident_of(const Event& event)
{
    return std::visit(IncidentOf{}, event);
}

}  // namespace shouwang::escalation
