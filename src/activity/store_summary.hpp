// The counts beside the rows (activity/counts.hpp), and the database's copy of them: written in the transaction that
// changes the rows, read once when the database is opened. Owned by ActivityStore; a part of it.

#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "activity/counts.hpp"
#include "activity/record.hpp"

namespace agenthub {

// activity_row.id is run << kSequenceBits | sequence: 10^12 records in one run of the daemon, 8 million runs.
inline constexpr int kSequenceBits = 40;

// All throw SQLite::Exception. Between the first change and committed() or forget() a transaction is open.
class ActivitySummary {
public:
    explicit ActivitySummary(SQLite::Database& db);

    // A row was inserted. True: its error belongs into the full text, too.
    bool added(std::int64_t id, const ActivityRecord& record);

    // The rows of a bucket that are no more, one by one, and then those that are left; whether it is counted decides
    // about the full text.
    void begin_bucket(std::int64_t bucket);
    void removed(std::int64_t bucket, std::string_view method, int status, std::string_view client);
    void left(std::int64_t id, std::int64_t unix_ms, const RowKind& row);
    // The bucket has no rows any more.
    void empty_bucket(std::int64_t bucket);
    // The bucket was counted: its rows are no longer among those that activity_total has.
    void moved(std::string_view method, int status) { uncount(method, status, -1); }

    // Before the commit, after it, and after a rollback.
    void finish();
    void committed();
    void forget() noexcept;
    // After all rows were deleted.
    void clear();
    // After another process has written to the database.
    void reload(SQLite::Database& db);

    const ActivityCounts& counts() const noexcept { return counts_; }
    // Rows in buckets that are not counted, by method and status.
    void add_to(ActivityStats& stats) const;

private:
    void load(SQLite::Database& db);
    void note_client(std::int64_t bucket, std::string_view client);
    void uncount(std::string_view method, int status, std::int64_t rows);
    void write_kinds(const ActivityCounts::Changes& changes);
    void write_bucket(std::int64_t number, const std::optional<Bucket>& bucket);
    void write_rest();

    using Totals = std::map<std::pair<std::string, int>, std::int64_t>;

    ActivityCounts counts_;
    SQLite::Statement add_kind_, drop_kind_, put_bucket_, drop_bucket_, add_client_, drop_client_, put_total_;
    Totals uncounted_;         // as committed
    Totals uncounted_change_;  // of this transaction
    std::set<std::pair<std::string, std::int64_t>> clients_, gone_clients_;
    std::string scratch_;
};

}  // namespace agenthub
