// The gate before one server.
// Owned by the slot.

#include "supervisor/call_gate.hpp"

#include <boost/asio/redirect_error.hpp>

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

// Places become free as soon as a call ends; nobody can tell when.
constexpr Duration kComeBack = std::chrono::seconds(1);
// Each further so many bytes of a request make it as costly as one call more.
constexpr std::size_t kBytesPerTurn = 16384;

// "30 s", "500 ms".
std::string wait_text(Duration wait) {
    if (wait < std::chrono::seconds(1))
        return std::to_string(wait.count()) + " ms";
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) + " s";
}

BulkheadLimits places_of(const ServerConfig& config) {
    return {config.max_concurrency, config.queue};
}

BreakerLimits breaker_of(const ServerConfig& config) {
    return {config.breaker_threshold, config.breaker_recovery};
}

}  // namespace

const std::string& client_of(const mcp::Caller& caller) {
    if (caller.principal != mcp::Caller().principal)
        return caller.principal;
    return caller.session_id.empty() ? caller.client_id : caller.session_id;
}

CallPass::~CallPass() {
    if (gate_ != nullptr)
        gate_->leave(*this);
}

void CallPass::settle(const result<mcp::Message>& reply) {
    outcome_ = reply ? CallOutcome::answered : outcome_of(reply.error());
}

