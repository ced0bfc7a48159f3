// Keeping the counts and the database's copy of them the same.
// Owned by ActivityStore; its thread only.

#include "activity/store_summary.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "activity/store_sql.hpp"

namespace agenthub {
namespace {

void run(SQLite::Statement& statement) {
    statement.exec();
    statement.reset();
}

std::string blob_of(const Bucket& bucket) {
    std::string out(bucket.kinds.size() * sizeof(KindCount), '\0');
    std::memcpy(out.data(), bucket.kinds.data(), out.size());
    return out;
}

Bucket bucket_from(const SQLite::Column& counts, std::int64_t first_ms, std::int64_t last_ms) {
    Bucket bucket;
    bucket.first_ms = first_ms;
    bucket.last_ms = last_ms;
    const auto bytes = static_cast<std::size_t>(counts.getBytes());
    bucket.counted = !counts.isNull() && bytes % sizeof(KindCount) == 0;
    if (!bucket.counted || bytes == 0)
        return bucket;
    bucket.kinds.resize(bytes / sizeof(KindCount));
    std::memcpy(bucket.kinds.data(), counts.getBlob(), bytes);
    return bucket;
}

// As rows and filters hold it. `scratch` keeps the rare text that is not stored as it is.
std::string_view stored(std::string_view text, std::string& scratch) {
    if (text.find('\0') == std::string_view::npos)
        return text;
    scratch = stored_text(text);
    return scratch;
}

}  // namespace

ActivitySummary::ActivitySummary(SQLite::Database& db)
    : add_kind_(db, "INSERT OR REPLACE INTO activity_kind VALUES (?,?,?,?,?,?,?,?)"),
      drop_kind_(db, "DELETE FROM activity_kind WHERE id = ?"),
      put_bucket_(db, "INSERT OR REPLACE INTO activity_bucket (bucket, first_ms, last_ms, counts) VALUES (?,?,?,?)"),
      drop_bucket_(db, "DELETE FROM activity_bucket WHERE bucket = ?"),
      add_client_(db, "INSERT OR IGNORE INTO activity_client (client_id, bucket, rows) VALUES (?,?,1)"),
      drop_client_(db, "DELETE FROM activity_client WHERE client_id = ? AND bucket = ?"),
      put_total_(db, "INSERT OR REPLACE INTO activity_total (http_method, http_status, rows) VALUES (?,?,?)") {
    load(db);
}

void ActivitySummary::load(SQLite::Database& db) {
    SQLite::Statement kinds(
        db, "SELECT id, fold, http_status, http_method, client_id, server, tool, outcome FROM activity_kind");
    while (kinds.executeStep()) {
        Kind kind;
        kind.fold = kinds.getColumn(1).getInt() == 0 ? Fold::none : Fold::client;
        kind.status = kinds.getColumn(2).getInt();
        kind.method = kinds.getColumn(3).getString();
        kind.client = kinds.getColumn(4).getString();
        kind.server = kinds.getColumn(5).getString();
        kind.tool = kinds.getColumn(6).getString();
        kind.outcome = kinds.getColumn(7).getString();
        counts_.load_kind(static_cast<std::uint16_t>(kinds.getColumn(0).getInt()), std::move(kind));
    }
    SQLite::Statement buckets(db, "SELECT bucket, first_ms, last_ms, counts FROM activity_bucket");
    while (buckets.executeStep())
        counts_.load_bucket(
            buckets.getColumn(0).getInt64(),
            bucket_from(buckets.getColumn(3), buckets.getColumn(1).getInt64(), buckets.getColumn(2).getInt64()));
    SQLite::Statement totals(db, "SELECT http_method, http_status, rows FROM activity_total WHERE rows > 0");
    while (totals.executeStep())
        uncounted_[{totals.getColumn(0).getString(), totals.getColumn(1).getInt()}] = totals.getColumn(2).getInt64();
}

bool ActivitySummary::added(std::int64_t id, const ActivityRecord& r) {
    std::array<std::string, 4> scratch;
    RowKind row;
    row.method = stored(r.http_method, scratch[0]);
    row.client = stored(r.client_id, scratch[1]);
    row.server = stored(r.server, scratch[2]);
    row.tool = stored(r.tool, scratch[3]);
    row.outcome = to_string(r.outcome);
    row.status = r.http_status;
    const std::int64_t bucket = id >> kBucketBits;
    if (counts_.added(id, r.unix_ms, row) != Fold::none)
        note_client(bucket, row.client);
    if (counts_.is_counted(bucket))
        return !r.error_text.empty();
    uncount(row.method, row.status, 1);
    return false;
}

void ActivitySummary::begin_bucket(std::int64_t bucket) {
    counts_.begin_again(bucket);
}

void ActivitySummary::removed(std::int64_t bucket, std::string_view method, int status, std::string_view client) {
    gone_clients_.emplace(client, bucket);
    if (!counts_.is_counted(bucket))
        uncount(method, status, -1);
}

void ActivitySummary::left(std::int64_t id, std::int64_t unix_ms, const RowKind& row) {
    if (counts_.added(id, unix_ms, row) != Fold::none)
        note_client(id >> kBucketBits, row.client);
}

void ActivitySummary::empty_bucket(std::int64_t bucket) {
    counts_.removed(bucket);
}

void ActivitySummary::note_client(std::int64_t bucket, std::string_view client) {
    clients_.emplace(client, bucket);
}

void ActivitySummary::uncount(std::string_view method, int status, std::int64_t rows) {
    uncounted_change_[{std::string(method), status}] += rows;
}

void ActivitySummary::write_kinds(const ActivityCounts::Changes& changes) {
    for (const std::uint16_t id : changes.new_kinds) {
        const Kind& kind = counts_.kind(id);
        add_kind_.bind(1, id);
        add_kind_.bind(2, static_cast<int>(kind.fold));
        bind_text(add_kind_, 3, kind.method);
        add_kind_.bind(4, kind.status);
        bind_text(add_kind_, 5, kind.client);
        bind_text(add_kind_, 6, kind.server);
        bind_text(add_kind_, 7, kind.tool);
        bind_text(add_kind_, 8, kind.outcome);
        run(add_kind_);
    }
    for (const std::uint16_t id : changes.lost_kinds) {
        drop_kind_.bind(1, id);
        run(drop_kind_);
    }
}

void ActivitySummary::write_bucket(std::int64_t number, const std::optional<Bucket>& bucket) {
    if (!bucket.has_value()) {
        drop_bucket_.bind(1, number);
        run(drop_bucket_);
        return;
    }
    const std::string blob = blob_of(*bucket);
    put_bucket_.bind(1, number);
    put_bucket_.bind(2, bucket->first_ms);
    put_bucket_.bind(3, bucket->last_ms);
    if (bucket->counted)
        put_bucket_.bindNoCopy(4, blob.data(), static_cast<int>(blob.size()));
    else
        put_bucket_.bind(4);
    run(put_bucket_);
}

// What few transactions touch: clients without a kind, and buckets that are not counted.
void ActivitySummary::write_rest() {
    for (const auto& [client, bucket] : gone_clients_) {
        bind_text(drop_client_, 1, client);
        drop_client_.bind(2, bucket);
        run(drop_client_);
    }
    for (const auto& [client, bucket] : clients_) {
        bind_text(add_client_, 1, client);
        add_client_.bind(2, bucket);
        run(add_client_);
    }
    for (const auto& [key, change] : uncounted_change_) {
        const auto found = uncounted_.find(key);
        const std::int64_t before = found == uncounted_.end() ? 0 : found->second;
        bind_text(put_total_, 1, key.first);
        put_total_.bind(2, key.second);
        put_total_.bind(3, std::max<std::int64_t>(0, before + change));
        run(put_total_);
    }
}

void ActivitySummary::finish() {
    const auto& changes = counts_.changes();
    write_kinds(changes);
    for (const auto& [number, bucket] : changes.buckets)
        write_bucket(number, bucket);
    write_rest();
}

void ActivitySummary::committed() {
    counts_.commit();
    for (const auto& [key, change] : uncounted_change_) {
        auto& rows = uncounted_[key];
        rows += change;
        if (rows <= 0)
            uncounted_.erase(key);
    }
    uncounted_change_.clear();
    clients_.clear();
    gone_clients_.clear();
}

void ActivitySummary::forget() noexcept {
    for (auto* statement :
         {&add_kind_, &drop_kind_, &put_bucket_, &drop_bucket_, &add_client_, &drop_client_, &put_total_})
        statement->tryReset();
    counts_.roll_back();
    uncounted_change_.clear();
    clients_.clear();
    gone_clients_.clear();
}

void ActivitySummary::clear() {
    counts_.clear();
    uncounted_.clear();
    uncounted_change_.clear();
}

void ActivitySummary::reload(SQLite::Database& db) {
    clear();
    load(db);
}

void ActivitySummary::add_to(ActivityStats& stats) const {
    counts_.add_to(stats);
    for (const auto& [key, rows] : uncounted_) {
        stats.total_entries += rows;
        stats.by_method[key.first] += rows;
        stats.by_status[key.second] += rows;
    }
}

}  // namespace agenthub
