#include "config/settings.hpp"

#include "tests/config/protocol_file.hpp"

#include <catch2/catch.hpp>

using namespace shouwang;
using namespace shouwang::config;

namespace {

std::string shipped(const char* file)
{
    return std::string(SHOUWANG_SOURCE_DIR) + "/config/" + file;
}

LoadedSettings read(const std::string& text, bool demo = false)
{
    return read_settings(text, "/etc/shouwang/shouwang.toml", demo);
}

const std::string& sound()
{
    static const std::string text = test::read_source("config/shouwang.toml");
    return text;
}

// The edited example is refused with this fault on the line of `line`.
void finds(
    const std::string& from, const std::string& to, const std::string& what, const std::string& line
)
{
    const std::string text = test::with(sound(), from, to);
    const LoadedSettings loaded = read(text);
    INFO(what << "\n" << test::words(loaded.faults));
    CHECK_FALSE(loaded.settings);
    CHECK(std::any_of(loaded.faults.begin(), loaded.faults.end(), [&](const Fault& fault) {
        return fault.line == test::line_of(text, line) &&
               fault.what.find(what) != std::string::npos;
    }));
}

}  // namespace

TEST_CASE("settings: the example and the demo's load without a fault", "[config][settings]")
{
    const LoadedSettings example = load_settings(shipped("shouwang.toml"), false);
    INFO(test::words(example.faults));
    REQUIRE(example.settings);
    CHECK(example.faults.empty());
    CHECK(example.settings->channels.size() == 3);
    CHECK(example.settings->port == 8110);
    CHECK(example.settings->protocol == shipped("protocol/notice-safe.toml"));

    const LoadedSettings demo = load_settings(shipped("demo/shouwang.toml"), true);
    INFO(test::words(demo.faults));
    REQUIRE(demo.settings);
    CHECK(demo.faults.empty());
    CHECK(demo.settings->roster == shipped("demo/roster"));
    CHECK(std::filesystem::exists(demo.settings->protocol));
    CHECK(demo.settings->data == std::filesystem::path(SHOUWANG_SOURCE_DIR) / "var/demo");
}

TEST_CASE("settings: a demo has no real channel and a real daemon no demo", "[config][settings]")
{
    CHECK_FALSE(load_settings(shipped("shouwang.toml"), true).settings);
    CHECK_FALSE(load_settings(shipped("demo/shouwang.toml"), false).settings);
    const std::string open =
        test::with(test::read_source("config/demo/shouwang.toml"), "\"127.0.0.1\"", "\"0.0.0.0\"");
    const LoadedSettings loaded = read(open, true);
    CHECK_FALSE(loaded.settings);
    CHECK(test::words(loaded.faults).find("loopback") != std::string::npos);
}

TEST_CASE("settings: each fault is found at its line", "[config][settings]")
{
    finds("port = 8110", "port = 81100", "out of range", "port = 81100");
    finds("ballast_mib", "ballast_mb", "knows no key \"ballast_mb\"", "ballast_mb");
    finds("\"https://shouwang.example", "\"shouwang.example", "no http or https", "base_url");
    finds("\"voice\", \"sms\", \"wecom\"]", "\"vioce\"]", "not set up", "vioce");
    finds("{ kind = \"wecom_robot\"", "{ kind = \"pigeon\"", "unknown kind", "\"pigeon\"");
    finds("url_file", "secret = \"hunter2\", url_file", "a secret has no place", "hunter2");
}

TEST_CASE("settings: all faults are reported at once", "[config][settings]")
{
    const LoadedSettings loaded = read("port = \"x\"\nchannel = 3\nwhatever = 1\n");
    CHECK_FALSE(loaded.settings);
    CHECK(loaded.faults.size() >= 6);
}

TEST_CASE("settings: with faults, they still say where the journal is", "[config][settings]")
{
    const std::filesystem::path file = "/etc/shouwang/shouwang.toml";
    const std::string bad = test::with(sound(), "port = 8110", "port = \"x\"");
    REQUIRE_FALSE(read(bad).settings);
    CHECK(data_folder_in(bad, file) == "/var/lib/shouwang");
    CHECK(data_folder_in("data = \"../state\"", file) == "/etc/state");
    CHECK_FALSE(data_folder_in("data = 3", file));
    CHECK_FALSE(data_folder_in("port = 8110", file));
    CHECK_FALSE(data_folder_in("data = \"/var/lib/shouwang\"\n[channel", file));
}

TEST_CASE("settings: a file that is not there is a fault", "[config][settings]")
{
    CHECK_FALSE(load_settings("/nonexistent/shouwang.toml", false).settings);
    CHECK(load_settings("/nonexistent/shouwang.toml", false).faults.size() == 1);
}
