// The verbs that work on files: protocol, roster, audit, token.
#include "daemon/client/program.hpp"
#include "daemon/http/token_file.hpp"
#include "tests/daemon/client/command_line.hpp"
#include "tests/daemon/journal/journal_probe.hpp"

#include <boost/json/array.hpp>
#include <catch2/catch.hpp>
#include <sqlite3.h>

using Catch::Matchers::Contains;

namespace shouwang {

using client::ExitCode;
using test::CommandLine;

namespace {

namespace fs = std::filesystem;

const std::string source = SHOUWANG_SOURCE_DIR;
const std::string shipped_protocol = source + "/config/protocol/notice-safe.toml";
const std::string small_roster = source + "/tests/rosters/nlmu-small";

// A journal of twelve records, as a daemon that was stopped leaves it.
fs::path make_journal(const CommandLine& line)
{
    const fs::path file = line.folder / "journal.db";
    boost::asio::io_context io;
    journal::SqliteJournal target(io.get_executor(), test::quiet_options(file));
    for (int i = 0; i < 12; ++i)
        REQUIRE(test::append_now(io, target, test::make_batch(std::to_string(i))));
    target.close();
    return file;
}

fs::path tampered_copy(const fs::path& original, const std::string& sql)
{
    const fs::path copy = original.string() + ".copy";
    fs::copy_file(original, copy, fs::copy_options::overwrite_existing);
    sqlite3* database = nullptr;
    REQUIRE(sqlite3_open(copy.c_str(), &database) == SQLITE_OK);
    REQUIRE(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_close(database) == SQLITE_OK);
    return copy;
}

std::vector<http::TokenRecord> tokens_in(const std::string& file)
{
    const auto records = http::load_tokens(file);
    REQUIRE(records.has_value());
    return *records;
}

}  // namespace

TEST_CASE("client audit: a sound journal verifies and names its head", "[client][audit]")
{
    CommandLine line;
    const std::string file = make_journal(line).string();
    CHECK(line.run({"audit", "head", "--journal", file}) == ExitCode::Done);
    const std::string head = line.said.substr(0, line.said.size() - 1);
    CHECK(head.starts_with("12:"));
    CHECK(head.size() == 3 + 64);
    CHECK(line.run({"audit", "verify", "--journal", file}) == ExitCode::Done);
    CHECK_THAT(line.said, Contains(head));
    CHECK(line.run({"audit", "verify", "--journal", file, "--anchor", head}) == ExitCode::Done);
    CHECK(line.run({"audit", "verify", "--journal", file, "--json"}) == ExitCode::Done);
    CHECK(line.document().at("ok") == true);
    CHECK(line.document().at("seq") == 12);
}

TEST_CASE("client audit: a tampered copy exits 1 with its first bad record", "[client][audit]")
{
    CommandLine line;
    const fs::path original = make_journal(line);
    REQUIRE(line.run({"audit", "head", "--journal", original.string()}) == ExitCode::Done);
    const std::string head = line.said.substr(0, line.said.size() - 1);
    for (const auto& [sql, bad] : std::vector<std::pair<std::string, int>>{
             {"UPDATE records SET open = '{}' WHERE seq IN (5, 9)", 5},
             {"DELETE FROM records WHERE seq = 3", 3},
             {"UPDATE records SET hash = zeroblob(32) WHERE seq = 12", 12}}) {
        CAPTURE(sql);
        const std::string copy = tampered_copy(original, sql).string();
        CHECK(line.run({"audit", "verify", "--journal", copy, "--json"}) == ExitCode::Failed);
        CHECK(line.document().at("ok") == false);
        CHECK(line.document().at("bad_seq") == bad);
        CHECK(line.document().at("seq") == bad - 1);
        CHECK(line.run({"audit", "verify", "--journal", copy}) == ExitCode::Failed);
        CHECK_THAT(line.said, Contains("第一条坏记录 " + std::to_string(bad)));
    }
    const std::string cut = tampered_copy(original, "DELETE FROM records WHERE seq > 10").string();
    CHECK(line.run({"audit", "verify", "--journal", cut}) == ExitCode::Done);
    CHECK(
        line.run({"audit", "verify", "--journal", cut, "--anchor", head, "--json"}) ==
        ExitCode::Failed
    );
    CHECK(line.document().at("fault") == "behind_anchor");
}

TEST_CASE("client audit: what is no journal is left as it is", "[client][audit]")
{
    CommandLine line;
    const fs::path absent = line.folder / "absent.db";
    CHECK(line.run({"audit", "verify", "--journal", absent.string()}) == ExitCode::Failed);
    CHECK(!fs::exists(absent));
    const std::string other = line.write("other.db", "not a database at all").string();
    CHECK(line.run({"audit", "verify", "--journal", other}) == ExitCode::Failed);
    CHECK(!line.complained.empty());

    const fs::path held = make_journal(line);
    boost::asio::io_context io;
    journal::SqliteJournal daemon(io.get_executor(), test::quiet_options(held));
    CHECK(line.run({"audit", "verify", "--journal", held.string()}) == ExitCode::Failed);
    CHECK_THAT(line.complained, Contains("副本"));
}

TEST_CASE("client token: made, listed without its secret, and taken back", "[client][token]")
{
    CommandLine line;
    const std::string file = (line.folder / "tokens.json").string();
    const std::vector<std::string> add{
        "token",
        "add",
        "--tokens",
        file,
        "--role",
        "duty_desk",
        "--staff",
        "hq",
        "--via",
        "hotline,console",
        "--note",
        "desk"};
    CHECK(line.run(add) == ExitCode::Done);
    const std::string secret = line.said.substr(0, line.said.size() - 1);
    const auto records = tokens_in(file);
    REQUIRE(records.size() == 1);
    CHECK(records[0].via == std::vector<std::string>{"hotline", "console"});
    CHECK(records[0].expires_at == line.time.now() + std::chrono::days(365));
    CHECK(http::TokenStore(records).verify(secret, line.time.now()));

    CHECK(line.run({"token", "list", "--tokens", file}) == ExitCode::Done);
    CHECK_THAT(line.said, Contains(records[0].id) && Contains("duty_desk") && Contains("hq"));
    CHECK_THAT(line.said, !Contains(secret) && !Contains(records[0].hash));
    CHECK(line.run({"token", "list", "--tokens", file, "--json"}) == ExitCode::Done);
    CHECK(line.document().at("tokens").as_array().at(0).as_object().at("expired") == false);
    CHECK_THAT(line.said, !Contains(records[0].hash));

    CHECK(line.run({"token", "revoke", records[0].id, "--tokens", file}) == ExitCode::Done);
    CHECK(tokens_in(file).empty());
    CHECK(line.run({"token", "revoke", records[0].id, "--tokens", file}) == ExitCode::Failed);
}

TEST_CASE("client token: the secret can go into a new private file", "[client][token]")
{
    CommandLine line;
    const std::string file = (line.folder / "tokens.json").string();
    const fs::path out = line.folder / "desk.token";
    const std::vector<std::string> add{
        "token", "add", "--tokens", file, "--role", "intake", "--for-ever", "--out", out.string()};
    CHECK(line.run(add) == ExitCode::Done);
    CHECK_THAT(line.said, !Contains("sw_"));
    CHECK(fs::status(out).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(!tokens_in(file).at(0).expires_at);
    // What is there already is not written over, and no token without a holder stays behind.
    CHECK(line.run(add) == ExitCode::Failed);
    CHECK(tokens_in(file).size() == 1);
}

TEST_CASE("client token: a bad file shows all its faults, a bad role is usage", "[client][token]")
{
    CommandLine line;
    const std::string bad =
        line.write("tokens.json", R"({"tokens":[{"id":"?","hash":"x","role":"king"}]})").string();
    CHECK(line.run({"token", "list", "--tokens", bad}) == ExitCode::BadConfiguration);
    for (const char* const part : {"/tokens/0/id", "/tokens/0/hash", "/tokens/0/role"})
        CHECK_THAT(line.complained, Contains(part));
    CHECK(line.run({"token", "list", "--tokens", bad, "--json"}) == ExitCode::BadConfiguration);
    CHECK(line.document().at("errors").as_array().size() >= 3);
    CHECK(line.run({"token", "add", "--tokens", bad, "--role", "king"}) == ExitCode::Usage);
}

TEST_CASE("client protocol: the shipped one is good and explains itself", "[client][protocol]")
{
    CommandLine line;
    CHECK(line.run({"protocol", "check", shipped_protocol}) == ExitCode::Done);
    INFO(line.said);
    CHECK(line.run({"protocol", "check", shipped_protocol, "--json"}) == ExitCode::Done);
    CHECK(line.document().at("name") == "notice-safe");
    CHECK(line.document().at("hash").as_string().size() == 64);
    CHECK(line.run({"protocol", "explain", shipped_protocol}) == ExitCode::Done);
    CHECK_THAT(line.said, Contains("S03"));
}

TEST_CASE("client protocol: it is drawn to a file or to standard output", "[client][protocol]")
{
    CommandLine line;
    CHECK(line.run({"protocol", "draw", shipped_protocol}) == ExitCode::Done);
    const std::string picture = line.said;
    CHECK(picture.starts_with("<svg "));
    const fs::path out = line.folder / "p.svg";
    CHECK(
        line.run({"protocol", "draw", shipped_protocol, "--out", out.string()}) == ExitCode::Done
    );
    CHECK(fs::file_size(out) == picture.size());
    const std::string nowhere = (line.folder / "none" / "p.svg").string();
    CHECK(line.run({"protocol", "draw", shipped_protocol, "--out", nowhere}) == ExitCode::Failed);
    CHECK_THAT(line.complained, Contains(nowhere));
}

TEST_CASE("client protocol: a bad one exits 78 with file and line", "[client][protocol]")
{
    CommandLine line;
    const std::string bad = line.write("bad.toml", "name = \"x\"\nversion = \"one\"\n").string();
    for (const char* const verb : {"check", "explain", "draw"}) {
        CHECK(line.run({"protocol", verb, bad}) == ExitCode::BadConfiguration);
        CHECK_THAT(line.said, Contains(bad + ":2"));
        CHECK(line.run({"protocol", verb, bad, "--json"}) == ExitCode::BadConfiguration);
        CHECK(line.document().at("ok") == false);
        CHECK(line.document().at("faults").as_array().size() > 1);
    }
}

TEST_CASE(
    "client roster: a good folder is counted, a bad one shows every fault", "[client][roster]"
)
{
    CommandLine line;
    CHECK(
        line.run({"roster", "check", small_roster, "--protocol", shipped_protocol}) ==
        ExitCode::Done
    );
    CHECK(
        line.run({"roster", "check", small_roster, "--protocol", shipped_protocol, "--json"}) ==
        ExitCode::Done
    );
    CHECK(line.document().at("students") == 14);

    const fs::path broken = line.folder / "broken";
    fs::copy(small_roster, broken);
    std::ofstream(broken / "roles.csv", std::ios::app) << "counsellor,NOWHERE,nobody,0\n";
    const std::vector<std::string> check{
        "roster", "check", broken.string(), "--protocol", shipped_protocol};
    CHECK(line.run(check) == ExitCode::BadConfiguration);
    CHECK_THAT(line.said, Contains("NOWHERE") && Contains("nobody") && Contains("roles.csv:"));
}

TEST_CASE("client roster: resolve says who and why", "[client][roster]")
{
    CommandLine line;
    const auto ask = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"roster", "resolve"});
        arguments.insert(
            arguments.end(), {"--roster", small_roster, "--protocol", shipped_protocol, "--json"}
        );
        return line.run(arguments);
    };
    const auto first = [&] { return line.document().at("people").as_array().at(0).as_object(); };
    REQUIRE(
        ask({"class_teacher", "--student", "s2", "--at", "2026-10-10 02:17"}) == ExitCode::Done
    );
    CHECK(first().at("staff") == "ct-05");
    CHECK(first().at("reason") == "holder");
    CHECK(line.document().at("at") == "2026-10-09T18:17:00.000Z");
    // On leave until the seventh: the delegate stands in.
    REQUIRE(
        ask({"class_teacher", "--student", "s7", "--at", "2026-10-05 12:00"}) == ExitCode::Done
    );
    CHECK(first().at("staff") == "ct-03b");
    CHECK(first().at("reason") == "delegate of ct-03");

    CHECK(ask({"class_teacher", "--student", "nobody"}) == ExitCode::Failed);
    CHECK_THAT(line.said, Contains("student"));
    CHECK(ask({"astronaut", "--student", "s2"}) == ExitCode::Failed);
}

TEST_CASE("client files: a demo's settings serve as well as a university's", "[client]")
{
    CommandLine line;
    const std::string demo = source + "/config/demo/shouwang.toml";
    CHECK(line.run({"protocol", "check", "--config", demo}) == ExitCode::Done);
    CHECK(line.run({"roster", "check", "--config", demo, "--json"}) == ExitCode::Done);
    CHECK(line.document().at("students") == 124);
}

TEST_CASE("client files: without a path they come from the daemon's settings", "[client]")
{
    CommandLine line;
    const std::string absent = (line.folder / "absent.toml").string();
    for (const auto& verb : std::vector<std::vector<std::string>>{
             {"protocol", "check"},
             {"roster", "check"},
             {"roster", "resolve", "class_teacher"},
             {"audit", "head"},
             {"token", "list"}}) {
        std::vector<std::string> arguments = verb;
        arguments.insert(arguments.end(), {"--config", absent});
        CAPTURE(verb);
        CHECK(line.run(arguments) == ExitCode::BadConfiguration);
        CHECK_THAT(line.complained, Contains(absent));
    }
}

}  // namespace shouwang
