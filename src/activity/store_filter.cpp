// Filters as SQL.
// Owned by ActivityStore; its thread only.

#include "activity/store_filter.hpp"

#include "activity/error_words.hpp"
#include "activity/record.hpp"

namespace agenthub {

const std::string_view kEntryColumns =
    "SELECT a.id, (SELECT node FROM run WHERE run.id = a.id >> 40), (SELECT epoch FROM run WHERE run.id = a.id >> 40),"
    " a.id & 1099511627775, a.unix_ms, a.http_status, a.http_method, a.outcome, a.server, a.tool, a.mcp_method,"
    " a.client_id, a.request_id, a.error_code, a.duration_us, a.queue_us, a.server_us, a.bytes_in, a.bytes_out,"
    " a.client_ip, a.session, a.path, a.error_text";

RowFilter::RowFilter(const ActivityQuery& query) {
    text("a.http_method = :method", ":method", query.method);
    number("a.http_status >= :min", ":min", query.status_min);
    number("a.http_status <= :max", ":max", query.status_max);
    text("a.client_id = :client", ":client", query.client_id);
    text("a.server = :server", ":server", query.server);
    text("a.tool = :tool", ":tool", query.tool);
    text("a.outcome = :outcome", ":outcome", query.outcome);
    number("a.unix_ms >= :since", ":since", query.since);
    number("a.unix_ms < :until", ":until", query.until);
    if (query.error)
        words_ = error_words(*query.error);
}

void RowFilter::text(std::string_view condition, const char* name, const std::optional<std::string>& value) {
    if (!value.has_value())
        return;
    where_.append(" AND ").append(condition);
    texts_.emplace_back(name, stored_text(*value));
}

void RowFilter::number(std::string_view condition, const char* name, std::optional<std::int64_t> value) {
    if (!value.has_value())
        return;
    where_.append(" AND ").append(condition);
    numbers_.emplace_back(name, *value);
}

void RowFilter::bind(SQLite::Statement& statement) const {
    for (const auto& [name, value] : texts_)
        statement.bind(name, value);
    for (const auto& [name, value] : numbers_)
        statement.bind(name, value);
}

ActivityEntry read_entry(SQLite::Statement& row) {
    ActivityEntry e;
    int i = 0;
    const auto number = [&] { return row.getColumn(i++).getInt64(); };
    const auto text = [&] { return row.getColumn(i++).getString(); };
    e.row = number();
    e.node = text();
    e.epoch = number();
    e.sequence = number();
    e.unix_ms = number();
    e.http_status = static_cast<int>(number());
    e.http_method = text();
    e.outcome = text();
    e.server = text();
    e.tool = text();
    e.mcp_method = text();
    e.client_id = text();
    e.request_id = text();
    e.error_code = static_cast<int>(number());
    e.duration_us = number();
    e.queue_us = number();
    e.server_us = number();
    e.bytes_in = number();
    e.bytes_out = number();
    e.client_ip = text();
    e.session = text();
    e.path = text();
    e.error_text = text();
    return e;
}

}  // namespace agenthub
