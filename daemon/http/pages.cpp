#include "daemon/http/pages.hpp"

#include "daemon/http/embedded_assets.hpp"
#include "daemon/http/page_template.hpp"
#include "daemon/http/wording.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace shouwang::http {

namespace json = boost::json;
using config::Template;
using config::TemplateData;

namespace {

const EmbeddedAsset* find_asset(std::string_view name)
{
    const auto all = embedded_assets();
    const auto found = std::find_if(all.begin(), all.end(), [&](const EmbeddedAsset& entry) {
        return entry.name == name;
    });
    return found == all.end() ? nullptr : &*found;
}

// Nothing for what is not served: templates.
std::optional<std::string_view> content_type_of(std::string_view name)
{
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".svg")) return "image/svg+xml";
    return std::nullopt;
}

Template parse_page(std::string_view name)
{
    const EmbeddedAsset* found = find_asset(name);
    if (found == nullptr) throw std::logic_error("no template " + std::string(name));
    auto parsed = Template::parse(found->body, config::Escape::Html);
    if (const auto* fault = std::get_if<std::string>(&parsed))
        throw std::logic_error("template " + std::string(name) + ": " + *fault);
    return std::get<Template>(std::move(parsed));
}

template <class Map>
json::object labels_of(const Map& named)
{
    json::object out;
    for (const auto& [name, entry] : named) out[name.text()] = entry.label;
    return out;
}

std::string_view name_of(escalation::FactKind kind)
{
    switch (kind) {
        case escalation::FactKind::Scale: return "scale";
        case escalation::FactKind::Set: return "set";
        case escalation::FactKind::Count: return "count";
        case escalation::FactKind::Moment: return "instant";
    }
    return {};
}

json::array facts_of(const escalation::Protocol& protocol)
{
    json::array out;
    for (const auto& [name, fact] : protocol.facts) {
        json::array values;
        for (const std::string& value : fact.values) {
            const auto label = fact.value_labels.find(value);
            values.push_back(json::object{
                {"value", value},
                {"label", label == fact.value_labels.end() ? value : label->second}});
        }
        out.push_back(json::object{
            {"name", name.text()},
            {"label", fact.label},
            {"kind", name_of(fact.kind)},
            {"per_subject", fact.per_subject},
            {"values", std::move(values)}});
    }
    return out;
}

json::array registers_of(const escalation::Protocol& protocol)
{
    json::array out;
    for (const auto& [name, rules] : protocol.registers)
        out.push_back(json::object{
            {"name", name.text()},
            {"label", rules.label},
            {"one", rules.one},
            {"command", rules.command}});
    return out;
}

json::object refusals()
{
    json::object out;
    for (const RefusalWords& known : refusal_words()) {
        const json::string_view code(known.code.data(), known.code.size());
        out[code] = json::string_view(known.words.data(), known.words.size());
    }
    return out;
}

json::array ends_of(const escalation::Protocol& protocol)
{
    json::array out;
    for (const auto& [name, end] : protocol.ends) {
        json::array evidence;
        for (const std::string& field : end.evidence)
            evidence.push_back(json::object{{"name", field}, {"label", evidence_label(field)}});
        json::array signers;
        for (const auto& roles : end.signers)
            signers.push_back(json::value(label_of(protocol, roles)));
        out.push_back(json::object{
            {"name", name.text()},
            {"label", end.label},
            {"evidence", std::move(evidence)},
            {"per_subject", end.per_subject},
            {"signers", std::move(signers)}});
    }
    return out;
}

}  // namespace

std::string fill_page(std::string_view name, const TemplateData& data)
{
    static std::map<std::string, Template, std::less<>> parsed;
    auto found = parsed.find(name);
    if (found == parsed.end()) found = parsed.emplace(std::string(name), parse_page(name)).first;
    return found->second.render(data);
}

std::optional<Asset> asset(std::string_view name)
{
    const auto content_type = content_type_of(name);
    const EmbeddedAsset* found = find_asset(name);
    if (!content_type || found == nullptr) return std::nullopt;
    return Asset{*content_type, found->body, found->etag};
}

json::object vocabulary_of(
    const escalation::Protocol& protocol, const std::vector<std::string>& event_types
)
{
    json::array levels;
    for (std::size_t i = 0; i < protocol.levels.size(); ++i)
        levels.push_back(json::object{
            {"name", protocol.levels[i].name.text()},
            {"label", protocol.levels[i].label},
            {"severity", protocol.levels.size() - 1 - i}});
    json::array phases;
    for (const escalation::Phase& phase : protocol.phases)
        phases.push_back(json::object{{"name", phase.name}, {"label", phase.label}});
    json::object words;
    for (const auto& [word, label] : protocol.word_labels) words[word.text()] = label;
    json::array events;
    for (const std::string& type : event_types) events.push_back(json::value(type));
    return {
        {"utc_offset_minutes", protocol.utc_offset.count()},
        {"levels", std::move(levels)},
        {"phases", std::move(phases)},
        {"words", std::move(words)},
        {"facts", facts_of(protocol)},
        {"registers", registers_of(protocol)},
        {"roles", labels_of(protocol.roles)},
        {"duties", labels_of(protocol.duties)},
        {"rules", labels_of(protocol.rules)},
        {"ends", ends_of(protocol)},
        {"refusals", refusals()},
        {"events", std::move(events)}};
}

json::object places_of(const escalation::Directory& directory)
{
    json::array campuses;
    for (const Option& campus : campuses_of(directory))
        campuses.push_back(json::object{{"id", campus.id}, {"name", campus.name}});
    json::array buildings;
    for (const IntakeBuilding& building : buildings_of(directory))
        buildings.push_back(json::object{
            {"id", building.id}, {"name", building.name}, {"campus", building.campus}});
    return {{"campuses", std::move(campuses)}, {"buildings", std::move(buildings)}};
}

std::string render_board(const BoardPage& page)
{
    std::string may;
    if (page.may_open) may += "open ";
    if (page.may_act) may += "act ";
    if (page.may_triage) may += "triage ";
    const json::object viewer{{"staff", page.reader.staff}, {"name", page.reader.name}};
    return fill_page(
        "board.html",
        TemplateData::Table{
            {"vocabulary", json::serialize(page.vocabulary)},
            {"viewer", json::serialize(viewer)},
            {"may", may},
            {"may_open", page.may_open},
            {"demo", page.demo},
            {"name", page.reader.name},
            {"role", page.reader.role}}
    );
}

std::string render_login(const LoginPage& page)
{
    return fill_page(
        "login.html",
        TemplateData::Table{{"error", page.error}, {"next", page.next}, {"hint", page.hint}}
    );
}

std::string render_message(const std::string& title, const std::string& text, int status)
{
    return fill_page(
        "message.html",
        TemplateData::Table{{"title", title}, {"text", text}, {"status", std::to_string(status)}}
    );
}

}  // namespace shouwang::http
