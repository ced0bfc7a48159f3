// One statement for many rows.
// Owned by ActivityStore; its thread only.

#include "activity/row_insert.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace agenthub {
namespace {

std::string insert_sql(std::size_t columns) {
    std::string row = "(?";
    for (std::size_t i = 1; i < columns; ++i)
        row += ",?";
    row += ')';
    // FAIL, as the transaction is given up anyway: for ABORT, SQLite would copy each page to a journal of the
    // statement.
    std::string sql = std::string("INSERT OR FAIL INTO activity_row (") + kRowColumns + ") VALUES " + row;
    for (std::size_t i = 1; i < RowInsert::kRows; ++i)
        sql += ',' + row;
    return sql;
}

}  // namespace

void RowInsert::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    ::sqlite3_finalize(statement);
}

RowInsert::RowInsert(SQLite::Database& db)
    : db_(db),
      insert_(prepare(insert_sql(kColumns))),
      find_(prepare("SELECT 1 FROM activity_row WHERE id BETWEEN ? AND ? LIMIT 1")),
      bound_() {}

RowInsert::Statement RowInsert::prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    check(::sqlite3_prepare_v3(db_.getHandle(), sql.c_str(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                               &statement, nullptr));
    return Statement(statement);
}

void RowInsert::check(int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        throw SQLite::Exception(db_.getHandle(), code);
}

bool RowInsert::are_new(std::int64_t first, Rows rows) {
    const auto [lowest, highest] = std::ranges::minmax_element(rows, {}, &BlockRecord::sequence);
    ::sqlite3_bind_int64(find_.get(), 1, first + lowest->sequence);
    ::sqlite3_bind_int64(find_.get(), 2, first + highest->sequence);
    const int found = ::sqlite3_step(find_.get());
    ::sqlite3_reset(find_.get());
    check(found);
    return found == SQLITE_DONE;
}

void RowInsert::insert(std::int64_t first, Rows rows) {
    for (std::size_t i = 0; i < rows.size(); ++i)
        bind(i, first + rows[i].sequence, rows[i].record);
    const int done = ::sqlite3_step(insert_.get());
    ::sqlite3_reset(insert_.get());
    check(done);
}

void RowInsert::bind(std::size_t row, std::int64_t id, const ActivityRecord& r) {
    std::size_t place = row * kColumns;
    const auto number = [&](std::int64_t value) {
        ::sqlite3_bind_int64(insert_.get(), static_cast<int>(++place), value);
    };
    const auto text = [&](std::string_view value) { bind_text(++place, value); };
    number(id);
    number(r.unix_ms);
    number(r.http_status);
    text(r.http_method);
    text(to_string(r.outcome));
    text(r.server);
    text(r.tool);
    text(r.mcp_method);
    text(r.client_id);
    text(r.request_id);
    number(r.error_code);
    number(r.duration_us);
    number(r.queue_us);
    number(r.server_us);
    number(r.bytes_in);
    number(r.bytes_out);
    text(r.client_ip);
    text(r.session);
    text(r.path);
    text(r.error_text);
}

// Bound where it lies. A NUL would end it for whoever reads it: those rare texts are copied, as stored_text().
void RowInsert::bind_text(std::size_t place, std::string_view text) {
    std::string_view& bound = bound_[place - 1];
    if (bound.data() != nullptr && bound == text)
        return;
    const int at = static_cast<int>(place);
    if (!text.empty() && std::memchr(text.data(), 0, text.size()) != nullptr) {
        const std::string clean = stored_text(text, kLongTextLimit);
        check(::sqlite3_bind_text(insert_.get(), at, clean.data(), static_cast<int>(clean.size()), SQLITE_TRANSIENT));
        bound = {};
        return;
    }
    bound = text.data() == nullptr ? std::string_view("") : text;
    check(::sqlite3_bind_text(insert_.get(), at, bound.data(), static_cast<int>(bound.size()), SQLITE_STATIC));
}

}  // namespace agenthub
