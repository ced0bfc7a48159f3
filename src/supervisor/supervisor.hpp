// All configured servers of this daemon.
// Owned by the composition root; loop thread only.

#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "supervisor/server_slot.hpp"

namespace agenthub {

class Supervisor {
public:
    // `guard_path`: see find_guard(). `events` outlives the supervisor.
    Supervisor(Executor executor, const std::vector<ServerConfig>& servers, BridgeLimits limits, std::string guard_path,
               SupervisorEvents& events);

    // Null when no server of that name is configured.
    ServerSlot* find(std::string_view name) const;
    // In the order of the configuration.
    const std::vector<std::unique_ptr<ServerSlot>>& slots() const noexcept { return slots_; }

    // See GuardReaper::children().
    std::size_t child_processes() const { return reaper_.children(); }

    // Starts the auto_start servers, side by side. Does not wait.
    void start();
    // Stops all servers side by side; returns when nothing of them is left.
    awaitable<void> shut_down();
    // Makes a running shut_down() kill instead of waiting.
    void hurry();

private:
    GuardReaper reaper_;
    SlotContext context_;
    std::vector<std::unique_ptr<ServerSlot>> slots_;
    TaskGroup stopping_;
};

}  // namespace agenthub
