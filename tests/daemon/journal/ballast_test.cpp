#include "daemon/journal/ballast.hpp"

#include "tests/daemon/journal/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

namespace shouwang::journal {
namespace {

TEST_CASE("ballast: it holds real space, privately, until released", "[journal][ballast]")
{
    const test::TemporaryFolder folder;
    Ballast ballast(folder / "b", 1U << 20U);
    CHECK_FALSE(ballast.in_place());
    CHECK_FALSE(ballast.release());
    REQUIRE(ballast.restore());
    REQUIRE(ballast.restore());
    CHECK(ballast.in_place());
    struct stat status = {};
    REQUIRE(::stat((folder / "b").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(status.st_blocks * 512 >= (1 << 20));
    CHECK(ballast.release());
    CHECK_FALSE(ballast.in_place());
}

TEST_CASE("ballast: it never takes the last space itself", "[journal][ballast]")
{
    const test::TemporaryFolder folder;
    Ballast ballast(folder / "b", std::uint64_t{1} << 50U);
    CHECK_FALSE(ballast.restore());
    CHECK_FALSE(std::filesystem::exists(folder / "b"));
}

TEST_CASE("ballast: one of another size is replaced", "[journal][ballast]")
{
    const test::TemporaryFolder folder;
    REQUIRE(Ballast(folder / "b", 4096).restore());
    Ballast larger(folder / "b", 8192);
    CHECK_FALSE(larger.in_place());
    CHECK(larger.restore());
    CHECK(std::filesystem::file_size(folder / "b") == 8192);
}

TEST_CASE("ballast: none is always in place", "[journal][ballast]")
{
    const test::TemporaryFolder folder;
    Ballast none(folder / "b", 0);
    CHECK(none.restore());
    CHECK(none.in_place());
    CHECK_FALSE(none.release());
    CHECK_FALSE(std::filesystem::exists(folder / "b"));
}

}  // namespace
}  // namespace shouwang::journal
