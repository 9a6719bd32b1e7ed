#include "config/protocol_draft.hpp"
#include "config/protocol_loader.hpp"
#include "config/protocol_words.hpp"
#include "config/svg_canvas.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// The protocol as a picture: a row for each duty, in it a lane for each ladder, in that a line for
// each rung at the place on the axis where it is due. Read from the left a lane looks like what it
// is: stairs.
namespace shouwang::config {

using namespace escalation;

namespace {

constexpr int width = 1500;
constexpr int margin = 24;
constexpr int duty_width = 380;
constexpr int chips_x = margin + duty_width + 16;
constexpr int chip_width = 44;
constexpr int axis_x = chips_x + 4 * (chip_width + 4) + 20;
constexpr int axis_end = width - 190;
constexpr int step_height = 21;
constexpr int small = 11;
constexpr int normal = 12;
constexpr int label = 15;
constexpr std::size_t condition_lines = 3;
constexpr std::size_t entry_lines = 3;

constexpr const char* ink = "#222";
constexpr const char* pale = "#667";
constexpr const char* grid = "#dde";
// Calm to grave; a protocol with other than four levels takes the nearest.
constexpr std::array colours{"#3b6fb0", "#b58900", "#d9660a", "#c0262d"};

// Short spans get as much room as long ones: the first minutes are what matters.
constexpr double bend_seconds = 40;

std::string colour_of(const Protocol& protocol, const LevelName& level)
{
    const std::size_t last = protocol.levels.size() - 1;
    if (last == 0) return colours.back();
    return colours.at(protocol.rank(level) * (colours.size() - 1) / last);
}

// One ladder and the levels that climb it, the gravest first.
struct Lane {
    std::vector<const Level*> levels;
    const Ladder* ladder = nullptr;
    Span every{};  // zero: it ends with the last rung
};

std::vector<Lane> lanes_of(const Protocol& protocol, const Duty& duty)
{
    std::vector<Lane> out;
    for (auto level = protocol.levels.rbegin(); level != protocol.levels.rend(); ++level) {
        if (!may_be_open_at(protocol, duty, level->name)) continue;
        const Ladder& ladder = duty.ladder_at(level->name);
        if (ladder.empty() && !duty.forever) continue;
        const Span every = duty.forever ? duty.forever->every_for(level->name) : Span{};
        if (!out.empty() && out.back().ladder == &ladder && out.back().every == every)
            out.back().levels.push_back(&*level);
        else
            out.push_back({{&*level}, &ladder, every});
    }
    return out;
}

std::vector<const Rung*> meant(const Ladder& ladder)
{
    std::vector<const Rung*> out;
    for (const Rung& rung : ladder)
        if (!std::holds_alternative<Never>(rung.when.node)) out.push_back(&rung);
    return out;
}

// Shorter than the text has it: there the role's own name stands beside its label.
std::string target_label(const Protocol& protocol, const Target& target)
{
    const auto label_or_name = [&](const auto& table, const auto& name) {
        const auto found = table.find(name);
        const bool known = found != table.end() && !found->second.label.empty();
        return known ? found->second.label : name.text();
    };
    switch (target.kind) {
        case Target::Kind::Role: return label_or_name(protocol.roles, RoleName(target.name));
        case Target::Kind::Register:
            return label_or_name(protocol.registers, RegisterName(target.name)) + "者";
        case Target::Kind::Self: return "本人 themselves";
        case Target::Kind::Slot: return "各自的 their own " + target.name;
        case Target::Kind::Doer: return "办理者 who did " + target.name;
    }
    return {};
}

std::string rung_label(const Protocol& protocol, const Rung& rung)
{
    std::string out = "+" + span_text(rung.after);
    if (rung.after_due) out = "到期 due" + (rung.after == Span{} ? "" : out);
    out += "  ";
    for (const Target& target : rung.to)
        out += (&target == &rung.to.front() ? "" : "、") + target_label(protocol, target);
    if (!rung.by.empty()) out += "  [" + channels_text(rung.by) + "]";
    if (!std::holds_alternative<Always>(rung.when.node))
        out += "  仅当 when " + condition_text(rung.when);
    return out;
}

class Picture {
public:
    explicit Picture(const Protocol& protocol) : protocol_(protocol), longest_(longest(protocol)) {}

