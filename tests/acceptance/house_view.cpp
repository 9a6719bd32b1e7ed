#include "tests/acceptance/house_view.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace shouwang::test {

namespace js = boost::json;

namespace {

const std::string incidents = "/api/v1/incidents";

bool takes(const js::object& duty, std::string_view word)
{
    const js::array& words = duty.at("answers").as_array();
    return std::any_of(words.begin(), words.end(), [&](const js::value& each) {
        return each.as_string() == word;
    });
}

// There until an ending is signed, or for longer than any story.
bool stays_open(const js::object& duty)
{
    const std::string name = text_of(duty, "key");
    return name == "S32" || name == "S46" || name.starts_with("S40-7d") ||
           name.starts_with("S40-14d") || name.starts_with("S49");
}

// All is well, as a form says it.
std::string good_news(const std::string& field)
{
    static const std::map<std::string, std::string> known{
        {"conscious", "yes"},
        {"sighted", "yes"},
        {"injury", "none"},
        {"life_danger", "no"},
        {"hazard", "none"},
        {"disturbed", "no"},
        {"contact", "0"},
        {"guardian_state", "arrived"},
        {"level", "none"},
        {"entry", "在案"},
        {"helper", "vs-05"},
        {"first_talk", "下周一"}};
    const auto found = known.find(field);
    return found == known.end() ? std::string() : found->second;
}

void file_record(House& house, const std::string& incident, const js::object& duty)
{
    js::object fields;
    for (const js::value& each : duty.at("record").as_array()) {
        const js::object& field = each.as_object();
        const std::string name = text_of(field, "name");
        const std::string value = good_news(name);
        if (!value.empty())
            fields[name] = value;
        else if (field.at("required").as_bool())
            fields[name] = "已办";
    }
    const HttpReply reply = house.post(
        house.desk(),
        incidents + "/" + incident + "/duties/" + text_of(duty, "key") + "/records",
        {{"fields", fields}}
    );
    INFO(reply.body);
    REQUIRE(reply.status == 201);
}

// Whoever was asked says the most that this duty understands. Nobody was asked yet: the person the
// duty is about, or the duty desk where it may confirm.
void settle(House& house, const std::string& incident, const js::object& duty)
{
    const js::array& asked = duty.at("asked").as_array();
    const bool of_person = text_of(duty, "key").starts_with("S09@");
    std::string staff = of_person ? text_of(duty, "scope") : "hq";
    if (!asked.empty()) staff = text_of(asked.front().as_object(), "staff");
    for (const char* word :
         {"arrived",
          "confirmed",
          "called",
          "ambulance_here",
          "police_here",
          "fire_here",
          "reported",
          "go",
          "received"})
        if (takes(duty, word)) {
            // Nobody was asked anything, and there is nothing to acknowledge.
            if (std::string_view(word) == "received" && asked.empty()) return;
            const HttpReply reply = answer_for(house, incident, staff, word, text_of(duty, "key"));
            INFO(reply.body);
            REQUIRE(reply.status == 200);
            return;
        }
}

}  // namespace

js::object red_alarm()
{
    return {
        {"via", "hotline"},
        {"subjects",
         js::array{
             js::object{{"student_id", "s2"}, {"facts", js::object{{"life_danger", "yes"}}}}}},
        {"place",
         js::object{{"campus", "M"}, {"building", "M-12"}, {"floor", "4"}, {"room", "412"}}},
        {"text", "学生说不想活"},
        {"ref", "story"}};
}

std::string open_alarm(House& house, const js::object& report)
{
    const HttpReply reply = house.post(house.desk(), incidents, report);
    INFO(reply.body);
    REQUIRE(reply.status == 201);
    const std::string id = text_of(reply.json(), "id");
    CHECK(reply.header("location") == incidents + "/" + id);
    return id;
}

js::object view(House& house, const std::string& incident)
{
    const HttpReply reply = house.get(house.desk(), incidents + "/" + incident);
    INFO(reply.body);
    REQUIRE(reply.status == 200);
    return reply.json();
}

js::object duty_in(const js::object& view, std::string_view key)
{
    for (const js::value& duty : view.at("duties").as_array())
        if (duty.at("key").as_string() == key) return duty.as_object();
    throw std::runtime_error("there is no duty " + std::string(key));
}

