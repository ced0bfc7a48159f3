// How late the event loop runs its timers: what every client feels when something holds the loop up.
// Owned by the gateway; loop thread only.

#pragma once

#include <algorithm>

#include "base/async.hpp"

namespace agenthub {

class LoopLag {
public:
    using Microseconds = std::chrono::microseconds;

    // Measures until it is cancelled: a timer, twice per second, compared with the time at which it was due.
    awaitable<void> run();

    // One measurement.
    void note(Clock::duration late) noexcept {
        last_ = std::max(std::chrono::duration_cast<Microseconds>(late), Microseconds(0));
        longest_ = std::max(longest_, last_);
    }

    Microseconds last() const noexcept { return last_; }
    // Since the start of the daemon.
    Microseconds longest() const noexcept { return longest_; }

private:
    Microseconds last_{0};
    Microseconds longest_{0};
};

}  // namespace agenthub
