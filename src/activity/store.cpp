// Opening the activity database and writing batches to it.
// Owned by ActivityWorker; its thread only.

#include "activity/store.hpp"

#include <SQLiteCpp/Transaction.h>
#include <malloc.h>
#include <sqlite3.h>

#include <algorithm>

#include "activity/store_sql.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr std::int64_t kMinBytes = 4 << 20;
constexpr std::int64_t kMaxWalBytes = 32 << 20;

// The part of max_bytes that is set aside for the WAL: two checkpoint intervals.
std::int64_t wal_bytes(std::int64_t max_bytes) {
    if (max_bytes <= 0)
        return kMaxWalBytes;
    return std::min(std::max(max_bytes, kMinBytes) / 4, kMaxWalBytes);
}

void bind_row(SQLite::Statement& row, std::int64_t id, const ActivityRecord& r) {
    int i = 0;
    row.bind(++i, id);
    row.bind(++i, r.unix_ms);
    row.bind(++i, r.http_status);
    bind_text(row, ++i, r.http_method);
    bind_text(row, ++i, to_string(r.outcome));
    bind_text(row, ++i, r.server);
    bind_text(row, ++i, r.tool);
    bind_text(row, ++i, r.mcp_method);
    bind_text(row, ++i, r.client_id);
    bind_text(row, ++i, r.request_id);
    row.bind(++i, r.error_code);
    row.bind(++i, r.duration_us);
    row.bind(++i, r.queue_us);
    row.bind(++i, r.server_us);
    row.bind(++i, r.bytes_in);
    row.bind(++i, r.bytes_out);
    bind_text(row, ++i, r.client_ip);
    bind_text(row, ++i, r.session);
    bind_text(row, ++i, r.path);
    bind_text(row, ++i, r.error_text);
}

std::string insert_sql() {
    return std::string("INSERT OR IGNORE INTO activity_row (") + kRowColumns +
           ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
}

// Tells what it deleted, for the counts and the full text.
constexpr const char* kDelete =
    "DELETE FROM activity_row WHERE id BETWEEN ? AND ? AND unix_ms < ?"
    " RETURNING id, http_method, http_status, client_id, error_text";

constexpr const char* kRest =
    "SELECT id, unix_ms, http_status, http_method, client_id, server, tool, outcome, error_text FROM activity_row"
    " WHERE id BETWEEN ? AND ?";

constexpr const char* kDropError =
    "INSERT INTO activity_error (activity_error, rowid, error_text) VALUES ('delete',?,?)";

SQLite::Database open_writer(const ActivityOptions& options) {
    create_file(options.path);
    SQLite::Database db(options.path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    prepare_database(db, wal_bytes(options.max_bytes), options.strict);
    return db;
}

SQLite::Database open_reader(const ActivityOptions& options) {
    SQLite::Database db(options.path, SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX);
    db.exec("PRAGMA cache_size = -2000");
    return db;
}

}  // namespace

ActivityStore::ActivityStore(const ActivityOptions& options)
    : options_(options),
      writer_(open_writer(options)),
      reader_(open_reader(options)),
      insert_(writer_, insert_sql()),
      delete_(writer_, kDelete),
      rest_(writer_, kRest),
      add_error_(writer_, "INSERT INTO activity_error (rowid, error_text) VALUES (?,?)"),
      drop_error_(writer_, kDropError),
      page_count_(writer_, "PRAGMA page_count"),
      free_count_(writer_, "PRAGMA freelist_count"),
      version_(writer_, "PRAGMA data_version"),
      seen_version_(writer_.execAndGet("PRAGMA data_version").getInt64()),
      page_size_(writer_.execAndGet("PRAGMA page_size").getInt64()),
      max_bytes_(options.max_bytes <= 0 ? 0 : std::max(options.max_bytes, kMinBytes)),
      page_budget_((max_bytes_ - wal_bytes(max_bytes_)) / page_size_),
      page_limit_(page_budget_ + wal_bytes(max_bytes_) / 2 / page_size_),
      many_(writer_),
      summary_(writer_),
      requests_(writer_) {}

store_result<std::unique_ptr<ActivityStore>> ActivityStore::open(const ActivityOptions& options) {
    return guarded("open", options.path, [&] { return std::unique_ptr<ActivityStore>(new ActivityStore(options)); });
}

