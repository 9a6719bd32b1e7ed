#include "config/protocol_draft.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

// Who and when: windows of time, roles, registers.
namespace shouwang::config {

using escalation::DutyName;
using escalation::Path;
using escalation::RegisterName;
using escalation::RoleName;
using escalation::WindowName;
using escalation::Word;

namespace {

constexpr unsigned order_max = 99;

struct PathWord {
    std::string_view word;
    Path path;
};
constexpr std::array<PathWord, 7> paths{{
    {"university", Path::University},
    {"subject.class", Path::SubjectClass},
    {"subject.college", Path::SubjectCollege},
    {"subject.building", Path::SubjectBuilding},
    {"subject.intern_site", Path::SubjectInternSite},
    {"place.building", Path::PlaceBuilding},
    {"place.campus", Path::PlaceCampus},
}};

class PeopleReader {
public:
    explicit PeopleReader(ProtocolDraft& draft) : draft_(draft), protocol_(draft.protocol) {}

    void read(TableReader& top)
    {
        each_entry(
            top,
            "window",
            entries_max,
            draft_,
            [&](TableReader& table, const std::string& name) { read_window(table, name); }
        );
        resolve_windows();
        each_entry(
            top,
            "role",
            roles_max,
            draft_,
            [&](TableReader& table, const std::string& name) { read_role(table, name); }
        );
        each_entry(
            top,
            "register",
            entries_max,
            draft_,
            [&](TableReader& table, const std::string& name) { read_register(table, name); }
        );
    }

private:
    void read_window(TableReader& table, const std::string& name)
    {
        escalation::Window window;
        window.name = WindowName(name);
        if (table.has("not")) {
            const std::string other = table.need_text("not");
            draft_.refer(Reference::To::Window, other, table.where("not"), table.path());
            negations_.push_back({window.name, WindowName(other), table.where("not")});
            protocol_.windows[window.name] = std::move(window);
            return;
        }
        constexpr std::array<std::string_view, 7> names{
            "mon", "tue", "wed", "thu", "fri", "sat", "sun"};
        window.days = table.has("days") ? std::vector<unsigned>{}
                                        : std::vector<unsigned>{1, 2, 3, 4, 5, 6, 7};
        for (const auto& [day, where] : table.texts("days")) {
            const auto found = std::find(names.begin(), names.end(), day);
            if (found == names.end())
                draft_.faults.add(
                    where, quoted(day) + " is no day", "one of mon tue wed thu fri sat sun"
                );
            else
                window.days.push_back(static_cast<unsigned>(found - names.begin()) + 1);
        }
        window.from = time_of_day(table, "from");
        window.to = time_of_day(table, "to");
        if (window.from == window.to)
            draft_.faults.add(
                table.where("to"), table.path() + " is empty", "from and to are different times"
            );
        window.calendar = table.flag_or("calendar", false);
        protocol_.windows[window.name] = std::move(window);
    }

    escalation::Span time_of_day(TableReader& table, std::string_view key)
    {
        const std::string text = table.need_text(key);
        const auto time = parse_time_of_day(text);
        if (!time && !text.empty())
            draft_.faults.add(
                table.where(key), quoted(text) + " is no time of day", "like \"08:30\""
            );
        return time.value_or(escalation::Span{});
    }

    void resolve_windows()
    {
        for (const auto& [name, other, where] : negations_) {
            const auto found = protocol_.windows.find(other);
            if (found == protocol_.windows.end()) continue;
            const bool plain = std::none_of(
                negations_.begin(),
                negations_.end(),
                [&, &what = other](const Negation& negation) { return negation.name == what; }
            );
            if (!plain) {
                draft_.faults.add(
                    where,
                    "window." + name.text() + " is the negation of a negation",
                    "name the window itself"
                );
                continue;
            }
            escalation::Window window = found->second;
            window.name = name;
            window.negated = true;
            protocol_.windows[name] = std::move(window);
        }
    }

