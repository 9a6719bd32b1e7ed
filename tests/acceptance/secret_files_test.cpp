#include "tests/acceptance/house_view.hpp"
#include "tests/acceptance/protocol_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

using namespace shouwang::test;
namespace fs = std::filesystem;
namespace js = boost::json;

namespace {

constexpr int bad_configuration = 78;

// Gives each channel a secret file of its own, named after it.
void part_the_secrets(std::string& settings)
{
    for (const std::string channel : {"voice", "sms", "wecom"}) {
        const std::string shared = "\"secret\"";
        const auto at = settings.find(shared, settings.find("[channel." + channel + "]"));
        settings.replace(at, shared.size(), "\"" + channel + ".secret\"");
    }
}

bool told(const House& house, const std::string& channel, const std::string& incident)
{
    return std::any_of(house.arrivals.begin(), house.arrivals.end(), [&](const Arrival& arrival) {
        return arrival.target == "/" + channel && arrival.text("incident") == incident;
    });
}

bool says(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

void write(const House& house, const std::string& name, const std::string& text)
{
    std::ofstream stream(house.file(name));
    stream << text;
    REQUIRE(stream.flush());
}

}  // namespace

TEST_CASE("acceptance: one unreadable secret takes away its channel and no more", "[acceptance]")
{
    House house(notice_safe(1));
    house.edit_settings = part_the_secrets;
    for (const char* good : {"voice.secret", "wecom.secret"})
        fs::copy_file(house.file("secret"), house.file(good));
    house.start();
    const HttpReply ready = house.call(HttpCall("GET", "/readyz"));
    INFO(ready.body);
    CHECK(ready.status == 200);
    const js::object degraded = ready.json().at("degraded").as_object();
    REQUIRE(degraded.contains("channel sms secret"));
    CHECK(degraded.size() == 1);
    CHECK(says(text_of(degraded, "channel sms secret"), house.file("sms.secret")));

    const std::string id = open_alarm(house, red_alarm());
    CHECK(house.wait([&] { return told(house, "voice", id) && told(house, "wecom", id); }));
    CHECK_FALSE(told(house, "sms", id));

    // Put right, it is taken over without a restart.
    fs::copy_file(house.file("secret"), house.file("sms.secret"));
    REQUIRE(house.wait([&] { return says(house.daemon().said(), "recovered: channel sms secret"); })
    );
    const std::string other = open_alarm(
        house, {{"via", "hotline"}, {"subjects", js::array{js::object{{"student_id", "s7"}}}}}
    );
    CHECK(house.wait([&] { return told(house, "sms", other); }));
    CHECK(house.stop() == 0);
}

TEST_CASE("acceptance: checking the configuration looks into every secret file", "[acceptance]")
{
    House house(notice_safe(1));
    house.edit_settings = part_the_secrets;
    house.write_settings();
    for (const char* good : {"voice.secret", "sms.secret", "wecom.secret"})
        fs::copy_file(house.file("secret"), house.file(good));
    auto checking = house.arguments();
    checking.push_back("--check-config");
    const Finished good = run_daemon(house.io, checking);
    INFO(good.said);
    CHECK(good.end.code == 0);

    fs::remove(house.file("voice.secret"));
    fs::permissions(house.file("sms.secret"), fs::perms::others_read, fs::perm_options::add);
    write(house, "wecom.secret", "hunter2\n");
    write(house, "master.key", "short");
    write(house, "tokens.json", "[");
    const Finished bad = run_daemon(house.io, checking);
    INFO(bad.said);
    CHECK(bad.end.code == bad_configuration);
    for (const char* file :
         {"voice.secret", "sms.secret", "wecom.secret", "master.key", "tokens.json"})
        CHECK(says(bad.said, house.file(file).string() + ": "));
    CHECK_FALSE(says(bad.said, "hunter2"));
    CHECK_FALSE(says(bad.said, "is good"));
    CHECK_FALSE(fs::exists(house.file("data") / "journal.db"));
}