// The number of this node and epoch in this database; inside a transaction.
void ActivityStore::ensure_run() {
    SQLite::Statement add(writer_, "INSERT OR IGNORE INTO run (node, epoch, started_ms) VALUES (?,?,?)");
    add.bind(1, options_.node);
    add.bind(2, options_.epoch);
    add.bind(3, unix_ms_now());
    add.exec();
    SQLite::Statement find(writer_, "SELECT id FROM run WHERE node = ? AND epoch = ?");
    find.bind(1, options_.node);
    find.bind(2, options_.epoch);
    find.executeStep();
    run_ = find.getColumn(0).getInt64();
    // Runs whose rows are long gone: one small row per start of the daemon would otherwise stay for ever.
    SQLite::Statement forget(writer_,
                             "DELETE FROM run WHERE id < ?1 - 1000 AND NOT EXISTS (SELECT 1 FROM activity_row"
                             " WHERE activity_row.id BETWEEN run.id << 40 AND (run.id + 1 << 40) - 1)");
    forget.bind(1, run_);
    forget.exec();
}

// Takes over what other processes have written since, which is rare: another daemon at the same database, or a person
// with a shell. To be called with each change, inside of its transaction, and with each question.
void ActivityStore::meet_others() {
    version_.reset();
    version_.executeStep();
    const auto version = version_.getColumn(0).getInt64();
    version_.reset();
    if (version == seen_version_)
        return;
    // In the middle of a question the counts must stay: the batch is tried again when it is answered.
    if (reading_)
        throw SQLite::Exception("another process has written to it", SQLITE_BUSY);
    summary_.reload(writer_);
    seen_version_ = version;
}

// 1, or 0 when the row is there already.
int ActivityStore::insert(const BlockRecord& entry) {
    const ActivityRecord& r = entry.record;
    const std::int64_t id = run_ << kSequenceBits | entry.sequence;
    bind_row(insert_, id, r);
    const int inserted = insert_.exec();
    insert_.reset();
    if (inserted != 0)
        count(id, r);
    return inserted;
}

// What is known of a row that is new, beside the row.
void ActivityStore::count(std::int64_t id, const ActivityRecord& r) {
    requests_.added(id, r.request_id);
    if (summary_.added(id, r))
        index_error(id, r.error_text);
}

void ActivityStore::index_error(std::int64_t id, std::string_view text) {
    add_error_.bind(1, id);
    bind_text(add_error_, 2, text);
    add_error_.exec();
    add_error_.reset();
}

// A batch that is repeated may be there already: then each row is asked for itself.
std::int64_t ActivityStore::insert_many(RowInsert::Rows rows) {
    const std::int64_t first = run_ << kSequenceBits;
    std::int64_t inserted = 0;
    if (!many_.are_new(first, rows)) {
        for (const BlockRecord& entry : rows)
            inserted += insert(entry);
        return inserted;
    }
    many_.insert(first, rows);
    for (const BlockRecord& entry : rows)
        count(first | entry.sequence, entry.record);
    return static_cast<std::int64_t>(rows.size());
}

std::int64_t ActivityStore::insert_all(std::span<const BlockPtr> blocks) {
    std::array<BlockRecord, RowInsert::kRows> rows;
    std::size_t gathered = 0;
    std::int64_t inserted = 0;
    many_.begin();
    for (const auto& block : blocks)
        block->for_each([&](const BlockRecord& entry) {
            rows[gathered++] = entry;
            if (gathered < rows.size())
                return;
            inserted += insert_many(rows);
            gathered = 0;
        });
    for (std::size_t i = 0; i < gathered; ++i)
        inserted += insert(rows[i]);
    return inserted;
}

store_result<std::int64_t> ActivityStore::write(std::span<const BlockPtr> blocks) {
    const bool run_known = run_ != 0;
    auto written = guarded("write to", options_.path, [&] {
        SQLite::Transaction transaction(writer_, SQLite::TransactionBehavior::IMMEDIATE);
        meet_others();
        if (!run_known)
            ensure_run();
        const std::int64_t rows = insert_all(blocks);
        summary_.finish();
        transaction.commit();
        return rows;
    });
    if (written.has_value()) {
        summary_.committed();
    } else {
        insert_.tryReset();
        add_error_.tryReset();
        summary_.forget();
        requests_.forget();
        if (!run_known)
            run_ = 0;
    }
    return written;
}

void ActivityStore::release_memory() noexcept {
    requests_.release_memory();
    writer_.tryExec("PRAGMA shrink_memory");
    reader_.tryExec("PRAGMA shrink_memory");
#ifdef __GLIBC__
    // The caches were thousands of small allocations of this thread; without this they stay with its heap.
    ::malloc_trim(0);
#endif
}

}  // namespace agenthub
