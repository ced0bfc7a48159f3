// What one server may take of the machine: limits of its process, and of its control group.
// Values, and the function that reads them out of a server's entry.

#pragma once

#include <cstdint>
#include <optional>

namespace agenthub {

class ObjectReader;
struct Findings;

// Soft and hard limits of the server's process, setrlimit(2), inherited by what it starts; unset: the daemon's own.
struct ProcessLimits {
    std::optional<std::uint64_t> nofile;  // open descriptors
    std::optional<std::uint64_t> core;    // bytes of a core file
    std::optional<std::uint64_t> as;      // bytes of address space
    bool operator==(const ProcessLimits&) const = default;
};

// Limits of the server and all it starts together, cgroups(7) version 2; unset: none of its own.
struct CgroupLimits {
    std::optional<std::uint64_t> memory_max;  // bytes
    std::optional<std::uint64_t> pids_max;    // processes and threads
    std::optional<std::uint64_t> cpu_weight;  // share of the processor when it is scarce; 100 is everybody's
    bool operator==(const CgroupLimits&) const = default;
};

struct ServerLimits {
    ProcessLimits process;
    CgroupLimits cgroup;
    bool operator==(const ServerLimits&) const = default;
};

// "rlimits", "memory_max", "pids_max" and "cpu_weight" of the entry.
ServerLimits read_server_limits(ObjectReader& entry, Findings& findings);

}  // namespace agenthub
