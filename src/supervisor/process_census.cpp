// Comparing what slots know with what /proc shows.
// No state.

#include "supervisor/process_census.hpp"

namespace agenthub {

namespace {

// Adds one process and what is below it; nothing when there is none.
void count(const ServerRunner& runner, ProcessReader& reader, ProcessCensus& census, ProcessUsage& usage) {
    const Instance* instance = runner.instance();
    if (instance == nullptr)
        return;
    const pid_t guard = instance->child->guard_pid();
    const pid_t pid = instance->has_exited ? 0 : instance->child->pid();  // 0: its guard is ending what it left
    const ProcessUsage tree = reader.usage_of_tree(guard, pid);
    usage.add(tree);
    census.expected += pid > 0 ? 2 : 1;
    if (pid == 0) {
        census.found += tree.processes > 0 ? tree.processes - 1 : 0;
    } else {
        const auto server = reader.stat(pid);
        census.found += server && server->parent == guard && server->state != 'Z' ? 1 : 0;
    }
}

// nullopt: no process.
std::optional<ProcessUsage> count(const ServerSlot& slot, ProcessReader& reader, ProcessCensus& census) {
    ProcessUsage usage;
    const std::size_t before = census.expected;
    for (const ServerRunner* runner : slot.runners())
        count(*runner, reader, census, usage);
    return census.expected == before ? std::nullopt : std::optional(usage);
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
    ProcessCensus census;
    ProcessReader reader;
    return count(slot, reader, census);
}

std::optional<ProcessUsage> usage_of(const ServerRunner& runner) {
    ProcessCensus census;
    ProcessReader reader;
    ProcessUsage usage;
    count(runner, reader, census, usage);
    return census.expected == 0 ? std::nullopt : std::optional(usage);
}

}  // namespace agenthub
