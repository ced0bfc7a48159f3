// Whether calls to one server are let through: after several failures in a row nothing is tried for a while.
// A value owned by the server's call gate. Pure: time is passed in.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/async.hpp"
#include "base/call_outcome.hpp"

namespace agenthub {

struct BreakerLimits {
    std::uint32_t threshold = 3;                   // failures in a row that open it; 0: it never opens
    Duration recovery = std::chrono::seconds(30);  // from its opening to the probe
    bool operator==(const BreakerLimits&) const = default;
};

enum class BreakerState : std::uint8_t { closed, open, half_open };

// The names the prototype's clients know.
std::string_view to_string(BreakerState state) noexcept;

// Times are milliseconds since the epoch, 0: never.
struct BreakerSnapshot {
    BreakerState state = BreakerState::closed;
    std::uint64_t failure_count = 0;  // failures in a row, as the threshold counts them
    std::uint64_t success_count = 0;  // answers in a row
    std::int64_t last_failure_ms = 0;
    std::int64_t last_success_ms = 0;
    std::uint64_t total_failures = 0;  // calls
    std::uint64_t total_successes = 0;
    std::uint64_t times_opened = 0;
};

// clang-format off
//   event \ state     │ closed                    │ open                    │ half_open
//   a call comes      │ let through               │ before recovery: refuse │ no probe under way: let it through as
//                     │                           │ after: half_open, probe │ the probe; else refuse
//   one that may not  │ let through               │ before recovery: refuse │ no probe under way: let it through,
//   be the probe      │                           │ after: let it through   │ not as the probe; else refuse
//   call: answered    │ failures in a row = 0     │ counted                 │ counted
//   call: failed      │ one more; at threshold:   │ counted                 │ counted
//                     │ open                      │                         │
//   call: died        │ as failed, once for all   │ counted                 │ counted
//                     │ calls let in before it    │                         │
//   call: unknown     │ –                         │ –                       │ –
//   probe: answered   │ –                         │ –                       │ closed
//   probe: failed     │ –                         │ –                       │ open, recovery starts anew
//   probe: died       │ –                         │ –                       │ open, recovery starts anew
//   probe: unknown    │ –                         │ –                       │ the next call is the probe
//   reset             │ failures in a row = 0     │ closed                  │ closed
// clang-format on
// "Counted": in the totals and the times only. What was let in before a reset tells nothing after it: its failure may
// be the work of the operator who restarted the server.
class CircuitBreaker {
public:
    // Given to each call that is let through, and given back once by settle(). A probe's must be given back, also when
    // the call was never made.
    struct Ticket {
        std::uint32_t era = 0;     // resets so far
        std::uint32_t deaths = 0;  // counted so far
        bool probe = false;
    };

    // How long a call that is refused because the probe is still under way is asked to wait.
    static constexpr Duration kProbeWait = std::chrono::seconds(1);

    explicit CircuitBreaker(BreakerLimits limits) noexcept : limits_(limits) {}

    bool is_closed() const noexcept { return state_ == BreakerState::closed; }
    // What a closed breaker lets a call through with.
    Ticket ticket() const noexcept { return {era_, deaths_, false}; }

    // nullopt: refused. A call that may not be the probe is one of which nobody can tell how long it takes.
    std::optional<Ticket> admit(TimePoint now, bool may_probe = true) noexcept;
    // How long to wait when a call would be refused; nullopt when it would not.
    std::optional<Duration> refusal(TimePoint now) const noexcept;

    // `unix_ms` is the same moment as `now`. True when this opened the breaker.
    bool settle(const Ticket& ticket, CallOutcome outcome, TimePoint now, std::int64_t unix_ms) noexcept;

    // By an operator: closed, and whatever is under way counts for nothing any more. Totals stay.
    void reset() noexcept;

    BreakerSnapshot snapshot(TimePoint now) const noexcept;
    void set_limits(BreakerLimits limits) noexcept { limits_ = limits; }
    const BreakerLimits& limits() const noexcept { return limits_; }

private:
    void settle_probe(CallOutcome outcome, TimePoint now) noexcept;
    void settle_call(const Ticket& ticket, CallOutcome outcome, TimePoint now) noexcept;
    void open(TimePoint now) noexcept;

    BreakerLimits limits_;
    BreakerState state_ = BreakerState::closed;
    bool probing_ = false;  // half_open: the probe is under way
    std::uint32_t era_ = 0;
    std::uint32_t deaths_ = 0;
    TimePoint probe_at_{};  // open: when the recovery ends
    BreakerSnapshot counts_;
};

}  // namespace agenthub
