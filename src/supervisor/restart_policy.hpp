// When a server that failed may be started again: exponential back-off with jitter, and a budget.
// A value owned by the server's state machine. Pure: time and randomness are passed in.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/async.hpp"

namespace agenthub {

struct RestartLimits {
    std::uint32_t max_restarts = 3;                     // automatic restarts within `window`; 0: none
    Duration window = std::chrono::minutes(10);         // a restart older than this no longer counts
    Duration stable = std::chrono::seconds(60);         // uptime after which every earlier failure is forgotten
    Duration first_delay{500};                          // doubles with each failure …
    Duration longest_delay = std::chrono::seconds(60);  // … up to this
};

class RestartPolicy {
public:
    explicit RestartPolicy(RestartLimits limits) noexcept : limits_(limits) {}

    // A server that was to be up is not. `up_since`: when it finished its handshake, if it did. `random`: [0, 1).
    // The delay until its restart, which is counted as made; nullopt when the budget is spent.
    std::optional<Duration> after_failure(TimePoint now, std::optional<TimePoint> up_since, double random);

    // A failure after which nothing restarts by itself: only the back-off grows.
    void note_failure(TimePoint now, std::optional<TimePoint> up_since);

    // The delay before a call may try again after note_failure(), or after a spent budget.
    Duration cool_down(double random) const noexcept { return delay(random); }

    // As if nothing had ever failed: an operator's start or stop.
    void reset() noexcept;

    void set_limits(RestartLimits limits) noexcept { limits_ = limits; }
    const RestartLimits& limits() const noexcept { return limits_; }

private:
    Duration delay(double random) const noexcept;

    RestartLimits limits_;
    std::uint32_t failures_ = 0;      // since the last healing
    std::deque<TimePoint> restarts_;  // within the window, at most max_restarts
};

}  // namespace agenthub
