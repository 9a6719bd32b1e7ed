#include "daemon/http/page_template.hpp"
#include "daemon/http/pages.hpp"

#include <utility>

namespace shouwang::http {

using config::TemplateData;

namespace {

// Leaves only what is unreserved in a path segment (RFC 3986), so that a word can name no other
// address.
std::string path_segment(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '~';
        if (plain) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        }
    }
    return out;
}

const char* name_of(ResponderButton::Weight weight)
{
    switch (weight) {
        case ResponderButton::Weight::Plain: return "plain";
        case ResponderButton::Weight::Primary: return "primary";
        case ResponderButton::Weight::Good: return "good";
        case ResponderButton::Weight::Warn: return "warn";
    }
    return "plain";
}

TemplateData ask_section(const ResponderAsk& ask, bool ended)
{
    TemplateData::List steps;
    for (const std::string& step : ask.steps)
        steps.emplace_back(TemplateData::Table{{"text", step}});
    TemplateData::List buttons;
    if (!ended && ask.closed.empty())
        for (const ResponderButton& button : ask.buttons)
            buttons.emplace_back(TemplateData::Table{
                {"word", path_segment(button.word)},
                {"label", button.label},
                {"key", button.key},
                {"weight", name_of(button.weight)},
                {"wants_eta", button.wants_eta},
                {"wants_reason", button.wants_reason},
                {"wants_call", button.wants_call}});
    return TemplateData::Table{
        {"ask", ask.ask},
        {"label", ask.label},
        {"todo", ask.todo},
        {"steps", std::move(steps)},
        {"next", ended ? std::string() : ask.next},
        {"answered", ask.answered},
        {"answered_at", ask.answered_at},
        {"eta", ask.eta},
        {"closed", ask.closed},
        {"decided", ask.decided},
        {"dial", path_segment(ask.dial)},
        {"no_dial", ask.no_dial},
        {"buttons", std::move(buttons)}};
}

TemplateData record_section(const ResponderRecord& record)
{
    TemplateData::List fields;
    for (const ResponderField& field : record.fields) {
        TemplateData::List options;
        for (const Option& option : field.options)
            options.emplace_back(TemplateData::Table{
                {"value", option.id}, {"label", option.name}, {"chosen", false}});
        // Of several nothing need be chosen; of one, not knowing is a choice.
        if (!options.empty() && !field.several)
            options.emplace_back(TemplateData::Table{
                {"value", "unknown"}, {"label", "不清楚"}, {"chosen", true}});
        fields.emplace_back(TemplateData::Table{
            {"name", field.name},
            {"label", field.label},
            {"required", field.required},
            {"has_options", !field.options.empty()},
            {"kind", field.several ? "checkbox" : "radio"},
            {"options", std::move(options)}});
    }
    return TemplateData::Table{
        {"ask", record.ask},
        {"label", record.label},
        {"signatures", record.signatures},
        {"key", record.key},
        {"fields", std::move(fields)}};
}

}  // namespace

std::string render_responder(const ResponderPage& page)
{
    TemplateData::List asks;
    for (const ResponderAsk& ask : page.asks) asks.push_back(ask_section(ask, page.ended));
    TemplateData::List records;
    if (!page.ended)
        for (const ResponderRecord& record : page.records)
            records.push_back(record_section(record));
    TemplateData::List endings;
    if (!page.ended)
        for (const ResponderRecord& ending : page.endings)
            endings.push_back(record_section(ending));
    // In a drill nobody may dial an emergency number by habit.
    TemplateData::List calls;
    if (!page.drill && !page.ended)
        for (const PhoneNumber& call : page.calls)
            calls.emplace_back(TemplateData::Table{
                {"number", path_segment(call.number)}, {"label", call.label}});
    TemplateData notice = false;
    if (!page.notice.empty())
        notice = TemplateData::Table{
            {"text", page.notice},
            {"tone", page.tone == ResponderPage::Tone::Good ? "good" : "bad"}};
    const bool has_calls = !calls.empty();
    return fill_page(
        "responder.html",
        TemplateData::Table{
            {"title", page.level + " " + page.code},
            {"token", path_segment(page.token)},
            {"nonce", page.nonce},
            {"level", page.level},
            {"severity", std::to_string(page.severity)},
            {"code", page.code},
            {"place", page.place.empty() ? std::string("待核实") : page.place},
            {"role", page.role},
            {"asked_at", page.asked_at},
            {"others", page.others},
            {"drill", page.drill},
            {"ended", page.ended},
            {"notice", std::move(notice)},
            {"asks", std::move(asks)},
            {"has_calls", has_calls},
            {"calls", std::move(calls)},
            {"records", std::move(records)},
            {"endings", std::move(endings)}}
    );
}

}  // namespace shouwang::http
