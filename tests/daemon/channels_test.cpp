#include "daemon/channels.hpp"

#include "daemon/configuration.hpp"
#include "daemon/provider_secrets.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"
#include "tests/notifiers/scripted_http.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace shouwang;
using namespace shouwang::daemon;
using escalation::ChannelName;
namespace fs = std::filesystem;

namespace {

constexpr const char* secret = "whsec_c2hvdXdhbmctY2hhbm5lbHMtdGVzdA==";

config::ProviderSettings webhook(const std::string& name, std::vector<fs::path> secret_files)
{
    config::ProviderSettings out;
    out.name = name;
    out.kind = "webhook";
    out.url = "https://gateway.invalid/page";
    out.secret_files = std::move(secret_files);
    return out;
}

// Two channels: sms with two providers, wecom with one robot.
class Secrets {
public:
    Secrets()
    {
        settings.channels[ChannelName("sms")] = {
            webhook("A", {path("a.new"), path("a.old")}), webhook("B", {path("b")})};
        config::ProviderSettings robot;
        robot.name = "robot";
        robot.kind = "wecom_robot";
        robot.url_file = path("robot.url");
        settings.channels[ChannelName("wecom")] = {robot};
        settings.fall_over = {ChannelName("wecom"), ChannelName("sms")};
        settings.master_key = path("master.key");
        settings.tokens = path("tokens.json");
        for (const char* file : {"a.new", "a.old", "b"}) write(file, secret);
        write("robot.url", "https://robot.invalid/send?key=hunter2");
        write("master.key", std::string(32, 'k'));
    }

    void write(const std::string& name, const std::string& text, fs::perms others = {}) const
    {
        std::ofstream(path(name)) << text;
        fs::permissions(path(name), fs::perms::owner_read | fs::perms::owner_write | others);
    }
    void remove(const std::string& name) const { fs::remove(path(name)); }
    [[nodiscard]] fs::path path(const std::string& name) const { return folder_ / name; }

    [[nodiscard]] Channels open() { return Channels(settings, http_, wall_, health); }

    config::Settings settings;
    Health health;

private:
    test::TemporaryFolder folder_;
    test::ScriptedHttp http_{{notifiers::HttpResult(notifiers::HttpResponse{})}};
    notifiers::HandsetWall wall_;
};

std::vector<std::string> names(const Channels& channels, const char* channel)
{
    std::vector<std::string> out;
    const Routes routes = channels.routes();
    const auto found = routes.providers.find(ChannelName(channel));
    if (found != routes.providers.end())
        for (const Provider& provider : found->second) out.push_back(provider.name);
    return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("channels: every provider whose secrets are good is a way out", "[daemon][channels]")
{
    Secrets secrets;
    Channels channels = secrets.open();
    CHECK(names(channels, "sms") == Names{"A", "B"});
    CHECK(names(channels, "wecom") == Names{"robot"});
    CHECK(channels.routes().fall_over == secrets.settings.fall_over);
    CHECK(secrets.health.degraded().empty());
    CHECK_FALSE(channels.retry());
}

TEST_CASE("channels: a provider with a bad secret is left out, alone", "[daemon][channels]")
{
    Secrets secrets;
    std::string what;
    SECTION("not there")
    {
        secrets.remove("a.old");
        what = "cannot be read";
    }
    SECTION("open to everybody")
    {
        secrets.write("a.old", secret, fs::perms::others_read);
        what = "chmod 600";
    }
    SECTION("empty")
    {
        secrets.write("a.old", " \r\n");
        what = "is empty";
    }
    SECTION("no secret")
    {
        secrets.write("a.old", "whsec_hunter2");
        what = "no signing secret";
    }
    Channels channels = secrets.open();
    CHECK(names(channels, "sms") == Names{"B"});
    CHECK(names(channels, "wecom") == Names{"robot"});
    REQUIRE(secrets.health.degraded().size() == 1);
    const auto& [name, detail] = *secrets.health.degraded().begin();
    INFO(detail);
    CHECK(name == "channel sms secret");
    CHECK(detail.find("A is left out") != std::string::npos);
    CHECK(detail.find(secrets.path("a.old").string()) != std::string::npos);
    CHECK(detail.find(what) != std::string::npos);
    CHECK(detail.find("hunter2") == std::string::npos);

    // Put right, it comes in by itself, before the one it was preferred to.
    CHECK_FALSE(channels.retry());
    secrets.write("a.old", secret);
    CHECK(channels.retry());
    CHECK(names(channels, "sms") == Names{"A", "B"});
    CHECK(secrets.health.degraded().empty());
}

TEST_CASE("channels: a channel without any provider has no way out", "[daemon][channels]")
{
    Secrets secrets;
    secrets.write("robot.url", "hunter2");
    Channels channels = secrets.open();
    CHECK(names(channels, "wecom").empty());
    CHECK(names(channels, "sms") == Names{"A", "B"});
    const std::string detail = secrets.health.degraded().at("channel wecom secret");
    INFO(detail);
    CHECK(detail.find("holds no address") != std::string::npos);
    CHECK(detail.find("hunter2") == std::string::npos);
}

TEST_CASE("secrets: a check names every file with a fault at once", "[daemon][channels]")
{
    Secrets secrets;
    CHECK(check_secrets(secrets.settings, false).empty());
    secrets.remove("a.new");
    secrets.write("a.old", secret, fs::perms::group_read | fs::perms::others_read);
    secrets.write("b", "");
    secrets.write("robot.url", "hunter2");
    secrets.write("master.key", "short");
    secrets.write("tokens.json", "[");
    const auto faults = check_secrets(secrets.settings, false);
    INFO(words(faults));
    CHECK(faults.size() == 6);
    for (const char* file : {"a.new", "a.old", "b", "robot.url", "master.key", "tokens.json"}) {
        CAPTURE(file);
        CHECK(std::count_if(faults.begin(), faults.end(), [&](const config::Fault& fault) {
                  return fault.file == secrets.path(file) && !fault.warning;
              }) == 1);
    }
    CHECK(words(faults).find("hunter2") == std::string::npos);
}

TEST_CASE("secrets: a credential is systemd's to hand over", "[daemon][channels]")
{
    Secrets secrets;
    REQUIRE(std::getenv("CREDENTIALS_DIRECTORY") == nullptr);
    secrets.settings.master_key = config::resolve_credential("credential:journal.key", "/");
    const auto faults = check_secrets(secrets.settings, false);
    REQUIRE(faults.size() == 1);
    CHECK(faults.front().warning);
    // But one that starts without it has no key.
    secrets.settings.channels[ChannelName("sms")].front().secret_files = {
        config::resolve_credential("credential:a", "/")};
    Channels channels = secrets.open();
    CHECK(names(channels, "sms") == Names{"B"});
}

TEST_CASE("secrets: a demo makes its own key", "[daemon][channels]")
{
    Secrets secrets;
    secrets.remove("master.key");
    CHECK(check_secrets(secrets.settings, true).empty());
    CHECK(check_secrets(secrets.settings, false).size() == 1);
}
