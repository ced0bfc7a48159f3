// What one stream has said, as far as it is kept.
// Pure.

#include "gateway/replay_log.hpp"

namespace agenthub {

void ReplayLog::append(std::string_view event, Oversize oversize) {
    // Made room for before it is added, so that the buffer grows no larger than what it may keep.
    while (dropped_ < ends_.size() && bytes() + event.size() > limit_)
        drop_oldest();
    close_gap();
    bytes_ += event;
    ends_.push_back(bytes_.size());
    if (event.size() > limit_ && oversize == Oversize::forget) {
        drop_oldest();
        close_gap();
    }
}

std::optional<std::string_view> ReplayLog::after(std::uint64_t position) const noexcept {
    if (position < first_ || position > end())
        return std::nullopt;
    if (position == first_)
        return std::string_view(bytes_).substr(begin_);
    return std::string_view(bytes_).substr(ends_[dropped_ + (position - first_) - 1]);
}

void ReplayLog::drop_oldest() {
    begin_ = ends_[dropped_];
    ++dropped_;
    ++first_;
}

// Only when at least half of the buffer is of no use: so each byte is moved once on average.
void ReplayLog::close_gap() {
    if (begin_ == 0 || begin_ * 2 < bytes_.size())
        return;
    bytes_.erase(0, begin_);
    ends_.erase(ends_.begin(), ends_.begin() + static_cast<std::ptrdiff_t>(dropped_));
    for (std::size_t& end : ends_)
        end -= begin_;
    begin_ = 0;
    dropped_ = 0;
    if (bytes_.empty() && bytes_.capacity() > limit_)
        bytes_.shrink_to_fit();
}

}  // namespace agenthub
