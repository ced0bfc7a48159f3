// Comparing what slots know with what /proc shows.
// No state.

#include "supervisor/process_census.hpp"

namespace agenthub {

namespace {

// nullopt: no process.
std::optional<ProcessUsage> count(const ServerSlot& slot, ProcessReader& reader, ProcessCensus& census) {
    const auto processes = slot.processes();
    if (!processes)
        return std::nullopt;
    const ProcessUsage usage = reader.usage_of_tree(processes->guard, processes->server);
    census.expected += processes->server > 0 ? 2 : 1;
    if (processes->server == 0) {
        census.found += usage.processes > 0 ? usage.processes - 1 : 0;
    } else {
        const auto server = reader.stat(processes->server);
        census.found += server && server->parent == processes->guard && server->state != 'Z' ? 1 : 0;
    }
    return usage;
}

}  // namespace

ProcessCensus take_census(const Supervisor& supervisor) {
    ProcessCensus census;
    ProcessReader reader;
    census.found = supervisor.child_processes();
    for (const auto& slot : supervisor.slots())
        census.servers.push_back(count(*slot, reader, census));
    for (const auto& slot : supervisor.retiring())
        count(*slot, reader, census);
    return census;
}

std::optional<ProcessUsage> usage_of(const ServerSlot& slot) {
    const auto processes = slot.processes();
    if (!processes)
        return std::nullopt;
    return ProcessReader().usage_of_tree(processes->guard, processes->server);
}

}  // namespace agenthub
