// Pages and statistics of the activity database.
// Owned by ActivityWorker; its thread only.

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>
#include <vector>

#include "activity/store.hpp"
#include "activity/store_sql.hpp"

namespace agenthub {
namespace {

// Each bucket is probed. The unary pluses keep SQLite from hiding the index: from giving the index's first expression
// the affinity of `bucket`, and from putting the parameter in the place of request_id within substr().
constexpr std::string_view kByRequest =
    "a.id IN (SELECT r.id FROM activity_bucket AS b CROSS JOIN activity_row AS r INDEXED BY activity_by_request"
    " ON r.id >> 10 = +b.bucket AND substr(r.request_id, 1, 8) = substr(:request, 1, 8)"
    " WHERE +r.request_id = :request)";

// Where the rows are looked for: everywhere, or in the buckets in which the client has some.
constexpr std::string_view kEverywhere = " FROM activity_row AS a";
constexpr std::string_view kByClient =
    " FROM activity_client AS c CROSS JOIN activity_row AS a"
    " ON a.id BETWEEN c.bucket << 10 AND (c.bucket << 10) + 1023";

struct Plan {
    std::string_view from = kEverywhere;
    std::string where = " WHERE 1";
    std::string_view newest_first = " ORDER BY a.id DESC";
    std::string total;  // the statement that counts what matches
    // Values are always bound, never part of the text.
    std::vector<std::pair<const char*, std::string>> texts;
    std::vector<std::pair<const char*, int>> numbers;

    void equal(std::string_view condition, const char* name, const std::optional<std::string>& value) {
        if (!value.has_value())
            return;
        where.append(" AND ").append(condition);
        texts.emplace_back(name, stored_text(*value));
    }
    void number(std::string_view condition, const char* name, const std::optional<int>& value) {
        if (!value.has_value())
            return;
        where.append(" AND ").append(condition);
        numbers.emplace_back(name, *value);
    }
    std::size_t conditions() const { return texts.size() + numbers.size(); }
    void bind(SQLite::Statement& statement) const {
        for (const auto& [name, value] : texts)
            statement.bind(name, value);
        for (const auto& [name, value] : numbers)
            statement.bind(name, value);
    }
};

Plan plan_of(const ActivityQuery& query) {
    Plan plan;
    plan.equal("a.http_method = :method", ":method", query.method);
    plan.number("a.http_status >= :min", ":min", query.status_min);
    plan.number("a.http_status <= :max", ":max", query.status_max);
    const std::size_t known_to_totals = plan.conditions();
    plan.equal(kByRequest, ":request", query.request_id);
    plan.equal("a.server = :server", ":server", query.server);
    plan.equal("a.tool = :tool", ":tool", query.tool);
    plan.equal("a.outcome = :outcome", ":outcome", query.outcome);
    const std::size_t without_client = plan.conditions();
    plan.equal("a.client_id = :client", ":client", query.client_id);
    if (query.client_id.has_value() && !query.request_id.has_value()) {
        plan.from = kByClient;
        plan.where += " AND c.client_id = :client";
        plan.newest_first = " ORDER BY c.bucket DESC, a.id DESC";
    }
    if (plan.conditions() == known_to_totals)
        plan.total = "SELECT coalesce(sum(a.rows), 0) FROM activity_total AS a" + plan.where;
    else if (without_client == 0)
        plan.total = "SELECT coalesce(sum(rows), 0) FROM activity_client WHERE client_id = :client";
    else
        plan.total = "SELECT count(*)" + std::string(plan.from) + plan.where;
    return plan;
}

std::int64_t count(SQLite::Database& db, const Plan& plan) {
    SQLite::Statement total(db, plan.total);
    plan.bind(total);
    total.executeStep();
    return total.getColumn(0).getInt64();
}

ActivityEntry read_entry(SQLite::Statement& row) {
    ActivityEntry e;
    int i = 0;
    const auto number = [&] { return row.getColumn(i++).getInt64(); };
    const auto text = [&] { return row.getColumn(i++).getString(); };
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

constexpr std::string_view kColumns =
    "SELECT (SELECT node FROM run WHERE run.id = a.id >> 40), (SELECT epoch FROM run WHERE run.id = a.id >> 40),"
    " a.id & 1099511627775, a.unix_ms, a.http_status, a.http_method, a.outcome, a.server, a.tool, a.mcp_method,"
    " a.client_id, a.request_id, a.error_code, a.duration_us, a.queue_us, a.server_us, a.bytes_in, a.bytes_out,"
    " a.client_ip, a.session, a.path, a.error_text";

void read_entries(SQLite::Database& db, const Plan& plan, ActivityPage& page) {
    std::string sql(kColumns);
    sql.append(plan.from).append(plan.where).append(plan.newest_first).append(" LIMIT :limit OFFSET :offset");
    SQLite::Statement rows(db, sql);
    plan.bind(rows);
    rows.bind(":limit", page.limit);
    rows.bind(":offset", page.offset);
    while (rows.executeStep())
        page.entries.push_back(read_entry(rows));
}

// Has SQLite call `interrupted` during the statements of its lifetime. SQLiteCpp has no way to do this.
class ProgressHandler {
public:
    ProgressHandler(SQLite::Database& db, const std::function<bool()>& interrupted) : db_(db.getHandle()) {
        // SQLite hands the pointer back as it is; the callback only calls the function.
        auto* context = const_cast<std::function<bool()>*>(&interrupted);
        sqlite3_progress_handler(db_, kInstructions, &ProgressHandler::call, context);
    }
    ~ProgressHandler() { sqlite3_progress_handler(db_, 0, nullptr, nullptr); }
    ProgressHandler(const ProgressHandler&) = delete;
    ProgressHandler& operator=(const ProgressHandler&) = delete;

private:
    static constexpr int kInstructions = 5000;  // of SQLite's virtual machine: a fraction of a millisecond
    static int call(void* context) noexcept { return (*static_cast<std::function<bool()>*>(context))() ? 1 : 0; }
    sqlite3* db_;
};

}  // namespace

store_result<ActivityPage> ActivityStore::page(const ActivityQuery& query, const std::function<bool()>& interrupted) {
    return guarded("query", options_.path, [&] {
        ActivityPage page;
        page.limit = std::clamp<std::int64_t>(query.limit, 0, kMaxPage);
        page.offset = std::max<std::int64_t>(query.offset, 0);
        const Plan plan = plan_of(query);
        const ProgressHandler progress(reader_, interrupted);
        SQLite::Transaction snapshot(reader_);
        page.total = count(reader_, plan);
        if (page.offset < page.total && page.limit > 0)
            read_entries(reader_, plan, page);
        return page;
    });
}

store_result<ActivityStats> ActivityStore::stats() {
    return guarded("query", options_.path, [&] {
        ActivityStats stats;
        SQLite::Statement totals(reader_, "SELECT http_method, http_status, rows FROM activity_total WHERE rows > 0");
        while (totals.executeStep()) {
            const std::int64_t rows = totals.getColumn(2).getInt64();
            stats.total_entries += rows;
            stats.by_method[totals.getColumn(0).getString()] += rows;
            stats.by_status[totals.getColumn(1).getInt()] += rows;
        }
        return stats;
    });
}

}  // namespace agenthub
