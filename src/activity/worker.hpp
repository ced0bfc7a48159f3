// The SQLite thread: commits batches, lets jobs use the database between them, keeps it within its limits.
// Owned by ActivityService; everything here runs on that thread.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "activity/options.hpp"
#include "activity/queue.hpp"
#include "activity/store.hpp"
#include "base/log.hpp"

namespace agenthub {

// What happens when SQLite fails (StoreFailure::Kind):
//   busy         the batch stays and is tried again every 20 ms; queries go on, for WAL lets readers read
//   no_space     as unavailable, but the database stays open for queries
//   unavailable  the database is closed and opened again after 1 s, 2 s, … 30 s; records wait, then overflow
//   corrupt      the file is set aside, a new one is started, and the batch is written to that
//   refused      the batch is split into its blocks, and a block refused three times is given up and counted
class ActivityWorker {
public:
    // `tell`: null, or called on this thread whenever rows are settled, and when it turns out that none can be written
    // (`why` is not empty) or that they can again; `settled` counts the rows since the beginning.
    using Tell = std::function<void(std::int64_t settled, bool committed, const std::string& why)>;
    ActivityWorker(ActivityQueue& queue, ActivityOptions options, Tell tell = nullptr);

    // The body of the thread: returns after ActivityQueue::stop(), when all is written or its deadline has passed.
    void run() noexcept;

    // For jobs. Null while no database can be opened; last_error() then says why.
    ActivityStore* store() noexcept { return store_.get(); }
    const std::string& last_error() const noexcept { return last_error_; }
    ActivityProgress progress() const { return queue_.progress(); }
    // Commits what waits, from inside a long query.
    void pump() noexcept;
    // A job met this failure; the worker takes its measures when the job's step has returned.
    void failed(StoreFailure failure) { job_failures_.push_back(std::move(failure)); }
    // Space was freed: look at the size of the file at the next turn.
    void compact_soon() noexcept { next_retention_ = TimePoint::min(); }

private:
    static constexpr std::size_t kBatchBlocks = 24;  // in one transaction: about 5000 usual records
    static constexpr Duration kBusyRetry{20};
    static constexpr Duration kMinBackoff{1000};

    TimePoint turn_until() noexcept;
    void turn();
    bool ensure_open();
    void write_batch();
    void committed(std::size_t blocks);
    void recovered();
    void tell_settled(bool committed);
    void catch_up();
    void handle(const StoreFailure& failure);
    void set_aside();
    void refuse_batch(std::size_t blocks);
    void step_jobs();
    JobStep step(ActivityJob& job);
    void end(ActivityJob& job);
    void retain();
    bool retain_slice();
    void when_idle();
    void report(const StoreFailure& failure);
    void finish();
    TimePoint wake_at() const;

    ActivityQueue& queue_;
    const ActivityOptions options_;
    const Tell tell_;
    std::unique_ptr<ActivityStore> store_;
    std::vector<BlockPtr> blocks_;  // taken from the queue, not yet committed
    std::vector<ActivityJob> jobs_;
    std::vector<StoreFailure> job_failures_;

    TimePoint now_ = Clock::now();  // of this turn
    TimePoint retry_at_ = TimePoint::min();
    TimePoint open_at_ = TimePoint::min();
    TimePoint next_retention_ = TimePoint::min();
    TimePoint idle_at_ = TimePoint::min();
    TimePoint failing_since_ = TimePoint::max();
    Duration backoff_{0};
    std::size_t batch_blocks_ = kBatchBlocks;
    int refusals_ = 0;
    int slice_rows_ = 1000;
    bool stopping_ = false;
    bool pump_failed_ = false;
    bool jobs_ready_ = false;  // a job has more to do at once
    bool retain_now_ = false;
    bool is_behind_ = false;  // the store may have something to catch up with
    bool told_failing_ = false;
    std::string last_error_;
    LogRateLimit error_log_{1, 60'000};
};

}  // namespace agenthub
