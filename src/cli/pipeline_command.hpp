// agenthub pipeline: which pipelines there are, and running one.
// Functions; they own what they need while they run.

#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/console.hpp"

namespace CLI {
class App;
}

namespace agenthub {

struct PipelineOptions {
    CLI::App* command = nullptr;  // as the two below: owned by the command line
    CLI::App* list = nullptr;
    CLI::App* run = nullptr;
    std::optional<std::string> url;
    std::string name;
    std::string input = "{}";               // JSON text; "-": standard input
    std::optional<std::string> input_file;  // instead of it
    double timeout_seconds = 3600;
    bool json = false;
};

// Adds the command; it writes to `options`, which outlives the parsing.
void add_pipeline(CLI::App& app, PipelineOptions& options, const char* url_help);

// Returns the exit code. A run tells of each step on console.err as it ends, and writes its output to console.out;
// kExitFailed when it has failed. Interrupted, it ends the run.
int run_pipeline(const PipelineOptions& options, const Console& console);

}  // namespace agenthub
