// The gate before one server: refuses calls while its circuit breaker is open, and lets clients take turns when all of
// its places are taken. Owned by the slot, which every call holds; loop thread only.

#pragma once

#include <list>
#include <string>

#include "base/bulkhead.hpp"
#include "base/circuit_breaker.hpp"
#include "base/task_group.hpp"
#include "bridge/exchange.hpp"
#include "config/config.hpp"

namespace agenthub {

class CallGate;

// One call's place at a server. Empty until the call has entered; gives the place back when it is destroyed.
class CallPass {
public:
    CallPass() noexcept = default;
    ~CallPass();
    CallPass(const CallPass&) = delete;
    CallPass& operator=(const CallPass&) = delete;

    // How the call went. Without this, as for a call that was broken off, it tells nothing of the server.
    void settle(const result<mcp::Message>& reply);

private:
    friend class CallGate;
    CallGate* gate_ = nullptr;
    CircuitBreaker::Ticket ticket_;
    CallOutcome outcome_ = CallOutcome::unknown;
};

class CallGate {
public:
    // What became of the calls that could not enter at once.
    struct Counters {
        std::uint64_t refused = 0;    // by the breaker
        std::uint64_t overflows = 0;  // by the queue
        std::uint64_t timeouts = 0;   // in the queue
    };

    CallGate(Executor executor, const ServerConfig& config);
    ~CallGate();
    CallGate(const CallGate&) = delete;
    CallGate& operator=(const CallGate&) = delete;

    // The way of nearly every call: true when the breaker is closed and a place is free. Costs no allocation.
    bool try_enter(CallPass& pass) noexcept;
    // The way of the others: waits in the queue for up to queue_timeout, or the exchange's deadline if that is earlier.
    // Errors: errc::breaker_open and errc::busy (the queue is full, or the wait was too long), each with the time after
    // which to come back; errc::cancelled.
    awaitable<result<void>> enter(CallPass& pass, const Exchange& exchange);
    // Why enter() would refuse at once, counted as such, for calls that have something else to wait for before.
    std::optional<Error> refusal();
    // The client cancelled: enter() of this exchange returns errc::cancelled. Unknown exchanges are ignored.
    void cancel(const Exchange& exchange);

    // Takes the limits of a new configuration over, for those who wait as well.
    void reconfigure(const ServerConfig& config);

    // By an operator: the breaker is closed, and calls under way no longer count.
    void close_breaker();
    bool breaker_is_closed() const noexcept { return breaker_.is_closed(); }
    BreakerSnapshot breaker() const noexcept { return breaker_.snapshot(Clock::now()); }

    std::size_t running() const noexcept { return bulkhead_.running(); }
    std::size_t waiting() const noexcept { return bulkhead_.waiting(); }
    const Counters& counters() const noexcept { return counters_; }

private:
    friend class CallPass;
    class Waiter;

    awaitable<result<void>> wait_in_queue(const Exchange& exchange);
    void leave(const CallPass& pass) noexcept;
    void free_place() noexcept;
    void turn_all_away();
    Error open_error(Duration wait) const;
    Error full_error() const;
    Error late_error() const;

    Executor executor_;
    std::string server_;
    Duration queue_timeout_;
    CircuitBreaker breaker_;
    Bulkhead bulkhead_;
    std::list<Waiter*> waiters_;  // on their coroutines' frames
    Counters counters_;
};

// Whose turns are counted together: all sessions of a principal that is known, else each session by itself.
const std::string& client_of(const mcp::Caller& caller);

}  // namespace agenthub
