#pragma once

#include "config/template.hpp"

#include <string>
#include <string_view>

// Internal to the pages: the embedded templates.
namespace shouwang::http {

// The template of that name in assets/, filled; every value is escaped for HTML. Throws
// std::logic_error for a template that is not there or cannot be parsed: a mistake in the build.
[[nodiscard]] std::string fill_page(std::string_view name, const config::TemplateData& data);

}  // namespace shouwang::http
