#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace shouwang::journal {

// A prepared statement with bound values: the only way SQL with values in it is run. The text is
// always a literal.
class Statement {
public:
    // Throws StatementError.
    template <std::size_t Size>
    Statement(sqlite3* database, const char (&sql)[Size])
        : Statement(database, std::string_view(sql, Size - 1))
    {}

    // Bound values are not copied: they must live until step() has returned Row for the last time.
    Statement& bind_number(int index, std::int64_t value);
    Statement& bind_text(int index, std::string_view value);
    Statement& bind_blob(int index, std::string_view value);

    // SQLite's own result code. Anything but SQLITE_ROW also resets the statement for its next use.
    [[nodiscard]] int step();
    void reset();

    // Columns of the current row; none when it holds another type than asked for.
    [[nodiscard]] std::optional<std::int64_t> number(int column) const;
    [[nodiscard]] std::optional<std::string_view> text(int column) const;
    [[nodiscard]] std::optional<std::string_view> blob(int column) const;

private:
    Statement(sqlite3* database, std::string_view sql);
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int bind_code_ = 0;
};

// Preparing failed with `code`, SQLite's extended result code.
struct StatementError {
    int code;
};

}  // namespace shouwang::journal
