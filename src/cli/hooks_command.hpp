// agenthub hooks: which hooks there are, and what they would do with a call.
// Functions; they own what they need while they run.

#pragma once

#include <optional>
#include <string>

#include "cli/console.hpp"

namespace CLI {
class App;
}

namespace agenthub {

struct HooksOptions {
    CLI::App* command = nullptr;  // as the three below: owned by the command line
    CLI::App* list = nullptr;
    CLI::App* test = nullptr;
    std::optional<std::string> url;
    std::string server, tool;
    std::string arguments = "{}";
    std::optional<std::string> client;
    bool json = false;
};

// Adds the command; it writes to `options`, which outlives the parsing.
void add_hooks(CLI::App& app, HooksOptions& options, const char* url_help);

// Returns the exit code; of a test kExitFailed also when the call would not be made.
int run_hooks(const HooksOptions& options, const Console& console);

}  // namespace agenthub
