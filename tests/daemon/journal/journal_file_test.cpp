#include "daemon/journal/journal_file.hpp"

#include "daemon/journal/sqlite_journal.hpp"
#include "tests/daemon/journal/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>
#include <sys/stat.h>

namespace shouwang::journal {
namespace {

unsigned mode_of(const std::filesystem::path& file)
{
    struct stat status = {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

TEST_CASE("journal file: network file systems are known by their numbers", "[journal][file]")
{
    CHECK(network_filesystem(0x6969) == "NFS");
    CHECK(network_filesystem(0x517B) == "SMB");
    CHECK(network_filesystem(0xFF534D42) == "SMB");
    CHECK(network_filesystem(static_cast<std::int32_t>(0xFE534D42U)) == "SMB");
    CHECK_FALSE(network_filesystem(0xEF53));      // ext4
    CHECK_FALSE(network_filesystem(0x58465342));  // xfs
    CHECK_FALSE(network_filesystem(0x01021994));  // tmpfs
    CHECK_FALSE(network_filesystem(0x9123683E));  // btrfs
}

TEST_CASE("journal file: it is private from the first moment and made so again", "[journal][file]")
{
    const test::TemporaryFolder folder;
    const std::filesystem::path file = folder / "j.db";
    prepare_journal_file(file);
    CHECK(mode_of(file) == 0600U);
    CHECK(std::filesystem::file_size(file) == 0);
    std::ofstream(file) << "kept";
    ::chmod(file.c_str(), 0644);
    prepare_journal_file(file);
    CHECK(mode_of(file) == 0600U);
    CHECK(std::filesystem::file_size(file) == 4);
}

TEST_CASE("journal file: a folder that is not there is said so", "[journal][file]")
{
    const test::TemporaryFolder folder;
    CHECK_THROWS_WITH(
        prepare_journal_file(folder / "absent/j.db"),
        Catch::Contains("its folder cannot be used: No such file")
    );
}

}  // namespace
}  // namespace shouwang::journal
