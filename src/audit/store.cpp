// Opening the audit, and appending to it.
// Owned by AuditService; its thread only.

#include "audit/store.hpp"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "audit/store_sql.hpp"
#include "base/durable_file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

// Rows beyond it are nobody's: AgentHub would have to write for as long as the universe is old.
constexpr std::int64_t kLastSeq = std::int64_t{1} << 53;

SQLite::Database open_database(const std::filesystem::path& path, AuditStore::Mode mode) {
    const bool writes = mode == AuditStore::Mode::write;
    if (writes)
        create_audit_file(path);
    SQLite::Database db(path, (writes ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY) | SQLite::OPEN_NOMUTEX);
    if (writes)
        prepare_audit(db);
    else
        db.execAndGet("SELECT count(*) FROM sqlite_schema");  // reads the file: whether it is a database at all
    return db;
}

std::uint64_t inode_of(const std::filesystem::path& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? static_cast<std::uint64_t>(info.st_ino) : 0;
}

}  // namespace

AuditStore::AuditStore(const std::filesystem::path& directory, Mode mode)
    : database_(database_of(directory)),
      head_file_(head_of(directory)),
      mode_(mode),
      db_(open_database(database_, mode)),
      inode_(inode_of(database_)) {
    load_head();
}

result<std::unique_ptr<AuditStore>> AuditStore::open(const std::filesystem::path& directory, Mode mode) {
    const auto make = [&] { return std::unique_ptr<AuditStore>(new AuditStore(directory, mode)); };
    try {
        return make();
    } catch (const SQLite::Exception& failure) {
        if (!is_damage(failure) || mode == Mode::read)
            return audit_error(failure, "open", database_of(directory));
        log().error("{}", audit_error(failure, "open", database_of(directory)).message);
        set_aside(directory);
    } catch (const std::exception& failure) {
        return Error(errc::database_error, failure.what());
    }
    return audit_guarded("open", database_of(directory), make);
}

// The file and its WAL get another name: what is in them may still be read by somebody who knows how.
void AuditStore::set_aside(const std::filesystem::path& directory) {
    const std::string path = database_of(directory).string();
    const std::string mark = ".corrupt-" + std::to_string(unix_ms_now());
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"})
        std::filesystem::rename(path + suffix, path + mark + suffix, ignored);
    log().error("the damaged audit database is kept as {}{}", path, mark);
}

std::optional<ChainFinding> AuditStore::take_finding() {
    return std::exchange(finding_, std::nullopt);
}

ChainPoint AuditStore::tail() {
    SQLite::Statement last(db_, "SELECT seq, hash FROM audit_row ORDER BY seq DESC LIMIT 1");
    if (!last.executeStep())
        return {};
    return {last.getColumn(0).getInt64(), last.getColumn(1).getString()};
}

void AuditStore::load_head() {
    known_ = tail();
    std::ifstream file(head_file_, std::ios::binary);
    if (!file)
        return adopt_tail("is missing");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    auto read = read_head(text);
    if (!read)
        return adopt_tail("is damaged");
    head_ = std::move(*read);
    // A crash between the commit and the head: the rows are those that were announced.
    if (head_.next.seq != 0 && known_ == head_.next)
        head_.last = head_.next;
    head_.next = {};
    next_seq_ = head_.last.seq + 1;
    if (known_ != head_.last)
        look_at_tail(known_);
}

// There is no head to compare with: the chain goes on from where the table ends.
void AuditStore::adopt_tail(std::string why) {
    head_.last = known_;
    next_seq_ = known_.seq + 1;
    if (known_.seq != 0)
        finding_ = ChainFinding{ChainFault::head, 0,
                                head_file_.string() + " " + std::move(why) + ": whether rows are missing behind row " +
                                    std::to_string(known_.seq) + " cannot be told any more"};
    if (mode_ == Mode::read)
        return;
    if (auto saved = save_head(); !saved)
        throw SQLite::Exception(saved.error().message);
}

