// Deleting old rows, keeping the file small, and setting a damaged one aside.
// Owned by ActivityWorker; its thread only.

#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "activity/store.hpp"
#include "activity/store_sql.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr std::size_t kCorruptKept = 2;
constexpr int kCompactPages = 256;            // at a time: about two milliseconds
constexpr std::int64_t kFreePagesKept = 256;  // 1 MiB: they are reused soon

std::int64_t value_of(SQLite::Statement& pragma) {
    pragma.reset();
    pragma.executeStep();
    const auto value = pragma.getColumn(0).getInt64();
    pragma.reset();
    return value;
}

std::vector<std::filesystem::path> set_aside_before(const std::filesystem::path& path) {
    std::vector<std::filesystem::path> found;
    const std::string prefix = path.filename().string() + ".corrupt-";
    const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : ".";
    std::error_code ec;
    for (const auto& file : std::filesystem::directory_iterator(directory, ec)) {
        const auto name = file.path().filename().string();
        const bool companion = name.ends_with("-wal") || name.ends_with("-shm");
        if (name.starts_with(prefix) && !companion)
            found.push_back(file.path());
    }
    std::sort(found.begin(), found.end());  // the time in the name sorts
    return found;
}

std::filesystem::path with_suffix(std::filesystem::path path, const char* suffix) {
    path += suffix;
    return path;
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

// Within a transaction.
std::int64_t ActivityStore::delete_in_bucket(std::int64_t bucket, std::int64_t unix_ms, std::int64_t highest_id) {
    const std::int64_t first = bucket << kBucketBits;
    const std::int64_t last = ((bucket + 1) << kBucketBits) - 1;
    delete_.bind(1, first);
    delete_.bind(2, std::min(last, highest_id));
    delete_.bind(3, unix_ms);
    std::int64_t rows = 0;
    for (; delete_.executeStep(); ++rows)
        summary_.removed(first, delete_.getColumn(0).getString(), delete_.getColumn(1).getInt(),
                         delete_.getColumn(2).getString());
    delete_.reset();
    return rows;
}

store_result<std::int64_t> ActivityStore::delete_before(std::int64_t unix_ms, int rows) {
    auto deleted = guarded("delete old rows from", options_.path, [&]() -> std::int64_t {
        const auto highest_id = watermark_id();
        if (!highest_id.has_value())
            return 0;
        SQLite::Transaction transaction(writer_, SQLite::TransactionBehavior::IMMEDIATE);
        std::int64_t sum = 0;
        while (sum < rows) {
            oldest_bucket_.reset();
            oldest_bucket_.bind(1, unix_ms);
            oldest_bucket_.bind(2, *highest_id);
            if (!oldest_bucket_.executeStep())
                break;
            const auto bucket = oldest_bucket_.getColumn(0).getInt64();
            oldest_bucket_.reset();
            const auto count = delete_in_bucket(bucket, unix_ms, *highest_id);
            summary_.finish();
            // Only rows above the watermark are left in it: the buckets behind it are above it altogether.
            if (count == 0)
                break;
            sum += count;
        }
        transaction.commit();
        return sum;
    });
    oldest_bucket_.tryReset();
    delete_.tryReset();
    if (!deleted.has_value())
        summary_.forget();
    return deleted;
}

store_result<std::int64_t> ActivityStore::clear(int rows) {
    if (options_.watermark)
        return delete_before(INT64_MAX, rows);
    return guarded("clear", options_.path, [&]() -> std::int64_t {
        SQLite::Transaction transaction(writer_, SQLite::TransactionBehavior::IMMEDIATE);
        // Without WHERE, SQLite frees whole trees instead of deleting row by row.
        const int count = writer_.exec("DELETE FROM activity_row");
        writer_.exec("DELETE FROM activity_total; DELETE FROM activity_client; DELETE FROM activity_bucket");
        transaction.commit();
        return count;
    });
}

bool ActivityStore::over_size() {
    if (options_.max_bytes <= 0)
        return false;
    const auto used = guarded("measure", options_.path, [&] { return value_of(page_count_) - value_of(free_count_); });
    return used.has_value() && *used > page_budget_;
}

store_result<bool> ActivityStore::compact() {
    return guarded("compact", options_.path, [&] {
        const auto pages = value_of(page_count_);
        const auto free = value_of(free_count_);
        const bool too_large = options_.max_bytes > 0 && pages > page_budget_ && free > 0;
        const bool half_empty = free > kFreePagesKept && free > pages / 2;
        if (!too_large && !half_empty)
            return false;
        writer_.exec("PRAGMA incremental_vacuum(" + std::to_string(kCompactPages) + ")");
        return value_of(free_count_) < free;
    });
}

result<std::string> ActivityStore::move_aside(const std::filesystem::path& path, std::int64_t unix_ms) {
    auto old = set_aside_before(path);
    for (; old.size() >= kCorruptKept; old.erase(old.begin())) {
        for (const char* suffix : {"", "-wal"}) {
            std::error_code ignored;
            std::filesystem::remove(with_suffix(old.front(), suffix), ignored);
        }
    }
    auto stamp = iso8601(unix_ms);
    std::replace(stamp.begin(), stamp.end(), ':', '-');  // a colon is special to scp, tar and others
    const auto target = with_suffix(path, (".corrupt-" + stamp).c_str());
    std::error_code ec;
    std::filesystem::rename(path, target, ec);
    if (ec)
        return system_error("cannot set the damaged activity database aside as " + target.string(), ec.value());
    // The WAL belongs to the damaged file; the shared memory can be made anew from it.
    std::filesystem::rename(with_suffix(path, "-wal"), with_suffix(target, "-wal"), ec);
    std::filesystem::remove(with_suffix(path, "-shm"), ec);
    return target.string();
}

}  // namespace agenthub
