// Waiting for the daemon.
// Owned by the bridge.

#include "stdio/daemon_reach.hpp"

#include <algorithm>
#include <utility>

namespace agenthub {
namespace {

constexpr Duration kFirstPause{20};
constexpr Duration kLongestPause{1'000};

// Whoever asks for all may be cancelled; then another takes over.
class Asking {
public:
    Asking(bool& asking, Wakeup& asked) : asking_(asking), asked_(asked) { asking_ = true; }
    ~Asking() {
        asking_ = false;
        asked_.notify_all();
    }
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;

private:
    bool& asking_;
    Wakeup& asked_;
};

}  // namespace

DaemonReach::DaemonReach(Executor executor, DaemonHttp& http, std::unique_ptr<DaemonStarter> starter)
    : executor_(executor), http_(http), starter_(std::move(starter)), asked_(executor) {}

awaitable<result<void>> DaemonReach::wait(Deadline deadline) {
    const unsigned round = rounds_;
    while (asking_) {
        co_await asked_.wait();
        if (rounds_ != round)
            co_return *last_;
    }
    const Asking asking(asking_, asked_);
    auto found = co_await ask_until(deadline);
    last_ = found;
    ++rounds_;
    co_return found;
}

awaitable<result<void>> DaemonReach::ask_until(Deadline deadline) {
    Duration pause = kFirstPause;
    SteadyTimer timer(executor_);
    for (;;) {
        auto answered = co_await http_.probe();
        if (answered) {
            known_ = true;
            if (starter_ != nullptr)
                starter_->somebody_answers();
            co_return result<void>();
        }
        std::string why = answered.error().message;
        if (starter_ != nullptr) {
            if (auto started = starter_->nobody_answers(known_); !started)
                co_return started;
        }
        if (deadline.expired()) {
            std::string advice = "start it with `agenthub serve`, or give --autostart";
            if (starter_ != nullptr)
                advice = starter_->advice();
            std::string message = "AgentHub at " + http_.where();
            message.append(" does not answer (").append(why).append("); ").append(advice);
            co_return Error(errc::upstream_unreachable, std::move(message));
        }
        timer.expires_after(std::min(pause, deadline.remaining()));
        co_await timer.async_wait(use_awaitable);
        pause = std::min(pause * 2, kLongestPause);
    }
}

}  // namespace agenthub
