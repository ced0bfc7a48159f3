// The hand-over between the loop and the SQLite thread: blocks of records and jobs one way, empty blocks and counts
// the other. Owned by ActivityService; the only thing both threads touch.

#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "activity/block.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"

namespace agenthub {

class ActivityWorker;

// The writer's account. A record is settled when it is committed or given up.
struct ActivityProgress {
    std::int64_t committed = 0;
    std::int64_t discarded = 0;   // SQLite refused the rows for good
    std::int64_t batches = 0;     // transactions committed
    std::size_t blocks_held = 0;  // handed over and not yet settled
    std::int64_t settled() const noexcept { return committed + discarded; }
};

enum class JobStep {
    done,     // its answer is made
    again,    // there is more to do, after the batches that wait
    blocked,  // it waits for a commit, or for another process to let go of the database
};

// Work for the SQLite thread on behalf of a coroutine.
struct ActivityJob {
    Deadline deadline;
    // All are called on the SQLite thread. step() until it is done, with its answer made; fail() makes an error the
    // answer instead, and the job is over; answer() then sends it to the loop, when the job's place is free again.
    // abandoned() is true when nobody waits any more.
    std::function<JobStep(ActivityWorker&)> step;
    std::function<void(Error)> fail;
    std::function<void()> answer;
    std::function<bool()> abandoned;
};

class ActivityQueue {
public:
    // Queries and the like that may wait at a time.
    static constexpr std::size_t kMaxJobs = 64;

    // Loop side. Moves every block of `full` to the writer; fills `spare` up to `wanted` blocks from those it gave
    // back.
    ActivityProgress hand_over(std::vector<BlockPtr>& full, std::vector<BlockPtr>& spare, std::size_t wanted);
    // Fills `spare` up to `wanted` blocks from those the writer gave back.
    void take_empty(std::vector<BlockPtr>& spare, std::size_t wanted);
    ActivityProgress progress() const;
    // False when kMaxJobs jobs are not yet done.
    bool submit(ActivityJob job);
    // Asks the writer to end when everything is settled, at the latest at `deadline`.
    void stop(Deadline deadline);
    // Why nothing is being written; empty when all is well.
    std::string last_error() const;

    // Writer side. Appends what has arrived, waiting for it until `until`, or for a stop not yet `known`. Returns
    // whether a stop is asked for.
    bool wait(TimePoint until, bool known_stop, std::vector<BlockPtr>& blocks, std::vector<ActivityJob>& jobs);
    void take_blocks(std::vector<BlockPtr>& blocks);
    // The first `count` of `blocks` are settled and go back to the log.
    void settle(std::vector<BlockPtr>& blocks, std::size_t count, bool committed);
    void job_ended();
    void set_error(std::string message);
    // Frees the blocks that the log has not taken back.
    void shrink();
    Deadline stop_deadline() const;

private:
    void append(std::vector<BlockPtr>& from, std::vector<BlockPtr>& to);
    void fill(std::vector<BlockPtr>& spare, std::size_t wanted);

    // The only lock of the activity log: taken once per batch by each side, once per query, and by the log for each
    // record it would otherwise have to drop. Nothing slow happens under it.
    mutable std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<BlockPtr> blocks_;
    std::vector<BlockPtr> empty_;
    std::vector<ActivityJob> jobs_;
    std::size_t open_jobs_ = 0;
    ActivityProgress progress_;
    std::string last_error_;
    bool stopping_ = false;
    Deadline stop_deadline_;
};

}  // namespace agenthub
