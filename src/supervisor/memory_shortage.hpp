// What the kernel tells of processes it killed because memory ran out.
// Functions without state.

#pragma once

#include <cstdint>
#include <optional>

namespace agenthub {

// How often that has happened on this machine since its start (oom_kill in /proc/vmstat). nullopt: it does not tell
// (before Linux 4.13).
std::optional<std::int64_t> machine_oom_kills();

}  // namespace agenthub
