// Comparing what slots know with what /proc shows.
// No state.

#include "supervisor/process_census.hpp"

namespace agenthub {

ProcessCensus take_census(const Supervisor& supervisor) {
    ProcessCensus census;
    ProcessReader reader;
    census.found = supervisor.child_processes();
    for (const auto& slot : supervisor.slots()) {
        const auto processes = slot->processes();
        if (!processes) {
            census.servers.emplace_back();
            continue;
        }
        const ProcessUsage usage = reader.usage_of_tree(processes->guard, processes->server);
        census.servers.emplace_back(usage);
        census.expected += processes->server > 0 ? 2 : 1;
        if (processes->server == 0) {
            census.found += usage.processes > 0 ? usage.processes - 1 : 0;
        } else {
            const auto server = reader.stat(processes->server);
            census.found += server && server->parent == processes->guard && server->state != 'Z' ? 1 : 0;
        }
    }
    return census;
}

std::optional<ProcessUsage> usage_of(const ServerSlot& slot) {
    const auto processes = slot.processes();
    if (!processes)
        return std::nullopt;
    return ProcessReader().usage_of_tree(processes->guard, processes->server);
}

}  // namespace agenthub
