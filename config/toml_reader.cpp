#include "config/toml_reader.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <sstream>
#include <tuple>

namespace shouwang::config {

namespace {

using escalation::Span;

constexpr Span span_max = std::chrono::days(31);
constexpr std::size_t suggestion_words_max = 12;
constexpr std::size_t suggestion_distance_max = 2;

Location location_of(const toml::source_position& position)
{
    return {static_cast<unsigned>(position.line), static_cast<unsigned>(position.column)};
}

TomlNode copy(const toml::node& node);

TomlNode::Table copy_table(const toml::table& table)
{
    TomlNode::Table out;
    for (const auto& [key, value] : table) {
        Location where = location_of(key.source().begin);
        if (where.line == 0) where = location_of(value.source().begin);
        out.push_back({std::string(key.str()), where, copy(value)});
    }
    // No two entries of a table stand in one place.
    std::sort(out.begin(), out.end(), [](const TomlEntry& a, const TomlEntry& b) {
        return a.where < b.where;
    });
    return out;
}

TomlNode copy(const toml::node& node)
{
    TomlNode out;
    out.where = location_of(node.source().begin);
    if (const auto* text = node.as_string()) {
        out.value = text->get();
    } else if (const auto* number = node.as_integer()) {
        out.value = number->get();
    } else if (const auto* flag = node.as_boolean()) {
        out.value = flag->get();
    } else if (const auto* array = node.as_array()) {
        TomlNode::Array parts;
        for (const toml::node& part : *array) parts.push_back(copy(part));
        out.value = std::move(parts);
    } else if (const auto* table = node.as_table()) {
        out.value = copy_table(*table);
    } else if (const auto* moment = node.as_date_time()) {
        std::ostringstream moment_text;
        moment_text << moment->get();
        out.value = TomlNode::Other{moment_text.str()};
    }
    return out;
}

std::string kind_of(const TomlNode& node)
{
    struct Kind {
        std::string operator()(const TomlNode::Other&) const { return "a date or a fraction"; }
        std::string operator()(const std::string&) const { return "a text"; }
        std::string operator()(std::int64_t) const { return "a number"; }
        std::string operator()(bool) const { return "true or false"; }
        std::string operator()(const TomlNode::Array&) const { return "a list"; }
        std::string operator()(const TomlNode::Table&) const { return "a table"; }
    };
    return std::visit(Kind{}, node.value);
}

// How many letters must change to make one word of the other.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({row[j - 1] + 1, above + 1, change});
            diagonal = above;
        }
    }
    return row[b.size()];
}

const TomlNode::Table& no_table()
{
    static const TomlNode::Table none;
    return none;
}

}  // namespace

void FaultList::add(Location where, std::string what, std::string hint)
{
    fatal_ = true;
    faults_.push_back({file_, where.line, where.column, std::move(what), std::move(hint), false});
}

void FaultList::warn(Location where, std::string what, std::string hint)
{
    faults_.push_back({file_, where.line, where.column, std::move(what), std::move(hint), true});
}

