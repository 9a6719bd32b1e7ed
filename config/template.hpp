#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Mustache templates: message texts and the daemon's HTML pages. The only door to the template
// library is template.cpp.
namespace shouwang::config {

enum class Escape {
    Html,  // {{name}} escapes & < > " '; {{{name}}} does not
    None,
};

// What a template is filled with. A list repeats its section once for each entry, false or an
// empty list or text leaves it out, a table opens it once with its own names.
class TemplateData {
public:
    using List = std::vector<TemplateData>;
    using Table = std::vector<std::pair<std::string, TemplateData>>;

    TemplateData() : value_(Table{}) {}
    TemplateData(Table table) : value_(std::move(table)) {}
    TemplateData(List list) : value_(std::move(list)) {}
    TemplateData(std::string text) : value_(std::move(text)) {}
    TemplateData(std::string_view text) : value_(std::string(text)) {}
    TemplateData(const char* text) : value_(std::string(text)) {}
    TemplateData(bool flag) : value_(flag) {}

    // Adds a name to a table. Requires: this is one. Returns itself.
    TemplateData& set(std::string name, TemplateData value);

    [[nodiscard]] const std::variant<Table, List, std::string, bool>& value() const noexcept
    {
        return value_;
    }

private:
    std::variant<Table, List, std::string, bool> value_;
};

// A parsed template. Cheap to copy; rendering is const but not for two threads at once.
class Template {
public:
    struct Parsed;

    // What is wrong with the text, for people; else the template.
    [[nodiscard]] static std::variant<Template, std::string> parse(
        std::string_view text, Escape escape
    );

    // Unknown names render as nothing. {{> name}} takes `name` from `partials`, which see the same
    // data and are parsed like the template itself.
    using Partials = std::vector<std::pair<std::string, std::string>>;
    [[nodiscard]] std::string render(const TemplateData& data, const Partials& partials = {}) const;

private:
    explicit Template(std::shared_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}

    std::shared_ptr<Parsed> parsed_;
};

}  // namespace shouwang::config
