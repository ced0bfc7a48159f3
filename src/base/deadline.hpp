// A point in time by which something must be done, handed down as one value instead of restarted per layer.
// A value; no ownership.

#pragma once

#include <algorithm>

#include "base/async.hpp"

namespace agenthub {

class Deadline {
public:
    // Never expires.
    constexpr Deadline() noexcept = default;
    explicit constexpr Deadline(TimePoint at) noexcept : at_(at) {}

    static Deadline after(Duration limit, TimePoint now = Clock::now()) noexcept { return Deadline(now + limit); }

    constexpr TimePoint at() const noexcept { return at_; }
    constexpr bool is_never() const noexcept { return at_ == TimePoint::max(); }
    bool expired(TimePoint now = Clock::now()) const noexcept { return now >= at_; }

    // Time left, never negative; Duration::max() when it never expires.
    Duration remaining(TimePoint now = Clock::now()) const noexcept {
        if (is_never())
            return Duration::max();
        return std::max(Duration::zero(), std::chrono::ceil<Duration>(at_ - now));
    }

    constexpr Deadline earlier(Deadline other) const noexcept { return Deadline(std::min(at_, other.at_)); }

private:
    TimePoint at_ = TimePoint::max();
};

}  // namespace agenthub
