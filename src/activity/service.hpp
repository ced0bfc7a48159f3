// The activity log as the rest of AgentHub sees it: a log to write to and questions to ask.
// Owned by the composition root, which destroys it before the io_context. Owns the SQLite thread.

#pragma once

#include <memory>
#include <string>
#include <thread>

#include "activity/log.hpp"
#include "activity/options.hpp"
#include "activity/query.hpp"
#include "activity/queue.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"

namespace agenthub {

class ActivityWorker;

struct ActivityCounters {
    std::int64_t recorded = 0;   // calls of ActivityLog::record
    std::int64_t committed = 0;  // rows in the database, overflow rows among them
    std::int64_t dropped = 0;    // records lost: queue full, or refused by SQLite
    std::int64_t queued = 0;     // accepted, not yet committed
    std::int64_t batches = 0;    // transactions
    std::string last_error;      // why nothing is written at present; empty when all is well
    bool strict = false;         // replies wait for their rows
    bool off = false;            // nothing is recorded
};

// Loop thread only. Every question is answered on the SQLite thread between two batches and returns to the loop by
// post; the caller may be cancelled meanwhile, but must not outlive the loop. Errors: errc::busy (kMaxJobs questions
// are open), errc::timeout (the deadline, or kAnswerLimit), errc::database_error, errc::cancelled (shutdown).
class ActivityService {
public:
    static constexpr Duration kAnswerLimit{5000};

    // Starts the thread. A database that cannot be opened is logged, shown in counters() and tried again; the daemon
    // runs on without it.
    ActivityService(Executor executor, ActivityOptions options);
    ~ActivityService();  // stop() with two seconds
    ActivityService(const ActivityService&) = delete;
    ActivityService& operator=(const ActivityService&) = delete;

    ActivityLog& log() noexcept { return log_; }

    awaitable<result<ActivityPage>> query(ActivityQuery query, Deadline deadline = {});
    awaitable<result<ActivityStats>> stats(Deadline deadline = {});
    // See ActivityStore::slice(). The newest row, with everything recorded before the call.
    awaitable<result<ActivitySlice>> slice(ActivityQuery query, std::int64_t after, std::int64_t upto,
                                           std::int64_t limit);
    awaitable<result<std::int64_t>> last_row();
    // Deletes the rows older than `days` (at least 1, else errc::invalid_params) and returns how many. When the
    // deadline comes first what is deleted stays deleted.
    awaitable<result<std::int64_t>> cleanup(int days, Deadline deadline = {});
    // Deletes every row that the watermark allows.
    awaitable<result<std::int64_t>> clear(Deadline deadline = {});

    // True: everything recorded before the call is committed. False: not by the deadline, or SQLite refused some of it.
    awaitable<bool> flush(Deadline deadline);

    // Without touching SQLite.
    ActivityCounters counters() const;

    // Hands over what is recorded, waits until it is committed or the deadline passes, and joins the thread. Blocks;
    // the last step of the shutdown. Open questions end with errc::cancelled.
    void stop(Deadline deadline);

private:
    template <class T, class Step>
    awaitable<result<T>> ask(Deadline deadline, Step step);

    const Executor executor_;
    ActivityQueue queue_;
    const std::shared_ptr<CommitGate> gate_;  // null in relaxed mode; what is posted to the loop is the other owner
    ActivityLog log_;
    std::unique_ptr<ActivityWorker> worker_;
    std::thread thread_;
};

}  // namespace agenthub
