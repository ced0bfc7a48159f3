// agenthub status: how the running daemon and its servers are.
// A function; owns what it needs while it runs.

#pragma once

#include <optional>
#include <string>

#include "cli/console.hpp"

namespace agenthub {

struct StatusOptions {
    std::optional<std::string> url;
    bool json = false;  // the document of GET /health as it is
};

// Writes the page to console.out and failures to console.err; returns the exit code.
int run_status(const StatusOptions& options, const Console& console);

}  // namespace agenthub
