// The hand-over between the loop and the SQLite thread.
// Owned by ActivityService.

#include "activity/queue.hpp"

#include <algorithm>
#include <iterator>

namespace agenthub {
namespace {

template <class T>
void move_all(std::vector<T>& from, std::vector<T>& to) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
    from.clear();
}

}  // namespace

ActivityProgress ActivityQueue::hand_over(std::vector<BlockPtr>& full, std::vector<BlockPtr>& spare,
                                          std::size_t wanted) {
    ActivityProgress now;
    {
        const std::lock_guard lock(mutex_);
        progress_.blocks_held += full.size();
        append(full, blocks_);
        fill(spare, wanted);
        now = progress_;
    }
    arrived_.notify_one();
    return now;
}

void ActivityQueue::take_empty(std::vector<BlockPtr>& spare, std::size_t wanted) {
    const std::lock_guard lock(mutex_);
    fill(spare, wanted);
}

// What is handed over often comes as blocks with a record or two: while the writer is held up they would fill what the
// log may use of memory with next to nothing. Hence the last block that waits takes in the next one where it can; not
// the first, which the writer may have been refused already and is about to give up.
void ActivityQueue::append(std::vector<BlockPtr>& from, std::vector<BlockPtr>& to) {
    for (BlockPtr& block : from) {
        if (to.size() < 2 || !to.back()->absorb(*block)) {
            to.push_back(std::move(block));
            continue;
        }
        --progress_.blocks_held;
        empty_.push_back(std::move(block));
    }
    from.clear();
}

void ActivityQueue::fill(std::vector<BlockPtr>& spare, std::size_t wanted) {
    while (spare.size() < wanted && !empty_.empty()) {
        spare.push_back(std::move(empty_.back()));
        empty_.pop_back();
    }
}

ActivityProgress ActivityQueue::progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
}

bool ActivityQueue::submit(ActivityJob job) {
    {
        const std::lock_guard lock(mutex_);
        if (open_jobs_ >= kMaxJobs || stopping_)
            return false;
        ++open_jobs_;
        jobs_.push_back(std::move(job));
    }
    arrived_.notify_one();
    return true;
}

void ActivityQueue::stop(Deadline deadline) {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        stop_deadline_ = deadline;
    }
    arrived_.notify_one();
}

std::string ActivityQueue::last_error() const {
    const std::lock_guard lock(mutex_);
    return last_error_;
}

bool ActivityQueue::wait(TimePoint until, bool known_stop, std::vector<BlockPtr>& blocks,
                         std::vector<ActivityJob>& jobs) {
    std::unique_lock lock(mutex_);
    const auto something = [&] { return !blocks_.empty() || !jobs_.empty() || stopping_ != known_stop; };
    if (until == TimePoint::max())
        arrived_.wait(lock, something);
    else
        arrived_.wait_until(lock, until, something);
    append(blocks_, blocks);
    move_all(jobs_, jobs);
    return stopping_;
}

void ActivityQueue::take_blocks(std::vector<BlockPtr>& blocks) {
    const std::lock_guard lock(mutex_);
    append(blocks_, blocks);
}

void ActivityQueue::settle(std::vector<BlockPtr>& blocks, std::size_t count, bool committed) {
    std::int64_t records = 0;
    for (std::size_t i = 0; i < count; ++i) {
        records += static_cast<std::int64_t>(blocks[i]->count());
        blocks[i]->clear();
    }
    const auto end = blocks.begin() + static_cast<std::ptrdiff_t>(count);
    {
        const std::lock_guard lock(mutex_);
        (committed ? progress_.committed : progress_.discarded) += records;
        progress_.batches += committed ? 1 : 0;
        progress_.blocks_held -= count;
        std::move(blocks.begin(), end, std::back_inserter(empty_));
    }
    blocks.erase(blocks.begin(), end);
}

void ActivityQueue::job_ended() {
    const std::lock_guard lock(mutex_);
    --open_jobs_;
}

void ActivityQueue::set_error(std::string message) {
    const std::lock_guard lock(mutex_);
    last_error_ = std::move(message);
}

void ActivityQueue::shrink() {
    std::vector<BlockPtr> freed;
    const std::lock_guard lock(mutex_);
    freed.swap(empty_);
}

Deadline ActivityQueue::stop_deadline() const {
    const std::lock_guard lock(mutex_);
    return stop_deadline_;
}

}  // namespace agenthub
