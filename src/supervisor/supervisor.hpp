// All configured servers of this daemon.
// Owned by the composition root; loop thread only.

#pragma once

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "supervisor/server_slot.hpp"

namespace agenthub {

struct SupervisorSetup {
    std::string guard_path;     // see find_guard()
    std::string catalogue_dir;  // see CatalogueStore
    BridgeLimits bridge_limits{};
    CgroupTree cgroups{};  // servers run below it
};

class Supervisor {
public:
    // `events` outlives the supervisor.
    Supervisor(Executor executor, const std::vector<ServerConfig>& servers, SupervisorSetup setup,
               SupervisorEvents& events);

    // Null when no server of that name is configured. Valid until the next co_await: a reload may remove it.
    ServerSlot* find(std::string_view name) const;
    // The same for those who wait: a removed slot lives as long as it is held, and refuses what is asked of it.
    std::shared_ptr<ServerSlot> hold(std::string_view name) const;
    // In the order of the configuration.
    const std::vector<std::shared_ptr<ServerSlot>>& slots() const noexcept { return slots_; }

    // See GuardReaper::children(). Without those that run something else than servers.
    std::size_t child_processes() const {
        const std::size_t all = reaper_.children();
        return all - std::min(all, reaper_.others());
    }

    // For whoever else starts programs below guards: there can be but one in a process.
    GuardReaper& reaper() noexcept { return reaper_; }

    // Removed servers whose processes may still be there.
    const std::vector<std::shared_ptr<ServerSlot>>& retiring() const noexcept { return retiring_; }

    // Starts what auto_start and warm ask for, side by side. Does not wait.
    void start();
    // Makes these the configured servers: those that are as before are not touched, changed ones take their new
    // configuration over, removed ones answer what is in flight within `drain_limit` and end, new ones appear and are
    // started if they want to be. One whose isolation changes is removed and new. Does not wait. Not after shut_down().
    void apply(const std::vector<ServerConfig>& servers, Duration drain_limit);
    // Stops all servers side by side; returns when nothing of them is left.
    awaitable<void> shut_down();
    // Makes a running shut_down() kill instead of waiting.
    void hurry();

private:
    static void begin(ServerSlot& slot);
    std::shared_ptr<ServerSlot> add(const ServerConfig& config);
    awaitable<void> retire(std::shared_ptr<ServerSlot> slot, Duration drain_limit);

    Executor executor_;
    GuardReaper reaper_;
    CatalogueStore catalogues_;
    LaunchSurroundings surroundings_;
    SlotContext context_;
    std::vector<std::shared_ptr<ServerSlot>> slots_;     // other owners: coroutines that wait for one
    std::vector<std::shared_ptr<ServerSlot>> retiring_;  // removed, their processes may still be there
    bool closing_ = false;
    TaskGroup stopping_;
};

}  // namespace agenthub