    std::string draw()
    {
        y_ = margin;
        head();
        const int top = y_;
        for (const DutyName& name : protocol_.duty_order) duty(protocol_.duties.at(name));
        canvas_.line(margin, y_, width - margin, y_, grid);
        SvgCanvas behind = scale(top);
        const std::string title = protocol_.title + " " + protocol_.name;
        return behind.finish(width, y_ + margin, title, canvas_);
    }

private:
    static Span longest(const Protocol& protocol)
    {
        Span out = std::chrono::minutes(5);
        const auto consider = [&](const Ladder& ladder) {
            for (const Rung& rung : ladder) {
                out = std::max(out, rung.after);
                for (const Span again : rung.again.after) out = std::max(out, rung.after + again);
            }
        };
        for (const auto& [name, duty] : protocol.duties) {
            consider(duty.ladder);
            for (const auto& [level, ladder] : duty.ladders) consider(ladder);
            if (duty.lapses) out = std::max(out, *duty.lapses);
        }
        return out;
    }

    [[nodiscard]] int x_of(Span after) const
    {
        const auto bent = [](Span span) {
            return std::log1p(static_cast<double>(span.count()) / 1000 / bend_seconds);
        };
        return axis_x +
               static_cast<int>(std::lround((axis_end - axis_x) * bent(after) / bent(longest_)));
    }

    void head()
    {
        canvas_.text({margin, y_ + 22, 22, ink, true}, protocol_.title);
        canvas_.text(
            {margin, y_ + 42, normal, pale},
            protocol_.name + " v" + std::to_string(protocol_.version) + "  " +
                protocol_.hash.substr(0, 12)
        );
        int x = chips_x;
        for (auto level = protocol_.levels.rbegin(); level != protocol_.levels.rend(); ++level) {
            chip(x, y_ + 4, *level);
            const std::string text = channels_text(level->channels) + "  ≤ " +
                                     span_text(level->max_silence) + " 静默 silent";
            canvas_.text({x + chip_width + 8, y_ + 18, small, pale}, text);
            x += chip_width + 28 + text_width(text, small);
        }
        legend(chips_x + 8, y_ + 40);
        y_ += 84;
    }

    void legend(int x, int y)
    {
        const auto entry = [&](const std::string& text) {
            canvas_.text({x + 12, y, small, pale}, text);
            x += 40 + text_width(text, small);
        };
        canvas_.dot(x, y - 4, 5, ink);
        entry("一梯 rung");
        canvas_.ring(x, y - 4, 4, ink);
        entry("对未应答者再呼 again to whoever is silent");
        canvas_.text({x - 6, y + 1, 15, ink, true}, "↻");
        entry("此后重复，直到有人应答 for ever, until somebody answers");
        canvas_.cross(x, y - 4, 4, ink);
        entry("逾时 lapses");
    }

    void chip(int x, int y, const Level& level)
    {
        canvas_.box(x, y, chip_width, 19, colour_of(protocol_, level.name), 4);
        const std::string& text = level.label.empty() ? level.name.text() : level.label;
        const int inset = std::max(2, (chip_width - text_width(text, normal)) / 2);
        canvas_.text({x + inset, y + 14, normal, "#fff", true}, text);
    }

    void duty(const Duty& duty)
    {
        canvas_.line(margin, y_, width - margin, y_, grid);
        const int top = y_ + 12;
        const int left_end = words(duty, top);
        int right_end = top;
        const auto lanes = lanes_of(protocol_, duty);
        for (const Lane& lane : lanes) right_end = this->lane(duty, lane, right_end) + 8;
        if (lanes.empty() && duty.lapses) right_end = lapse(duty, top, ink) + 8;
        y_ = std::max(left_end, right_end) + 8;
    }

    // Returns where they end.
    int words(const Duty& duty, int y)
    {
        canvas_.begin_group(condition_text(duty.opens));
        for (const auto& line : wrapped(duty.name.text() + " " + duty.label, label, duty_width, 2))
            canvas_.text({margin, y += 18, label, ink, true}, line);
        const bool life = duty.duty_class == DutyClass::Life;
        canvas_.text(
            {margin, y += 16, small, pale},
            (duty.clause.empty() ? "" : duty.clause + " · ") +
                (life ? "生命 life · " : "事务 task · ") + scope_text(duty.scope)
        );
        paragraph("启动 opens: " + condition_text(duty.opens), ink, condition_lines, y);
        std::string roles;
        for (const Each& each : duty.each)
            roles += (roles.empty() ? "" : "、") +
                     target_label(protocol_, {Target::Kind::Role, each.role.text()});
        if (!roles.empty()) paragraph(roles, ink, entry_lines, y);
        canvas_.end_group();
        return y + 6;
    }

