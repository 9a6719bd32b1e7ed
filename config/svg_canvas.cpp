#include "config/svg_canvas.hpp"

namespace shouwang::config {

namespace {

constexpr const char* fonts =
    "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif";

std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default:
                // XML 1.0 has no way to write the others.
                out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return out;
}

std::string attribute(const char* name, int value)
{
    return std::string(" ") + name + "=\"" + std::to_string(value) + "\"";
}

std::string attribute(const char* name, std::string_view value)
{
    return std::string(" ") + name + "=\"" + escaped(value) + "\"";
}

std::size_t letter_length(std::string_view text)
{
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
        ++length;
    return length;
}

// In hundredths of the size.
int letter_width(std::string_view letter)
{
    if (letter.size() >= 3) return 100;
    const char c = letter.front();
    if (c == ' ' || c == '.' || c == ',' || c == '|' || c == '(' || c == ')') return 34;
    if (c == 'm' || c == 'w' || (c >= 'A' && c <= 'Z')) return 72;
    return 57;
}

}  // namespace

void SvgCanvas::text(const Text& how, std::string_view what)
{
    body_ += "<text" + attribute("x", how.x) + attribute("y", how.y) +
             attribute("font-size", how.size) + attribute("fill", how.fill) +
             (how.bold ? " font-weight=\"bold\"" : "") +
             (how.ends_here ? " text-anchor=\"end\"" : "") + ">" + escaped(what) + "</text>\n";
}

void SvgCanvas::line(int x1, int y1, int x2, int y2, const std::string& stroke, bool dashed)
{
    body_ += "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) +
             attribute("y2", y2) + attribute("stroke", stroke) +
             (dashed ? " stroke-dasharray=\"2 4\"" : "") + "/>\n";
}

void SvgCanvas::box(int x, int y, int width, int height, const std::string& fill, int rounded)
{
    body_ += "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", width) +
             attribute("height", height) + attribute("rx", rounded) + attribute("fill", fill) +
             "/>\n";
}

void SvgCanvas::dot(int x, int y, int radius, const std::string& fill)
{
    body_ += "<circle" + attribute("cx", x) + attribute("cy", y) + attribute("r", radius) +
             attribute("fill", fill) + "/>\n";
}

void SvgCanvas::ring(int x, int y, int radius, const std::string& stroke)
{
    body_ += "<circle" + attribute("cx", x) + attribute("cy", y) + attribute("r", radius) +
             " fill=\"#fff\"" + attribute("stroke", stroke) + "/>\n";
}

void SvgCanvas::cross(int x, int y, int reach, const std::string& stroke)
{
    body_ += "<g stroke-width=\"2\">";
    line(x - reach, y - reach, x + reach, y + reach, stroke);
    line(x - reach, y + reach, x + reach, y - reach, stroke);
    body_ += "</g>\n";
}

void SvgCanvas::begin_group(std::string_view title)
{
    body_ += "<g><title>" + escaped(title) + "</title>\n";
}

void SvgCanvas::end_group()
{
    body_ += "</g>\n";
}

std::string SvgCanvas::finish(int width, int height, std::string_view title, const SvgCanvas& above)
    const
{
    return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + attribute("width", width) +
           attribute("height", height) +
           attribute("viewBox", "0 0 " + std::to_string(width) + " " + std::to_string(height)) +
           attribute("font-family", fonts) + ">\n<title>" + escaped(title) +
           "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n" + body_ +
           above.body_ + "</svg>\n";
}

int text_width(std::string_view text, int size)
{
    int hundredths = 0;
    while (!text.empty()) {
        const std::size_t length = letter_length(text);
        hundredths += letter_width(text.substr(0, length));
        text.remove_prefix(length);
    }
    return hundredths * size / 100;
}

std::vector<std::string> wrapped(std::string_view text, int size, int width, std::size_t lines_max)
{
    std::vector<std::string> out{""};
    while (!text.empty()) {
        // A word of letters stays whole; Chinese may break anywhere.
        std::size_t length = letter_length(text);
        if (length == 1 && text.front() != ' ')
            while (length < text.size() && text[length] != ' ' &&
                   static_cast<unsigned char>(text[length]) < 0x80)
                ++length;
        const std::string_view word = text.substr(0, length);
        text.remove_prefix(length);
        if (word == " " && out.back().empty()) continue;
        const std::string longer = out.back() + std::string(word);
        if (out.back().empty() || text_width(longer, size) <= width) {
            out.back() = longer;
        } else if (out.size() == lines_max) {
            out.back() += "…";
            break;
        } else {
            out.emplace_back(word == " " ? "" : word);
        }
    }
    return out;
}

}  // namespace shouwang::config
