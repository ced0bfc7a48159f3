// The table of classes, and the arithmetic of back-off and budget.
// Pure.

#include "supervisor/restart_policy.hpp"

#include <algorithm>
#include <cmath>

namespace agenthub {

FailurePolicy policy_of(FailureClass kind) noexcept {
    using namespace std::chrono_literals;
    switch (kind) {
        case FailureClass::exec_failed: return {.code = errc::start_failed, .retried = false, .budgeted = false};
        case FailureClass::no_resources: return {.code = errc::busy, .budgeted = false};
        case FailureClass::handshake_exited: return {.code = errc::start_exited};
        case FailureClass::handshake_refused: return {.code = errc::start_refused, .first_delay = 2s};
        case FailureClass::handshake_timeout: return {.code = errc::start_timeout, .first_delay = 2s};
        case FailureClass::crashed: return {.code = errc::server_exited};
        case FailureClass::unhealthy: return {.code = errc::server_unhealthy, .at_once = true};
        case FailureClass::out_of_memory: return {.code = errc::server_out_of_memory, .first_delay = 5s};
    }
    return {.code = errc::internal};
}

std::optional<Duration> RestartPolicy::after_failure(FailureClass kind, TimePoint now,
                                                     std::optional<TimePoint> up_since, double random) {
    note_failure(now, up_since);
    const FailurePolicy policy = policy_of(kind);
    if (!policy.retried)
        return std::nullopt;
    while (!restarts_.empty() && now - restarts_.front() > limits_.window)
        restarts_.pop_front();
    if (policy.budgeted) {
        if (restarts_.size() >= limits_.max_restarts)
            return std::nullopt;
        restarts_.push_back(now);
    }
    return delay(policy, random);
}

void RestartPolicy::note_failure(TimePoint now, std::optional<TimePoint> up_since) {
    if (up_since && now - *up_since >= limits_.stable)
        reset();
    ++failures_;
}

void RestartPolicy::reset() noexcept {
    failures_ = 0;
    restarts_.clear();
}

Duration RestartPolicy::delay(const FailurePolicy& policy, double random) const noexcept {
    if (policy.at_once && failures_ <= 1)
        return Duration::zero();
    // A fifth to either side, so that servers felled by one cause do not all come back in the same instant.
    const double doublings = std::min(failures_ > 0 ? failures_ - 1 : 0U, 30U);
    const auto first = static_cast<double>(std::max(limits_.first_delay, policy.first_delay).count());
    const double plain = std::min(first * std::exp2(doublings), static_cast<double>(limits_.longest_delay.count()));
    const double low = std::max(0.8 * plain, static_cast<double>(policy.first_delay.count()));
    const auto jittered = Duration(std::llround(low + (1.2 * plain - low) * random));
    return std::min(jittered, limits_.longest_delay);
}

}  // namespace agenthub
