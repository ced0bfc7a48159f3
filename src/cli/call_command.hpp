// agenthub call: one tool call through the running daemon.
// A function; owns what it needs while it runs.

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/console.hpp"

namespace agenthub {

// The most bytes of arguments that are read from standard input.
inline constexpr std::size_t kMaxArgumentBytes = 64 * 1024 * 1024;

struct CallOptions {
    std::string server;
    std::string tool;
    std::string arguments = "{}";  // "-": standard input
    std::optional<std::string> url;
    std::chrono::milliseconds timeout{std::chrono::seconds(300)};
    bool json = false;
};

// Writes the tool's result to console.out, and progress, log messages and failures to console.err; returns the exit
// code. Interrupted or out of time, it cancels the call before it returns.
int run_call(const CallOptions& options, const Console& console);

}  // namespace agenthub
