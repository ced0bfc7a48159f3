// The daemon: puts the parts together, runs them, and takes them down in order.
// Owned by main.

#pragma once

#include <string>

#include "cli/cli.hpp"

namespace agenthub {

// Runs the daemon until SIGTERM or SIGINT. Returns the exit code: 0 after an orderly end, 1 when it could not start
// or run, 2 for a faulty configuration.
int serve(const ServeOptions& options);

}  // namespace agenthub
