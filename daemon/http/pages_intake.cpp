#include "daemon/http/page_template.hpp"
#include "daemon/http/pages.hpp"

#include <algorithm>
#include <utility>

namespace shouwang::http {

using config::TemplateData;

namespace {

constexpr const char* unknown = "unknown";

bool sent(const Fields& values, const std::string& name, const std::string& value)
{
    return std::any_of(values.begin(), values.end(), [&](const auto& field) {
        return field.first == name && field.second == value;
    });
}

std::string sent(const Fields& values, const std::string& name)
{
    const auto found = std::find_if(values.begin(), values.end(), [&](const auto& field) {
        return field.first == name;
    });
    return found == values.end() ? std::string() : found->second;
}

TemplateData choices(
    const std::vector<Option>& options, const Fields& values, const std::string& name
)
{
    TemplateData::List out;
    for (const Option& option : options)
        out.emplace_back(TemplateData::Table{
            {"id", option.id}, {"name", option.name}, {"chosen", sent(values, name, option.id)}});
    return out;
}

TemplateData option_row(std::string value, std::string label, bool chosen)
{
    return TemplateData::Table{
        {"value", std::move(value)}, {"label", std::move(label)}, {"chosen", chosen}};
}

TemplateData fact_row(const IntakeFact& fact, const Fields& values)
{
    const std::string field = "fact." + fact.name;
    TemplateData::List options;
    bool any = false;
    for (const Option& option : fact.options) {
        const bool chosen = sent(values, field, option.id);
        any = any || chosen;
        options.push_back(option_row(option.id, option.name, chosen));
    }
    if (!fact.several) options.push_back(option_row(unknown, "不知道", !any));
    return TemplateData::Table{
        {"name", fact.name}, {"label", fact.label}, {"options", std::move(options)}};
}

TemplateData fact_rows(const std::vector<IntakeFact>& facts, bool several, const Fields& values)
{
    TemplateData::List out;
    for (const IntakeFact& fact : facts)
        if (fact.several == several) out.push_back(fact_row(fact, values));
    return out;
}

TemplateData result(const IntakeResult& opened)
{
    struct Words {
        const char* title;
        const char* tone;
        const char* text;
    };
    Words words{};
    switch (opened.became) {
        case IntakeResult::Became::Opened:
            words = {"已登记并派发", "", "正在呼叫应到人员。请稳住来电人，别挂电话。"};
            break;
        case IntakeResult::Became::Attached:
            words = {"已并入进行中的警情", "", "同一件事已经有人在处理，新的内容已加进去。"};
            break;
        case IntakeResult::Became::Review:
            words = {"已登记，等待核实", "wait", "值守员核实后启动；逾时无人核实会自动启动。"};
            break;
    }
    return TemplateData::Table{
        {"title", words.title},
        {"tone", words.tone},
        {"text", words.text},
        {"id", opened.id},
        {"code", opened.code},
        {"drill", opened.drill},
        {"level", opened.level},
        {"severity", std::to_string(opened.severity)}};
}

}  // namespace

std::string render_new(const IntakePage& page)
{
    const Fields& values = page.values;
    TemplateData::List buildings;
    for (const IntakeBuilding& building : page.buildings)
        buildings.emplace_back(TemplateData::Table{
            {"name", building.name}, {"campus", building.campus}});
    TemplateData::List errors;
    for (const std::string& error : page.errors)
        errors.emplace_back(TemplateData::Table{{"detail", error}});
    const bool sets = std::any_of(page.facts.begin(), page.facts.end(), [](const IntakeFact& fact) {
        return fact.several;
    });
    TemplateData::Table data{
        {"name", page.reader.name},
        {"role", page.reader.role},
        {"key", page.key},
        {"has_errors", !page.errors.empty()},
        {"errors", std::move(errors)},
        {"campuses", choices(page.campuses, values, "campus")},
        {"buildings", std::move(buildings)},
        {"scales", fact_rows(page.facts, false, values)},
        {"has_sets", sets},
        {"sets", fact_rows(page.facts, true, values)},
        {"callback_number", sets ? "5" : "4"},
        {"text_number", sets ? "6" : "5"},
        {"vias", choices(page.vias, values, "via")},
        {"kinds", choices(page.kinds, values, "kind")}};
    for (const char* name :
         {"building",
          "floor",
          "room",
          "detail",
          "student_id",
          "description",
          "callback",
          "text",
          "drill_minutes",
          "participants"})
        data.emplace_back(name, sent(values, name));
    data.emplace_back("opened", page.opened ? result(*page.opened) : TemplateData(false));
    return fill_page("new.html", std::move(data));
}

std::vector<IntakeFact> intake_facts(const escalation::Protocol& protocol)
{
    std::vector<IntakeFact> out;
    for (const escalation::FactName& name : protocol.intake) {
        const auto found = protocol.facts.find(name);
        if (found == protocol.facts.end()) continue;
        const escalation::Fact& fact = found->second;
        IntakeFact row{name.text(), fact.label, fact.kind == escalation::FactKind::Set, {}};
        for (const std::string& value : fact.values) {
            const auto label = fact.value_labels.find(value);
            row.options.push_back({value, label == fact.value_labels.end() ? value : label->second}
            );
        }
        out.push_back(std::move(row));
    }
    return out;
}

std::vector<Option> campuses_of(const escalation::Directory& directory)
{
    std::vector<Option> out;
    for (const auto& [id, unit] : directory.units)
        if (unit.kind == "campus") out.push_back({id.text(), unit.name});
    return out;
}

std::vector<IntakeBuilding> buildings_of(const escalation::Directory& directory)
{
    std::vector<IntakeBuilding> out;
    for (const auto& [id, unit] : directory.units) {
        if (unit.kind != "building" && unit.kind != "place") continue;
        const escalation::Unit* campus = directory.unit(unit.campus);
        out.push_back({unit.name, campus == nullptr ? std::string() : campus->name, id.text()});
    }
    return out;
}

}  // namespace shouwang::http
