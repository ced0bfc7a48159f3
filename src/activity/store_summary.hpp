// The counts that the activity database keeps beside its rows, so that totals, statistics and the way to a client's
// rows need no index on every row. Owned by ActivityStore; a part of it.

#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace agenthub {

// activity_row.id is run << kSequenceBits | sequence: 10^12 records in one run of the daemon, 8 million runs.
inline constexpr int kSequenceBits = 40;
// 1024 consecutive ids are a bucket: id >> kBucketBits.
inline constexpr int kBucketBits = 10;

// Collects what a transaction adds or removes, in the order of ids, and writes it bucket by bucket. Throws
// SQLite::Exception.
class ActivitySummary {
public:
    explicit ActivitySummary(SQLite::Database& db);

    void added(std::int64_t id, std::int64_t unix_ms, std::string_view method, int status, std::string_view client);
    void removed(std::int64_t id, std::string_view method, int status, std::string_view client);
    // Before the commit.
    void finish();
    // After a rollback.
    void forget() noexcept;

private:
    void enter(std::int64_t id);
    void count(std::string_view method, int status, std::string_view client, std::int64_t rows);
    void write_bucket();
    void write_clients();

    SQLite::Statement add_total_, add_client_, add_bucket_, drop_totals_, drop_client_, drop_bucket_, renew_bucket_;
    std::map<std::pair<std::string, int>, std::int64_t> totals_;
    // Of the present bucket.
    std::map<std::string, std::int64_t, std::less<>> clients_;
    std::int64_t bucket_ = -1;
    std::int64_t first_ms_ = INT64_MAX;
    std::int64_t last_ms_ = INT64_MIN;
    std::int64_t* last_total_ = nullptr;  // of last_method_ and last_status_: most rows are like the one before
    std::string last_method_;
    int last_status_ = 0;
    bool removing_ = false;
};

}  // namespace agenthub
