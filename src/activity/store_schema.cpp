// The schema of the activity database, version by version.
// Used by ActivityStore while it opens.

#include "activity/store_schema.hpp"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "activity/store_sql.hpp"

namespace agenthub {
namespace {

// Version 1. The key of a row is (node, epoch, sequence). Node and epoch are the same for a whole run of the daemon, so
// they are a row in `run`, and the key is one integer: run and sequence in activity_row.id. That is the rowid, which
// makes the table its own key index: an insert appends to one tree, and newest first is a walk from the end. With ten
// million rows a WITHOUT ROWID table on the three columns would repeat them in each index, and a UNIQUE index beside a
// rowid costs a second tree. The view `activity` shows the key by its three columns, for people with a shell.
//
// An index on every row costs the writer more than the row itself (measured: row 2.2 us; client index 2.3, time index
// 0.9, index of random request ids 12 and growing with the file). Since rows lie in the order of time, it is enough to
// know about buckets of 1024 rows: activity_bucket has the times in each, activity_client the number of rows per client
// in each. What is looked for is then found by visiting few buckets. Only request ids, which are random, need to know
// each row: see version 4.
//
// activity_total counts rows by method and status, so that statistics and the usual totals need no scan.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE run (
    id INTEGER PRIMARY KEY, node TEXT NOT NULL, epoch INTEGER NOT NULL, started_ms INTEGER NOT NULL,
    UNIQUE (node, epoch));
CREATE TABLE activity_row (
    id INTEGER PRIMARY KEY, unix_ms INTEGER NOT NULL, http_status INTEGER NOT NULL, http_method TEXT NOT NULL,
    outcome TEXT NOT NULL, server TEXT NOT NULL, tool TEXT NOT NULL, mcp_method TEXT NOT NULL,
    client_id TEXT NOT NULL, request_id TEXT NOT NULL, error_code INTEGER NOT NULL, duration_us INTEGER NOT NULL,
    queue_us INTEGER NOT NULL, server_us INTEGER NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
    client_ip TEXT NOT NULL, session TEXT NOT NULL, path TEXT NOT NULL, error_text TEXT NOT NULL);
CREATE TABLE activity_bucket (bucket INTEGER PRIMARY KEY, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL);
CREATE TABLE activity_client (
    client_id TEXT NOT NULL, bucket INTEGER NOT NULL, rows INTEGER NOT NULL,
    PRIMARY KEY (client_id, bucket)) WITHOUT ROWID;
CREATE TABLE activity_total (
    http_method TEXT NOT NULL, http_status INTEGER NOT NULL, rows INTEGER NOT NULL,
    PRIMARY KEY (http_method, http_status)) WITHOUT ROWID;
CREATE VIEW activity AS SELECT
    run.node AS node, run.epoch AS epoch, a.id & 1099511627775 AS sequence,
    strftime('%Y-%m-%dT%H:%M:%fZ', a.unix_ms / 1000.0, 'unixepoch') AS timestamp, a.*
    FROM activity_row AS a LEFT JOIN run ON run.id = a.id >> 40;
)sql";

// Version 2. The counts know all that filters look at: activity_kind says what rows may be, and each bucket has a blob
// of four 16-bit numbers (little-endian) for each kind of row in it: kind, rows, first and last place. They are kept in
// memory too (activity/counts.hpp). activity_client names buckets of clients that have no kind of their own, and in
// activity_total is what stands in buckets that are not counted yet: those of version 1, which are counted in small
// steps while the daemon runs. activity_error is the full text of errors; it holds no texts itself.
constexpr const char* kVersion2 = R"sql(
CREATE TABLE activity_kind (
    id INTEGER PRIMARY KEY, fold INTEGER NOT NULL, http_method TEXT NOT NULL, http_status INTEGER NOT NULL,
    client_id TEXT NOT NULL, server TEXT NOT NULL, tool TEXT NOT NULL, outcome TEXT NOT NULL);
ALTER TABLE activity_bucket ADD COLUMN counts BLOB;
CREATE VIRTUAL TABLE activity_error USING fts5(
    error_text, content='activity_row', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
)sql";

