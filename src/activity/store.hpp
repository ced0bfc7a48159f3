// The activity database: the one class that knows SQLite. Writes batches, answers queries, deletes what is old.
// Owned by ActivityWorker and used on its thread only (store*.cpp implement it, one room per task).

#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "activity/block.hpp"
#include "activity/options.hpp"
#include "activity/query.hpp"
#include "activity/request_index.hpp"
#include "activity/row_insert.hpp"
#include "activity/store_failure.hpp"
#include "activity/store_schema.hpp"
#include "activity/store_summary.hpp"
#include "base/error.hpp"

namespace agenthub {

class ActivityStore {
public:
    // Opens or creates the file, and brings an older schema up to date. A newer schema, or a database that is not
    // an activity log, is `unavailable` and left untouched; damage is `corrupt`.
    static store_result<std::unique_ptr<ActivityStore>> open(const ActivityOptions& options);

    // Commits the records of the blocks in one transaction, all or none. Repeating a batch that was committed after
    // all changes nothing. Returns the number of new rows.
    store_result<std::int64_t> write(std::span<const BlockPtr> blocks);

    // Both see one state of the database. `interrupted` is called several times per millisecond; it may use write(),
    // and ends the query when it returns true.
    store_result<ActivityPage> page(const ActivityQuery& query, const std::function<bool()>& interrupted);
    store_result<ActivityStats> stats();
    // Rows that match, in the order of recording, behind the row `after` and up to `upto`: at most `limit`, and maybe
    // fewer, so that the writer gets its turn. limit and offset of the query mean nothing here.
    store_result<ActivitySlice> slice(const ActivityQuery& query, std::int64_t after, std::int64_t upto,
                                      std::int64_t limit, const std::function<bool()>& interrupted);
    // The newest row; 0 when there is none.
    store_result<std::int64_t> last_row();

    // Does what was left undone, for about ten milliseconds: counts rows that an older version has written, and
    // finishes the index of request ids where an end of the daemon cut it off. False: there is no more.
    store_result<bool> catch_up();

    // Deletes about `rows` rows, by buckets of 1024, from before `unix_ms` (INT64_MAX: the oldest, whatever their age),
    // as far as the watermark allows, and fewer when it takes longer than kSliceTime. Returns how many; 0: there are no
    // more. clear() deletes all, at once when there is no watermark.
    store_result<std::int64_t> delete_before(std::int64_t unix_ms, int rows);
    store_result<std::int64_t> clear(int rows);

    // True when the file and its WAL need more than max_bytes allows and rows must go.
    bool over_size();
    // True when the file and its WAL are larger than max_bytes, or will be with the next checkpoint, though rows have
    // gone: they are to be made smaller now, and not when their time comes.
    bool file_over_size();
    // Gives some free pages back to the file system if the file is too large or half empty, and what a large
    // transaction has left of the WAL. True: there is more.
    store_result<bool> compact();

    // Lets go of SQLite's page caches. The next statement reads them again.
    void release_memory() noexcept;

    // Moves a damaged database and its WAL aside as PATH.corrupt-TIME, keeping the newest two of those.
    // Returns the new path, or an error text.
    static result<std::string> move_aside(const std::filesystem::path& path, std::int64_t unix_ms);

    // How long one step of deleting or counting keeps the writer waiting.
    static constexpr Duration kSliceTime{8};

private:
    explicit ActivityStore(const ActivityOptions& options);

    void ensure_run();
    void meet_others();
    int insert(const BlockRecord& entry);
    std::int64_t insert_many(RowInsert::Rows rows);
    std::int64_t insert_all(std::span<const BlockPtr> blocks);
    std::optional<std::int64_t> watermark_id();
    std::int64_t delete_in_bucket(std::int64_t bucket, std::int64_t unix_ms, std::int64_t highest_id);
    void count(std::int64_t id, const ActivityRecord& record);
    void index_error(std::int64_t id, std::string_view text);
    void forget_error(std::int64_t id, const std::string& text);
    std::int64_t count_again(std::int64_t bucket, bool was_counted);
    bool count_old_bucket();
    bool finish_requests();

    const ActivityOptions& options_;
    SQLite::Database writer_;
    SQLite::Database reader_;  // of its own, so that write() can run in the middle of a query
    std::int64_t run_ = 0;     // of this node and epoch; 0: not yet known
    SQLite::Statement insert_, delete_, rest_, add_error_, drop_error_, page_count_, free_count_, version_;
    std::int64_t seen_version_;  // of what other connections have written, as the counts know it
    bool reading_ = false;       // a question is being answered, by the counts as they are
    const std::int64_t page_size_;
    const std::int64_t max_bytes_;    // 0: no limit
    const std::int64_t page_budget_;  // pages in use beyond which rows must go
    const std::int64_t page_limit_;   // pages of the file beside what is left of the WAL after a checkpoint
    RowInsert many_;
    ActivitySummary summary_;
    RequestIndex requests_;
};

}  // namespace agenthub
