// Taking a new configuration over: at once, or by draining and replacing the process.
// Owned by the slot of its server.

#include "base/log.hpp"
#include "supervisor/server_runner.hpp"

namespace agenthub {
namespace {

// How often a drain looks for the last answer: an event at each answer would be paid by every call of every day.
constexpr Duration kDrainLook{10};

}  // namespace

void ServerRunner::reconfigured(const RunnerChange& change) {
    machine_.set_rules(rules_of(config_));
    if (!change.replace) {
        if (change.recheck && status().state == ServerState::running)
            begin_checks();
        return;
    }
    ++wanted_;
    // Set here, so that no call slips in before the task runs. One that drains already takes this change as well.
    if (!std::exchange(draining_, true))
        tasks_.spawn(replace_process(change.limit), "replacement");
}

awaitable<void> ServerRunner::replace_process(Duration limit) {
    co_await until_drained(Deadline::after(limit));
    const bool enabled = config_.disabled_reason.empty();
    // A process that died while it was drained is succeeded by one of the new configuration already.
    const bool replaced = enabled && machine_.has_process() && launched_ == wanted_;
    if (!replaced) {
        host_.on_runner_replaced(*this);
        apply(ConfigurationChanged{enabled});
    }
    draining_ = false;
    if (enabled && config_.auto_start && owner_.empty())
        auto_start();
    changed();
}

awaitable<void> ServerRunner::until_drained(Deadline deadline) {
    const auto instance = instance_;
    const auto busy = [&] {
        return instance != nullptr && instance == instance_ && !instance->has_exited && instance->calls_in_flight() > 0;
    };
    if (busy())
        log().info("server {}: waiting for {} calls in flight, for at most {} ms", label(), instance->calls_in_flight(),
                   deadline.remaining().count());
    SteadyTimer look(executor_);
    while (draining_ && busy() && !deadline.expired()) {
        look.expires_after(kDrainLook);
        co_await look.async_wait(use_awaitable);
    }
}

// False when it was stopped while it waited for the end of what was there before.
awaitable<bool> ServerRunner::may_launch() {
    bool waited = retiring_ > 0;
    while (retiring_ > 0)
        co_await next_change();
    const bool waited_for_others = co_await host_.clear_to_launch(*this);
    waited = waited || waited_for_others;
    co_return !waited || status().state != ServerState::stopping;
}

}  // namespace agenthub
