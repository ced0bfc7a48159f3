// Taking a new configuration over: at once, or by draining and replacing the process.
// Owned by the supervisor.

#include "base/log.hpp"
#include "config/difference.hpp"
#include "supervisor/health_check.hpp"
#include "supervisor/server_slot.hpp"

namespace agenthub {
namespace {

// How often a drain looks for the last answer: an event at each answer would be paid by every call of every day.
constexpr Duration kDrainLook{10};

}  // namespace

void ServerSlot::reconfigure(ServerConfig next, Duration limit) {
    const bool replace = needs_new_process(config_, next);
    const bool wants_up = next.auto_start && !config_.auto_start;
    const bool other_check = !same_health_check(config_, next);
    config_ = std::move(next);
    machine_.set_rules(rules_of(config_));
    gate_.reconfigure(config_);
    if (replace) {
        ++wanted_;
        // Set here, so that no call slips in before the task runs. One that drains already takes this change as well.
        if (!std::exchange(draining_, true))
            tasks_.spawn(replace_process(limit), "replacement");
        return;
    }
    if (other_check && status().state == ServerState::running)
        begin_health_checks();
    if (wants_up)
        auto_start();
}

awaitable<void> ServerSlot::replace_process(Duration limit) {
    co_await until_drained(Deadline::after(limit));
    const bool enabled = config_.disabled_reason.empty();
    // A process that died while it was drained is succeeded by one of the new configuration already.
    const bool replaced = enabled && machine_.has_process() && launched_ == wanted_;
    if (!replaced) {
        gate_.close_breaker();  // what went wrong with the old process is not the new one's failure
        apply(ConfigurationChanged{enabled});
    }
    draining_ = false;
    if (enabled && config_.auto_start)
        auto_start();
    changed_.cancel();
}

// No coroutine, so that it holds from the call on.
awaitable<void> ServerSlot::drain(Deadline deadline) {
    draining_ = true;
    return until_drained(deadline);
}

awaitable<void> ServerSlot::until_drained(Deadline deadline) {
    const auto instance = instance_;
    const auto busy = [&] {
        return instance != nullptr && instance == instance_ && !instance->has_exited &&
               instance->bridge.calls_in_flight() > 0;
    };
    if (busy())
        log().info("server {}: waiting for {} calls in flight, for at most {} ms", name(),
                   instance->bridge.calls_in_flight(), deadline.remaining().count());
    SteadyTimer look(executor_);
    while (draining_ && busy() && !deadline.expired()) {
        look.expires_after(kDrainLook);
        co_await look.async_wait(use_awaitable);
    }
}

void ServerSlot::stop_draining() {
    draining_ = false;
    changed_.cancel();
}

// False when it was stopped while it waited for the end of what was there before.
awaitable<bool> ServerSlot::may_launch() {
    const bool waits = retiring_ > 0 || predecessor_ != nullptr;
    while (retiring_ > 0)
        co_await changed();
    co_await predecessor_ended();
    co_return !waits || status().state != ServerState::stopping;
}

awaitable<void> ServerSlot::predecessor_ended() {
    const auto predecessor = predecessor_;
    while (predecessor != nullptr && !predecessor->ended_)
        co_await predecessor->changed();
    predecessor_.reset();
}

}  // namespace agenthub
