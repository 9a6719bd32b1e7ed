#include "daemon/last_good_settings.hpp"

#include "daemon/configuration.hpp"
#include "daemon/event_codec.hpp"
#include "daemon/journal/sqlite_journal.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <string>

using namespace shouwang;
using namespace shouwang::daemon;
namespace fs = std::filesystem;

namespace {

using Folders = std::vector<fs::path>;

std::string sound(const std::string& data, unsigned port)
{
    return "port = " + std::to_string(port) + "\ndata = \"" + data +
           "\"\nprotocol = \"protocol.toml\"\nroster = \"roster\"\nmaster_key = \"master.key\"\n"
           "emergency_phones = [\"0000-1111110\"]\n"
           "[channel.sms]\nproviders = [{ kind = \"webhook\", secret_file = \"secret\" }]\n";
}

// A settings file with errors beside the journals of earlier starts.
class Place {
public:
    Place() { write("port = \"none\"\ndata = \"data\"\n"); }

    void write(const std::string& text) const
    {
        std::ofstream stream(file());
        stream << text;
        REQUIRE(stream.flush());
    }

    // What a start with these settings leaves behind.
    void adopt(const std::string& folder, const std::string& text) const
    {
        fs::create_directory(folder_ / folder);
        boost::asio::io_context io;
        journal::SqliteJournal journal(io.get_executor(), options(folder));
        const auto event =
            encode(escalation::Adopted{{}, "settings", "shouwang.toml", content_hash(text), text});
        journal::Draft draft;
        draft.stream = "settings";
        draft.type = event.type;
        draft.open = event.open;
        bool written = false;
        journal.append({{draft}, {}}, journal.head().seq, [&](journal::AppendResult result) {
            written = result.has_value();
        });
        io.run();
        REQUIRE(written);
        journal.close();
    }

    [[nodiscard]] journal::SqliteOptions options(const std::string& folder) const
    {
        journal::SqliteOptions out;
        out.file = journal_file(folder_ / folder);
        out.ballast_bytes = 0;
        out.committer = journal::Committer::Loop;
        return out;
    }

    [[nodiscard]] LastGoodSettings find(const std::string& state_directory = {}) const
    {
        return last_good_settings(file(), false, state_directory);
    }

    [[nodiscard]] fs::path file() const { return folder_ / "shouwang.toml"; }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }

private:
    test::TemporaryFolder folder_;
};

bool says(const LastGoodSettings& found, const std::string& part)
{
    return found.why_not.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("last good settings: where the journal may be", "[daemon][settings]")
{
    const fs::path file = "/etc/shouwang/shouwang.toml";
    CHECK(journal_folders("data = \"/a\"", file, "") == Folders{"/a"});
    CHECK(journal_folders("data = \"a\"", file, "/b") == Folders{"/etc/shouwang/a", "/b"});
    CHECK(journal_folders("data = \"/b\"", file, "/b") == Folders{"/b"});
    CHECK(journal_folders("data = [", file, "/b:/c") == Folders{"/b", "/c"});
    CHECK(journal_folders("", file, ":/b:") == Folders{"/b"});
    CHECK(journal_folders("", file, "").empty());
}

TEST_CASE("last good settings: those that were adopted last", "[daemon][settings]")
{
    const Place place;
    place.adopt("data", sound("data", 8110));
    place.adopt("data", sound("data", 8111));
    const LastGoodSettings found = place.find();
    INFO(found.why_not);
    REQUIRE(found.settings);
    CHECK(found.settings->port == 8111);
    CHECK(found.settings->roster == place.path("roster"));
    CHECK(found.text == sound("data", 8111));
    // Looking wrote nothing, and let the journal go.
    boost::asio::io_context io;
    const journal::SqliteJournal journal(io.get_executor(), place.options("data"));
    CHECK(journal.head().seq == 2);
}

TEST_CASE(
    "last good settings: a file that is no TOML is found its journal by systemd",
    "[daemon][settings]"
)
{
    const Place place;
    place.write("data = \"data\"\n[channel\n");
    place.adopt("state", sound("state", 8110));
    CHECK(says(place.find(), "nothing says where the journal is"));
    CHECK(place.find(place.path("state")).settings);
    CHECK(place.find(place.path("elsewhere") + ":" + place.path("state")).settings);
}

TEST_CASE("last good settings: what cannot be used is said, place by place", "[daemon][settings]")
{
    const Place place;
    CHECK(says(place.find(), "there is no " + place.path("data/journal.db")));
    CHECK_FALSE(fs::exists(place.path("data")));

    SECTION("a journal without settings")
    {
        fs::create_directory(place.path("data"));
        boost::asio::io_context io;
        journal::SqliteJournal(io.get_executor(), place.options("data")).close();
        CHECK(says(place.find(), "knows of no settings"));
    }
    SECTION("settings that this release cannot read")
    {
        place.adopt("data", "retired = 1\n" + sound("data", 8110));
        CHECK(says(place.find(), "\"retired\""));
    }
    SECTION("settings of another journal")
    {
        place.adopt("data", sound("state", 8110));
        CHECK(says(place.find(), "name another journal, " + place.path("state/journal.db")));
        fs::create_directory(place.path("state"));
        CHECK(says(place.find(), "name another journal, " + place.path("state/journal.db")));
    }
    SECTION("a journal that somebody else has open")
    {
        place.adopt("data", sound("data", 8110));
        boost::asio::io_context io;
        const journal::SqliteJournal journal(io.get_executor(), place.options("data"));
        CHECK_FALSE(place.find().settings);
        CHECK(says(place.find(), "another process"));
    }
}
