// When a server that failed may be started again: a policy for each class of failure, exponential back-off with jitter,
// and a budget. A value owned by the server's state machine. Pure: time and randomness are passed in.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/async.hpp"
#include "base/error.hpp"

namespace agenthub {

// What went wrong with a server.
enum class FailureClass : std::uint8_t {
    exec_failed,        // the program could not be run
    no_resources,       // the machine could not make the process
    handshake_exited,   // it ended during the handshake
    handshake_refused,  // it answered the handshake with an error, or with what AgentHub does not speak
    handshake_timeout,  // it did not answer the handshake in time
    crashed,            // it ended after the handshake
    unhealthy,          // its health check failed, or it closed its output without ending
    out_of_memory,      // the kernel killed it because memory was short
};

// clang-format off
//   class             │ code   │ again by itself │ first after │ budget │ because
//   exec failed       │ AH-204 │ no              │ 0.5 s (a)   │ –      │ the same command only fails again
//   no resources      │ AH-301 │ yes             │ 0.5 s       │ free   │ not its fault, and an attempt costs nothing
//   handshake exited  │ AH-205 │ yes             │ 0.5 s       │ counts │ what it needs may not be up yet
//   handshake refused │ AH-206 │ yes             │ 2 s         │ counts │ it works, and said no: that seldom passes soon
//   handshake timeout │ AH-207 │ yes             │ 2 s         │ counts │ it, or the machine, was too slow already
//   crashed           │ AH-401 │ yes             │ 0.5 s       │ counts │ callers wait for it
//   unhealthy         │ AH-402 │ yes             │ at once (b) │ counts │ noticing took long enough, and it did start
//   out of memory     │ AH-403 │ yes             │ 5 s         │ counts │ memory must become free before it helps
// clang-format on
// Each further failure, of whatever class, doubles the delay, up to `longest_delay`.
// (a) until a call may try; (b) the second failure waits as after a crash.
struct FailurePolicy {
    errc code;               // of the class
    bool retried = true;     // by itself
    bool budgeted = true;    // its restarts count
    bool at_once = false;    // the first restart waits for nothing
    Duration first_delay{};  // when longer than that of the limits; jitter does not shorten it
};
FailurePolicy policy_of(FailureClass kind) noexcept;

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
    // The delay until its restart, which is counted as made; nullopt when its class is not retried, or the budget is
    // spent.
    std::optional<Duration> after_failure(FailureClass kind, TimePoint now, std::optional<TimePoint> up_since,
                                          double random);

    // A failure after which nothing restarts by itself: only the back-off grows.
    void note_failure(TimePoint now, std::optional<TimePoint> up_since);

    // The delay before a call may try again after note_failure(), or after a spent budget.
    Duration cool_down(FailureClass kind, double random) const noexcept { return delay(policy_of(kind), random); }

    // As if nothing had ever failed: an operator's start or stop.
    void reset() noexcept;

    void set_limits(RestartLimits limits) noexcept { limits_ = limits; }
    const RestartLimits& limits() const noexcept { return limits_; }

private:
    Duration delay(const FailurePolicy& policy, double random) const noexcept;

    RestartLimits limits_;
    std::uint32_t failures_ = 0;      // since the last healing
    std::deque<TimePoint> restarts_;  // within the window, at most max_restarts
};

}  // namespace agenthub
