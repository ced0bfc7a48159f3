// The schema of the audit database, its rows, and SQLite's errors.
// Used by AuditStore alone.

#include "audit/store_sql.hpp"

#include <SQLiteCpp/Transaction.h>
#include <fcntl.h>
#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/unique_fd.hpp"

namespace agenthub {
namespace {

constexpr int kVersion = 1;
constexpr int kApplicationId = 0x41674175;  // "AgAu"
constexpr int kBusyLimit = 200;             // milliseconds; then whoever waits is told, and it is tried again

constexpr const char* kSchema = R"sql(
CREATE TABLE audit_row (
    seq INTEGER PRIMARY KEY, unix_ms INTEGER NOT NULL, actor TEXT NOT NULL, client_ip TEXT NOT NULL,
    session TEXT NOT NULL, request_id TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, status TEXT NOT NULL,
    before TEXT NOT NULL, after TEXT NOT NULL, error TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX audit_by_time ON audit_row (unix_ms);
CREATE INDEX audit_by_action ON audit_row (action);
CREATE INDEX audit_by_subject ON audit_row (subject);
CREATE INDEX audit_by_actor ON audit_row (actor);
CREATE INDEX audit_by_request ON audit_row (request_id);
CREATE TABLE audit_checkpoint (
    id INTEGER PRIMARY KEY, unix_ms INTEGER NOT NULL, rows INTEGER NOT NULL, checksum TEXT NOT NULL);
CREATE VIEW audit AS SELECT strftime('%Y-%m-%dT%H:%M:%fZ', unix_ms / 1000.0, 'unixepoch') AS timestamp, *
    FROM audit_row;
)sql";

// All that a query can ask for but the request, in the order of the rows. Also in databases of before it.
constexpr const char* kFilterIndex =
    "CREATE INDEX IF NOT EXISTS audit_by_filters ON audit_row (seq, unix_ms, actor, action, subject, status)";

int pragma(SQLite::Database& db, const char* name) {
    return db.execAndGet(std::string("PRAGMA ") + name).getInt();
}

bool is_text(const SQLite::Column& column) {
    return column.getType() == SQLITE_TEXT;
}

}  // namespace

void create_audit_file(const std::filesystem::path& path) {
    const UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file)
        throw SQLite::Exception(std::generic_category().message(errno), SQLITE_CANTOPEN);
}

void prepare_audit(SQLite::Database& db) {
    db.setBusyTimeout(kBusyLimit);
    const bool is_empty = db.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
    const int version = pragma(db, "user_version");
    if (!is_empty && pragma(db, "application_id") != kApplicationId)
        throw SQLite::Exception("it is an SQLite database, but not AgentHub's audit: choose another state_dir",
                                SQLITE_CANTOPEN);
    if (version > kVersion)
        throw SQLite::Exception("its schema is version " + std::to_string(version) + " and this AgentHub knows " +
                                    std::to_string(kVersion) + ": run the newer AgentHub, or move the file away",
                                SQLITE_CANTOPEN);
    db.exec("PRAGMA journal_mode = WAL");
    // FULL: what was told to be recorded survives a power failure.
    db.exec("PRAGMA synchronous = FULL; PRAGMA cache_size = -2000; PRAGMA journal_size_limit = 4194304");
    if (!is_empty) {
        db.exec(kFilterIndex);
        return;
    }
    SQLite::Transaction all(db, SQLite::TransactionBehavior::IMMEDIATE);
    db.exec(kSchema);
    db.exec(kFilterIndex);
    db.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    db.exec("PRAGMA user_version = " + std::to_string(kVersion));
    all.commit();
}

void bind_row(SQLite::Statement& statement, const AuditRow& row) {
    const AuditRecord& r = row.record;
    statement.bind(1, row.seq);
    statement.bind(2, r.unix_ms);
    int i = 2;
    for (const std::string* text : {&r.actor, &r.client_ip, &r.session, &r.request_id, &r.action, &r.subject})
        statement.bind(++i, *text);
    statement.bind(++i, std::string(to_string(r.status)));
    for (const std::string* text : {&r.before, &r.after, &r.error, &row.previous, &row.hash})
        statement.bind(++i, *text);
}

AuditRow read_row(SQLite::Statement& statement, bool& sound) {
    AuditRow row;
    AuditRecord& r = row.record;
    row.seq = statement.getColumn(0).getInt64();
    r.unix_ms = statement.getColumn(1).getInt64();
    sound = statement.getColumn(1).getType() == SQLITE_INTEGER;
    int i = 1;
    const auto take = [&](std::string& text) {
        const SQLite::Column column = statement.getColumn(++i);
        sound = sound && is_text(column);
        text = column.getString();
    };
    for (std::string* text : {&r.actor, &r.client_ip, &r.session, &r.request_id, &r.action, &r.subject})
        take(*text);
    std::string word;
    take(word);
    const auto* const status = std::find_if(kAuditStatuses.begin(), kAuditStatuses.end(),
                                            [&word](AuditStatus one) { return to_string(one) == word; });
    sound = sound && status != kAuditStatuses.end();
    r.status = status == kAuditStatuses.end() ? AuditStatus::failed : *status;
    for (std::string* text : {&r.before, &r.after, &r.error, &row.previous, &row.hash})
        take(*text);
    return row;
}

bool is_damage(const SQLite::Exception& failure) noexcept {
    const int code = failure.getErrorCode() & 0xFF;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

Error audit_error(const SQLite::Exception& failure, std::string_view what, const std::filesystem::path& path) {
    const std::string head =
        "cannot " + std::string(what) + " the audit database " + path.string() + ": " + failure.what();
    switch (failure.getErrorCode() & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return {errc::busy, head + ". Another process holds it; AgentHub tries again by itself"};
        case SQLITE_FULL: return {errc::database_error, head + ". Make room; AgentHub tries again by itself"};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {errc::io_error, head +
                                        ". The file is damaged: it is set aside as audit.db.corrupt-TIME, and "
                                        "the verification says from which row on"};
        default:
            return {errc::database_error, head +
                                              ". Check that the directory exists and the file can be written; "
                                              "AgentHub tries again by itself"};
    }
}

}  // namespace agenthub