    void paragraph(const std::string& text, const char* fill, std::size_t lines, int& y)
    {
        for (const std::string& line : wrapped(text, small, duty_width, lines))
            canvas_.text({margin, y += 16, small, fill}, line);
    }

    int lane(const Duty& duty, const Lane& lane, int y)
    {
        for (std::size_t i = 0; i < lane.levels.size(); ++i)
            chip(chips_x + static_cast<int>(i) * (chip_width + 4), y, *lane.levels[i]);
        const std::string colour = colour_of(protocol_, lane.levels.front()->name);
        int last_x = axis_x;
        bool first = true;
        for (const Rung* rung : meant(*lane.ladder)) {
            const int x = x_of(rung->after);
            const int middle = y + step_height / 2;
            // A stair: down to this rung's line, and along to where it is due. What is written
            // stands to the right of the rungs, so nothing runs through it.
            if (!first) canvas_.line(last_x, middle - step_height, last_x, middle, colour);
            canvas_.line(first ? axis_x : last_x, middle, x, middle, colour);
            step(*rung, x, middle, colour);
            last_x = x;
            first = false;
            y += step_height;
        }
        if (lane.every != Span{}) {
            canvas_.text({last_x - 7, y + 16, 15, colour, true}, "↻");
            beside(last_x, y + 15, forever_label(duty, lane), colour);
            y += step_height;
        }
        return duty.lapses ? lapse(duty, y, colour) : y;
    }

    void step(const Rung& rung, int x, int y, const std::string& colour)
    {
        int text_x = x;
        for (const Span again : rung.again.after) {
            const int at = x_of(rung.after + again);
            canvas_.line(text_x, y, at, y, colour, true);
            canvas_.ring(at, y, 4, colour);
            text_x = at;
        }
        canvas_.dot(x, y, 5, colour);
        beside(text_x, y + 4, rung_label(protocol_, rung), ink);
    }

    // To the right of `x`, as far as there is room.
    void beside(int x, int y, const std::string& text, const std::string& fill)
    {
        const int room = width - margin - x - 12;
        const std::string shown = wrapped(text, normal, room, 1).front();
        canvas_.begin_group(text);
        canvas_.text({x + 12, y, normal, fill}, shown);
        canvas_.end_group();
    }

    [[nodiscard]] std::string forever_label(const Duty& duty, const Lane& lane) const
    {
        std::string out = "每 every " + span_text(lane.every);
        for (const RoleName& role : duty.forever->widen)
            out += (role == duty.forever->widen.front() ? "  加 adds " : "、") +
                   target_label(protocol_, {Target::Kind::Role, role.text()});
        return out;
    }

    int lapse(const Duty& duty, int y, const std::string& colour)
    {
        const int x = x_of(*duty.lapses);
        canvas_.cross(x, y + step_height / 2, 4, colour);
        std::string text = "逾时 lapses +" + span_text(*duty.lapses);
        if (!duty.due.empty()) text += " 过期后 past due";
        if (duty.lapses_max > 1) text += " × " + std::to_string(duty.lapses_max);
        beside(x, y + step_height / 2 + 4, text, ink);
        return y + step_height;
    }

    // The lines of time, which everything else is drawn upon.
    SvgCanvas scale(int top)
    {
        SvgCanvas out;
        for (const Span span : std::initializer_list<Span>{
                 std::chrono::seconds(0),
                 std::chrono::minutes(1),
                 std::chrono::minutes(2),
                 std::chrono::minutes(5),
                 std::chrono::minutes(10),
                 std::chrono::minutes(20),
                 std::chrono::minutes(30),
                 std::chrono::hours(1),
                 std::chrono::hours(2),
                 std::chrono::hours(6),
                 std::chrono::hours(24)}) {
            if (span > longest_) break;
            const int x = x_of(span);
            out.line(x, top - 6, x, y_, grid);
            out.text({x - 8, top - 10, small, pale}, span == Span{} ? "0" : span_text(span));
        }
        return out;
    }

    const Protocol& protocol_;
    const Span longest_;
    SvgCanvas canvas_;
    int y_ = 0;
};

}  // namespace

std::string draw(const Protocol& protocol)
{
    return Picture(protocol).draw();
}

}  // namespace shouwang::config
