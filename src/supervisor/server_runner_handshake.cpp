// The opening of the connection to a process, in the era that its server speaks.
// Owned by the slot of its server.

#include "supervisor/server_runner.hpp"

namespace agenthub {

awaitable<void> ServerRunner::shake_hands(std::shared_ptr<Instance> instance) {
    instance->handshake = std::make_unique<Handshake>(instance->bridge, name(), handshake_plan());
    auto info = co_await instance->handshake->run(Deadline::after(config_.start_timeout));
    if (instance != instance_ || instance->has_exited)
        co_return;  // the exit tells more than the broken handshake
    other_era_ = !info && !other_era_;
    if (!info) {
        apply(HandshakeFailed{info.error()});
        co_return;
    }
    instance->bridge.introduced(std::move(*info));
    if (instance->bridge.info().modern) {
        instance->modern = std::make_unique<ModernUpstream>(executor_, name(), instance->bridge, introduction_);
        instance->modern->start();
    }
    apply(HandshakeDone{});
}

// What the server spoke last is tried first; who was never met is asked (2026-07-28 stdio, "Detecting the era").
HandshakePlan ServerRunner::handshake_plan() const {
    HandshakePlan plan;
    plan.probe = config_.era != EraChoice::legacy;
    plan.initialize = config_.era != EraChoice::modern;
    if (config_.era == EraChoice::automatic)
        plan.probe = host_.was_modern().value_or(true) != other_era_;
    plan.introduction = introduction_;
    return plan;
}

}  // namespace agenthub
