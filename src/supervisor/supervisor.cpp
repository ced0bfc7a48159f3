// All configured servers of this daemon.
// Owned by the composition root.

#include "supervisor/supervisor.hpp"

#include <algorithm>

namespace agenthub {
namespace {

// A dozen servers: a walk is as fast as a hash.
template <class Slots>
auto find_slot(Slots& slots, std::string_view name) {
    return std::find_if(slots.begin(), slots.end(),
                        [name](const auto& slot) { return slot != nullptr && slot->name() == name; });
}

}  // namespace

Supervisor::Supervisor(Executor executor, const std::vector<ServerConfig>& servers, SupervisorSetup setup,
                       SupervisorEvents& events)
    : executor_(executor),
      reaper_(executor),
      catalogues_(std::move(setup.catalogue_dir)),
      surroundings_(std::move(setup.cgroups)),
      context_{reaper_, events, catalogues_, std::move(setup.guard_path), setup.bridge_limits, surroundings_},
      stopping_(executor) {
    for (const auto& config : servers)
        slots_.push_back(add(config));
}

ServerSlot* Supervisor::find(std::string_view name) const {
    const auto found = find_slot(slots_, name);
    return found == slots_.end() ? nullptr : found->get();
}

std::shared_ptr<ServerSlot> Supervisor::hold(std::string_view name) const {
    const auto found = find_slot(slots_, name);
    return found == slots_.end() ? nullptr : *found;
}

void Supervisor::start() {
    for (const auto& slot : slots_)
        begin(*slot);
}

void Supervisor::begin(ServerSlot& slot) {
    if (slot.config().auto_start || slot.config().warm > 0)
        slot.auto_start();
}

std::shared_ptr<ServerSlot> Supervisor::add(const ServerConfig& config) {
    auto slot = std::make_shared<ServerSlot>(executor_, config, context_);
    // The newest of that name, which itself follows those before it.
    const auto last = std::find_if(retiring_.rbegin(), retiring_.rend(),
                                   [&config](const auto& other) { return other->name() == config.name; });
    if (last != retiring_.rend())
        slot->follow(*last);
    return slot;
}

void Supervisor::apply(const std::vector<ServerConfig>& servers, Duration drain_limit) {
    auto before = std::exchange(slots_, {});
    std::vector<std::shared_ptr<ServerSlot>> leaving;
    std::vector<ServerSlot*> added;
    const auto leave = [&](std::shared_ptr<ServerSlot>& slot) {
        retiring_.push_back(slot);  // before its successor is made, which follows it
        leaving.push_back(std::move(slot));
    };
    for (const auto& config : servers) {
        const auto present = find_slot(before, config.name);
        const bool stays = present != before.end() && (*present)->config().isolation == config.isolation;
        if (stays) {
            slots_.push_back(std::move(*present));
            if (slots_.back()->config() != config)
                slots_.back()->reconfigure(config, drain_limit);
            continue;
        }
        const bool held = present != before.end() && (*present)->is_held();
        if (present != before.end())
            leave(*present);
        added.push_back(slots_.emplace_back(add(config)).get());
        if (held)
            added.back()->hold();
    }
    for (auto& slot : before)
        if (slot != nullptr)
            leave(slot);
    for (const auto& slot : leaving)
        stopping_.spawn(retire(slot, drain_limit), "server removal");
    for (ServerSlot* slot : added)
        begin(*slot);
}

awaitable<void> Supervisor::retire(std::shared_ptr<ServerSlot> slot, Duration drain_limit) {
    if (!closing_)
        co_await slot->drain(Deadline::after(drain_limit));
    std::string reason = "server '" + slot->name() + "' was removed from the configuration";
    co_await slot->shut_down(std::move(reason));
    std::erase(retiring_, slot);
    if (find(slot->name()) == nullptr)
        catalogues_.remove(slot->name());
}

awaitable<void> Supervisor::shut_down() {
    closing_ = true;
    for (const auto& slot : retiring_)
        slot->stop_draining();
    for (const auto& slot : slots_)
        stopping_.spawn(slot->shut_down("AgentHub is shutting down"), "server stop");
    co_await stopping_.join();
    co_await reaper_.join();
}

void Supervisor::hurry() {
    for (const auto& slots : {&slots_, &retiring_})
        for (const auto& slot : *slots)
            slot->hurry();
}

}  // namespace agenthub