    void read_role(TableReader& table, const std::string& name)
    {
        escalation::Role role;
        role.name = RoleName(name);
        role.label = table.need_text("label");
        const std::string of = table.text_or("of", "university");
        const auto path = std::find_if(paths.begin(), paths.end(), [&](const PathWord& word) {
            return word.word == of;
        });
        if (path != paths.end())
            role.of = path->path;
        else
            draft_.faults.add(
                table.where("of"),
                quoted(of) + " is no place to look for people",
                "one of university subject.class subject.college subject.building "
                "subject.intern_site place.building place.campus"
            );
        role.holds = RoleName(table.text_or("holds", name));
        role.all = table.flag_or("all", false);
        role.rota = table.flag_or("rota", false);
        read_order(table, role);
        if (const TomlNode* node = table.find("swap")) read_swaps(*node, table.path(), role);
        for (const std::string& other : read_names(table, "else", Reference::To::Role, draft_))
            role.otherwise.emplace_back(other);
        protocol_.roles[role.name] = std::move(role);
    }

    // "0" is the holder, "1.." all deputies, "1..3" the first three. With `all`, everybody.
    void read_order(TableReader& table, escalation::Role& role)
    {
        if (role.all || role.rota) role.order_to = std::nullopt;
        if (!table.has("order")) return;
        const std::string text = table.need_text("order");
        const std::size_t dots = text.find("..");
        const auto number = [&](std::string_view part) -> std::optional<unsigned> {
            unsigned out = 0;
            const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), out);
            return error == std::errc{} && end == part.data() + part.size() && out <= order_max
                       ? std::optional(out)
                       : std::nullopt;
        };
        const std::string_view view = text;
        const auto from = number(view.substr(0, dots));
        const bool open = dots != std::string::npos && dots + 2 == text.size();
        const auto to = dots == std::string::npos ? from : number(view.substr(dots + 2));
        if (!from || (!open && (!to || *to < *from))) {
            draft_.faults.add(
                table.where("order"),
                quoted(text) + " is no range of orders",
                "\"0\", \"1..\" or \"1..3\""
            );
            return;
        }
        role.order_from = *from;
        role.order_to = open ? std::nullopt : to;
    }

    void read_swaps(const TomlNode& node, const std::string& path, escalation::Role& role)
    {
        const TomlNode::Array* swaps = node.array();
        if (swaps == nullptr) {
            draft_.faults.add(
                node.where, path + ".swap is no list", "[{ when = ..., role = ... }]"
            );
            return;
        }
        for (const TomlNode& part : *swaps) {
            TableReader table(draft_.faults, path + ".swap", part);
            escalation::Swap swap;
            swap.when = read_condition(table, "when", false, {escalation::Never{}}, draft_);
            swap.role = RoleName(table.need_text("role"));
            draft_.refer(Reference::To::Role, swap.role.text(), table.where("role"), table.path());
            table.finish();
            role.swap.push_back(std::move(swap));
        }
    }

    void read_register(TableReader& table, const std::string& name)
    {
        escalation::Register out;
        out.name = RegisterName(name);
        out.label = table.need_text("label");
        for (const std::string& word : read_names(table, "enters", Reference::To::Word, draft_))
            out.enters.emplace_back(word);
        for (const std::string& word : read_names(table, "leaves", Reference::To::Word, draft_))
            out.leaves.emplace_back(word);
        for (const std::string& duty : read_names(table, "by", Reference::To::Duty, draft_))
            out.by.emplace_back(duty);
        for (const std::string& role : read_names(table, "rank", Reference::To::Role, draft_))
            out.rank.emplace_back(role);
        for (const std::string& role : read_names(table, "takers", Reference::To::Role, draft_))
            out.takers.emplace_back(role);
        out.one = table.flag_or("one", false);
        out.anyone = table.flag_or("anyone", false);
        out.command = table.flag_or("command", false);
        if (out.command && !out.one)
            draft_.faults.add(
                table.where("command"), table.path() + " commands, so it holds one", "one = true"
            );
        if (out.enters.empty())
            draft_.faults.add(
                table.where(), table.path() + " can never be entered", "enters = [\"arrived\"]"
            );
        for (const Word& word : out.enters)
            if (std::find(out.leaves.begin(), out.leaves.end(), word) != out.leaves.end())
                draft_.faults.add(
                    table.where("leaves"),
                    table.path() + " is entered and left by " + quoted(word.text())
                );
        protocol_.registers[out.name] = std::move(out);
    }

    struct Negation {
        WindowName name;
        WindowName other;
        Location where;
    };

    ProtocolDraft& draft_;
    escalation::Protocol& protocol_;
    std::vector<Negation> negations_;
};

}  // namespace

void read_people(TableReader& top, ProtocolDraft& draft)
{
    PeopleReader(draft).read(top);
}

}  // namespace shouwang::config
