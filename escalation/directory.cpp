#include "escalation/directory.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace shouwang::escalation {

namespace {

// Text as people type it, in one shape: full-width forms as ASCII, letters small, no blanks. Bytes
// that are not UTF-8 stay as they are, one character each.
std::u32string folded(std::string_view text)
{
    std::u32string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto lead = static_cast<unsigned char>(text[at]);
        std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        if (lead < 0xC0 || at + length > text.size()) length = 1;
        char32_t c = length == 1 ? lead : lead & (0x7FU >> length);
        for (std::size_t i = 1; i < length; ++i)
            c = (c << 6U) | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
        at += length;
        if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
        if (c >= U'A' && c <= U'Z') c += U'a' - U'A';
        if (c > U' ' && c != 0x3000 && c != 0xA0) out += c;
    }
    return out;
}

template <std::size_t Count>
void strip_prefixes(std::u32string_view& text, const std::array<std::u32string_view, Count>& words)
{
    for (bool again = true; again;) {
        again = false;
        for (const auto word : words) {
            if (!text.starts_with(word)) continue;
            text.remove_prefix(word.size());
            again = true;
        }
    }
}

template <std::size_t Count>
void strip_suffixes(std::u32string_view& text, const std::array<std::u32string_view, Count>& words)
{
    for (bool again = true; again;) {
        again = false;
        for (const auto word : words) {
            if (!text.ends_with(word)) continue;
            text.remove_suffix(word.size());
            again = true;
        }
    }
}

bool is_digit(char32_t c)
{
    return c >= U'0' && c <= U'9';
}

// 1 to 99 in digits or in Chinese (十二, 二十), nullopt for anything else.
std::optional<unsigned> small_number(std::u32string_view text)
{
    constexpr std::u32string_view numerals = U"〇一二三四五六七八九";
    if (text.empty() || text.size() > 3) return std::nullopt;
    unsigned value = 0;
    if (std::all_of(text.begin(), text.end(), is_digit)) {
        for (const char32_t c : text) value = 10 * value + static_cast<unsigned>(c - U'0');
    } else {
        const auto ten = text.find(U'十');
        const auto digit = [&](std::u32string_view part) -> std::optional<unsigned> {
            const auto at = part.size() == 1 ? numerals.find(part[0]) : std::u32string_view::npos;
            if (at == std::u32string_view::npos) return std::nullopt;
            return static_cast<unsigned>(at);
        };
        const bool has_ten = ten != std::u32string_view::npos;
        const auto tens_text = has_ten ? text.substr(0, ten) : std::u32string_view();
        const auto ones_text = has_ten ? text.substr(ten + 1) : text;
        const auto tens = tens_text.empty() ? std::optional(has_ten ? 1U : 0U) : digit(tens_text);
        const auto ones = ones_text.empty() ? std::optional(0U) : digit(ones_text);
        if (!tens || !ones) return std::nullopt;
        value = 10 * *tens + *ones;
    }
    if (value == 0 || value > 99) return std::nullopt;
    return value;
}

// What is left of a building's name when the words that everybody leaves out or swaps are gone:
// 7号楼, 宿舍7号楼, 7栋 and 七幢 are all "7". Empty when no number or letter is left: then only
// the exact name will do.
std::u32string building_key(std::u32string_view text)
{
    constexpr std::array<std::u32string_view, 7> fronts{
        U"学生", U"宿舍楼", U"宿舍", U"公寓楼", U"公寓", U"寝室", U"第"};
    constexpr std::array<std::u32string_view, 9> ends{
        U"宿舍", U"公寓", U"号楼", U"号", U"楼", U"栋", U"幢", U"座", U"#"};
    strip_prefixes(text, fronts);
    strip_suffixes(text, ends);
    if (const auto number = small_number(text)) {
        std::u32string key;
        for (const char c : std::to_string(*number)) key += static_cast<char32_t>(c);
        return key;
    }
    const auto plain = [](char32_t c) { return is_digit(c) || (c >= U'a' && c <= U'z'); };
    if (!std::all_of(text.begin(), text.end(), plain)) return {};
    return std::u32string(text);
}

bool is_building(const Unit& unit)
{
    return unit.kind == "building" || unit.kind == "place" || unit.kind == "intern_site";
}

// The only building on `campus` (empty: anywhere) that `fits`; `several` says that there are more.
template <class Fits>
const Unit* only_building(
    const Directory& directory, const UnitId& campus, bool& several, Fits fits
)
{
    const Unit* found = nullptr;
    for (const auto& [id, unit] : directory.units) {
        if (!is_building(unit) || (!campus.empty() && unit.campus != campus) || !fits(unit))
            continue;
        several = several || found != nullptr;
        found = &unit;
    }
    return several ? nullptr : found;
}

// By name, then by number. `text` is folded.
const Unit* building_named(
    const Directory& directory, std::u32string_view text, const UnitId& campus
)
{
    bool several = false;
    const Unit* exact = only_building(directory, campus, several, [&](const Unit& unit) {
        return folded(unit.name) == text ||
               (!unit.short_name.empty() && folded(unit.short_name) == text);
    });
    if (exact != nullptr || several) return exact;
    const std::u32string key = building_key(text);
    if (key.empty()) return nullptr;
    return only_building(directory, campus, several, [&](const Unit& unit) {
        return building_key(folded(unit.name)) == key ||
               building_key(folded(unit.short_name)) == key;
    });
}

