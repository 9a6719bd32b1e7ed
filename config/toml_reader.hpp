#pragma once

#include "config/fault.hpp"
#include "escalation/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// TOML as the loaders want it: in the order of the file, every value with its place, every fault
// collected. The only door to the TOML library is toml_reader.cpp.
namespace shouwang::config {

struct Location {
    unsigned line = 0;
    unsigned column = 0;
    friend auto operator<=>(const Location&, const Location&) = default;
};

// Collects what is wrong with one file.
class FaultList {
public:
    explicit FaultList(std::string file) : file_(std::move(file)) {}

    void add(Location where, std::string what, std::string hint = {});
    void warn(Location where, std::string what, std::string hint = {});
    // True when the file cannot be used as it is.
    [[nodiscard]] bool fatal() const noexcept { return fatal_; }
    // By line and column; the list is empty afterwards.
    [[nodiscard]] std::vector<Fault> take();

private:
    std::string file_;
    std::vector<Fault> faults_;
    bool fatal_ = false;
};

struct TomlEntry;

struct TomlNode {
    using Array = std::vector<TomlNode>;
    using Table = std::vector<TomlEntry>;  // in the order of the file
    // A date, a time or a number with a fraction; `text` is the date or time as RFC 3339 has it.
    struct Other {
        std::string text;
    };

    Location where;
    std::variant<Other, std::string, std::int64_t, bool, Array, Table> value;

    [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&value); }
    [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value); }
    [[nodiscard]] const Table* table() const { return std::get_if<Table>(&value); }
    [[nodiscard]] const Other* other() const { return std::get_if<Other>(&value); }
};

struct TomlEntry {
    std::string key;
    Location where;  // of the key
    TomlNode node;
};

constexpr std::size_t toml_bytes_max = 1U << 20U;

// Nullopt, with one fault, when the text is no TOML: a syntax error ends the reading of its file.
[[nodiscard]] std::optional<TomlNode> parse_toml(std::string_view text, FaultList& faults);

// Reads one table key by key. What is missing or of the wrong kind is a fault; finish() makes a
// fault of every key nobody asked for.
class TableReader {
public:
    // `path` is how faults call the table. Reads as an empty table when `node` is none.
    TableReader(FaultList& faults, std::string path, const TomlNode& node);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] Location where() const noexcept { return where_; }
    [[nodiscard]] bool has(std::string_view key) const;
    // Where the key stands, or the table when it has no such key.
    [[nodiscard]] Location where(std::string_view key) const;

    // nullptr when there is none.
    [[nodiscard]] const TomlNode* find(std::string_view key);
    // nullptr, with a fault, when there is none.
    [[nodiscard]] const TomlNode* need(std::string_view key);

    [[nodiscard]] std::string need_text(std::string_view key);
    [[nodiscard]] std::string text_or(std::string_view key, std::string fallback);
    [[nodiscard]] bool flag_or(std::string_view key, bool fallback);
    [[nodiscard]] std::int64_t number_or(
        std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most
    );
    // Nullopt when there is none or, with a fault, when it is no span. `least` is what is allowed.
    [[nodiscard]] std::optional<escalation::Span> span(
        std::string_view key, escalation::Span least = escalation::Span{1}
    );
    // One text, or a list of texts, with the place of each.
    [[nodiscard]] std::vector<std::pair<std::string, Location>> texts(std::string_view key);

    // The keys nobody has asked for yet, in the order of the file.
    [[nodiscard]] std::vector<const TomlEntry*> rest() const;
    void finish() const;

    [[nodiscard]] FaultList& faults() const noexcept { return faults_; }

private:
    [[nodiscard]] const TomlEntry* entry(std::string_view key) const;
    void expected(const TomlNode& node, std::string_view key, const std::string& what) const;

    FaultList& faults_;
    std::string path_;
    Location where_;
    const TomlNode::Table* table_;
    std::set<std::string, std::less<>> known_;
};

// "90s", "5m", "2h", "7d", "250ms"; at most 31 days.
[[nodiscard]] std::optional<escalation::Span> parse_span(std::string_view text);
[[nodiscard]] std::string span_text(escalation::Span span);
// "08:30" as the time since midnight; "24:00" is the end of the day.
[[nodiscard]] std::optional<escalation::Span> parse_time_of_day(std::string_view text);
// The text between double quotes.
[[nodiscard]] std::string quoted(std::string_view text);
// "did you mean \"x\"?" when one of `known` is close to `text`, else all of them when they are few.
[[nodiscard]] std::string suggestion(
    std::string_view text, const std::set<std::string, std::less<>>& known
);

}  // namespace shouwang::config
