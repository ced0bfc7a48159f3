// Inserting many rows with one statement: what SQLite does per statement is then done once for sixteen rows, and what
// they have in common, which is most of their text, is bound once.
// Owned by ActivityStore; its thread only.

#pragma once

#include <SQLiteCpp/Database.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "activity/block.hpp"

struct sqlite3_stmt;

namespace agenthub {

inline constexpr const char* kRowColumns =
    "id, unix_ms, http_status, http_method, outcome, server, tool, mcp_method, client_id, request_id, error_code,"
    " duration_us, queue_us, server_us, bytes_in, bytes_out, client_ip, session, path, error_text";

class RowInsert {
public:
    static constexpr std::size_t kRows = 16;  // of one statement
    using Rows = std::span<const BlockRecord, kRows>;

    // `db` outlives it. Throws SQLite::Exception, as all of it does.
    explicit RowInsert(SQLite::Database& db);

    // To be called before the rows of each batch: the texts that were bound for the last one are gone.
    void begin() noexcept { bound_ = {}; }
    // True when none of these rows, whose ids are first + sequence, is in the table.
    bool are_new(std::int64_t first, Rows rows);
    // Inserts rows that are new. Their texts must live until the next begin().
    void insert(std::int64_t first, Rows rows);

private:
    static constexpr std::size_t kColumns = 20;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

    Statement prepare(const std::string& sql);
    void check(int code);
    void bind(std::size_t row, std::int64_t id, const ActivityRecord& record);
    void bind_text(std::size_t place, std::string_view text);

    SQLite::Database& db_;
    Statement insert_;
    Statement find_;
    std::array<std::string_view, kRows * kColumns> bound_;  // null: to be bound anew
};

}  // namespace agenthub
