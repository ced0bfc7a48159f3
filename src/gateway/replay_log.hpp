// What one stream has said, as far as it is kept for a client that comes back: events in order, bounded by their bytes.
// Pure; owned by the stream.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace agenthub {

// What happens to an event that is larger than the bound by itself: it is not kept, or kept alone.
enum class Oversize { forget, keep };

class ReplayLog {
public:
    // `limit`: bytes of events.
    explicit ReplayLog(std::size_t limit) noexcept : limit_(limit) {}

    // Adds the next event, and forgets the oldest until the rest is within the bound.
    void append(std::string_view event, Oversize oversize = Oversize::forget);

    // How many events there were: the position after the last of them.
    std::uint64_t end() const noexcept { return first_ + (ends_.size() - dropped_); }
    // The bytes of all events after the first `position`; nothing when some of those are kept no more, or when there
    // were not so many. Valid until the next event.
    std::optional<std::string_view> after(std::uint64_t position) const noexcept;
    std::size_t bytes() const noexcept { return bytes_.size() - begin_; }

private:
    void drop_oldest();
    void close_gap();

    std::size_t limit_;
    std::string bytes_;              // those that were dropped are cut off now and then
    std::vector<std::size_t> ends_;  // where each event ends in bytes_
    std::size_t dropped_ = 0;        // leading elements of ends_ that are kept no more …
    std::size_t begin_ = 0;          // … and where they end
    std::uint64_t first_ = 0;        // position before the oldest that is kept
};

}  // namespace agenthub
