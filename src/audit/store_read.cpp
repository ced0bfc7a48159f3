// Querying the audit, and verifying it.
// Owned by AuditService; its thread only.

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "audit/store.hpp"
#include "audit/store_filter.hpp"
#include "audit/store_sql.hpp"
#include "base/text.hpp"

namespace agenthub {
result<AuditPage> AuditStore::page(const AuditQuery& query) {
    return audit_guarded("query", database_, [&] {
        AuditPage out;
        out.limit = query.limit;
        out.offset = query.offset;
        const SQLite::Transaction one_state(db_);
        const AuditFilter filter = filter_of(db_, query);
        const std::string from = matches(query, filter);
        SQLite::Statement count(db_, "SELECT count(*)" + from);
        filter.bind(count);
        count.executeStep();
        out.total = count.getColumn(0).getInt64();
        if (out.total <= out.offset)
            return out;
        SQLite::Statement rows(db_, std::string("SELECT ") + kAuditColumns +
                                        " FROM audit_row WHERE seq IN (SELECT seq" + from +
                                        " ORDER BY seq DESC LIMIT ? OFFSET ?) ORDER BY seq DESC");
        int i = filter.bind(rows);
        rows.bind(++i, query.limit);
        rows.bind(++i, query.offset);
        bool sound = true;
        while (rows.executeStep())
            out.rows.push_back(read_row(rows, sound));
        return out;
    });
}

result<std::vector<Checkpoint>> AuditStore::checkpoints(int limit) {
    return audit_guarded("query", database_, [&] {
        SQLite::Statement rows(db_, "SELECT unix_ms, rows, checksum FROM audit_checkpoint ORDER BY id DESC LIMIT ?");
        rows.bind(1, limit);
        std::vector<Checkpoint> out;
        while (rows.executeStep())
            out.push_back({rows.getColumn(0).getInt64(), rows.getColumn(1).getInt64(), rows.getColumn(2).getString()});
        return out;
    });
}

result<bool> AuditStore::begin_walk(Walk& walk) {
    return audit_guarded("verify", database_, [&] {
        walk.unix_ms = unix_ms_now();
        walk.expected = head_.last;
        walk.last_row = tail().seq;
        return false;
    });
}

result<bool> AuditStore::step_walk(Walk& walk, int rows) {
    return audit_guarded("verify", database_, [&] {
        SQLite::Statement next(db_, std::string("SELECT ") + kAuditColumns +
                                        " FROM audit_row WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?");
        next.bind(1, walk.at);
        next.bind(2, walk.last_row);
        next.bind(3, rows);
        int read = 0;
        while (next.executeStep()) {
            bool sound = true;
            const AuditRow row = read_row(next, sound);
            walk.chain.take(row, sound);
            walk.incidents += row.record.action == "integrity.failure" ? 1 : 0;
            walk.at = row.seq;
            ++read;
        }
        const bool over = read < rows || walk.at >= walk.last_row;
        walk.at += over ? 0 : 1;
        return over;
    });
}

result<Verification> AuditStore::end_walk(const Walk& walk) {
    return audit_guarded("verify", database_, [&] {
        ChainWalk chain = walk.chain;
        Verification out;
        out.unix_ms = walk.unix_ms;
        out.duration_ms = unix_ms_now() - walk.unix_ms;
        out.rows = chain.rows();
        out.checksum = chain.last().hash;
        out.previous = last_checksum();
        out.incidents = walk.incidents;
        out.finding = narrowed(chain.finish(walk.expected));
        if (out.valid())
            out.finding = check_head_file();
        if (!out.valid())
            return out;
        out.finding.message = std::to_string(out.rows) + " rows, unbroken from the first to the last";
        if (out.incidents != 0)
            out.finding.message += "; " + std::to_string(out.incidents) +
                                   " earlier findings are recorded: GET /audit/log?action=integrity.failure";
        keep_checkpoint(out);
        return out;
    });
}

std::string AuditStore::hash_of(std::int64_t seq) {
    SQLite::Statement row(db_, "SELECT hash FROM audit_row WHERE seq = ?");
    row.bind(1, seq);
    return row.executeStep() ? row.getColumn(0).getString() : std::string();
}

// When a stretch was written anew up to where the break is seen, the marks of the head tell where it begins.
ChainFinding AuditStore::narrowed(ChainFinding finding) {
    if (finding.fault != ChainFault::rewritten)
        return finding;
    std::int64_t last_good = 0;
    for (const ChainPoint& mark : head_.marks) {
        if (mark.seq > finding.row)
            break;
        if (hash_of(mark.seq) == mark.hash) {
            last_good = mark.seq;
            continue;
        }
        if (mark.seq == finding.row && last_good + 1 == finding.row)
            break;
        const std::int64_t seen = std::exchange(finding.row, last_good + 1);
        finding.message = "row " + std::to_string(last_good + 1) + " or one soon behind it, before row " +
                          std::to_string(mark.seq + 1) + ", was changed, and the rows up to " + std::to_string(seen) +
                          " were given new hashes";
        if (last_good + 1 == mark.seq)
            finding.message = "row " + std::to_string(mark.seq) + " was changed, and the rows up to " +
                              std::to_string(seen) + " were given new hashes";
        break;
    }
    return finding;
}

// The file against what this process knows: somebody may have changed or removed it meanwhile.
ChainFinding AuditStore::check_head_file() const {
    if (mode_ == Mode::read)
        return finding_.value_or(ChainFinding{});
    std::ifstream file(head_file_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto read = read_head(text);
    if (read && (read->last == head_.last || read->next == head_.last))
        return {};
    const std::string what = !file.is_open() ? " was removed" : " was changed";
    return {ChainFault::head, 0,
            head_file_.string() + what +
                " while AgentHub ran; the rows are as AgentHub wrote them, and the next one "
                "restores it"};
}

result<ChainFinding> AuditStore::compare(const ChainPoint& anchor) {
    return audit_guarded("verify", database_, [&]() -> ChainFinding {
        const std::string hash = anchor.seq == 0 ? std::string(chain_start()) : hash_of(anchor.seq);
        const std::string row = "row " + std::to_string(anchor.seq);
        if (hash == anchor.hash)
            return {};
        if (hash.empty())
            return {ChainFault::anchor, head_.last.seq + 1,
                    "there is no " + row + ": the record was cut off, or begun anew, since that point was kept"};
        return {ChainFault::anchor, anchor.seq,
                row +
                    " has another hash than the point that was kept: it, or a row before it, was changed since, and "
                    "the whole chain made anew"};
    });
}

std::string AuditStore::last_checksum() {
    SQLite::Statement last(db_, "SELECT checksum FROM audit_checkpoint ORDER BY id DESC LIMIT 1");
    return last.executeStep() ? last.getColumn(0).getString() : std::string();
}

// A verification is no worse for a checkpoint that cannot be kept: the disk may be full.
void AuditStore::keep_checkpoint(const Verification& verification) {
    if (mode_ == Mode::read)
        return;
    try {
        SQLite::Transaction both(db_, SQLite::TransactionBehavior::IMMEDIATE);
        SQLite::Statement add(db_, "INSERT INTO audit_checkpoint (unix_ms, rows, checksum) VALUES (?,?,?)");
        add.bind(1, verification.unix_ms);
        add.bind(2, verification.rows);
        add.bind(3, verification.checksum);
        add.exec();
        db_.exec("DELETE FROM audit_checkpoint WHERE id <= (SELECT max(id) FROM audit_checkpoint) - " +
                 std::to_string(kCheckpoints));
        both.commit();
    } catch (const SQLite::Exception&) {  // NOLINT(bugprone-empty-catch): see above
    }
}

}  // namespace agenthub
