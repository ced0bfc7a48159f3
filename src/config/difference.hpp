// What a new configuration changes of the one in force, and how much of that can be done while running.
// Pure functions and values.

#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace agenthub {

struct ConfigDifference {
    // Servers by name, those of the new configuration in its order.
    std::vector<std::string> added;
    std::vector<std::string> removed;
    std::vector<std::string> changed;  // a process made of the old entry must go
    std::vector<std::string> updated;  // the running process can go on with the new entry

    // Settings outside of the servers by path, as "log.level".
    std::vector<std::string> applied;     // hold at once
    std::vector<std::string> next_start;  // cannot change while AgentHub runs

    bool empty() const noexcept;
    bool operator==(const ConfigDifference&) const = default;
};

ConfigDifference difference(const Config& running, const Config& wanted);

// True when a process of the one entry is not what the other asks for. Both have the same name.
bool needs_new_process(const ServerConfig& running, const ServerConfig& wanted);

// Names what a process is made of: equal as long as needs_new_process() is false. For telling apart, not for secrecy.
std::string process_fingerprint(const ServerConfig& server);

// What is in force once `wanted` has been taken over: all of it, but for what waits for the next start.
Config in_force_after(const Config& running, Config wanted);

}  // namespace agenthub
