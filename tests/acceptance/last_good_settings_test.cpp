#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

using namespace shouwang::test;
namespace js = boost::json;

namespace {

constexpr int bad_configuration = 78;

// As systemd sets it for StateDirectory=. The daemon inherits it.
class StateDirectory {
public:
    explicit StateDirectory(const std::filesystem::path& folder)
    {
        ::setenv("STATE_DIRECTORY", folder.c_str(), 1);
    }
    StateDirectory(const StateDirectory&) = delete;
    StateDirectory& operator=(const StateDirectory&) = delete;
    ~StateDirectory() { ::unsetenv("STATE_DIRECTORY"); }
};

Finished check_configuration(House& house)
{
    auto arguments = house.arguments();
    arguments.push_back("--check-config");
    house.write_settings();
    return run_daemon(house.io, arguments);
}

void break_in_meaning(std::string& settings)
{
    settings = "port_number = 8110\n" + settings;
}

void break_in_form(std::string& settings)
{
    settings += "[channel.sms\n";
}

bool says(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("acceptance: settings with faults fall back to the last good ones", "[acceptance]")
{
    House house(notice_safe(1));
    house.start();
    const std::string id = open_alarm(house, red_alarm());
    CHECK(house.stop() == 0);
    const StateDirectory state(house.file("data"));

    SECTION("a key that does not exist")
    {
        house.edit_settings = break_in_meaning;
    }
    SECTION("no TOML at all")
    {
        house.edit_settings = break_in_form;
    }
    CHECK(check_configuration(house).end.code == bad_configuration);
    const std::uint64_t before = [&] {
        house.start();
        return house.journal_sequence();
    }();
    CHECK(says(house.daemon().said(), "shouwang.toml:"));
    const HttpReply ready = house.call(HttpCall("GET", "/readyz"));
    INFO(ready.body);
    CHECK(ready.status == 200);
    CHECK(ready.json().at("degraded").as_object().contains("settings"));
    CHECK(text_of(view(house, id), "level") == "red");
    // Pages leave by the channels of the last good ones.
    house.arrivals.clear();
    const std::string other = open_alarm(
        house, {{"via", "hotline"}, {"subjects", js::array{js::object{{"student_id", "s7"}}}}}
    );
    CHECK(house.journal_sequence() > before);
    CHECK(house.wait([&] {
        for (const Arrival& arrival : house.arrivals)
            if (arrival.text("incident") == other) return true;
        return false;
    }));
    CHECK(house.stop() == 0);

    // Put right, they are the settings again.
    house.edit_settings = nullptr;
    house.start();
    const HttpReply again = house.call(HttpCall("GET", "/readyz"));
    CHECK_FALSE(again.json().at("degraded").as_object().contains("settings"));
    CHECK(text_of(view(house, other), "level") != "");
    CHECK(house.stop() == 0);
}

TEST_CASE("acceptance: a demo falls back to its last good settings as well", "[acceptance]")
{
    House house(notice_safe(1));
    house.demo = true;
    house.start();
    const std::string id = open_alarm(house, red_alarm());
    CHECK(house.stop() == 0);
    house.edit_settings = break_in_meaning;
    house.start();
    const HttpReply ready = house.call(HttpCall("GET", "/readyz"));
    CHECK(ready.json().at("degraded").as_object().contains("settings"));
    CHECK(text_of(view(house, id), "level") == "red");
    CHECK(house.stop() == 0);
    // A real daemon has no use for the settings of a demo.
    house.demo = false;
    house.launch();
    CHECK(house.daemon().wait_end().code == bad_configuration);
}

TEST_CASE("acceptance: without good settings anywhere there is no start", "[acceptance]")
{
    House house(notice_safe(1));
    std::string why;
    SECTION("no journal yet")
    {
        house.edit_settings = break_in_meaning;
        why = "there is no ";
    }
    SECTION("nothing says where it is")
    {
        house.edit_settings = break_in_form;
        why = "nothing says where the journal is";
    }
    SECTION("the file names another journal than its last good settings do")
    {
        house.start();
        CHECK(house.stop() == 0);
        std::filesystem::copy(house.file("data"), house.file("copy"));
        house.edit_settings = [](std::string& settings) {
            break_in_meaning(settings);
            const std::string data = "data = \"data\"";
            settings.replace(settings.find(data), data.size(), "data = \"copy\"");
        };
        why = "name another journal";
    }
    house.launch();
    CHECK(house.daemon().wait_end().code == bad_configuration);
    INFO(house.daemon().said());
    CHECK(says(house.daemon().said(), why));
    CHECK(says(house.daemon().said(), "no last good ones"));
}
