#include "daemon/http/token_file.hpp"

#include "daemon/rehearsal/seeded_entropy.hpp"
#include "tests/daemon/http/loopback.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace shouwang;
using http::add_token;
using http::load_tokens;
using http::revoke_token;
using http::Role;
using http::TokenGrant;
using http::TokenStore;
using test::night;

namespace {

namespace fs = std::filesystem;

class Folder {
public:
    Folder()
    {
        std::string pattern = (fs::temp_directory_path() / "shouwang-tokens-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    fs::path path;
};

void write(const fs::path& path, const std::string& text)
{
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0600);
}

std::string read(const fs::path& path)
{
    std::ifstream file(path);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::string> pointers(const http::TokenFaults& faults)
{
    std::vector<std::string> list;
    for (const auto& fault : faults.faults) list.push_back(fault.pointer);
    return list;
}

}  // namespace

TEST_CASE(
    "token file: what is added is there for the next reader, without its secret", "[daemon][http]"
)
{
    const Folder folder;
    const fs::path path = folder.path / "tokens.json";
    rehearsal::SeededEntropy entropy{1};
    REQUIRE(load_tokens(path).has_value());
    CHECK(load_tokens(path)->empty());

    TokenGrant grant;
    grant.role = Role::Supervisor;
    grant.staff = escalation::StaffId("sup-1");
    grant.via = {"console"};
    grant.note = "大屏";
    grant.expires_at = night + std::chrono::hours(24);
    const auto first = add_token(path, grant, entropy, night);
    const auto second = add_token(path, TokenGrant(), entropy, night);
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());

    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    CHECK(read(path).find(first->text) == std::string::npos);
    CHECK(read(path).find(first->text.substr(14)) == std::string::npos);

    const auto records = load_tokens(path);
    REQUIRE(records.has_value());
    REQUIRE(records->size() == 2);
    CHECK(records->front().note == "大屏");
    CHECK(records->front().expires_at == grant.expires_at);
    const TokenStore store(*records);
    CHECK(store.verify(first->text, night)->role == Role::Supervisor);
    CHECK(store.verify(second->text, night)->role == Role::Intake);
}

TEST_CASE("token file: a revoked token is gone, the others stay", "[daemon][http]")
{
    const Folder folder;
    const fs::path path = folder.path / "tokens.json";
    rehearsal::SeededEntropy entropy{1};
    const auto gone = add_token(path, TokenGrant(), entropy, night);
    const auto kept = add_token(path, TokenGrant(), entropy, night);
    CHECK(*revoke_token(path, gone->id));
    CHECK(*revoke_token(path, kept->id + "x") == false);
    const TokenStore store(*load_tokens(path));
    CHECK_FALSE(store.verify(gone->text, night));
    CHECK(store.verify(kept->text, night));
}

TEST_CASE("token file: all its faults are told at once", "[daemon][http]")
{
    const Folder folder;
    const fs::path path = folder.path / "tokens.json";
    const std::string hash(64, 'a');
    write(
        path,
        R"({"tokens": [
        {"id": "abcdefghjk", "hash": ")" +
            hash + R"(", "role": "admin", "created_at": "2026-10-09T18:17:40Z"},
        {"id": "abcdefghjk", "hash": "short", "role": "king", "via": ["Hot line"], "created_at": "today", "more": 1},
        7,
        {"id": "x", "hash": ")" +
            hash + R"(", "role": "admin", "created_at": "2026-10-09T18:17:40Z", "expires_at": 5}]})"
    );
    const auto records = load_tokens(path);
    REQUIRE_FALSE(records.has_value());
    const auto found = pointers(records.error());
    for (const char* pointer :
         {"/tokens/1/more",
          "/tokens/1/hash",
          "/tokens/1/role",
          "/tokens/1/via",
          "/tokens/1/created_at",
          "/tokens/1/id",
          "/tokens/2",
          "/tokens/3/id",
          "/tokens/3/expires_at"}) {
        CAPTURE(pointer, found);
        CHECK(std::count(found.begin(), found.end(), pointer) == 1);
    }
    CHECK(found.size() == 9);
}

TEST_CASE("token file: what is no token file is refused and left alone", "[daemon][http]")
{
    const Folder folder;
    const fs::path path = folder.path / "tokens.json";
    const std::string text =
        GENERATE("{", "[]", "{\"tokens\": {}}", "{\"tokens\": [], \"x\": 1}", "\xff");
    CAPTURE(text);
    write(path, text);
    rehearsal::SeededEntropy entropy{1};
    CHECK_FALSE(load_tokens(path).has_value());
    CHECK_FALSE(add_token(path, TokenGrant(), entropy, night).has_value());
    CHECK(read(path) == text);
}

TEST_CASE("token file: one that others may read is refused", "[daemon][http]")
{
    const Folder folder;
    const fs::path path = folder.path / "tokens.json";
    write(path, "{\"tokens\": []}");
    ::chmod(path.c_str(), 0640);
    const auto records = load_tokens(path);
    REQUIRE_FALSE(records.has_value());
    CHECK(records.error().faults.front().detail.find("chmod 600") != std::string::npos);
}

TEST_CASE("token file: a grant that could not be read back is not written", "[daemon][http]")
{
    const Folder folder;
    const fs::path path = folder.path / "tokens.json";
    rehearsal::SeededEntropy entropy{1};
    TokenGrant grant;
    grant.via = {"Hot line"};
    CHECK_FALSE(add_token(path, grant, entropy, night).has_value());
    CHECK_FALSE(fs::exists(path));
}
