// The turns of the SQLite thread.
// Owned by ActivityService; runs on that thread alone.

#include "activity/worker.hpp"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <span>
#include <utility>

#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr Duration kRetentionEvery{60'000};
constexpr Duration kIdleAfter{2000};
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

}  // namespace

ActivityWorker::ActivityWorker(ActivityQueue& queue, ActivityOptions options, Tell tell)
    : queue_(queue), options_(std::move(options)), tell_(std::move(tell)) {}

void ActivityWorker::run() noexcept {
    ::pthread_setname_np(::pthread_self(), "activity");
    for (;;) {
        const TimePoint wake = turn_until();
        if (stopping_ && (blocks_.empty() || queue_.stop_deadline().expired()))
            break;
        const bool known_stop = stopping_;
        stopping_ = queue_.wait(wake, known_stop, blocks_, jobs_);
        if (stopping_ && !known_stop)
            retry_at_ = open_at_ = TimePoint::min();
    }
    finish();
}

// One turn, and when the next one is due.
TimePoint ActivityWorker::turn_until() noexcept {
    // Whatever is thrown here (out of memory, most likely) ends one turn, not the daemon; the records stay.
    try {
        turn();
        return wake_at();
    } catch (const std::exception& e) {
        log().error("the activity thread met an unexpected error and goes on in a second: {}", e.what());
        return Clock::now() + kMinBackoff;
    }
}

void ActivityWorker::turn() {
    now_ = Clock::now();
    pump_failed_ = false;
    ensure_open();
    write_batch();
    step_jobs();
    retain();
    catch_up();
    when_idle();
}

bool ActivityWorker::ensure_open() {
    if (store_ != nullptr)
        return true;
    if (now_ < open_at_)
        return false;
    auto opened = ActivityStore::open(options_);
    if (!opened.has_value() && opened.error().kind == StoreFailure::Kind::corrupt) {
        handle(opened.error());
        opened = ActivityStore::open(options_);
    }
    if (!opened.has_value()) {
        handle(opened.error());
        open_at_ = retry_at_;
        return false;
    }
    store_ = std::move(*opened);
    is_behind_ = true;
    if (blocks_.empty())  // nothing that could show otherwise
        recovered();
    return true;
}

void ActivityWorker::write_batch() {
    if (store_ == nullptr || blocks_.empty() || now_ < retry_at_)
        return;
    const std::size_t count = std::min(blocks_.size(), batch_blocks_);
    const auto written = store_->write(std::span(blocks_).first(count));
    if (written.has_value())
        return committed(count);
    const auto kind = written.error().kind;
    handle(written.error());
    if (kind == StoreFailure::Kind::refused)
        refuse_batch(count);
}

void ActivityWorker::pump() noexcept {
    try {
        queue_.take_blocks(blocks_);
        if (blocks_.empty() || pump_failed_)
            return;
        const std::size_t count = std::min(blocks_.size(), kBatchBlocks);
        // What to do about a failure is for the next turn: the store must not be closed under its own query.
        pump_failed_ = !store_->write(std::span(blocks_).first(count)).has_value();
        if (!pump_failed_)
            committed(count);
    } catch (const std::exception&) {
        pump_failed_ = true;
    }
}

void ActivityWorker::committed(std::size_t count) {
    std::size_t rows = 0;
    for (std::size_t i = 0; i < count; ++i)
        rows += blocks_[i]->count();
    queue_.settle(blocks_, count, true);
    // Twice as many are deleted as come in, when the file is full.
    slice_rows_ = static_cast<int>(std::max<std::size_t>(1000, 2 * rows));
    retain_now_ = true;
    idle_at_ = now_ + kIdleAfter;
    recovered();
    tell_settled(true);
}

void ActivityWorker::tell_settled(bool committed) {
    if (tell_)
        tell_(queue_.progress().settled(), committed, {});
}

