// Deleting old rows, and keeping the file small.
// Owned by ActivityWorker; its thread only.

#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "activity/store.hpp"
#include "activity/store_sql.hpp"

namespace agenthub {
namespace {

constexpr std::int64_t kCompactBytes = 1 << 20;   // at a time: about two milliseconds
constexpr std::int64_t kFreeBytesKept = 1 << 20;  // they are reused soon

std::int64_t value_of(SQLite::Statement& pragma) {
    pragma.reset();
    pragma.executeStep();
    const auto value = pragma.getColumn(0).getInt64();
    pragma.reset();
    return value;
}

// The file and its WAL as they are at this moment: neither is what its pages in use would need.
std::int64_t bytes_on_disk(const std::filesystem::path& path) {
    std::int64_t sum = 0;
    for (const char* suffix : {"", "-wal"}) {
        std::error_code ec;
        const auto bytes = std::filesystem::file_size(path.string() + suffix, ec);
        sum += ec ? 0 : static_cast<std::int64_t>(bytes);
    }
    return sum;
}

}  // namespace

// The highest id that may be deleted; nullopt: nothing may.
std::optional<std::int64_t> ActivityStore::watermark_id() {
    if (!options_.watermark)
        return INT64_MAX;
    const auto position = options_.watermark();
    if (!position.has_value())
        return std::nullopt;
    SQLite::Statement find(writer_, "SELECT id FROM run WHERE node = ? AND epoch = ?");
    find.bind(1, options_.node);
    find.bind(2, position->epoch);
    if (!find.executeStep())
        return std::nullopt;
    return find.getColumn(0).getInt64() << kSequenceBits | position->sequence;
}

void ActivityStore::forget_error(std::int64_t id, const std::string& text) {
    drop_error_.bind(1, id);
    drop_error_.bind(2, text);
    drop_error_.exec();
    drop_error_.reset();
}

// Within a transaction.
std::int64_t ActivityStore::delete_in_bucket(std::int64_t bucket, std::int64_t unix_ms, std::int64_t highest_id) {
    const std::int64_t first = bucket << kBucketBits;
    const std::int64_t last = ((bucket + 1) << kBucketBits) - 1;
    const bool was_counted = summary_.counts().is_counted(bucket);
    delete_.bind(1, first);
    delete_.bind(2, std::min(last, highest_id));
    delete_.bind(3, unix_ms);
    std::int64_t rows = 0;
    for (; delete_.executeStep(); ++rows) {
        summary_.removed(bucket, delete_.getColumn(1).getString(), delete_.getColumn(2).getInt(),
                         delete_.getColumn(3).getString());
        const std::string error = delete_.getColumn(4).getString();
        if (was_counted && !error.empty())
            forget_error(delete_.getColumn(0).getInt64(), error);
    }
    delete_.reset();
    if (rows != 0)
        count_again(bucket, was_counted);
    return rows;
}

// Counts the rows of a bucket, which then is one that is counted, or gone. Within a transaction.
std::int64_t ActivityStore::count_again(std::int64_t bucket, bool was_counted) {
    summary_.begin_bucket(bucket);
    rest_.bind(1, bucket << kBucketBits);
    rest_.bind(2, ((bucket + 1) << kBucketBits) - 1);
    std::int64_t rows = 0;
    for (; rest_.executeStep(); ++rows) {
        std::array<std::string, 6> text;
        for (std::size_t i = 0; i < text.size(); ++i)
            text[i] = rest_.getColumn(static_cast<int>(i) + 3).getString();
        const std::int64_t id = rest_.getColumn(0).getInt64();
        RowKind row;
        row.status = rest_.getColumn(2).getInt();
        row.method = text[0];
        row.client = text[1];
        row.server = text[2];
        row.tool = text[3];
        row.outcome = text[4];
        summary_.left(id, rest_.getColumn(1).getInt64(), row);
        if (was_counted)
            continue;
        summary_.moved(row.method, row.status);
        if (!text[5].empty())
            index_error(id, text[5]);
    }
    rest_.reset();
    if (rows == 0) {
        summary_.empty_bucket(bucket);
        requests_.deleted_from(bucket >> (kSegmentBits - kBucketBits));
    }
    return rows;
}

bool ActivityStore::count_old_bucket() {
    const auto bucket = summary_.counts().uncounted();
    if (!bucket)
        return false;
    SQLite::Transaction transaction(writer_, SQLite::TransactionBehavior::IMMEDIATE);
    meet_others();
    count_again(*bucket, false);
    summary_.finish();
    transaction.commit();
    summary_.committed();
    return true;
}

bool ActivityStore::finish_requests() {
    if (!requests_.is_behind())
        return false;
    SQLite::Transaction transaction(writer_, SQLite::TransactionBehavior::IMMEDIATE);
    meet_others();
    const bool sealed = requests_.seal_one(summary_.counts().stretches(kSegmentBits - kBucketBits));
    transaction.commit();
    return sealed;
}

store_result<bool> ActivityStore::catch_up() {
    if (!summary_.counts().uncounted() && !requests_.is_behind())
        return false;
    const TimePoint until = Clock::now() + kSliceTime;
    auto caught_up = guarded("count rows of", options_.path, [&] {
        do {
            if (!count_old_bucket() && !finish_requests())
                return false;
        } while (Clock::now() < until);
        return true;
    });
    if (!caught_up.has_value()) {
        rest_.tryReset();
        add_error_.tryReset();
        summary_.forget();
        requests_.forget();
    }
    return caught_up;
}

store_result<std::int64_t> ActivityStore::delete_before(std::int64_t unix_ms, int rows) {
    const TimePoint until = Clock::now() + kSliceTime;
    auto deleted = guarded("delete old rows from", options_.path, [&]() -> std::int64_t {
        const auto highest_id = watermark_id();
        if (!highest_id.has_value())
            return 0;
        SQLite::Transaction transaction(writer_, SQLite::TransactionBehavior::IMMEDIATE);
        meet_others();
        std::int64_t sum = 0;
        std::int64_t from = 0;
        while (sum < rows && (sum == 0 || Clock::now() < until)) {
            const auto bucket = summary_.counts().oldest(unix_ms, from, *highest_id >> kBucketBits);
            if (!bucket)
                break;
            const auto count = delete_in_bucket(*bucket, unix_ms, *highest_id);
            // Only rows above the watermark are left in it: the buckets behind it are above it altogether.
            if (count == 0)
                break;
            sum += count;
            from = *bucket + 1;
        }
        summary_.finish();
        transaction.commit();
        return sum;
    });
    if (deleted.has_value()) {
        summary_.committed();
    } else {
        for (auto* statement : {&delete_, &rest_, &add_error_, &drop_error_})
            statement->tryReset();
        summary_.forget();
        requests_.forget();
    }
    return deleted;
}

store_result<std::int64_t> ActivityStore::clear(int rows) {
    if (options_.watermark)
        return delete_before(INT64_MAX, rows);
    auto cleared = guarded("clear", options_.path, [&]() -> std::int64_t {
        SQLite::Transaction transaction(writer_, SQLite::TransactionBehavior::IMMEDIATE);
        // Without WHERE, SQLite frees whole trees instead of deleting row by row.
        const int count = writer_.exec("DELETE FROM activity_row");
        writer_.exec(
            "DELETE FROM activity_total; DELETE FROM activity_client; DELETE FROM activity_bucket;"
            " DELETE FROM activity_request; DELETE FROM activity_kind; INSERT INTO activity_error (activity_error) "
            "VALUES ('delete-all')");
        transaction.commit();
        return count;
    });
    if (cleared.has_value())
        summary_.clear();
    return cleared;
}

bool ActivityStore::over_size() {
    if (max_bytes_ == 0)
        return false;
    const auto used = guarded("measure", options_.path, [&] { return value_of(page_count_) - value_of(free_count_); });
    return used.has_value() && *used > page_budget_;
}

bool ActivityStore::file_over_size() {
    if (max_bytes_ == 0)
        return false;
    const auto over = guarded("measure", options_.path, [&] {
        return bytes_on_disk(options_.path) > max_bytes_ ||
               (value_of(page_count_) > page_limit_ && value_of(free_count_) > 0);
    });
    return over.has_value() && *over;
}

store_result<bool> ActivityStore::compact() {
    return guarded("compact", options_.path, [&] {
        const auto pages = value_of(page_count_);
        const auto free = value_of(free_count_);
        const bool too_large = max_bytes_ != 0 && pages > page_budget_ && free > 0;
        const bool half_empty = free * page_size_ > kFreeBytesKept && free > pages / 2;
        if (too_large || half_empty)
            writer_.exec("PRAGMA incremental_vacuum(" + std::to_string(kCompactBytes / page_size_) + ")");
        // Only a checkpoint makes the file itself smaller, and the WAL keeps the size of its largest transaction until
        // one is written after it. One is enough, when the pages are as few as they must be.
        if (max_bytes_ != 0 && value_of(page_count_) <= page_limit_ && bytes_on_disk(options_.path) > max_bytes_)
            writer_.exec("PRAGMA wal_checkpoint(TRUNCATE)");
        return value_of(free_count_) < free;
    });
}

}  // namespace agenthub
