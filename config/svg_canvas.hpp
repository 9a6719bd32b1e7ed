#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shouwang::config {

// A picture as one SVG file that needs nothing beside it: no script, no font of its own, no date.
// Positions are whole pixels, so that the same picture is the same bytes everywhere.
class SvgCanvas {
public:
    struct Text {
        int x = 0;
        int y = 0;  // of the line it stands on
        int size = 12;
        std::string fill = "#222";
        bool bold = false;
        bool ends_here = false;  // at `x`; else it begins there
    };

    void text(const Text& how, std::string_view what);
    void line(int x1, int y1, int x2, int y2, const std::string& stroke, bool dashed = false);
    void box(int x, int y, int width, int height, const std::string& fill, int rounded = 0);
    void dot(int x, int y, int radius, const std::string& fill);
    void ring(int x, int y, int radius, const std::string& stroke);
    void cross(int x, int y, int reach, const std::string& stroke);
    // What hovering over everything drawn until end_group() shows.
    void begin_group(std::string_view title);
    void end_group();

    // The whole file; `above` is drawn over what was drawn here.
    [[nodiscard]] std::string finish(
        int width, int height, std::string_view title, const SvgCanvas& above
    ) const;

private:
    std::string body_;
};

// About how wide a text is: letters of Chinese are square, others about half of that.
[[nodiscard]] int text_width(std::string_view text, int size);
// The text in lines of at most `width`; what does not fit into `lines_max` of them ends in "…".
[[nodiscard]] std::vector<std::string> wrapped(
    std::string_view text, int size, int width, std::size_t lines_max
);

}  // namespace shouwang::config