// The table does not end where AgentHub left it. What comes is chained to the true end, behind whatever stands there,
// so that every later verification finds the place.
void AuditStore::look_at_tail(const ChainPoint& tail) {
    ChainFinding finding{ChainFault::rewritten, tail.seq,
                         "row " + std::to_string(tail.seq) + " is not the one that AgentHub wrote last"};
    if (tail.seq < head_.last.seq)
        finding = {ChainFault::truncated, tail.seq + 1,
                   "the rows from " + std::to_string(tail.seq + 1) + " to " + std::to_string(head_.last.seq) +
                       " are missing at the end"};
    else if (tail.seq > head_.last.seq)
        finding = {ChainFault::inserted, head_.last.seq + 1,
                   "the rows behind row " + std::to_string(head_.last.seq) + " were not written by AgentHub"};
    finding_ = std::move(finding);
    SQLite::Statement highest(db_, "SELECT ifnull(max(seq), 0) FROM audit_row WHERE seq < ?");
    highest.bind(1, kLastSeq);
    highest.executeStep();
    next_seq_ = std::max(highest.getColumn(0).getInt64(), head_.last.seq) + 1;
}

bool AuditStore::is_same_file() const {
    return inode_of(database_) == inode_;
}

result<void> AuditStore::save_head() {
    return replace_file(head_file_.string(), to_text(head_));
}

std::vector<AuditRow> AuditStore::chained(std::span<const AuditRecord> records) const {
    std::vector<AuditRow> rows;
    rows.reserve(records.size());
    std::int64_t seq = next_seq_;
    std::string previous = head_.last.hash;
    for (const AuditRecord& record : records) {
        AuditRow row{seq++, record, previous, {}};
        row.hash = row_hash(row.previous, row.seq, record);
        previous = row.hash;
        rows.push_back(std::move(row));
    }
    return rows;
}

// How many of the rows an attempt before this one has committed after all, though it was told that it failed.
std::size_t AuditStore::already_there(const std::vector<AuditRow>& rows, const ChainPoint& tail) {
    const auto last = std::find_if(rows.begin(), rows.end(), [&tail](const AuditRow& row) {
        return row.seq == tail.seq && row.hash == tail.hash;
    });
    return last == rows.end() ? 0 : static_cast<std::size_t>(last - rows.begin()) + 1;
}

result<void> AuditStore::write(std::span<const AuditRecord> records) {
    if (records.empty())
        return {};
    if (!is_same_file())
        return Error(errc::io_error, "the audit database " + database_.string() +
                                         " was removed or replaced while AgentHub ran; it is opened anew");
    auto written = audit_guarded("write to", database_, [&] {
        try {
            write_rows(records);
        } catch (const SQLite::Exception& failure) {
            is_damaged_ = is_damage(failure);
            throw;
        }
        return true;
    });
    if (!written)
        return written.error();
    return {};
}

void AuditStore::write_rows(std::span<const AuditRecord> records) {
    SQLite::Transaction transaction(db_, SQLite::TransactionBehavior::IMMEDIATE);
    const ChainPoint tail_now = tail();
    auto rows = chained(records);
    const std::size_t done = already_there(rows, tail_now);
    if (done == 0 && tail_now != known_) {
        look_at_tail(tail_now);
        rows = chained(records);
    }
    head_.next = {rows.back().seq, rows.back().hash};
    if (auto saved = save_head(); !saved)
        throw std::runtime_error(saved.error().message + "; AgentHub tries again by itself");
    SQLite::Statement insert(
        db_, std::string("INSERT INTO audit_row (") + kAuditColumns + ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    for (std::size_t i = done; i < rows.size(); ++i) {
        bind_row(insert, rows[i]);
        insert.exec();
        insert.reset();
    }
    const ChainPoint tail_then = tail();
    transaction.commit();
    ChainHead head = head_;
    head.last = std::exchange(head.next, {});
    for (const AuditRow& row : rows)
        head.add_mark({row.seq, row.hash});
    head.thin_marks();
    head_ = std::move(head);
    // The rows are on the disk, and the file has announced them: a start, and the next write, go on from there.
    if (auto saved = save_head(); !saved)
        log().error("{}; it still announces the newest rows, and is written with the next", saved.error().message);
    known_ = tail_then;
    next_seq_ = head_.last.seq + 1;
}

}  // namespace agenthub
