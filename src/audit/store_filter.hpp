// Which rows of the audit a query means, as SQL.
// Included by store_read.cpp alone.

#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <string>
#include <vector>

#include "audit/query.hpp"

namespace agenthub {

inline bool is_timed(const AuditQuery& query) noexcept {
    return query.since_ms != INT64_MIN || query.until_ms != INT64_MAX;
}

// The conditions of a query, their values in order, and the index that they are looked up in.
struct AuditFilter {
    std::string where = " WHERE 1";
    std::vector<std::int64_t> numbers;
    std::vector<std::string> texts;
    std::size_t conditions = 0;

    void equals(const char* column, const std::string& value) {
        if (value.empty())
            return;
        where += std::string(" AND ") + column + " = ?";
        texts.push_back(value);
        ++conditions;
    }
    void begins(const char* column, const std::string& value) {
        where += std::string(" AND substr(") + column + ", 1, length(?)) = ?";
        texts.push_back(value);
        texts.push_back(value);
        ++conditions;
    }
    void between(const char* column, std::int64_t low, std::int64_t high) {
        where += std::string(" AND ") + column + " BETWEEN ? AND ?";
        numbers.push_back(low);
        numbers.push_back(high);
        ++conditions;
    }
    int bind(SQLite::Statement& statement) const {
        int i = 0;
        for (const std::int64_t number : numbers)
            statement.bind(++i, number);
        for (const std::string& text : texts)
            statement.bind(++i, text);
        return i;
    }
};

// Rows are written in the order of time, but clocks are set back: the conditions on the time itself stay.
inline void bound_in_time(SQLite::Database& db, const AuditQuery& query, AuditFilter& out) {
    SQLite::Statement ends(
        db, "SELECT ifnull(min(seq), 1), ifnull(max(seq), 0) FROM audit_row WHERE unix_ms BETWEEN ? AND ?");
    ends.bind(1, query.since_ms);
    ends.bind(2, query.until_ms);
    ends.executeStep();
    out.between("seq", ends.getColumn(0).getInt64(), ends.getColumn(1).getInt64());
    out.between("unix_ms", query.since_ms, query.until_ms);
}

inline AuditFilter filter_of(SQLite::Database& db, const AuditQuery& query) {
    AuditFilter out;
    if (is_timed(query))
        bound_in_time(db, query, out);
    out.equals("actor", query.actor);
    out.equals("subject", query.subject);
    out.equals("status", query.status);
    out.equals("request_id", query.request_id);
    if (query.action.ends_with('*'))
        out.begins("action", query.action.substr(0, query.action.size() - 1));
    else
        out.equals("action", query.action);
    return out;
}

// A total looks at all that may match: in an index, of which a row takes some fifty bytes, and not in the rows, which
// take a thousand. One condition alone has an index of its own; those of several are read from all that they are about.
inline std::string matches(const AuditQuery& query, const AuditFilter& filter) {
    const bool is_beginning = query.action.ends_with('*');
    const bool has_own = filter.conditions == 0 || (filter.conditions == 1 && query.status.empty() && !is_beginning);
    std::string from = " FROM audit_row";
    if (!query.request_id.empty())
        from += " INDEXED BY audit_by_request";
    else if (!has_own)
        from += " INDEXED BY audit_by_filters";
    return from + filter.where;
}

}  // namespace agenthub
