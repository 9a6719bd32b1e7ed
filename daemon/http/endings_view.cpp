#include "daemon/http/endings_view.hpp"

#include "daemon/http/instant_text.hpp"
#include "daemon/http/wording.hpp"

#include <string>
#include <utility>

namespace shouwang::http {

namespace js = boost::json;
using namespace escalation;

namespace {

std::string name_of(const Directory& directory, const StaffId& id)
{
    const Staff* staff = directory.person(id);
    return staff == nullptr ? id.text() : staff->name;
}

js::array missing_of(
    const ViewContext& context,
    const Protocol& protocol,
    const Incident& incident,
    const EndKey& key
)
{
    js::array out;
    for (const auto& entry :
         missing_for(protocol, context.directory, incident, key.end, context.now, key.subject))
        out.push_back(js::object{{"code", entry.code}, {"detail", entry.detail}});
    return out;
}

// Who has signed, and who must still. What they wrote down is not here: it may be about anybody.
js::object ending_row(
    const ViewContext& context,
    const Protocol& protocol,
    const Incident& incident,
    const End& end,
    const SubjectId& subject
)
{
    js::array done;
    const auto signers = incident.signatures.find({end.name, subject});
    if (signers != incident.signatures.end())
        for (const Signature& signature : signers->second)
            done.push_back(js::object{
                {"staff", signature.staff.text()},
                {"name", name_of(context.directory, signature.staff)},
                {"at", to_rfc3339(signature.at)}});
    js::array open_to;
    for (const std::size_t list :
         lists_to_sign(protocol, context.directory, incident, end.name, subject))
        open_to.push_back(js::value(label_of(protocol, end.signers[list])));
    return {
        {"end", end.name.text()},
        {"subject", subject.empty() ? js::value(nullptr) : js::value(subject.text())},
        {"signed", std::move(done)},
        {"signers", end.signers.size()},
        {"open_to", std::move(open_to)},
        {"missing", missing_of(context, protocol, incident, {end.name, subject})}};
}

}  // namespace

js::object missing_for_endings(const ViewContext& context, const Incident& incident)
{
    const Protocol& protocol = context.rules.frozen(incident.protocol);
    js::object out;
    for (const auto& [name, end] : protocol.ends)
        out[name.text()] = missing_of(context, protocol, incident, {name, {}});
    return out;
}

js::array endings_view(const ViewContext& context, const Incident& incident)
{
    const Protocol& protocol = context.rules.frozen(incident.protocol);
    js::array out;
    for (const auto& [name, end] : protocol.ends) {
        if (!end.per_subject) {
            out.push_back(ending_row(context, protocol, incident, end, {}));
            continue;
        }
        for (const auto& [id, subject] : incident.subjects)
            if (!subject.closed) out.push_back(ending_row(context, protocol, incident, end, id));
    }
    return out;
}

}  // namespace shouwang::http