const std::string& label_part(const Unit& unit)
{
    return unit.short_name.empty() ? unit.name : unit.short_name;
}

std::size_t characters(std::string_view text)
{
    const auto leads = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), leads));
}

// "4层", "B1层", or empty when the text is no floor.
std::string floor_label(const std::string& text)
{
    constexpr std::array<std::u32string_view, 1> fronts{U"第"};
    constexpr std::array<std::u32string_view, 3> below{U"b", U"负", U"地下"};
    constexpr std::array<std::u32string_view, 3> ends{U"层", U"楼", U"f"};
    const std::u32string typed = folded(text);
    std::u32string_view rest = typed;
    strip_prefixes(rest, fronts);
    strip_suffixes(rest, ends);
    const std::size_t before = rest.size();
    strip_prefixes(rest, below);
    const bool basement = rest.size() != before;
    const auto number = small_number(rest);
    if (!number) return {};
    return (basement ? "B" : "") + std::to_string(*number) + "层";
}

}  // namespace

const Unit* Directory::unit(const UnitId& id) const
{
    const auto found = units.find(id);
    return found == units.end() ? nullptr : &found->second;
}

const Staff* Directory::person(const StaffId& id) const
{
    const auto found = staff.find(id);
    return found == staff.end() ? nullptr : &found->second;
}

const Student* Directory::student(const StudentId& id) const
{
    const auto found = students.find(id);
    return found == students.end() ? nullptr : &found->second;
}

const Leave* Directory::leave(const StaffId& id, Instant at) const
{
    const auto found = leaves.find(id);
    if (found == leaves.end()) return nullptr;
    const auto covers =
        std::find_if(found->second.begin(), found->second.end(), [&](const Leave& leave) {
            return leave.from <= at && at < leave.to;
        });
    return covers == found->second.end() ? nullptr : &*covers;
}

const std::vector<Holding>& Directory::holders(const RoleName& role, const UnitId& unit) const
{
    static const std::vector<Holding> nobody;
    const auto found = holdings.find({role, unit});
    return found == holdings.end() ? nobody : found->second;
}

bool Directory::holds(const StaffId& person, const RoleName& role, Instant at) const
{
    // Keys sort by role first: its units stand side by side.
    const RoleAt first{role, UnitId()};
    for (auto here = holdings.lower_bound(first);
         here != holdings.end() && here->first.first == role;
         ++here)
        for (const Holding& holding : here->second)
            if (holding.staff == person) return true;
    for (auto here = shifts.lower_bound(first); here != shifts.end() && here->first.first == role;
         ++here)
        for (const Shift& shift : here->second)
            if (shift.from <= at && at < shift.to &&
                (shift.staff == person || shift.backup == person))
                return true;
    return false;
}

const Unit* Directory::building(const std::string& text, const UnitId& campus) const
{
    if (const Unit* by_id = unit(UnitId(text)); by_id != nullptr && is_building(*by_id))
        return campus.empty() || by_id->campus == campus ? by_id : nullptr;
    const std::u32string typed = folded(text);
    if (typed.empty()) return nullptr;
    if (const Unit* found = building_named(*this, typed, campus)) return found;

    // "主校区7号楼" names its campus itself.
    for (const auto& [id, unit] : units) {
        if (unit.kind != "campus" || (!campus.empty() && id != campus)) continue;
        for (const std::string& name : {unit.name, unit.short_name}) {
            const std::u32string front = folded(name);
            if (front.empty() || front.size() >= typed.size() || !typed.starts_with(front))
                continue;
            const auto rest = std::u32string_view(typed).substr(front.size());
            if (const Unit* found = building_named(*this, rest, id)) return found;
        }
    }
    return nullptr;
}

bool Directory::is_housing(const UnitId& building) const
{
    return !building.empty() &&
           std::any_of(students.begin(), students.end(), [&](const auto& student) {
               return student.second.building == building;
           });
}

UnitId Directory::root() const
{
    const auto found = std::find_if(units.begin(), units.end(), [](const auto& unit) {
        return unit.second.parent.empty();
    });
    return found == units.end() ? UnitId() : found->first;
}

std::string place_label(
    const Directory& directory,
    const UnitId& campus,
    const UnitId& building,
    const std::string& floor
)
{
    const Unit* house = directory.unit(building);
    if (house == nullptr) return {};
    const Unit* site = directory.unit(campus.empty() ? house->campus : campus);
    std::string label = (site == nullptr ? "" : label_part(*site)) + label_part(*house);
    // The roster is checked so that this cannot happen; a campus too many is easiest missed.
    if (characters(label) > place_label_characters_max) label = label_part(*house);
    const std::string storey = floor_label(floor);
    return characters(label + storey) > place_label_characters_max ? label : label + storey;
}

}  // namespace shouwang::escalation
