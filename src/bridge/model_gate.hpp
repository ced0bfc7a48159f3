// The gate before the model backend: refuses requests while its circuit breaker is open, and lets clients take turns
// when all of its places are taken. Owned by the Ollama client; loop thread only.

#pragma once

#include <list>
#include <string>

#include "base/async.hpp"
#include "base/bulkhead.hpp"
#include "base/circuit_breaker.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"
#include "bridge/ollama_facts.hpp"
#include "config/ollama_config.hpp"

namespace agenthub {

class ModelGate;

// One request's place at the backend. Empty until the request has entered; gives the place back when it is destroyed.
class ModelPass {
public:
    ModelPass() noexcept = default;
    ~ModelPass();
    ModelPass(const ModelPass&) = delete;
    ModelPass& operator=(const ModelPass&) = delete;

    // How the request went. Without this, as for one that was broken off, it tells nothing of the backend.
    void settle(CallOutcome outcome) noexcept;
    // The backend has begun to answer. That is all the breaker's probe is to find out: others need not wait for the end
    // of its stream. Any other request counts when it ends.
    void begun() noexcept;

private:
    friend class ModelGate;
    ModelGate* gate_ = nullptr;
    CircuitBreaker::Ticket ticket_;
    CallOutcome outcome_ = CallOutcome::unknown;
    bool counted_ = false;  // as a success, by begun()
};

class ModelGate {
public:
    ModelGate(Executor executor, const OllamaConfig& config);
    ~ModelGate();
    ModelGate(const ModelGate&) = delete;
    ModelGate& operator=(const ModelGate&) = delete;

    // Lets the request through, or waits in the queue for up to queue_timeout, or the deadline if that is earlier.
    // `client` takes turns with others; a request that `may_probe` may be the breaker's probe. Errors:
    // errc::breaker_open and errc::busy (the queue is full, or the wait was too long), each with the time after which
    // to come back; errc::cancelled when the coroutine was.
    awaitable<result<void>> enter(ModelPass& pass, std::string client, Deadline deadline, bool may_probe = true);

    // Takes the limits of a new configuration over, for those who wait as well.
    void reconfigure(const OllamaConfig& config);

    // The breaker is closed, and requests under way no longer count.
    void close_breaker(std::string_view why = "by an operator");
    BreakerSnapshot breaker() const noexcept { return breaker_.snapshot(Clock::now()); }

    std::size_t running() const noexcept { return bulkhead_.running(); }
    std::size_t waiting() const noexcept { return bulkhead_.waiting(); }
    const ModelCounters& counters() const noexcept { return counters_; }

private:
    friend class ModelPass;
    class Waiter;

    awaitable<result<void>> wait_in_queue(std::string client, Deadline deadline);
    void leave(const ModelPass& pass) noexcept;
    bool settle(const ModelPass& pass, CallOutcome outcome) noexcept;
    void free_place() noexcept;
    void turn_all_away();
    Error open_error(Duration wait) const;
    Error full_error(std::string_view why) const;

    Executor executor_;
    Duration queue_timeout_;
    CircuitBreaker breaker_;
    Bulkhead bulkhead_;
    ModelCounters counters_;
};

}  // namespace agenthub
