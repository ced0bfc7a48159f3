// Turns a fork of the guard into the MCP server: own session, clean signals, no descriptors but its stdio.
// Owned by the guard.

#pragma once

#include <sys/types.h>

#include "guard/options.hpp"

namespace agenthub {

// Forks the server. Returns its pid, or -1 with errno. `report_fd` becomes the read end of a pipe that ends when the
// exec succeeds and carries one GuardMessage (start_failed) when anything before or in it fails.
pid_t start_server(const GuardOptions& options, int& report_fd) noexcept;

}  // namespace agenthub
