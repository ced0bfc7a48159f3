// The audit as the rest of AgentHub sees it: actions are announced before they are done, and their end is told.
// Owned by the composition root. Owns the thread that writes; everything else happens on the loop.

#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "audit/actions.hpp"
#include "audit/alert_rules.hpp"
#include "audit/counters.hpp"
#include "audit/failure_meter.hpp"
#include "audit/head.hpp"
#include "audit/query.hpp"
#include "audit/ticket.hpp"
#include "audit/waiters.hpp"
#include "base/deadline.hpp"
#include "base/log.hpp"
#include "base/off_loop.hpp"
#include "base/task_group.hpp"

namespace agenthub {

class AuditRoom;

class AuditService {
public:
    // How long an action waits for its record; then it is not done.
    static constexpr Duration kWriteLimit{5000};
    static constexpr std::size_t kVerifiers = 64;  // that wait for a verification at a time
    static constexpr int kCheckpoints = 100;       // that are kept

    AuditService(Executor executor, AuditOptions options);
    ~AuditService();
    AuditService(const AuditService&) = delete;
    AuditService& operator=(const AuditService&) = delete;

    // Opens the files and begins to write. When they cannot be opened, it is tried again and again.
    void start();
    // Writes what waits, and ends.
    awaitable<void> stop(Deadline deadline);

    // Announces an action: returns when the record is on the disk. An error, and the action must not be done:
    // errc::unrecorded, with a text for whoever wanted it. `record` needs no time and no status.
    awaitable<result<AuditTicket>> begin(AuditRecord record);
    // Tells how it ended; returns when that is on the disk, or cannot be brought there in time, which is logged.
    awaitable<void> end(AuditTicket ticket, AuditOutcome outcome);

    // A record of AgentHub's own, or of what was refused: nobody waits for it, and it is dropped when there is no room.
    void note(AuditRecord record);
    // A refused key; see FailureMeter. `has_key`: one was sent, but not one of ours.
    void refused_key(AuditRecord record, bool has_key);
    // From time to time: tells of the refused keys that were only counted.
    void tell_repeated(TimePoint now);

    awaitable<result<AuditPage>> page(AuditQuery query);
    awaitable<result<std::vector<Checkpoint>>> checkpoints(int limit);
    // Reads all of the record. Who asks while one is under way gets the same answer. errc::busy: kVerifiers wait.
    awaitable<result<Verification>> verify(std::optional<ChainPoint> anchor);

    const AlertBook& alerts() const noexcept { return alerts_; }
    AuditCounters counters() const;

private:
    friend class AuditTicket;
    struct Run;  // of a verification
    struct RunEnd;

    bool has_room(std::size_t records) const noexcept;
    std::int64_t push(AuditRecord record);
    Error refusal(std::string_view why);
    void abandon(AuditRecord record) noexcept;
    awaitable<void> write_all();
    awaitable<bool> attempt();
    void failed(const Error& error);
    awaitable<void> pause();
    void found(const ChainFinding& finding);
    awaitable<void> settled(std::int64_t number);
    awaitable<bool> is_on_disk(std::int64_t number);
    awaitable<void> walk(std::shared_ptr<Run> run);
    awaitable<result<Verification>> walked();

    Executor executor_;
    AuditOptions options_;
    AlertBook alerts_;
    AlertRules rules_{alerts_};
    FailureMeter meter_;

    std::deque<AuditRecord> queue_;
    std::size_t reserved_ = 0;   // places for the ends of actions under way
    std::int64_t accepted_ = 0;  // records, by number
    std::int64_t written_ = 0;
    std::int64_t dropped_ = 0, refused_ = 0;
    std::int64_t rows_ = 0;
    bool open_ = false, stopping_ = false, failing_ = false;
    std::string last_error_;
    ChainFinding last_found_;
    Duration backoff_{0};
    LogRateLimit error_log_{1, 60'000};
    LogRateLimit drop_log_{1, 60'000};

    Event wake_;
    SteadyTimer retry_;
    Waiters news_;              // something was written, or could not be
    std::shared_ptr<Run> run_;  // the verification under way, which its task and those who wait for it own too
    std::unique_ptr<AuditRoom> room_;
    OffLoop off_loop_;  // after the room, in which its work may still be
    TaskGroup tasks_;
};

}  // namespace agenthub
