// The gate before the model backend.
// Owned by the Ollama client.

#include "bridge/model_gate.hpp"

#include <boost/asio/redirect_error.hpp>

#include <optional>
#include <utility>

#include "base/log.hpp"
#include "base/text.hpp"

namespace agenthub {
namespace {

// Places become free as soon as a request ends; nobody can tell when.
constexpr Duration kComeBack = std::chrono::seconds(1);

std::string seconds_text(Duration wait) {
    if (wait < std::chrono::seconds(1))
        return std::to_string(wait.count()) + " ms";
    return std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) + " s";
}

BulkheadLimits places_of(const OllamaConfig& config) {
    return {config.max_concurrency, config.queue};
}

BreakerLimits breaker_of(const OllamaConfig& config) {
    return {config.breaker_threshold, config.breaker_recovery};
}

}  // namespace

ModelPass::~ModelPass() {
    if (gate_ != nullptr)
        gate_->leave(*this);
}

void ModelPass::settle(CallOutcome outcome) noexcept {
    if (!counted_ || outcome != CallOutcome::answered)
        outcome_ = outcome;
}

void ModelPass::begun() noexcept {
    if (gate_ == nullptr || !ticket_.probe)
        return;
    gate_->settle(*this, CallOutcome::answered);
    ticket_.probe = false;
    counted_ = true;
}

// A request in the queue. Leaving the frame early (a cancelled coroutine) takes it out, or gives on the place it was
// given.
class ModelGate::Waiter final : public Bulkhead::Waiter {
public:
    Waiter(ModelGate& gate, std::string client)
        : Bulkhead::Waiter(std::move(client), 1), woken(gate.executor_), gate_(gate) {}
    ~Waiter() {
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

    SteadyTimer woken;  // expires when the request has waited too long
    bool has_place = false;
    std::optional<Error> refusal;

private:
    ModelGate& gate_;
};

ModelGate::ModelGate(Executor executor, const OllamaConfig& config)
    : executor_(executor),
      queue_timeout_(config.queue_timeout),
      breaker_(breaker_of(config)),
      bulkhead_(places_of(config)) {}

ModelGate::~ModelGate() = default;

void ModelGate::reconfigure(const OllamaConfig& config) {
    queue_timeout_ = config.queue_timeout;
    breaker_.set_limits(breaker_of(config));
    bulkhead_.set_limits(places_of(config));
    while (auto* next = bulkhead_.admit())
        static_cast<Waiter*>(next)->give_place();
}

awaitable<result<void>> ModelGate::enter(ModelPass& pass, std::string client, Deadline deadline, bool may_probe) {
    if (const auto wait = breaker_.refusal(Clock::now())) {
        ++counters_.refused;
        co_return open_error(*wait);
    }
    if (!bulkhead_.try_enter()) {
        auto waited = co_await wait_in_queue(std::move(client), deadline);
        if (!waited)
            co_return waited;
    }
    // The breaker may have opened, or another request become the probe, while this one waited.
    const TimePoint now = Clock::now();
    const auto ticket = breaker_.admit(now, may_probe);
    if (!ticket) {
        const Duration wait = breaker_.refusal(now).value_or(kComeBack);
        free_place();
        ++counters_.refused;
        co_return open_error(wait);
    }
    ++counters_.requests;
    pass.gate_ = this;
    pass.ticket_ = *ticket;
    co_return result<void>();
}

// On success the request has a place.
awaitable<result<void>> ModelGate::wait_in_queue(std::string client, Deadline deadline) {
    const Deadline limit = Deadline::after(queue_timeout_).earlier(deadline);
    Waiter waiter(*this, std::move(client));
    const auto queued = bulkhead_.add(waiter);
    if (!queued.accepted) {
        ++counters_.overflows;
        co_return full_error("and as many as may wait do (ollama.queue)");
    }
    if (queued.evicted != nullptr) {
        ++counters_.overflows;
        static_cast<Waiter*>(queued.evicted)->refuse(full_error("and as many as may wait do (ollama.queue)"));
    }
    boost::system::error_code ignored;
    waiter.woken.expires_at(limit.at());
    co_await waiter.woken.async_wait(asio::redirect_error(use_awaitable, ignored));
    if (waiter.refusal)
        co_return std::move(*waiter.refusal);
    if (!waiter.has_place && !limit.expired())
        co_return Error(errc::cancelled, "the request was broken off");
    if (!std::exchange(waiter.has_place, false)) {
        ++counters_.timeouts;
        co_return full_error("and no place became free in time (ollama.queue_timeout)");
    }
    co_return result<void>();
}

void ModelGate::leave(const ModelPass& pass) noexcept {
    const bool failed = pass.outcome_ != CallOutcome::unknown && pass.outcome_ != CallOutcome::answered;
    counters_.failures += failed ? 1 : 0;
    if (settle(pass, pass.outcome_))
        turn_all_away();
    free_place();
}

// True when the breaker has opened.
bool ModelGate::settle(const ModelPass& pass, CallOutcome outcome) noexcept {
    const bool was_closed = breaker_.is_closed();
    const bool opened = breaker_.settle(pass.ticket_, outcome, Clock::now(), unix_ms_now());
    if (!was_closed && breaker_.is_closed())
        log().info("ollama: its circuit breaker is closed again");
    return opened;
}

void ModelGate::free_place() noexcept {
    if (auto* next = bulkhead_.leave())
        static_cast<Waiter*>(next)->give_place();
}

// The breaker has opened: whoever waits would only be refused later.
void ModelGate::turn_all_away() {
    const Duration wait = breaker_.limits().recovery;
    log().warn("ollama: its circuit breaker is open (failures in a row: {}); a request is tried again in {}",
               breaker().failure_count, seconds_text(wait));
    for (Bulkhead::Waiter* waiter : bulkhead_.take_all()) {
        ++counters_.refused;
        static_cast<Waiter*>(waiter)->refuse(open_error(wait));
    }
}

void ModelGate::close_breaker(std::string_view why) {
    if (!breaker_.is_closed())
        log().info("ollama: its circuit breaker was closed {}", why);
    breaker_.reset();
}

Error ModelGate::open_error(Duration wait) const {
    return {errc::breaker_open,
            "Ollama circuit breaker open: its last requests failed (" + std::to_string(breaker().failure_count) +
                " in a row). A request is tried again in " + seconds_text(wait) +
                "; POST /circuit-breakers/ollama/reset lets requests through at once",
            wait};
}

Error ModelGate::full_error(std::string_view why) const {
    std::string message =
        "Ollama works on " + std::to_string(bulkhead_.running()) + " requests (ollama.max_concurrency), ";
    message.append(why).append("; try again later");
    return {errc::busy, std::move(message), kComeBack};
}

}  // namespace agenthub
