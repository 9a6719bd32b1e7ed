// A file edited at random is refused or accepted, and never brings the loader down.

#include "tests/config/protocol_file.hpp"
#include "tests/support/dice.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <vector>

using namespace shouwang;

namespace {

std::vector<std::string> lines_of(const std::string& text)
{
    std::vector<std::string> out;
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        out.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return out;
}

// One to three slips of the hand: a line lost, doubled or moved, a word for another, a character.
std::string edited(const std::string& sound, test::Dice& dice)
{
    std::vector<std::string> lines = lines_of(sound);
    const auto any = [&] { return static_cast<std::size_t>(dice.below(lines.size())); };
    const std::uint64_t slips = 1 + dice.below(3);
    for (std::uint64_t i = 0; i < slips; ++i) {
        const std::size_t at = any();
        switch (dice.below(5)) {
            case 0: lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at)); break;
            case 1:
                lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), lines[any()]);
                break;
            case 2: std::swap(lines[at], lines[any()]); break;
            case 3: {
                constexpr std::array<const char*, 8> words{
                    "\"\"", "[]", "{}", "-1", "\"9999d\"", "true", "\"never\"", "\"\\u0000\""};
                const std::size_t equals = lines[at].find('=');
                if (equals != std::string::npos)
                    lines[at] = lines[at].substr(0, equals + 1) + words[dice.below(words.size())];
                break;
            }
            default:
                if (!lines[at].empty())
                    lines[at][dice.below(lines[at].size())] = static_cast<char>(dice.below(256));
        }
    }
    std::string out;
    for (const std::string& line : lines) out += line + "\n";
    return out;
}

}  // namespace

TEST_CASE("protocol: a file mutated at random never brings the loader down", "[config][protocol]")
{
    unsigned refused = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        test::Dice dice(seed);
        const std::string& sound = seed % 10 == 0 ? test::notice_safe() : test::gas_leak_file();
        const std::string text = edited(sound, dice);
        INFO("seed " << seed);
        const auto loaded = test::load_text(text);
        // Refused with a reason, or accepted: never neither.
        const bool fatal =
            std::any_of(loaded.faults.begin(), loaded.faults.end(), [](const config::Fault& fault) {
                return !fault.warning;
            });
        REQUIRE(fatal == (loaded.protocol == nullptr));
        if (loaded.protocol == nullptr) {
            ++refused;
            continue;
        }
        CHECK_FALSE(config::explain(*loaded.protocol).empty());
        CHECK_FALSE(config::draw(*loaded.protocol).empty());
    }
    CHECK(refused > 150);
}
