// The loop's side of the activity log: takes records, never waits, and hands them over in batches.
// Owned by ActivityService; loop thread only.

#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "activity/block.hpp"
#include "activity/commit_gate.hpp"
#include "activity/options.hpp"
#include "activity/queue.hpp"
#include "base/async.hpp"
#include "base/log.hpp"

namespace agenthub {

class ActivityLog {
public:
    // `gate` is null unless replies wait for their rows (strict mode).
    ActivityLog(Executor executor, ActivityQueue& queue, const ActivityOptions& options,
                std::shared_ptr<CommitGate> gate = nullptr);

    // Copies the record; no lock, no allocation, no system call except once per batch. When `options.queue` records
    // wait to be committed the record is dropped and counted; once there is room again, a row with
    // Outcome::overflow tells how many were lost. Returns the number of the row, which CommitGate::committed() takes; 0
    // when it was dropped.
    std::int64_t record(const ActivityRecord& record) noexcept;

    // Hands over the open batch `options.batch` after its first record. Ends only by cancellation; whoever owns the
    // service runs it in a TaskGroup. Without it records wait for a full batch, for flush() or for the end.
    awaitable<void> run();

    // Hands over everything recorded so far, at once.
    void hand_over() noexcept;
    // The same unless the writer still has something: what comes meanwhile is the next group.
    void hand_over_group() noexcept;

    // Records are neither kept nor counted.
    bool is_off() const noexcept { return limit_ == 0; }

    // Null in relaxed mode.
    CommitGate* gate() const noexcept { return gate_.get(); }

    // Record calls, those dropped, and rows accepted: an overflow row is one too.
    std::int64_t recorded() const noexcept { return recorded_; }
    std::int64_t dropped() const noexcept { return dropped_; }
    std::int64_t accepted() const noexcept { return accepted_; }

private:
    // A batch is handed over without waiting for the timer when it has so many blocks (about 4000 usual records).
    static constexpr std::size_t kBatchBlocks = 16;
    // After so long without a record the memory of past batches is given back.
    static constexpr Duration kIdleAfter{2000};

    bool has_work() const noexcept { return !full_.empty() || (block_ && !block_->empty()) || lost_ > 0; }
    bool has_room() const noexcept { return accepted_ - progress_.settled() < limit_; }
    void append(const ActivityRecord& record) noexcept;
    bool next_block() noexcept;
    bool make_room() noexcept;
    void update(const ActivityProgress& progress) noexcept;
    void note_lost() noexcept;
    std::int64_t drop() noexcept;
    void report_drop();
    void tick() noexcept;
    void shrink() noexcept;

    ActivityQueue& queue_;
    const std::shared_ptr<CommitGate> gate_;  // the service and what is posted to the loop share it
    const std::int64_t limit_;
    const std::size_t max_blocks_;
    const Duration batch_;
    SteadyTimer timer_;
    bool asleep_ = false;  // run() waits for the next record

    BlockPtr block_;  // the open block; null until needed
    std::vector<BlockPtr> full_, spare_;
    ActivityProgress progress_;  // as of the last look
    std::int64_t sequence_ = 0;
    std::int64_t recorded_ = 0, accepted_ = 0, dropped_ = 0, handed_ = 0;
    std::int64_t lost_ = 0;  // dropped since the last overflow row
    LogRateLimit drop_log_{1, 60'000};
};

}  // namespace agenthub
