// The processes that should be there and those that are: equal, unless something has leaked or got lost.
// Values and a function.

#pragma once

#include <optional>
#include <vector>

#include "supervisor/process_usage.hpp"
#include "supervisor/supervisor.hpp"

namespace agenthub {

// A server has a guard and its own process; what that starts belongs to the server and is in its usage only. Below the
// guard of a server that has ended everything counts as found, because nothing should be there.
struct ProcessCensus {
    // These may differ for the moment in which a server is being started or ended.
    std::size_t expected = 0;
    std::size_t found = 0;
    std::vector<std::optional<ProcessUsage>> servers;  // in the order of Supervisor::slots(); nullopt: no process
};

// Reads /proc: a few milliseconds for fifty servers.
ProcessCensus take_census(const Supervisor& supervisor);

// Of one server, or one of its processes, guards included; nullopt when it has no process.
std::optional<ProcessUsage> usage_of(const ServerSlot& slot);
std::optional<ProcessUsage> usage_of(const ServerRunner& runner);

}  // namespace agenthub