// A call in the queue. Leaving the frame early (a cancelled coroutine) takes it out, or gives on the place it was
// given.
class CallGate::Waiter final : public Bulkhead::Waiter {
public:
    Waiter(CallGate& gate, const Exchange& e)
        : Bulkhead::Waiter(client_of(e.caller()),
                           static_cast<unsigned>(std::min<std::size_t>(e.request().text().size() / kBytesPerTurn + 1,
                                                                       Bulkhead::kMaxCost))),
          exchange(e),
          woken(gate.executor_),
          gate_(gate),
          place_(gate.waiters_.insert(gate.waiters_.end(), this)) {}
    ~Waiter() {
        gate_.waiters_.erase(place_);
        gate_.bulkhead_.remove(*this);
        if (has_place)
            gate_.free_place();
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    void give_place() {
        has_place = true;
        woken.cancel();
    }
    void refuse(Error why) {
        refusal = std::move(why);
        woken.cancel();
    }

    const Exchange& exchange;
    SteadyTimer woken;  // expires when the call has waited too long
    bool has_place = false;
    std::optional<Error> refusal;

private:
    CallGate& gate_;
    std::list<Waiter*>::iterator place_;
};

CallGate::CallGate(Executor executor, const ServerConfig& config)
    : executor_(executor),
      server_(config.name),
      queue_timeout_(config.queue_timeout),
      breaker_(breaker_of(config)),
      bulkhead_(places_of(config)) {}

CallGate::~CallGate() = default;

void CallGate::reconfigure(const ServerConfig& config) {
    queue_timeout_ = config.queue_timeout;
    breaker_.set_limits(breaker_of(config));
    bulkhead_.set_limits(places_of(config));
    while (auto* next = bulkhead_.admit())
        static_cast<Waiter*>(next)->give_place();
}

bool CallGate::try_enter(CallPass& pass) noexcept {
    if (!breaker_.is_closed() || !bulkhead_.try_enter())
        return false;
    pass.gate_ = this;
    pass.ticket_ = breaker_.ticket();
    return true;
}

std::optional<Error> CallGate::refusal() {
    const auto wait = breaker_.refusal(Clock::now());
    if (!wait)
        return std::nullopt;
    ++counters_.refused;
    return open_error(*wait);
}

awaitable<result<void>> CallGate::enter(CallPass& pass, const Exchange& exchange) {
    if (auto why = refusal())
        co_return std::move(*why);
    if (!bulkhead_.try_enter()) {
        auto waited = co_await wait_in_queue(exchange);
        if (!waited)
            co_return waited;
    }
    // The breaker may have opened, or another call become the probe, while this one waited.
    const TimePoint now = Clock::now();
    const auto ticket = breaker_.admit(now);
    if (!ticket) {
        const Duration wait = breaker_.refusal(now).value_or(kComeBack);
        free_place();
        ++counters_.refused;
        co_return open_error(wait);
    }
    pass.gate_ = this;
    pass.ticket_ = *ticket;
    co_return result<void>();
}

// On success the call has a place.
awaitable<result<void>> CallGate::wait_in_queue(const Exchange& exchange) {
    const Deadline limit = Deadline::after(queue_timeout_).earlier(exchange.deadline());
    Waiter waiter(*this, exchange);
    const auto queued = bulkhead_.add(waiter);
    if (!queued.accepted) {
        ++counters_.overflows;
        co_return full_error();
    }
    if (queued.evicted != nullptr) {
        ++counters_.overflows;
        static_cast<Waiter*>(queued.evicted)->refuse(full_error());
    }
    boost::system::error_code ignored;
    waiter.woken.expires_at(limit.at());
    co_await waiter.woken.async_wait(asio::redirect_error(use_awaitable, ignored));
    if (waiter.refusal)
        co_return std::move(*waiter.refusal);
    if (!std::exchange(waiter.has_place, false)) {
        ++counters_.timeouts;
        co_return late_error();
    }
    co_return result<void>();
}

void CallGate::cancel(const Exchange& exchange) {
    for (Waiter* waiter : waiters_)
        if (&waiter->exchange == &exchange && waiter->is_waiting()) {
            bulkhead_.remove(*waiter);
            waiter->refuse(Error(errc::cancelled, "the client cancelled the call"));
        }
}

void CallGate::leave(const CallPass& pass) noexcept {
    const bool was_closed = breaker_.is_closed();
    const bool opened = breaker_.settle(pass.ticket_, pass.outcome_, Clock::now(), unix_ms_now());
    if (opened)
        turn_all_away();
    else if (!was_closed && breaker_.is_closed())
        log().info("server {}: its circuit breaker is closed again", server_);
    free_place();
}

void CallGate::free_place() noexcept {
    if (auto* next = bulkhead_.leave())
        static_cast<Waiter*>(next)->give_place();
}

// The breaker has opened: whoever waits would only be refused later.
void CallGate::turn_all_away() {
    const Duration wait = breaker_.limits().recovery;
    log().warn("server {}: its circuit breaker is open (failures in a row: {}); a call is tried again in {}", server_,
               breaker().failure_count, wait_text(wait));
    for (Bulkhead::Waiter* waiter : bulkhead_.take_all()) {
        ++counters_.refused;
        static_cast<Waiter*>(waiter)->refuse(open_error(wait));
    }
}

void CallGate::close_breaker() {
    if (!breaker_.is_closed())
        log().info("server {}: its circuit breaker was closed by an operator", server_);
    breaker_.reset();
}

// Begins as the prototype's message does.
Error CallGate::open_error(Duration wait) const {
    return {errc::breaker_open,
            "Server " + server_ + " circuit breaker open: its last calls failed (" +
                std::to_string(breaker().failure_count) + " in a row). A call is tried again in " + wait_text(wait) +
                "; a restart of the server, or POST /circuit-breakers/" + server_ +
                "/reset, lets calls through at once",
            wait};
}

Error CallGate::full_error() const {
    return {errc::busy,
            "server '" + server_ + "' works on " + std::to_string(bulkhead_.running()) +
                " calls (max_concurrency), and as many as may wait do (queue); try again later",
            kComeBack};
}

Error CallGate::late_error() const {
    return {errc::busy,
            "server '" + server_ + "' works on " + std::to_string(bulkhead_.running()) +
                " calls (max_concurrency), and no place became free in time (queue_timeout); try again later",
            kComeBack};
}

}  // namespace agenthub
