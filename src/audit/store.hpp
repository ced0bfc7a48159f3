// The audit database and its head: writes rows in groups, answers queries, and reads all of it again to verify it.
// Owned by AuditService and used on its thread only (store*.cpp implement it, one room per task). Blocks.

#pragma once

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "audit/chain_walk.hpp"
#include "audit/head.hpp"
#include "audit/query.hpp"
#include "base/error.hpp"

namespace agenthub {

class AuditStore {
public:
    // Where the daemon keeps it: audit.db and audit.head in this directory.
    static std::filesystem::path database_of(const std::filesystem::path& directory) { return directory / "audit.db"; }
    static std::filesystem::path head_of(const std::filesystem::path& directory) { return directory / "audit.head"; }

    enum class Mode {
        write,
        read
    };  // read: nothing is created or changed; for `agenthub audit verify` beside no daemon

    // Opens or creates both files. What does not fit together is no error but a finding: the daemon goes on, and says
    // so. errc::database_error: they cannot be used; the text says why and what to do.
    static result<std::unique_ptr<AuditStore>> open(const std::filesystem::path& directory, Mode mode = Mode::write);

    // Appends the records, all or none, and returns when the disk has them and the head names them. After an error the
    // same records may be given again, with others behind them: none is written twice. errc::busy: another process
    // holds the database. Otherwise errc::database_error or errc::io_error.
    result<void> write(std::span<const AuditRecord> records);

    // write() found the file itself to be broken: only a new one can be written.
    bool is_damaged() const noexcept { return is_damaged_; }
    // Gives a damaged database, which nobody may have open, another name: the next open() makes a new one, and what is
    // missing in that is a finding.
    static void set_aside(const std::filesystem::path& directory);

    // What opening or writing found wrong with the end of the chain, once.
    std::optional<ChainFinding> take_finding();

    result<AuditPage> page(const AuditQuery& query);
    // The newest first.
    result<std::vector<Checkpoint>> checkpoints(int limit);

    // One reading of all rows: begin_walk(), then step_walk() until it says that it is over, then end_walk(). Rows
    // may be written between the steps; they are not part of it.
    struct Walk {
        ChainWalk chain;
        ChainPoint expected;        // where the chain ended when it began
        std::int64_t last_row = 0;  // of the table
        std::int64_t at = INT64_MIN;
        std::int64_t incidents = 0;
        std::int64_t unix_ms = 0;
    };
    result<bool> begin_walk(Walk& walk);  // false, as step_walk()
    // Reads up to `rows` more. True: it is over.
    result<bool> step_walk(Walk& walk, int rows);
    // Compares with the head, with its marks when the end is another, and with the file of the head; keeps a checkpoint
    // when all is well.
    result<Verification> end_walk(const Walk& walk);
    // Compares a point that was kept elsewhere with the rows, which have been verified.
    result<ChainFinding> compare(const ChainPoint& anchor);

    const ChainPoint& last() const noexcept { return head_.last; }

    static constexpr int kCheckpoints = 100;  // that are kept

private:
    AuditStore(const std::filesystem::path& directory, Mode mode);
    void load_head();
    void adopt_tail(std::string why);
    void look_at_tail(const ChainPoint& tail);
    ChainPoint tail();
    bool is_same_file() const;
    result<void> save_head();
    void write_rows(std::span<const AuditRecord> records);
    std::vector<AuditRow> chained(std::span<const AuditRecord> records) const;
    std::size_t already_there(const std::vector<AuditRow>& rows, const ChainPoint& tail);
    std::string hash_of(std::int64_t seq);
    ChainFinding narrowed(ChainFinding finding);
    ChainFinding check_head_file() const;
    void keep_checkpoint(const Verification& verification);
    std::string last_checksum();

    const std::filesystem::path database_, head_file_;
    const Mode mode_;
    SQLite::Database db_;
    std::uint64_t inode_ = 0;  // of the file that db_ has open
    ChainHead head_;
    ChainPoint known_;  // the last row of the table as it was left: another one is somebody else's
    std::int64_t next_seq_ = 1;
    std::optional<ChainFinding> finding_;
    bool is_damaged_ = false;
};

}  // namespace agenthub
