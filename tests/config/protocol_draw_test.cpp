// The protocol as a picture: whole, sound XML, and the same bytes every time.

#include "config/svg_canvas.hpp"
#include "tests/config/protocol_file.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace shouwang;
using Catch::Matchers::Contains;

namespace {

std::string drawn(const std::string& text)
{
    const auto loaded = test::load_text(text);
    INFO(test::words(loaded.faults));
    REQUIRE(loaded.protocol != nullptr);
    return config::draw(*loaded.protocol);
}

// Every element closed in its turn, and nothing in between that XML would take for markup. Empty
// when the text is sound, else what is not.
std::string unsound(std::string_view text)
{
    std::vector<std::string> open;
    while (!text.empty()) {
        if (text.front() != '<') {
            const std::size_t end = std::min(text.find('<'), text.size());
            const std::string_view between = text.substr(0, end);
            if (between.find('>') != std::string_view::npos) return "a bare >";
            for (std::size_t at = between.find('&'); at != std::string_view::npos;
                 at = between.find('&', at + 1))
                if (between.find(';', at) == std::string_view::npos) return "a bare &";
            text.remove_prefix(end);
            continue;
        }
        const std::size_t end = text.find('>');
        if (end == std::string_view::npos) return "an element without an end";
        const std::string_view element = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        const std::string name(element.substr(0, element.find_first_of(" ")));
        if (element.front() == '/') {
            if (open.empty() || "/" + open.back() != name) return "closes out of turn: " + name;
            open.pop_back();
        } else if (element.back() != '/') {
            open.push_back(name);
        }
    }
    return open.empty() ? "" : "never closed: " + open.back();
}

}  // namespace

TEST_CASE("protocol draw: every duty with its clause, its rungs and its ends", "[config][draw]")
{
    const std::string picture = drawn(test::notice_safe());
    CHECK(unsound(picture) == "");
    const auto loaded = test::load_text(test::notice_safe());
    for (const auto& [name, duty] : loaded.protocol->duties) {
        CAPTURE(name.text());
        CHECK_THAT(picture, Contains(">" + name.text() + " " + duty.label));
    }
    for (const auto& level : loaded.protocol->levels) CHECK_THAT(picture, Contains(level.label));
    CHECK_THAT(picture, Contains("N7.4 N7.5"));
    CHECK_THAT(picture, Contains(">启动 opens: level at_least yellow<"));
    CHECK_THAT(picture, Contains(">+15m  心理辅导员、学院值班辅导员<"));
    CHECK_THAT(picture, Contains("↻") && Contains(">每 every 5m"));
    CHECK_THAT(picture, Contains("逾时 lapses +5m"));
}

TEST_CASE("protocol draw: the same protocol is the same bytes, alone", "[config][draw]")
{
    const std::string picture = drawn(test::notice_safe());
    CHECK(picture == drawn(test::notice_safe()));
    CHECK(picture != drawn(test::gas_leak_file()));
    for (const char* const outside : {"href", "script", "url(", "<image", "@import"})
        CHECK_THAT(picture, !Contains(outside));
}

TEST_CASE("protocol draw: a label cannot break out of the picture", "[config][draw]")
{
    const std::string nasty = test::with(
        test::notice_safe(),
        "label = \"班主任、辅导员赶赴现场\"",
        "label = \"a</text><script>alert('&')</script>\""
    );
    const std::string picture = drawn(nasty);
    CHECK(unsound(picture) == "");
    CHECK_THAT(picture, !Contains("<script"));
}

TEST_CASE("svg canvas: text is wrapped by its width and never lost silently", "[config][draw]")
{
    CHECK(config::text_width("班主任", 10) == 30);
    CHECK(config::text_width("", 10) == 0);
    CHECK(config::wrapped("班主任", 10, 20, 2) == std::vector<std::string>{"班主", "任"});
    CHECK(config::wrapped("班主任辅导员", 10, 20, 2) == std::vector<std::string>{"班主", "任辅…"});
    // A word of letters stays whole, even where it is too long.
    CHECK(
        config::wrapped("level at_least yellow", 10, 30, 9) ==
        std::vector<std::string>{"level", "at_least", "yellow"}
    );
}
