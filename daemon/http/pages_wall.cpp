#include "daemon/http/page_template.hpp"
#include "daemon/http/pages.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace shouwang::http {

namespace json = boost::json;
using config::TemplateData;

namespace {

json::object ask_object(const WallAsk& ask)
{
    json::array answers;
    for (const WallAnswer& answer : ask.answers)
        answers.push_back(json::object{
            {"word", answer.word}, {"label", answer.label}, {"key", answer.key}});
    return {
        {"id", ask.id},
        {"label", ask.label},
        {"open", ask.open},
        {"answer", ask.answer},
        {"answers", std::move(answers)}};
}

json::object message_object(const WallMessage& message)
{
    json::array asks;
    for (const WallAsk& ask : message.asks) asks.push_back(ask_object(ask));
    return {
        {"serial", message.serial},
        {"channel", message.channel},
        {"text", message.text},
        {"at", message.at},
        {"arrivals", message.arrivals},
        {"possible_repeat", message.possible_repeat},
        {"repeat", message.repeat},
        {"incident", message.incident},
        {"code", message.code},
        {"kind", message.kind},
        {"level", message.level},
        {"level_label", message.level_label},
        {"place", message.place},
        {"role", message.role},
        {"reply_url", message.reply_url},
        {"asks", std::move(asks)}};
}

}  // namespace

std::string render_wall(const json::object& vocabulary)
{
    return fill_page("wall.html", TemplateData::Table{{"vocabulary", json::serialize(vocabulary)}});
}

json::object wall_phones(const std::vector<WallPhone>& phones)
{
    json::array list;
    for (const WallPhone& phone : phones) {
        json::array messages;
        for (const WallMessage& message : phone.messages)
            messages.push_back(message_object(message));
        list.push_back(json::object{
            {"staff", phone.staff},
            {"name", phone.name},
            {"role", phone.role},
            {"messages", std::move(messages)}});
    }
    return {{"phones", std::move(list)}};
}

}  // namespace shouwang::http
