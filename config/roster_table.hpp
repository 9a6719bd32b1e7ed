#pragma once

#include "config/csv_reader.hpp"
#include "config/fault.hpp"
#include "escalation/directory.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The files of a roster folder as tables of named columns, and their fields as checked values.
namespace shouwang::config {

struct RosterColumn {
    std::string_view name;
    std::string_view chinese;
    bool required = false;  // the column must be there and no field of it empty
};

struct RosterFormat {
    std::string_view file;
    std::string_view chinese;
    bool required = false;  // a folder without this file is an error, else only a warning
    std::span<const RosterColumn> columns;
};

// Every file there is, in the order in which they are read.
[[nodiscard]] std::span<const RosterFormat> roster_formats();
// Requires: `file` is one of them.
[[nodiscard]] const RosterFormat& roster_format(std::string_view file);

// A word a column may hold, in both languages.
struct RosterWord {
    std::string_view word;
    std::string_view chinese;
};

// Collects faults up to a limit, so that a folder that is wrong throughout stays readable.
class FaultSink {
public:
    explicit FaultSink(std::size_t max) : max_(max) {}
    void add(Fault fault);
    [[nodiscard]] bool failed() const noexcept { return failed_; }
    // All of them, by file in reading order and by line.
    [[nodiscard]] std::vector<Fault> take();

private:
    std::size_t max_;
    std::vector<Fault> faults_;
    bool more_ = false;
    bool failed_ = false;
};

class RosterTable {
public:
    // `text` as decode_text() returns it; nullopt: the file was not there or not readable, which
    // somebody else has reported.
    RosterTable(
        const RosterFormat& format, const std::optional<std::string>& text, FaultSink& sink
    );

    [[nodiscard]] const RosterFormat& format() const noexcept { return *format_; }
    // False when rows are missing here that may be in the file (or the file itself is): that an
    // id is not found in this table then says nothing.
    [[nodiscard]] bool usable() const noexcept { return usable_; }
    [[nodiscard]] const std::vector<CsvRow>& rows() const noexcept { return rows_; }
    // Where `column` stands in a row, from 1; 0: the file has no such column.
    [[nodiscard]] unsigned number_of(std::string_view column) const;
    void fault(unsigned line, std::string_view column, std::string what, std::string hint) const;
    void warn(unsigned line, std::string_view column, std::string what, std::string hint) const;

private:
    void read_header(const CsvRow& header);
    void check_widths();

    const RosterFormat* format_;
    FaultSink* sink_;
    bool usable_ = false;
    std::vector<CsvRow> rows_;
    std::vector<unsigned> numbers_;  // by the format's columns
};

// One row, read field by field. A bad field is reported and reads as empty, so that the rest of
// the row is still checked.
class RosterRow {
public:
    RosterRow(const RosterTable& table, const CsvRow& row) : table_(table), row_(row) {}

    [[nodiscard]] unsigned line() const noexcept { return row_.line; }
    // One line of text; empty when the column is missing.
    [[nodiscard]] std::string text(std::string_view column) const;
    // Text that may run over several lines.
    [[nodiscard]] std::string prose(std::string_view column) const;
    [[nodiscard]] std::string id(std::string_view column) const;
    [[nodiscard]] std::string word(std::string_view column, std::span<const RosterWord> words)
        const;
    [[nodiscard]] bool yes(std::string_view column) const;
    [[nodiscard]] unsigned number(std::string_view column, unsigned max) const;
    [[nodiscard]] std::optional<escalation::Day> day(std::string_view column) const;
    [[nodiscard]] std::string sex() const;
    void fault(std::string_view column, std::string what, std::string hint) const;
    void warn(std::string_view column, std::string what, std::string hint) const;

private:
    [[nodiscard]] const std::string& raw(std::string_view column) const;

    const RosterTable& table_;
    const CsvRow& row_;
};

}  // namespace shouwang::config
