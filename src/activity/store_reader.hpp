// Answers one question to the activity database: chooses the way to its rows, by the counts, by the full text of
// errors, or by a request id. Made by ActivityStore for one question; its thread only.

#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <functional>
#include <optional>
#include <vector>

#include "activity/counts.hpp"
#include "activity/query.hpp"
#include "activity/store_filter.hpp"

namespace agenthub {

// All throw SQLite::Exception, of the code SQLITE_INTERRUPT when `interrupted` said so.
class StoreReader {
public:
    StoreReader(SQLite::Database& db, const ActivityCounts& counts, const ActivityQuery& query,
                const std::function<bool()>& interrupted);

    // limit and offset of `page` are set.
    void read_page(ActivityPage& page);
    // Rows behind `slice.position`, oldest first, up to the row `upto`, and moves the position.
    void read_slice(ActivitySlice& slice, std::int64_t upto, std::int64_t limit);

private:
    enum class Order { newest_first, oldest_first };

    void page_by_counts(ActivityPage& page);
    void page_by_words(ActivityPage& page);
    void page_by_request(ActivityPage& page);
    void slice_by_counts(ActivitySlice& slice, std::int64_t upto, std::int64_t limit);
    void slice_by_words(ActivitySlice& slice, std::int64_t upto, std::int64_t limit);
    std::vector<std::int64_t> ids_of_request();
    void know_client();
    bool may_be_folded(const BucketHit& hit) const;
    std::int64_t rows_in(const BucketHit& hit);
    std::int64_t count(std::int64_t first, std::int64_t last);
    void read(std::int64_t first, std::int64_t last, std::int64_t offset, std::int64_t limit,
              std::vector<ActivityEntry>& into);
    SQLite::Statement& rows(Order order);
    std::string from_words() const;
    void check() const;

    SQLite::Database& db_;
    const ActivityCounts& counts_;
    const ActivityQuery& query_;
    const std::function<bool()>& interrupted_;
    const RowFilter filter_;
    std::vector<std::int64_t> client_buckets_;  // in which the client stands without a kind of its own
    std::optional<SQLite::Statement> count_, rows_;
};

}  // namespace agenthub