void ActivityWorker::step_jobs() {
    jobs_ready_ = false;
    for (auto& job : jobs_) {
        const JobStep outcome = step(job);
        jobs_ready_ = jobs_ready_ || outcome == JobStep::again;
        if (outcome == JobStep::done)
            end(job);
    }
    std::erase_if(jobs_, [](const ActivityJob& job) { return job.step == nullptr; });
    for (const auto& failure : std::exchange(job_failures_, {}))
        handle(failure);
}

JobStep ActivityWorker::step(ActivityJob& job) {
    if (job.abandoned())
        return JobStep::done;
    if (job.deadline.expired()) {
        job.fail(Error(errc::timeout, "the activity database did not answer in time" +
                                          (last_error_.empty() ? ": it is busy; try again" : ": " + last_error_)));
        return JobStep::done;
    }
    idle_at_ = now_ + kIdleAfter;
    return job.step(*this);
}

// The place is given back first: whoever gets the answer may ask again at once.
void ActivityWorker::end(ActivityJob& job) {
    job.step = nullptr;
    queue_.job_ended();
    job.answer();
}

void ActivityWorker::retain() {
    if (store_ == nullptr || (!retain_now_ && now_ < next_retention_))
        return;
    retain_now_ = retain_slice();
}

// True when there is more to do.
bool ActivityWorker::retain_slice() {
    store_result<std::int64_t> deleted = 0;
    const bool age_due = now_ >= next_retention_;
    if (age_due && options_.retention_days > 0)
        deleted = store_->delete_before(unix_ms_now() - options_.retention_days * kDayMs, slice_rows_);
    if (deleted.has_value() && *deleted == 0 && store_->over_size())
        deleted = store_->delete_before(INT64_MAX, slice_rows_);
    if (deleted.has_value() && *deleted == 0 && blocks_.empty() && (age_due || store_->file_over_size())) {
        const auto more = store_->compact();
        if (!more.has_value())
            deleted = more.error();
        else if (*more)
            return true;
    }
    if (!deleted.has_value()) {
        next_retention_ = now_ + kMinBackoff;
        if (deleted.error().kind != StoreFailure::Kind::busy)
            handle(deleted.error());
        return false;
    }
    if (*deleted == 0 && age_due) {
        next_retention_ = now_ + kRetentionEvery;
        is_behind_ = true;  // a write that failed may have left something
    }
    return *deleted > 0;
}

// A few milliseconds at a time, while nothing else waits.
void ActivityWorker::catch_up() {
    if (store_ == nullptr || !is_behind_ || !blocks_.empty())
        return;
    const auto more = store_->catch_up();
    is_behind_ = more.has_value() && *more;
    if (!more.has_value()) {
        is_behind_ = more.error().kind == StoreFailure::Kind::busy;
        if (!is_behind_)
            handle(more.error());
    }
}

void ActivityWorker::when_idle() {
    if (now_ < idle_at_ || idle_at_ == TimePoint::max() || !blocks_.empty())
        return;
    idle_at_ = TimePoint::max();
    queue_.shrink();
    if (store_ != nullptr)
        store_->release_memory();
}

TimePoint ActivityWorker::wake_at() const {
    if (jobs_ready_ || (retain_now_ && store_ != nullptr))
        return TimePoint::min();
    if (store_ != nullptr && is_behind_ && blocks_.empty())
        return now_ + kBusyRetry;
    TimePoint at = store_ == nullptr ? open_at_ : std::min(next_retention_, idle_at_);
    if (!blocks_.empty() && store_ != nullptr)
        at = std::min(at, retry_at_);
    for (const auto& job : jobs_)
        at = std::min({at, now_ + kBusyRetry, job.deadline.at()});
    return stopping_ ? std::min(at, queue_.stop_deadline().at()) : at;
}

void ActivityWorker::finish() {
    for (auto& job : jobs_) {
        job.fail(Error(errc::cancelled, "AgentHub is shutting down; ask again when it runs"));
        end(job);
    }
    jobs_.clear();
    std::size_t lost = 0;
    for (const auto& block : blocks_)
        lost += block->count();
    if (lost != 0)
        log().error("{} activity records could not be written before the end. {}", lost, last_error_);
    store_.reset();
}

}  // namespace agenthub
