#pragma once

#include "config/fault.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reading what a spreadsheet program saves. Nothing here knows what the columns mean.
namespace shouwang::config {

constexpr std::size_t csv_bytes_max = 64U << 20U;
constexpr std::size_t csv_rows_max = 200'000;
constexpr std::size_t csv_field_bytes_max = 4096;
constexpr std::size_t csv_fields_max = 64;  // in one row

struct CsvRow {
    unsigned line = 0;  // where the row starts: a quoted field may run over several lines
    std::vector<std::string> fields;
};

// The text of a file in UTF-8 without a byte order mark, every line ended by "\n" alone.
//
// `bytes` are UTF-8 (with or without a byte order mark) or GB18030, as Chinese Excel saves CSV.
// Anything else gives nullopt and one fault that names the line of the first bad byte.
[[nodiscard]] std::optional<std::string> decode_text(
    const std::string& file, std::string_view bytes, std::vector<Fault>& faults
);

// The rows of `text` (as decode_text() returns it), the header among them, without the empty ones
// that a spreadsheet leaves behind. Blanks around an unquoted field are no part of it.
//
// A syntax error or a limit stops at its line: one fault and nullopt.
[[nodiscard]] std::optional<std::vector<CsvRow>> read_csv(
    const std::string& file, std::string_view text, std::vector<Fault>& faults
);

}  // namespace shouwang::config
