// Ways to the rows of a question.
// Owned by ActivityStore; its thread only.

#include "activity/store_reader.hpp"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <algorithm>

#include "activity/record.hpp"

namespace agenthub {
namespace {

// Stretches of ids that a slice looks into at most: the writer gets its turn between slices.
constexpr int kSliceBuckets = 24;

}  // namespace

StoreReader::StoreReader(SQLite::Database& db, const ActivityCounts& counts, const ActivityQuery& query,
                         const std::function<bool()>& interrupted)
    : db_(db), counts_(counts), query_(query), interrupted_(interrupted), filter_(query) {}

// Many short statements would otherwise pass without anybody being asked.
void StoreReader::check() const {
    if (interrupted_())
        throw SQLite::Exception("interrupted", SQLITE_INTERRUPT);
}

void StoreReader::read_page(ActivityPage& page) {
    if (!filter_.words().empty())
        page_by_words(page);
    else if (query_.request_id)
        page_by_request(page);
    else
        page_by_counts(page);
}

void StoreReader::read_slice(ActivitySlice& slice, std::int64_t upto, std::int64_t limit) {
    if (!filter_.words().empty())
        return slice_by_words(slice, upto, limit);
    if (!query_.request_id)
        return slice_by_counts(slice, upto, limit);
    auto ids = ids_of_request();
    std::reverse(ids.begin(), ids.end());
    for (const std::int64_t id : ids)
        if (id > slice.position && id <= upto && static_cast<std::int64_t>(slice.entries.size()) < limit)
            read(id, id, 0, 1, slice.entries);
    slice.done = static_cast<std::int64_t>(slice.entries.size()) < limit;
    slice.position = slice.done ? upto : slice.entries.back().row;
}

void StoreReader::know_client() {
    if (!query_.client_id)
        return;
    SQLite::Statement find(db_, "SELECT bucket FROM activity_client WHERE client_id = ? ORDER BY bucket");
    find.bind(1, stored_text(*query_.client_id));
    while (find.executeStep())
        client_buckets_.push_back(find.getColumn(0).getInt64());
}

// Whether rows of folded kinds in the bucket may match.
bool StoreReader::may_be_folded(const BucketHit& hit) const {
    return hit.folded &&
           (!query_.client_id || std::binary_search(client_buckets_.begin(), client_buckets_.end(), hit.bucket));
}

std::int64_t StoreReader::rows_in(const BucketHit& hit) {
    return hit.cut || may_be_folded(hit) ? count(hit.first_id, hit.last_id) : hit.rows;
}

void StoreReader::page_by_counts(ActivityPage& page) {
    know_client();
    std::int64_t skip = page.offset;
    const auto pass = [&](std::int64_t rows) {
        if (static_cast<std::int64_t>(page.entries.size()) < page.limit && skip < rows)
            return false;
        page.total += rows;
        skip -= std::min(skip, rows);
        return true;
    };
    const auto look = [&](const BucketHit& hit) {
        const std::int64_t rows = rows_in(hit);
        page.total += rows;
        const std::int64_t wanted = page.limit - static_cast<std::int64_t>(page.entries.size());
        if (wanted > 0 && skip < rows) {
            read(hit.first_id, hit.last_id, skip, wanted, page.entries);
            skip = 0;
        } else {
            skip -= std::min(skip, rows);
        }
        return true;
    };
    counts_.newest_first(query_, look, pass);
}

std::int64_t StoreReader::count(std::int64_t first, std::int64_t last) {
    check();
    if (!count_) {
        count_.emplace(db_,
                       "SELECT count(*) FROM activity_row AS a WHERE a.id BETWEEN :first AND :last" + filter_.where());
        filter_.bind(*count_);
    }
    count_->reset();
    count_->bind(":first", first);
    count_->bind(":last", last);
    count_->executeStep();
    return count_->getColumn(0).getInt64();
}

SQLite::Statement& StoreReader::rows(Order order) {
    if (!rows_) {
        std::string sql(kEntryColumns);
        sql.append(" FROM activity_row AS a WHERE a.id BETWEEN :first AND :last").append(filter_.where());
        sql.append(order == Order::newest_first ? " ORDER BY a.id DESC" : " ORDER BY a.id");
        rows_.emplace(db_, sql + " LIMIT :limit OFFSET :offset");
        filter_.bind(*rows_);
    }
    rows_->reset();
    return *rows_;
}

void StoreReader::read(std::int64_t first, std::int64_t last, std::int64_t offset, std::int64_t limit,
                       std::vector<ActivityEntry>& into) {
    check();
    SQLite::Statement& statement = rows(Order::newest_first);
    statement.bind(":first", first);
    statement.bind(":last", last);
    statement.bind(":limit", limit);
    statement.bind(":offset", offset);
    while (statement.executeStep())
        into.push_back(read_entry(statement));
}

void StoreReader::slice_by_counts(ActivitySlice& slice, std::int64_t upto, std::int64_t limit) {
    know_client();
    int looked_at = 0;
    slice.done = true;
    counts_.oldest_first(query_, (slice.position + 1) >> kBucketBits, [&](const BucketHit& hit) {
        const std::int64_t first = std::max(hit.first_id, slice.position + 1);
        const std::int64_t last = std::min(hit.last_id, upto);
        if (hit.first_id > upto)
            return false;
        if (first > last || (hit.rows == 0 && !hit.cut && !may_be_folded(hit)))
            return true;
        const auto room = limit - static_cast<std::int64_t>(slice.entries.size());
        slice.done = room > 0 && ++looked_at <= kSliceBuckets;
        if (!slice.done)
            return false;
        check();
        SQLite::Statement& statement = rows(Order::oldest_first);
        statement.bind(":first", first);
        statement.bind(":last", last);
        statement.bind(":limit", room);
        statement.bind(":offset", 0);
        std::int64_t taken = 0;
        for (; statement.executeStep(); ++taken)
            slice.entries.push_back(read_entry(statement));
        slice.done = taken < room;  // else there may be more, here or behind
        slice.position = slice.done ? last : slice.entries.back().row;
        return slice.done;
    });
    if (slice.done)
        slice.position = std::max(slice.position, upto);
}

std::string StoreReader::from_words() const {
    std::string sql =
        " FROM activity_error AS f CROSS JOIN activity_row AS a ON a.id = f.rowid"
        " WHERE f.activity_error MATCH :words" +
        filter_.where();
    if (query_.request_id)
        sql += " AND a.request_id = :request";
    return sql;
}

void StoreReader::page_by_words(ActivityPage& page) {
    const std::string from = from_words();
    const auto bind = [this](SQLite::Statement& statement) {
        filter_.bind(statement);
        statement.bind(":words", filter_.words());
        if (query_.request_id)
            statement.bind(":request", stored_text(*query_.request_id));
    };
    SQLite::Statement total(db_, "SELECT count(*) FROM (SELECT 1" + from + " LIMIT :limit)");
    bind(total);
    total.bind(":limit", kMaxErrorTotal + 1);
    total.executeStep();
    const std::int64_t found = total.getColumn(0).getInt64();
    page.total = std::min(found, kMaxErrorTotal);
    page.total_exact = found <= kMaxErrorTotal && !counts_.uncounted();
    SQLite::Statement rows(db_,
                           std::string(kEntryColumns) + from + " ORDER BY f.rowid DESC LIMIT :limit OFFSET :offset");
    bind(rows);
    rows.bind(":limit", page.limit);
    rows.bind(":offset", page.offset);
    while (rows.executeStep())
        page.entries.push_back(read_entry(rows));
}

void StoreReader::slice_by_words(ActivitySlice& slice, std::int64_t upto, std::int64_t limit) {
    SQLite::Statement rows(db_, std::string(kEntryColumns) + from_words() +
                                    " AND f.rowid > :after AND f.rowid <= :upto ORDER BY f.rowid LIMIT :limit");
    filter_.bind(rows);
    rows.bind(":words", filter_.words());
    if (query_.request_id)
        rows.bind(":request", stored_text(*query_.request_id));
    rows.bind(":after", slice.position);
    rows.bind(":upto", upto);
    rows.bind(":limit", limit);
    while (rows.executeStep())
        slice.entries.push_back(read_entry(rows));
    slice.done = static_cast<std::int64_t>(slice.entries.size()) < limit;
    slice.position = slice.done ? upto : slice.entries.back().row;
}

}  // namespace agenthub
