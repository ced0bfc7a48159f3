// A slot that takes another configuration over, drains, or ends.
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
    const bool recheck = !same_health_check(config_, next) || config_.idle_stop != next.idle_stop;
    config_ = std::move(next);
    gate_.reconfigure(config_);
    if (replace)
        catalogue_.begin(process_fingerprint(config_));
    // Those without a process would each start one; the next call does, in its turn.
    end_idle(config_.warm);
    for (const auto& [owner, runner] : owned_)
        runner->reconfigured({replace, recheck, limit});
    for (const Runner& runner : spares_)
        runner->reconfigured({replace, recheck, limit});
    // What failed under the old configuration says nothing of the new one, also if none of its processes is left.
    if (replace)
        gate_.close_breaker();
    // A shared process that is replaced starts by itself.
    if (!is_shared() || (wants_up && !replace))
        auto_start();
    waiting_.wake_all();
}

awaitable<void> ServerSlot::drain(Deadline deadline) {
    draining_ = true;
    const auto in_flight = [this] {
        std::size_t calls = 0;
        for (const ServerRunner* runner : runners())
            calls += runner->calls_in_flight();
        return calls;
    };
    if (in_flight() > 0)
        log().info("server {}: waiting for {} calls in flight, for at most {} ms", name(), in_flight(),
                   deadline.remaining().count());
    SteadyTimer look(executor_);
    while (draining_ && in_flight() > 0 && !deadline.expired()) {
        look.expires_after(kDrainLook);
        co_await look.async_wait(use_awaitable);
    }
}

void ServerSlot::stop_draining() {
    draining_ = false;
    changed_.cancel();
}

awaitable<void> ServerSlot::shut_down(std::string reason) {
    closing_ = reason;
    stop_draining();
    waiting_.wake_all();
    end_all(reason);
    while (!ending_.empty())
        co_await next_change();
    tasks_.cancel();
    co_await tasks_.join();
    co_await predecessor_ended();
    ended_ = true;
    changed_.cancel();
}

}  // namespace agenthub
