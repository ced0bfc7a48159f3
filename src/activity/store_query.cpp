// Pages, slices and statistics of the activity database.
// Owned by ActivityWorker; its thread only.

#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <algorithm>

#include "activity/store.hpp"
#include "activity/store_reader.hpp"
#include "activity/store_sql.hpp"

namespace agenthub {
namespace {

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

class Reading {
public:
    explicit Reading(bool& flag) : flag_(flag) { flag_ = true; }
    ~Reading() { flag_ = false; }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

private:
    bool& flag_;
};

}  // namespace

store_result<ActivityPage> ActivityStore::page(const ActivityQuery& query, const std::function<bool()>& interrupted) {
    return guarded("query", options_.path, [&] {
        ActivityPage page;
        page.limit = std::clamp<std::int64_t>(query.limit, 0, kMaxPage);
        page.offset = std::max<std::int64_t>(query.offset, 0);
        meet_others();
        const Reading reading(reading_);
        const ProgressHandler progress(reader_, interrupted);
        // Begun here, where the counts say the same as the rows: a batch may be committed in the middle.
        SQLite::Transaction snapshot(reader_);
        reader_.execAndGet("SELECT count(*) FROM run");
        StoreReader(reader_, summary_.counts(), query, interrupted).read_page(page);
        return page;
    });
}

store_result<ActivitySlice> ActivityStore::slice(const ActivityQuery& query, std::int64_t after, std::int64_t upto,
                                                 std::int64_t limit, const std::function<bool()>& interrupted) {
    return guarded("query", options_.path, [&] {
        ActivitySlice slice;
        meet_others();
        const Reading reading(reading_);
        const ProgressHandler progress(reader_, interrupted);
        SQLite::Transaction snapshot(reader_);
        const auto last = reader_.execAndGet("SELECT coalesce(max(id), 0) FROM activity_row").getInt64();
        slice.position = std::min(after, last);  // the database may be another one by now
        StoreReader(reader_, summary_.counts(), query, interrupted).read_slice(slice, std::min(upto, last), limit);
        return slice;
    });
}

store_result<std::int64_t> ActivityStore::last_row() {
    return guarded("query", options_.path,
                   [&] { return reader_.execAndGet("SELECT coalesce(max(id), 0) FROM activity_row").getInt64(); });
}

store_result<ActivityStats> ActivityStore::stats() {
    return guarded("query", options_.path, [&] {
        ActivityStats stats;
        meet_others();
        summary_.add_to(stats);
        return stats;
    });
}

}  // namespace agenthub
