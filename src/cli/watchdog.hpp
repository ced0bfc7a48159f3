// Ends a blocking operation at its deadline and when the user interrupts it, so that a call can still be cancelled.
// Owned by the command on whose stack it stands; has a thread of its own for as long as it lives.

#pragma once

#include <signal.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "base/unique_fd.hpp"

namespace agenthub {

class Watchdog {
public:
    enum class Outcome { none, timed_out, interrupted };

    // Until it is destroyed, SIGINT, SIGTERM and SIGHUP are held back in the calling thread. When one of them comes, or
    // `limit` has passed, `stop` is called from the watchdog's thread, again and again, because the operation may just
    // not have begun. Throws std::system_error when the system has no descriptor left.
    Watchdog(std::chrono::milliseconds limit, std::function<void()> stop);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    Outcome outcome() const noexcept { return outcome_; }

    // What is left of the limit, at least one millisecond.
    std::chrono::milliseconds remaining() const noexcept;

private:
    void watch();

    std::chrono::steady_clock::time_point deadline_;
    std::function<void()> stop_;
    sigset_t previous_mask_{};
    UniqueFd signals_;
    UniqueFd done_;
    std::atomic<Outcome> outcome_ = Outcome::none;
    std::thread thread_;
};

}  // namespace agenthub
