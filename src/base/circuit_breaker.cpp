// Whether calls to one server are let through.
// Owned by the server's call gate. Pure.

#include "base/circuit_breaker.hpp"

namespace agenthub {

std::string_view to_string(BreakerState state) noexcept {
    switch (state) {
        case BreakerState::closed: return "closed";
        case BreakerState::open: return "open";
        case BreakerState::half_open: return "half_open";
    }
    return "closed";
}

std::optional<CircuitBreaker::Ticket> CircuitBreaker::admit(TimePoint now, bool may_probe) noexcept {
    if (refusal(now))
        return std::nullopt;
    Ticket given = ticket();
    if (state_ == BreakerState::closed || !may_probe)
        return given;
    state_ = BreakerState::half_open;
    probing_ = true;
    given.probe = true;
    return given;
}

std::optional<Duration> CircuitBreaker::refusal(TimePoint now) const noexcept {
    if (state_ == BreakerState::open && now < probe_at_)
        return std::chrono::ceil<Duration>(probe_at_ - now);
    if (state_ == BreakerState::half_open && probing_)
        return kProbeWait;
    return std::nullopt;
}

bool CircuitBreaker::settle(const Ticket& ticket, CallOutcome outcome, TimePoint now, std::int64_t unix_ms) noexcept {
    if (outcome == CallOutcome::answered) {
        ++counts_.total_successes;
        counts_.last_success_ms = unix_ms;
    } else if (outcome != CallOutcome::unknown) {
        ++counts_.total_failures;
        counts_.last_failure_ms = unix_ms;
    }
    if (ticket.era != era_)
        return false;
    const auto opened_before = counts_.times_opened;
    if (ticket.probe)
        settle_probe(outcome, now);
    else
        settle_call(ticket, outcome, now);
    return counts_.times_opened != opened_before;
}

void CircuitBreaker::settle_probe(CallOutcome outcome, TimePoint now) noexcept {
    probing_ = false;
    if (outcome == CallOutcome::answered) {
        state_ = BreakerState::closed;
        counts_.failure_count = 0;
        counts_.success_count = 1;
    } else if (outcome != CallOutcome::unknown) {
        ++counts_.failure_count;
        open(now);
    }
}

void CircuitBreaker::settle_call(const Ticket& ticket, CallOutcome outcome, TimePoint now) noexcept {
    if (state_ != BreakerState::closed || outcome == CallOutcome::unknown)
        return;
    if (outcome == CallOutcome::answered) {
        counts_.failure_count = 0;
        ++counts_.success_count;
        return;
    }
    if (outcome == CallOutcome::died && ticket.deaths != deaths_)
        return;  // another call has told of this death
    deaths_ += outcome == CallOutcome::died ? 1 : 0;
    counts_.success_count = 0;
    ++counts_.failure_count;
    if (limits_.threshold != 0 && counts_.failure_count >= limits_.threshold)
        open(now);
}

void CircuitBreaker::open(TimePoint now) noexcept {
    state_ = BreakerState::open;
    probe_at_ = now + limits_.recovery;
    counts_.success_count = 0;
    ++counts_.times_opened;
}

void CircuitBreaker::reset() noexcept {
    ++era_;
    state_ = BreakerState::closed;
    probing_ = false;
    counts_.failure_count = 0;
    counts_.success_count = 0;
}

BreakerSnapshot CircuitBreaker::snapshot(TimePoint now) const noexcept {
    BreakerSnapshot out = counts_;
    // The next call will find it half open; who looks now sees the same.
    const bool recovered = state_ == BreakerState::open && now >= probe_at_;
    out.state = recovered ? BreakerState::half_open : state_;
    return out;
}

}  // namespace agenthub
