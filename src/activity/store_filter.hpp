// The filters of a question as SQL, and the rows that it yields.
// Included by store*.cpp alone.

#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "activity/query.hpp"

namespace agenthub {

// Conditions on activity_row AS a. Values are always bound, never part of the text.
class RowFilter {
public:
    explicit RowFilter(const ActivityQuery& query);

    // " AND …" for each filter but request_id and error; empty when there is none.
    const std::string& where() const noexcept { return where_; }
    // Binds those of the values that the statement names.
    void bind(SQLite::Statement& statement) const;
    // The expression for the full text index; empty when the query has no words.
    const std::string& words() const noexcept { return words_; }

private:
    void text(std::string_view condition, const char* name, const std::optional<std::string>& value);
    void number(std::string_view condition, const char* name, std::optional<std::int64_t> value);

    std::string where_;
    std::string words_;
    std::vector<std::pair<const char*, std::string>> texts_;
    std::vector<std::pair<const char*, std::int64_t>> numbers_;
};

// "SELECT …" of what read_entry() reads, without FROM.
extern const std::string_view kEntryColumns;
ActivityEntry read_entry(SQLite::Statement& row);

}  // namespace agenthub
