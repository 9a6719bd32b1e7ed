#include "config/template.hpp"

#include <kainjow/mustache.hpp>

#include <cassert>

namespace shouwang::config {

namespace {

namespace mustache = kainjow::mustache;

std::string escape_html(const std::string& text)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += c;
        }
    }
    return out;
}

mustache::data convert(const TemplateData& data)
{
    struct Convert {
        mustache::data operator()(const TemplateData::Table& table) const
        {
            mustache::data out(mustache::data::type::object);
            for (const auto& [name, value] : table) out.set(name, convert(value));
            return out;
        }
        mustache::data operator()(const TemplateData::List& list) const
        {
            mustache::data out(mustache::data::type::list);
            for (const TemplateData& entry : list) out.push_back(convert(entry));
            return out;
        }
        // An empty text is "no": a section over it is left out.
        mustache::data operator()(const std::string& text) const
        {
            return text.empty() ? mustache::data(false) : mustache::data(text);
        }
        mustache::data operator()(bool flag) const { return mustache::data(flag); }
    };
    return std::visit(Convert{}, data.value());
}

}  // namespace

struct Template::Parsed {
    explicit Parsed(const std::string& text) : body(text) {}
    mustache::mustache body;
};

TemplateData& TemplateData::set(std::string name, TemplateData value)
{
    auto* table = std::get_if<Table>(&value_);
    assert(table != nullptr);
    table->emplace_back(std::move(name), std::move(value));
    return *this;
}

std::variant<Template, std::string> Template::parse(std::string_view text, Escape escape)
{
    auto parsed = std::make_shared<Parsed>(std::string(text));
    if (!parsed->body.is_valid()) return parsed->body.error_message();
    if (escape == Escape::Html)
        parsed->body.set_custom_escape(escape_html);
    else
        parsed->body.set_custom_escape([](const std::string& plain) { return plain; });
    return Template(std::move(parsed));
}

std::string Template::render(const TemplateData& data, const Partials& partials) const
{
    mustache::data filled = convert(data);
    for (const auto& [name, text] : partials)
        filled.set(name, mustache::data(mustache::partial([body = text] { return body; })));
    return parsed_->body.render(filled);
}

}  // namespace shouwang::config
