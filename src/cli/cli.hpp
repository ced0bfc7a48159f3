// The command line of AgentHub: what a person types, and the exit codes scripts rely on.
// Called once by main, which gives the functions that run the daemon and the stdio bridge.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/client_commands.hpp"
#include "cli/console.hpp"

namespace agenthub {

// As typed; nothing has been read or resolved yet, but each value has been checked for its form.
struct ServeOptions {
    std::optional<std::string> config;
    std::vector<std::string> listen;  // each as "listen" in the configuration takes it
    std::optional<std::string> state_dir, log_level, log_format;
};

// Runs the daemon until it ends and returns the exit code.
using ServeFunction = std::function<int(const ServeOptions&)>;
// Is an MCP server over standard input and output until its input ends, and returns the exit code.
using StdioFunction = std::function<int(const StdioOptions&)>;

// Runs one command and returns the exit code: 0 fine, 1 the operation failed, 2 usage or configuration. Blocks.
// Uses standard input, output and error.
int run_cli(int argc, char** argv, const ServeFunction& serve, const StdioFunction& stdio);

// The same with streams of the caller's.
int run_cli(int argc, char** argv, const ServeFunction& serve, const StdioFunction& stdio, const Console& console);

}  // namespace agenthub
