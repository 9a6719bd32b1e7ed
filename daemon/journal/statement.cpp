#include "daemon/journal/statement.hpp"

#include <sqlite3.h>

namespace shouwang::journal {

void Statement::Finalize::operator()(sqlite3_stmt* statement) const
{
    sqlite3_finalize(statement);
}

Statement::Statement(sqlite3* database, std::string_view sql)
{
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(
        database,
        sql.data(),
        static_cast<int>(sql.size()),
        SQLITE_PREPARE_PERSISTENT,
        &statement,
        nullptr
    );
    statement_.reset(statement);
    if (code != SQLITE_OK) throw StatementError{code};
}

Statement& Statement::bind_number(int index, std::int64_t value)
{
    if (bind_code_ == SQLITE_OK) bind_code_ = sqlite3_bind_int64(statement_.get(), index, value);
    return *this;
}

// A null destructor is SQLITE_STATIC: the caller keeps the value alive.
Statement& Statement::bind_text(int index, std::string_view value)
{
    if (bind_code_ == SQLITE_OK) {
        bind_code_ = sqlite3_bind_text64(
            statement_.get(),
            index,
            value.empty() ? "" : value.data(),
            value.size(),
            nullptr,
            SQLITE_UTF8
        );
    }
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view value)
{
    if (bind_code_ != SQLITE_OK) return *this;
    // An empty view may point nowhere, which SQLite would store as NULL.
    bind_code_ =
        value.empty()
            ? sqlite3_bind_zeroblob(statement_.get(), index, 0)
            : sqlite3_bind_blob64(statement_.get(), index, value.data(), value.size(), nullptr);
    return *this;
}

int Statement::step()
{
    int code = bind_code_;
    if (code == SQLITE_OK) code = sqlite3_step(statement_.get());
    if (code != SQLITE_ROW) reset();
    return code;
}

void Statement::reset()
{
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bind_code_ = SQLITE_OK;
}

std::optional<std::int64_t> Statement::number(int column) const
{
    if (sqlite3_column_type(statement_.get(), column) != SQLITE_INTEGER) return std::nullopt;
    return sqlite3_column_int64(statement_.get(), column);
}

std::optional<std::string_view> Statement::text(int column) const
{
    if (sqlite3_column_type(statement_.get(), column) != SQLITE_TEXT) return std::nullopt;
    const auto* const bytes =
        reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
    if (bytes == nullptr) return std::nullopt;  // out of memory
    return std::string_view(
        bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))
    );
}

std::optional<std::string_view> Statement::blob(int column) const
{
    if (sqlite3_column_type(statement_.get(), column) != SQLITE_BLOB) return std::nullopt;
    const auto* const bytes =
        static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
    const int size = sqlite3_column_bytes(statement_.get(), column);
    if (bytes == nullptr && size != 0) return std::nullopt;
    if (size == 0) return std::string_view();
    return std::string_view(bytes, static_cast<std::size_t>(size));
}

}  // namespace shouwang::journal
