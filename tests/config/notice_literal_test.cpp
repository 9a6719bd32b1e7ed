// The literal profile is the safe one but for what it says it changes, and red waits for nobody.

#include "tests/config/protocol_file.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

using namespace shouwang;
using namespace shouwang::escalation;

namespace {

std::string read(const char* name)
{
    std::ifstream in(
        std::string(SHOUWANG_SOURCE_DIR) + "/config/protocol/" + name, std::ios::binary
    );
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The lines of `text` that `other` does not have, but for comments.
std::vector<std::string> only_in(const std::string& text, const std::string& other)
{
    std::multiset<std::string> known;
    std::istringstream others(other);
    for (std::string line; std::getline(others, line);) known.insert(line);
    std::vector<std::string> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (const auto found = known.find(line); found != known.end())
            known.erase(found);
        else if (!line.starts_with("#"))
            out.push_back(line);
    }
    return out;
}

}  // namespace

TEST_CASE(
    "notice-literal: differs from notice-safe in the chain at orange and in nothing else",
    "[config][notice-7][N7.5][check-39]"
)
{
    const std::string safe = read("notice-safe.toml");
    const std::string literal = read("notice-literal.toml");
    const auto changed = only_in(literal, safe);
    REQUIRE(changed.size() == 5);
    CHECK(changed[0] == "name = \"notice-literal\"");
    CHECK(changed[1].starts_with("title = "));
    CHECK(changed[2].starts_with("opens = { any = [\"level is red\", [\"level is orange\""));
    CHECK(changed[3].starts_with(
        "opens = [\"level is orange\", \"duty.S06@center_duty is_not open|done\", "
        "{ any = [\"duty.S03 is done\""
    ));
    CHECK(changed[4] == "lapses = \"600s\"");

    const auto loaded = test::load_text(literal);
    INFO(test::words(loaded.faults));
    REQUIRE(loaded.protocol != nullptr);
    const Duty& lead = loaded.protocol->duties.at(DutyName("S04"));
    CHECK(std::holds_alternative<Any>(lead.opens.node));

    // The chain cannot be put upon red.
    const auto red = test::load_text(test::with(
        literal,
        "opens = { any = [\"level is red\", [\"level is orange\"",
        "opens = { any = [[\"level is orange\""
    ));
    CHECK(
        test::words(red.faults).find("locked: duty.S04 opens at once at level \"red\" (N7.4)") !=
        std::string::npos
    );
}
