// All configured servers of this daemon.
// Owned by the composition root.

#include "supervisor/supervisor.hpp"

namespace agenthub {

Supervisor::Supervisor(Executor executor, const std::vector<ServerConfig>& servers, BridgeLimits limits,
                       std::string guard_path, SupervisorEvents& events)
    : reaper_(executor), context_{reaper_, events, std::move(guard_path), limits}, stopping_(executor) {
    for (const auto& config : servers)
        slots_.push_back(std::make_unique<ServerSlot>(executor, config, context_));
}

// A dozen servers: a walk is as fast as a hash.
ServerSlot* Supervisor::find(std::string_view name) const {
    for (const auto& slot : slots_)
        if (slot->name() == name)
            return slot.get();
    return nullptr;
}

void Supervisor::start() {
    for (const auto& slot : slots_)
        if (slot->config().auto_start)
            slot->auto_start();
}

awaitable<void> Supervisor::shut_down() {
    for (const auto& slot : slots_)
        stopping_.spawn(slot->shut_down(), "server stop");
    co_await stopping_.join();
    co_await reaper_.join();
}

void Supervisor::hurry() {
    for (const auto& slot : slots_)
        slot->hurry();
}

}  // namespace agenthub
