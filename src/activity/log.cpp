// Filling blocks, handing them over, and what happens when there are too many.
// Owned by ActivityService; loop thread only.

#include "activity/log.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <new>

#include "base/text.hpp"

namespace agenthub {
namespace {

// Beside the number of records their bytes are bounded: 1 KiB per record on average, and two blocks to work with.
std::size_t block_limit(std::size_t records) {
    return records * 1024 / RecordBlock::kBytes + 2;
}

std::int64_t monotonic_ms() {
    return std::chrono::duration_cast<Duration>(Clock::now().time_since_epoch()).count();
}

}  // namespace

ActivityLog::ActivityLog(Executor executor, ActivityQueue& queue, const ActivityOptions& options,
                         std::shared_ptr<CommitGate> gate)
    : queue_(queue),
      gate_(std::move(gate)),
      limit_(static_cast<std::int64_t>(options.queue)),
      max_blocks_(block_limit(options.queue)),
      batch_(options.batch),
      timer_(executor) {
    full_.reserve(kBatchBlocks + 1);
    spare_.reserve(2 * kBatchBlocks);
}

std::int64_t ActivityLog::record(const ActivityRecord& record) noexcept {
    if (is_off())
        return 0;
    ++recorded_;
    if ((lost_ > 0 || !has_room()) && !make_room()) [[unlikely]]
        return drop();
    if ((block_ == nullptr || !block_->fits()) && !next_block()) [[unlikely]]
        return drop();
    append(record);
    if (gate_ != nullptr)
        gate_->hand_over_soon();
    return sequence_;
}

void ActivityLog::append(const ActivityRecord& record) noexcept {
    block_->append(record, ++sequence_);
    ++accepted_;
    if (asleep_) {
        asleep_ = false;
        timer_.cancel();
    }
}

// Puts an empty block in the place of the open one. False when memory, or what the log may use of it, is used up.
bool ActivityLog::next_block() noexcept {
    if (block_ != nullptr)
        full_.push_back(std::move(block_));
    if (full_.size() >= kBatchBlocks)
        hand_over();
    if (full_.size() + progress_.blocks_held >= max_blocks_) {
        update(queue_.progress());
        if (full_.size() + progress_.blocks_held >= max_blocks_)
            return false;
    }
    // A batch may be larger than the one before. Without a look at what the writer has given back since, each such
    // batch would make blocks anew, and those that nobody takes would pile up.
    if (spare_.empty())
        queue_.take_empty(spare_, kBatchBlocks);
    if (spare_.empty()) {
        block_.reset(new (std::nothrow) RecordBlock);
    } else {
        block_ = std::move(spare_.back());
        spare_.pop_back();
    }
    return block_ != nullptr;
}

void ActivityLog::hand_over() noexcept {
    if (block_ != nullptr && !block_->empty())
        full_.push_back(std::move(block_));
    if (full_.empty())
        return;
    // As many as this batch took will do for the next one.
    const std::size_t wanted = std::min(full_.size() + 1, 2 * kBatchBlocks);
    handed_ = accepted_;
    update(queue_.hand_over(full_, spare_, wanted));
}

void ActivityLog::update(const ActivityProgress& progress) noexcept {
    const std::int64_t refused = progress.discarded - progress_.discarded;
    dropped_ += refused;
    lost_ += refused;
    progress_ = progress;
}

// Called when there was no room, or records were lost before: looks at what the writer has settled meanwhile.
bool ActivityLog::make_room() noexcept {
    update(queue_.progress());
    note_lost();
    return has_room();
}

// Accounts for lost records by a row of their own, in the place where they are missing.
void ActivityLog::note_lost() noexcept {
    if (lost_ == 0 || !has_room() || ((block_ == nullptr || !block_->fits()) && !next_block()))
        return;
    static constexpr std::string_view kWhy =
        " records were lost: the activity queue was full, or the database refused them";
    std::array<char, kWhy.size() + 24> text;
    char* end = std::to_chars(text.data(), text.data() + text.size(), lost_).ptr;
    end = std::copy(kWhy.begin(), kWhy.end(), end);
    ActivityRecord row;
    row.unix_ms = unix_ms_now();
    row.client_id = "agenthub";
    row.outcome = Outcome::overflow;
    row.error_text = std::string_view(text.data(), static_cast<std::size_t>(end - text.data()));
    lost_ = 0;
    append(row);
}

std::int64_t ActivityLog::drop() noexcept {
    ++dropped_;
    ++lost_;
    std::uint64_t suppressed = 0;
    if (drop_log_.admit(monotonic_ms(), suppressed))
        report_drop();
    if (asleep_) {
        asleep_ = false;
        timer_.cancel();
    }
    return 0;
}

void ActivityLog::report_drop() {
    const auto why = queue_.last_error();
    log().error(
        "activity records are being lost: {} wait to be written and the limit is {} of 1 KiB each (activity.queue); "
        "{} lost so far. {}",
        accepted_ - progress_.settled(), limit_, dropped_, why.empty() ? "The disk is too slow for the traffic" : why);
}

// While the writer has not finished what it has, batches grow instead of piling up as many blocks with a few records.
void ActivityLog::tick() noexcept {
    update(queue_.progress());
    note_lost();
    hand_over_group();
}

void ActivityLog::hand_over_group() noexcept {
    update(queue_.progress());
    const bool writer_busy = handed_ > progress_.settled();
    if (!writer_busy || full_.size() >= kBatchBlocks)
        hand_over();
}

void ActivityLog::shrink() noexcept {
    spare_.clear();
    if (block_ != nullptr && block_->empty())
        block_.reset();
}

awaitable<void> ActivityLog::run() {
    boost::system::error_code ignored;
    for (;;) {
        if (has_work()) {
            timer_.expires_after(batch_);
            co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
            tick();
            continue;
        }
        asleep_ = true;
        timer_.expires_after(kIdleAfter);
        co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
        if (asleep_) {
            shrink();
            timer_.expires_at(TimePoint::max());
            co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
        }
        asleep_ = false;
    }
}

}  // namespace agenthub
