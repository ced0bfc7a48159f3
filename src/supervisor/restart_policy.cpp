// The arithmetic of back-off and budget.
// Pure.

#include "supervisor/restart_policy.hpp"

#include <algorithm>
#include <cmath>

namespace agenthub {

std::optional<Duration> RestartPolicy::after_failure(TimePoint now, std::optional<TimePoint> up_since, double random) {
    note_failure(now, up_since);
    while (!restarts_.empty() && now - restarts_.front() > limits_.window)
        restarts_.pop_front();
    if (restarts_.size() >= limits_.max_restarts)
        return std::nullopt;
    restarts_.push_back(now);
    return delay(random);
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

Duration RestartPolicy::delay(double random) const noexcept {
    // A fifth to either side, so that servers felled by one cause do not all come back in the same instant.
    const double doublings = std::min(failures_ > 0 ? failures_ - 1 : 0U, 30U);
    const double plain = std::min(static_cast<double>(limits_.first_delay.count()) * std::exp2(doublings),
                                  static_cast<double>(limits_.longest_delay.count()));
    const auto jittered = Duration(std::llround(plain * (0.8 + 0.4 * random)));
    return std::min(jittered, limits_.longest_delay);
}

}  // namespace agenthub
