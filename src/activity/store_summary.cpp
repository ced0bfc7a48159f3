// Keeping the counts of the activity database true.
// Owned by ActivityStore; its thread only.

#include "activity/store_summary.hpp"

#include <algorithm>

#include "activity/store_sql.hpp"

namespace agenthub {
namespace {

void run(SQLite::Statement& statement) {
    statement.exec();
    statement.reset();
}

}  // namespace

ActivitySummary::ActivitySummary(SQLite::Database& db)
    : add_total_(db,
                 "INSERT INTO activity_total (http_method, http_status, rows) VALUES (?,?,?)"
                 " ON CONFLICT DO UPDATE SET rows = rows + excluded.rows"),
      add_client_(db,
                  "INSERT INTO activity_client (client_id, bucket, rows) VALUES (?,?,?)"
                  " ON CONFLICT DO UPDATE SET rows = rows + excluded.rows"),
      add_bucket_(db,
                  "INSERT INTO activity_bucket (bucket, first_ms, last_ms) VALUES (?,?,?) ON CONFLICT DO UPDATE"
                  " SET first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms)"),
      drop_totals_(db, "DELETE FROM activity_total WHERE rows <= 0"),
      drop_client_(db, "DELETE FROM activity_client WHERE client_id = ? AND bucket = ? AND rows <= 0"),
      drop_bucket_(db,
                   "DELETE FROM activity_bucket WHERE bucket = ?1 AND NOT EXISTS"
                   " (SELECT 1 FROM activity_row WHERE id BETWEEN ?1 << 10 AND (?1 << 10) + 1023)"),
      renew_bucket_(db,
                    "UPDATE activity_bucket SET first_ms = (SELECT min(unix_ms) FROM activity_row"
                    " WHERE id BETWEEN ?1 << 10 AND (?1 << 10) + 1023) WHERE bucket = ?1") {}

void ActivitySummary::added(std::int64_t id, std::int64_t unix_ms, std::string_view method, int status,
                            std::string_view client) {
    enter(id);
    first_ms_ = std::min(first_ms_, unix_ms);
    last_ms_ = std::max(last_ms_, unix_ms);
    count(method, status, client, 1);
}

void ActivitySummary::removed(std::int64_t id, std::string_view method, int status, std::string_view client) {
    enter(id);
    removing_ = true;
    count(method, status, client, -1);
}

void ActivitySummary::enter(std::int64_t id) {
    if (id >> kBucketBits == bucket_)
        return;
    write_bucket();
    bucket_ = id >> kBucketBits;
}

void ActivitySummary::count(std::string_view method, int status, std::string_view client, std::int64_t rows) {
    if (last_total_ == nullptr || last_method_ != method || last_status_ != status) {
        last_method_ = method;
        last_status_ = status;
        last_total_ = &totals_[{last_method_, status}];
    }
    *last_total_ += rows;
    const auto found = clients_.find(client);
    if (found != clients_.end())
        found->second += rows;
    else
        clients_.emplace(client, rows);
}

void ActivitySummary::write_clients() {
    for (const auto& [client, rows] : clients_) {
        bind_text(add_client_, 1, client);
        add_client_.bind(2, bucket_);
        add_client_.bind(3, rows);
        run(add_client_);
        if (removing_) {
            bind_text(drop_client_, 1, client);
            drop_client_.bind(2, bucket_);
            run(drop_client_);
        }
    }
}

void ActivitySummary::write_bucket() {
    if (clients_.empty())
        return;
    write_clients();
    if (removing_) {
        drop_bucket_.bind(1, bucket_);
        run(drop_bucket_);
        renew_bucket_.bind(1, bucket_);
        run(renew_bucket_);
    } else {
        add_bucket_.bind(1, bucket_);
        add_bucket_.bind(2, first_ms_);
        add_bucket_.bind(3, last_ms_);
        run(add_bucket_);
    }
    clients_.clear();
    first_ms_ = INT64_MAX;
    last_ms_ = INT64_MIN;
}

void ActivitySummary::finish() {
    write_bucket();
    for (const auto& [key, rows] : totals_) {
        bind_text(add_total_, 1, key.first);
        add_total_.bind(2, key.second);
        add_total_.bind(3, rows);
        run(add_total_);
    }
    if (removing_)
        run(drop_totals_);
    forget();
}

void ActivitySummary::forget() noexcept {
    for (auto* statement :
         {&add_total_, &add_client_, &add_bucket_, &drop_totals_, &drop_client_, &drop_bucket_, &renew_bucket_})
        statement->tryReset();
    totals_.clear();
    clients_.clear();
    last_total_ = nullptr;
    bucket_ = -1;
    first_ms_ = INT64_MAX;
    last_ms_ = INT64_MIN;
    removing_ = false;
}

}  // namespace agenthub
