// What the SQLite thread does when SQLite fails.
// Owned by ActivityService; runs on that thread alone.

#include <algorithm>
#include <utility>

#include "activity/worker.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

constexpr int kMaxRefusals = 3;
constexpr Duration kMaxBackoff{30'000};
constexpr Duration kBusyWorthTelling{5000};

}  // namespace

void ActivityWorker::refuse_batch(std::size_t count) {
    if (count > 1) {
        batch_blocks_ = 1;
        return;
    }
    if (++refusals_ < kMaxRefusals)
        return;
    log().error("{} activity records are given up: {}", blocks_.front()->count(), last_error_);
    queue_.settle(blocks_, 1, false);
    refusals_ = 0;
    tell_settled(false);
}

void ActivityWorker::handle(const StoreFailure& failure) {
    report(failure);
    switch (failure.kind) {
        case StoreFailure::Kind::busy: retry_at_ = now_ + kBusyRetry; return;
        case StoreFailure::Kind::corrupt: set_aside(); return;
        case StoreFailure::Kind::unavailable: store_.reset(); [[fallthrough]];
        case StoreFailure::Kind::no_space:
            // In strict mode no call is made meanwhile.
            backoff_ = std::clamp(backoff_ * 2, kMinBackoff, options_.strict ? kMinBackoff : kMaxBackoff);
            retry_at_ = now_ + (stopping_ ? kBusyRetry : backoff_);
            return;
        case StoreFailure::Kind::refused:
        case StoreFailure::Kind::interrupted: return;
    }
}

void ActivityWorker::set_aside() {
    store_.reset();
    const auto moved = ActivityStore::move_aside(options_.path, unix_ms_now());
    if (moved.has_value())
        log().error("the damaged activity database is kept as {}", *moved);
    else
        handle(StoreFailure(StoreFailure::Kind::unavailable, moved.error().message));
}

void ActivityWorker::report(const StoreFailure& failure) {
    if (failing_since_ == TimePoint::max())
        failing_since_ = now_;
    const bool changed = failure.message != last_error_;
    if (changed) {
        last_error_ = failure.message;
        queue_.set_error(last_error_);
    }
    // Locks of a few seconds are a backup or a person with a shell; nothing is lost, so nothing is said.
    const bool is_busy = failure.kind == StoreFailure::Kind::busy;
    const bool cannot_write =
        failure.kind == StoreFailure::Kind::no_space || failure.kind == StoreFailure::Kind::unavailable;
    if (tell_ && (cannot_write || (is_busy && now_ - failing_since_ >= kMinBackoff))) {
        told_failing_ = true;
        tell_(queue_.progress().settled(), false, last_error_);
    }
    if (is_busy && now_ - failing_since_ < kBusyWorthTelling)
        return;
    std::uint64_t suppressed = 0;
    const auto ms = std::chrono::duration_cast<Duration>(now_.time_since_epoch()).count();
    const bool due = error_log_.admit(ms, suppressed);
    if (due || (changed && !is_busy))
        log().error("{}", failure.message);
}

// Something was written: whatever was wrong is over.
void ActivityWorker::recovered() {
    batch_blocks_ = kBatchBlocks;
    refusals_ = 0;
    backoff_ = Duration::zero();
    if (std::exchange(told_failing_, false))
        tell_(queue_.progress().settled(), true, {});
    if (!last_error_.empty()) {
        if (now_ - failing_since_ > kBusyWorthTelling)
            log().info("activity is being written again to {}", options_.path.string());
        last_error_.clear();
        queue_.set_error({});
    }
    failing_since_ = TimePoint::max();
}

}  // namespace agenthub
