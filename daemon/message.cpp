#include "daemon/message.hpp"

#include "daemon/http/instant_text.hpp"
#include "escalation/decide.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace shouwang::daemon {

namespace json = boost::json;
using namespace escalation;

namespace {

// How each channel reads. One that is not here carries the short form.
config::Medium medium_of(const ChannelName& channel)
{
    if (channel.text() == "voice") return config::Medium::Voice;
    if (channel.text() == "wecom") return config::Medium::Wecom;
    return config::Medium::Sms;
}

const DutyInstance* duty_of(const Incident& incident, const DutyKey& key)
{
    const auto found = incident.duties.find(key);
    return found == incident.duties.end() ? nullptr : &found->second;
}

// The ask that the page's text is about: the first one with this text, else the first.
const DutyInstance* leading_duty(const MessageSource& source)
{
    const DutyInstance* first = nullptr;
    for (const AskRef& ref : source.page.asks) {
        const DutyInstance* duty = duty_of(source.incident, ref.duty);
        if (duty == nullptr) continue;
        if (first == nullptr) first = duty;
        const auto ask = duty->asks.find(source.page.staff);
        if (ask != duty->asks.end() && ask->second.text == source.page.text) return duty;
    }
    return first;
}

std::string role_label(const Protocol& protocol, const RoleName& role)
{
    const auto found = protocol.roles.find(role);
    return found == protocol.roles.end() || found->second.label.empty() ? role.text()
                                                                        : found->second.label;
}

// Who was asked first and has not taken it over.
std::string silent_role(const MessageSource& source, const DutyInstance* duty)
{
    const Ask* silent = nullptr;
    if (duty != nullptr)
        for (const auto& [staff, ask] : duty->asks)
            if (!ask.satisfies && staff != source.page.staff &&
                (silent == nullptr || ask.rung < silent->rung))
                silent = &ask;
    return role_label(source.protocol, silent == nullptr ? source.page.role : silent->role);
}

// The roles of which somebody has said an answer that counts.
std::size_t roles_responded(const Incident& incident)
{
    std::set<RoleName> roles;
    for (const auto& [key, duty] : incident.duties)
        for (const auto& [staff, ask] : duty.asks)
            if (ask.satisfies) roles.insert(ask.role);
    return roles.size();
}

std::string college_of(const MessageSource& source, const DutyInstance* duty)
{
    UnitId college;
    if (duty != nullptr) {
        const Unit* scope = source.directory.unit(UnitId(duty->key.scope));
        if (scope != nullptr && scope->kind == "college") college = scope->id;
    }
    for (const auto& [id, subject] : source.incident.subjects)
        if (college.empty()) college = subject.college;
    const Unit* unit = source.directory.unit(college);
    return unit == nullptr ? "" : unit->short_name;
}

// "10-04 08:30", as people on the spot read their clocks.
std::string day_and_time(const Protocol& protocol, Instant at)
{
    const auto local = at + protocol.utc_offset;
    const auto midnight = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss clock(local - midnight);
    return fmt::format(
        "{:02}-{:02} {:02}:{:02}",
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        clock.hours().count(),
        clock.minutes().count()
    );
}

json::value optional_instant(const std::optional<Instant>& at)
{
    return at ? json::value(http::to_rfc3339(*at)) : json::value(nullptr);
}

json::array asks_of(const MessageSource& source)
{
    json::array out;
    for (const AskRef& ref : source.page.asks) {
        const DutyInstance* duty = duty_of(source.incident, ref.duty);
        if (duty == nullptr) continue;
        json::array answers;
        for (const Word& word : answers_to(source.protocol, *duty))
            answers.emplace_back(word.text());
        out.push_back(json::object(
            {{"id", ref.duty.text()},
             {"duty", ref.duty.name.text()},
             {"due", optional_instant(duty->due)},
             {"answers", std::move(answers)}}
        ));
    }
    return out;
}

std::string text_of(const MessageSource& source, const ChannelName& channel, Instant now)
{
    std::string text = config::render_text(
        source.protocol,
        source.page.text,
        variables_of(source, now),
        medium_of(channel),
        source.incident.kind != Kind::Real
    );
    if (!text.empty()) return text;
    return "【守望】" + source.page.text.text() + " " + source.incident.code;
}

}  // namespace

config::TextVariables variables_of(const MessageSource& source, Instant now)
{
    const Incident& incident = source.incident;
    const DutyInstance* duty = leading_duty(source);
    const Instant since = duty == nullptr ? incident.reported_at : duty->opened_at;
    const auto minutes = std::chrono::floor<std::chrono::minutes>(now - since).count();
    const auto level = std::find_if(
        source.protocol.levels.begin(),
        source.protocol.levels.end(),
        [&](const Level& each) { return each.name == source.page.level; }
    );
    const bool due = duty != nullptr && duty->due.has_value();
    return {
        {"code", incident.code},
        {"level", level == source.protocol.levels.end() ? "" : level->label},
        {"place", incident.place.label},
        {"college", college_of(source, duty)},
        {"role", silent_role(source, duty)},
        {"min", std::to_string(std::max<decltype(minutes)>(minutes, 1))},
        {"n", std::to_string(roles_responded(incident))},
        {"due", due ? day_and_time(source.protocol, *duty->due) : ""},
        {"date", day_and_time(source.protocol, now)}};
}

MessageContent compose(
    const MessageSource& source, const ChannelName& channel, const Attempt& attempt
)
{
    const Incident& incident = source.incident;
    const Page& page = source.page;
    MessageContent out;
    out.text = text_of(source, channel, attempt.now);
    out.payload = json::serialize(json::object(
        {{"key", attempt.key},
         {"incident", incident.id.text()},
         {"code", incident.code},
         {"level", page.level.text()},
         {"kind", word_of(incident.kind)},
         {"asks", asks_of(source)},
         {"role", page.role.text()},
         {"recipient", page.staff.text()},
         {"channel", channel.text()},
         {"rung", page.rung},
         {"repeat", page.repeat},
         {"attempt", attempt.number},
         {"possible_repeat", attempt.possible_repeat},
         {"text", out.text},
         {"respond_url", attempt.respond_url},
         {"ref", incident.ref},
         {"at", http::to_rfc3339(page.at)}}
    ));
    return out;
}

}  // namespace shouwang::daemon
