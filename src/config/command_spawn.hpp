// Starts a program below an mcp-guard of its own.
// A function.

#pragma once

#include <sys/types.h>

#include <array>
#include <string>

#include "config/run_command.hpp"

namespace agenthub {

// 0 or errno. `fds` become 1, 2 and the guard's control channel; its input is empty, and nothing else is open in it.
int spawn_below_guard(pid_t& pid, const std::string& guard, const std::array<int, 3>& fds, const CommandCall& call);

}  // namespace agenthub