std::vector<Fault> FaultList::take()
{
    std::vector<Fault> out = std::move(faults_);
    faults_.clear();
    std::sort(out.begin(), out.end(), [](const Fault& a, const Fault& b) {
        return std::tie(a.line, a.column, a.what, a.hint) <
               std::tie(b.line, b.column, b.what, b.hint);
    });
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::optional<TomlNode> parse_toml(std::string_view text, FaultList& faults)
{
    if (text.size() > toml_bytes_max) {
        faults.add({}, "the file is larger than 1 MiB", "is this the right file?");
        return std::nullopt;
    }
    try {
        const toml::table root = toml::parse(text);
        TomlNode out;
        out.where = {1, 1};
        out.value = copy_table(root);
        return out;
    } catch (const toml::parse_error& error) {
        faults.add(
            location_of(error.source().begin),
            "not valid TOML: " + std::string(error.description()),
            "nothing after this place was read"
        );
        return std::nullopt;
    }
}

TableReader::TableReader(FaultList& faults, std::string path, const TomlNode& node)
    : faults_(faults),
      path_(std::move(path)),
      where_(node.where),
      table_(node.table() == nullptr ? &no_table() : node.table())
{
    if (node.table() == nullptr)
        faults_.add(where_, path_ + " is " + kind_of(node), "a table is wanted here");
}

const TomlEntry* TableReader::entry(std::string_view key) const
{
    const auto found = std::find_if(table_->begin(), table_->end(), [&](const TomlEntry& entry) {
        return entry.key == key;
    });
    return found == table_->end() ? nullptr : &*found;
}

bool TableReader::has(std::string_view key) const
{
    return entry(key) != nullptr;
}

Location TableReader::where(std::string_view key) const
{
    const TomlEntry* found = entry(key);
    return found == nullptr ? where_ : found->node.where;
}

const TomlNode* TableReader::find(std::string_view key)
{
    known_.emplace(key);
    const TomlEntry* found = entry(key);
    return found == nullptr ? nullptr : &found->node;
}

const TomlNode* TableReader::need(std::string_view key)
{
    const TomlNode* found = find(key);
    if (found == nullptr) faults_.add(where_, path_ + " has no " + quoted(key));
    return found;
}

void TableReader::expected(const TomlNode& node, std::string_view key, const std::string& what)
    const
{
    faults_.add(node.where, path_ + ": " + quoted(key) + " is " + kind_of(node), what);
}

std::string TableReader::need_text(std::string_view key)
{
    const TomlNode* node = need(key);
    if (node == nullptr) return {};
    const std::string* text = node->text();
    if (text == nullptr)
        expected(*node, key, "a text is wanted, in quotes");
    else if (text->empty())
        faults_.add(node->where, path_ + ": " + quoted(key) + " is empty");
    return text == nullptr ? std::string() : *text;
}

std::string TableReader::text_or(std::string_view key, std::string fallback)
{
    return has(key) ? need_text(key) : (static_cast<void>(find(key)), std::move(fallback));
}

bool TableReader::flag_or(std::string_view key, bool fallback)
{
    const TomlNode* node = find(key);
    if (node == nullptr) return fallback;
    const bool* flag = std::get_if<bool>(&node->value);
    if (flag == nullptr) expected(*node, key, "true or false is wanted");
    return flag == nullptr ? fallback : *flag;
}

std::int64_t TableReader::number_or(
    std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most
)
{
    const TomlNode* node = find(key);
    if (node == nullptr) return fallback;
    const auto* number = std::get_if<std::int64_t>(&node->value);
    if (number != nullptr && *number >= least && *number <= most) return *number;
    const std::string wanted =
        "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    if (number == nullptr)
        expected(*node, key, wanted);
    else
        faults_.add(node->where, path_ + ": " + quoted(key) + " is out of range", wanted);
    return fallback;
}

std::optional<Span> TableReader::span(std::string_view key, Span least)
{
    const TomlNode* node = find(key);
    if (node == nullptr) return std::nullopt;
    const std::string* text = node->text();
    const auto out = text == nullptr ? std::nullopt : parse_span(*text);
    if (out && *out >= least) return out;
    faults_.add(
        node->where,
        path_ + ": " + quoted(key) + " is no span of time",
        std::string("like \"90s\", \"5m\" or \"2h\", ") +
            (least > Span{} ? "more than nothing and " : "") + "at most 31 days"
    );
    return std::nullopt;
}

std::vector<std::pair<std::string, Location>> TableReader::texts(std::string_view key)
{
    std::vector<std::pair<std::string, Location>> out;
    const TomlNode* node = find(key);
    if (node == nullptr) return out;
    if (const std::string* one = node->text()) {
        out.emplace_back(*one, node->where);
    } else if (const TomlNode::Array* many = node->array()) {
        for (const TomlNode& part : *many) {
            if (const std::string* text = part.text())
                out.emplace_back(*text, part.where);
            else
                expected(part, key, "a list of texts is wanted");
        }
    } else {
        expected(*node, key, "a list of texts is wanted");
    }
    for (const auto& [text, where] : out)
        if (text.empty()) faults_.add(where, path_ + ": " + quoted(key) + " has an empty text");
    return out;
}

std::vector<const TomlEntry*> TableReader::rest() const
{
    std::vector<const TomlEntry*> out;
    for (const TomlEntry& entry : *table_)
        if (!known_.contains(entry.key)) out.push_back(&entry);
    return out;
}

void TableReader::finish() const
{
    for (const TomlEntry* entry : rest())
        faults_.add(
            entry->where,
            path_ + " knows no key " + quoted(entry->key),
            suggestion(entry->key, known_)
        );
}

std::optional<Span> parse_span(std::string_view text)
{
    struct Unit {
        std::string_view name;
        std::int64_t milliseconds;
    };
    constexpr std::array<Unit, 5> units{
        {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return std::nullopt;
    const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const Unit& unit : units)
        if (name == unit.name) {
            if (number > span_max.count() / unit.milliseconds) return std::nullopt;
            return Span{number * unit.milliseconds};
        }
    return std::nullopt;
}

std::string span_text(Span span)
{
    const std::int64_t count = span.count();
    if (count % 1000 != 0) return std::to_string(count) + "ms";
    const std::int64_t seconds = count / 1000;
    if (seconds == 0 || seconds % 60 != 0) return std::to_string(seconds) + "s";
    if (seconds % 3600 != 0) return std::to_string(seconds / 60) + "m";
    return std::to_string(seconds / 3600) + "h";
}

std::optional<Span> parse_time_of_day(std::string_view text)
{
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto digits = [&](std::size_t at) -> std::optional<unsigned> {
        unsigned out = 0;
        const char* from = text.data() + at;
        const auto [end, error] = std::from_chars(from, from + 2, out);
        return error == std::errc{} && end == from + 2 ? std::optional(out) : std::nullopt;
    };
    const auto hour = digits(0);
    const auto minute = digits(3);
    if (!hour || !minute || *minute > 59 || *hour > 24 || (*hour == 24 && *minute != 0))
        return std::nullopt;
    return std::chrono::hours(*hour) + std::chrono::minutes(*minute);
}

std::string quoted(std::string_view text)
{
    return "\"" + std::string(text) + "\"";
}

std::string suggestion(std::string_view text, const std::set<std::string, std::less<>>& known)
{
    const std::string* best = nullptr;
    std::size_t least = suggestion_distance_max + 1;
    for (const std::string& word : known) {
        const std::size_t far = distance(text, word);
        if (far < least && far < word.size()) {
            least = far;
            best = &word;
        }
    }
    if (best != nullptr) return "did you mean " + quoted(*best) + "?";
    if (known.empty() || known.size() > suggestion_words_max) return {};
    std::string out = "one of";
    for (const std::string& word : known) out += " " + word;
    return out;
}

}  // namespace shouwang::config
