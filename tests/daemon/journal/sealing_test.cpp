#include "daemon/journal/sealing.hpp"

#include "daemon/rehearsal/seeded_entropy.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <string>
#include <sys/stat.h>

namespace shouwang::journal {
namespace {

struct Ring {
    rehearsal::SeededEntropy entropy{1};
    test::TemporaryFolder folder;
    std::filesystem::path file = folder / "master.key";
    KeyRing ring{make_master(), entropy};

    MasterKey make_master()
    {
        MasterKey master = MasterKey::generate(entropy);
        master.save(file);
        return master;
    }
};

std::string refusal_of(const std::filesystem::path& file)
{
    try {
        static_cast<void>(MasterKey::load(file));
    } catch (const std::runtime_error& refused) {
        return refused.what();
    }
    return {};
}

TEST_CASE("sealing: what was sealed opens with its key and context only", "[journal][sealing]")
{
    Ring r;
    static_cast<void>(r.ring.create("k1"));
    static_cast<void>(r.ring.create("k2"));
    const std::string plain = R"({"name":"张某","student":"2023000001"})";
    const std::string sealed = r.ring.seal("k1", plain, "incident/1 opened");

    CHECK(sealed.find("2023000001") == std::string::npos);
    CHECK(r.ring.open("k1", sealed, "incident/1 opened") == plain);
    CHECK_FALSE(r.ring.open("k2", sealed, "incident/1 opened"));
    CHECK_FALSE(r.ring.open("k1", sealed, "incident/2 opened"));
    CHECK_FALSE(r.ring.open("k3", sealed, "incident/1 opened"));
    CHECK(r.ring.open("k1", r.ring.seal("k1", "", ""), "") == "");
    CHECK_THROWS_AS(r.ring.seal("k3", plain, ""), std::out_of_range);
    CHECK_THROWS_AS(r.ring.create("k1"), std::invalid_argument);
    CHECK_THROWS_AS(r.ring.create(""), std::invalid_argument);
}

TEST_CASE("sealing: any changed or missing byte keeps it closed", "[journal][sealing]")
{
    Ring r;
    static_cast<void>(r.ring.create("k"));
    const std::string sealed = r.ring.seal("k", "plain", "here");
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string changed = sealed;
            changed[at] = static_cast<char>(changed[at] ^ static_cast<char>(1U << bit));
            REQUIRE_FALSE(r.ring.open("k", changed, "here"));
        }
        REQUIRE_FALSE(r.ring.open("k", sealed.substr(0, at), "here"));
    }
    CHECK_FALSE(r.ring.open("k", sealed + '\0', "here"));
}

TEST_CASE("sealing: the same words are never sealed alike", "[journal][sealing]")
{
    Ring r;
    static_cast<void>(r.ring.create("k"));
    std::set<std::string> seen;
    for (int i = 0; i < 200; ++i) CHECK(seen.insert(r.ring.seal("k", "same", "")).second);
}

TEST_CASE("sealing: keys come back from the journal by the same master key", "[journal][sealing]")
{
    Ring r;
    const WrappedKey wrapped = r.ring.create("k");
    const std::string sealed = r.ring.seal("k", "plain", "");

    KeyRing restarted(MasterKey::load(r.file), r.entropy);
    CHECK_FALSE(restarted.open("k", sealed, ""));
    REQUIRE(restarted.adopt(wrapped));
    CHECK(restarted.open("k", sealed, "") == "plain");

    KeyRing stranger(MasterKey::generate(r.entropy), r.entropy);
    CHECK_FALSE(stranger.adopt(wrapped));
    CHECK_FALSE(restarted.adopt({"other", wrapped.wrapped}));  // bound to its id
    for (std::size_t at = 0; at < wrapped.wrapped.size(); ++at) {
        WrappedKey changed = wrapped;
        changed.wrapped[at] = static_cast<char>(changed.wrapped[at] ^ 1);
        CHECK_FALSE(stranger.adopt(changed));
        CHECK_FALSE(KeyRing(MasterKey::load(r.file), r.entropy).adopt(changed));
    }
}

TEST_CASE("sealing: a forgotten key opens nothing", "[journal][sealing]")
{
    Ring r;
    static_cast<void>(r.ring.create("k"));
    const std::string sealed = r.ring.seal("k", "plain", "");
    r.ring.forget("k");
    r.ring.forget("k");
    CHECK_FALSE(r.ring.holds("k"));
    CHECK_FALSE(r.ring.open("k", sealed, ""));
}

TEST_CASE("sealing: the master key file is checked before it is trusted", "[journal][sealing]")
{
    Ring r;
    struct stat status = {};
    REQUIRE(::stat(r.file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(refusal_of(r.file).empty());
    CHECK_THROWS_AS(MasterKey::generate(r.entropy).save(r.file), std::runtime_error);

    ::chmod(r.file.c_str(), 0440);  // a systemd credential
    CHECK(refusal_of(r.file).empty());
    ::chmod(r.file.c_str(), 0604);
    CHECK(refusal_of(r.file).find("chmod 600") != std::string::npos);
    ::chmod(r.file.c_str(), 0620);
    CHECK(refusal_of(r.file).find("chmod 600") != std::string::npos);
    ::chmod(r.file.c_str(), 0600);
    std::ofstream(r.file, std::ios::app) << '\n';
    CHECK(refusal_of(r.file).find("exactly 32 bytes, it has 33") != std::string::npos);
    CHECK(refusal_of(r.folder / "absent").find("No such file") != std::string::npos);
    CHECK(refusal_of(r.folder / ".").find("is not a file") != std::string::npos);
}

}  // namespace
}  // namespace shouwang::journal