std::vector<js::object> events(House& house, const std::string& incident, std::string_view type)
{
    std::vector<js::object> out;
    for (std::int64_t after = 0;;) {
        const HttpReply reply = house.get(
            house.desk(), incidents + "/" + incident + "/timeline?after=" + std::to_string(after)
        );
        REQUIRE(reply.status == 200);
        const js::object page = reply.json();
        const js::array& rows = page.at("events").as_array();
        if (rows.empty()) return out;
        for (const js::value& row : rows) {
            REQUIRE(number_of(row.as_object(), "seq") > after);
            after = number_of(row.as_object(), "seq");
            if (row.at("type").as_string() == type) out.push_back(row.as_object());
        }
    }
}

std::string text_of(const js::object& object, std::string_view name)
{
    const js::value* value = object.if_contains(name);
    return value == nullptr || !value->is_string() ? std::string()
                                                   : std::string(value->get_string());
}

std::int64_t number_of(const js::object& object, std::string_view name)
{
    return object.at(name).to_number<std::int64_t>();
}

HttpReply answer_for(
    House& house,
    const std::string& incident,
    const std::string& staff,
    const std::string& word,
    const std::string& ask
)
{
    js::object body{{"answer", word}, {"staff", staff}, {"heard_by", "hq"}};
    if (!ask.empty()) body["ask"] = ask;
    return house.post(house.desk(), incidents + "/" + incident + "/answers", body);
}

void end_every_duty(House& house, const std::string& incident)
{
    // One duty's end may open another: under way, then on the scene, then the report from there.
    for (int round = 0; round < 20; ++round) {
        const js::object now = view(house, incident);
        std::size_t open = 0;
        for (const js::value& each : now.at("duties").as_array()) {
            const js::object& duty = each.as_object();
            if (text_of(duty, "state") != "open" || stays_open(duty)) continue;
            ++open;
            if (!duty.at("record").as_array().empty())
                file_record(house, incident, duty);
            else
                settle(house, incident, duty);
        }
        if (open == 0) return;
    }
    FAIL("duties are still open");
}

std::string link_of(House& house, const std::string& staff)
{
    std::string link;
    REQUIRE(house.wait([&] {
        for (const Arrival& arrival : house.arrivals)
            if (arrival.recipient() == staff) link = arrival.text("respond_url");
        return !link.empty();
    }));
    const auto path = link.find("/r/");
    REQUIRE(path != std::string::npos);
    return link.substr(path);
}

std::string hidden_field(const std::string& html, const std::string& name)
{
    const std::string begins = "name=\"" + name + "\" value=\"";
    const auto at = html.find(begins);
    if (at == std::string::npos) return {};
    const auto from = at + begins.size();
    return html.substr(from, html.find('"', from) - from);
}

HttpReply press(House& house, const std::string& target, const std::string& form)
{
    HttpCall call("POST", target, form);
    call.content_type = "application/x-www-form-urlencoded";
    return house.call(std::move(call));
}

void stand_down(House& house, const std::string& incident)
{
    end_every_duty(house, incident);
    const js::object now = view(house, incident);
    const js::array& held = now.at("registers").as_object().at("commander").as_array();
    REQUIRE_FALSE(held.empty());
    const std::string commander = text_of(held.front().as_object(), "staff");
    const std::string link = link_of(house, commander);
    const HttpReply page = house.call(HttpCall("GET", link));
    REQUIRE(page.status == 200);
    const HttpReply signed_off = press(
        house,
        link + "/sign",
        "ask=stand_down&field.reason=ok&nonce=" + hidden_field(page.body, "nonce")
    );
    INFO(signed_off.body);
    REQUIRE(signed_off.status == 200);
    // What comes afterwards is done at once.
    end_every_duty(house, incident);
}

std::vector<std::string> missing_codes(const HttpReply& problem)
{
    std::vector<std::string> out;
    const js::object body = problem.json();
    if (const js::value* missing = body.if_contains("missing"))
        for (const js::value& each : missing->as_array())
            out.push_back(text_of(each.as_object(), "code"));
    return out;
}

std::vector<std::string> error_pointers(const HttpReply& problem)
{
    std::vector<std::string> out;
    const js::object body = problem.json();
    if (const js::value* errors = body.if_contains("errors"))
        for (const js::value& each : errors->as_array())
            out.push_back(text_of(each.as_object(), "pointer"));
    return out;
}

}  // namespace shouwang::test