// Version 3 had a column more, request_key, with an index; where it is, it stays empty.
constexpr const char* kVersion3 = "";

// Version 4. No index on rows: any that has random keys costs the writer as much as the row (measured at a million
// rows: 1.7 us with it, 1.1 without), whereas keys that are sorted and stored a segment of 16,384 rows at a time cost a
// twentieth of that. activity_request has what activity/request_keys.hpp packs, a row for each slice of a segment that
// is finished. A look-up reads one slice of each segment (ten million rows: 610), and the rows of the segments that
// are not. Those of older databases are finished in small steps while the daemon runs.
constexpr const char* kVersion4 = R"sql(
DROP INDEX IF EXISTS activity_by_request;
DROP INDEX IF EXISTS activity_by_request_13;
DROP INDEX IF EXISTS activity_by_request_key;
CREATE TABLE activity_request (id INTEGER PRIMARY KEY, keys BLOB NOT NULL);
)sql";

// kMigrations[n] leads from version n to n + 1.
constexpr std::array kMigrations = {kVersion1, kVersion2, kVersion3, kVersion4};
static_assert(kMigrations.size() == kSchemaVersion);

constexpr std::int64_t kCheckpointBytes = 4 << 20;

// Of a new database. Each page in the WAL is two writes to the file: under load fewer and larger ones cost a tenth
// less. A batch of one row writes more bytes for it.
constexpr int kPageSize = 16 * 1024;

int pragma(SQLite::Database& db, const char* name) {
    return db.execAndGet(std::string("PRAGMA ") + name).getInt();
}

// Throws unless the database is ours and not newer than this program.
void check_identity(SQLite::Database& db, int version) {
    const bool empty = db.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
    if (!empty && pragma(db, "application_id") != kApplicationId)
        throw SQLite::Exception("it is an SQLite database, but not AgentHub's activity log: choose another state_dir",
                                SQLITE_CANTOPEN);
    if (version > kSchemaVersion)
        throw SQLite::Exception("its schema is version " + std::to_string(version) + " and this AgentHub knows " +
                                    std::to_string(kSchemaVersion) + ": run the newer AgentHub, or move the file away",
                                SQLITE_CANTOPEN);
}

void migrate(SQLite::Database& db) {
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    // Read again under the lock: two daemons may open a new file at the same time.
    const int version = pragma(db, "user_version");
    check_identity(db, version);
    for (auto next = static_cast<std::size_t>(version); next < kMigrations.size(); ++next)
        db.exec(kMigrations[next]);
    db.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    db.exec("PRAGMA user_version = " + std::to_string(kSchemaVersion));
    transaction.commit();
}

}  // namespace

void create_file(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        ::close(fd);
    else if (errno != EEXIST)
        throw SQLite::Exception(std::generic_category().message(errno), SQLITE_CANTOPEN);
}

void prepare_database(SQLite::Database& db, std::int64_t wal_bytes, bool durable) {
    // Creating and migrating wait for another daemon that does the same; in service nothing ever waits in SQLite.
    db.setBusyTimeout(1000);
    const int version = pragma(db, "user_version");
    check_identity(db, version);
    if (version == 0)
        db.exec("PRAGMA page_size = " + std::to_string(kPageSize) +
                "; PRAGMA auto_vacuum = INCREMENTAL");  // only possible before the first table
    db.exec("PRAGMA journal_mode = WAL");
    if (version != kSchemaVersion)
        migrate(db);
    // NORMAL: a power failure may cost the last moments, never the database. secure_delete is on in Debian's build and
    // would write every freed page once more.
    db.exec(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    db.exec("PRAGMA secure_delete = FAST; PRAGMA cache_size = -4000");
    const auto half = wal_bytes / 2;
    // A checkpoint writes all of it in the middle of a commit: not so much that the writer would be missed.
    const auto checkpoint = std::min(half, kCheckpointBytes);
    db.exec("PRAGMA wal_autocheckpoint = " + std::to_string(checkpoint / pragma(db, "page_size")));
    db.exec("PRAGMA journal_size_limit = " + std::to_string(half));
    db.setBusyTimeout(0);
}

}  // namespace agenthub
