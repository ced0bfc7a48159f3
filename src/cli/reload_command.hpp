// agenthub reload: make the running daemon take its changed configuration over.
// A function; owns what it needs while it runs.

#pragma once

#include <optional>
#include <string>

#include "cli/console.hpp"

namespace agenthub {

struct ReloadOptions {
    std::optional<std::string> url;
};

// Writes what has changed to console.out and failures, the faults of a refused file included, to console.err; returns
// the exit code.
int run_reload(const ReloadOptions& options, const Console& console);

}  // namespace agenthub
