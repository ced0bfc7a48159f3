// The typed configuration of pipelines: named sequences of steps.
// Plain values.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"

namespace agenthub {

enum class StepKind : std::uint8_t { call, enhance, parallel, write_file, text };

// As it is written in the file.
constexpr std::string_view to_string(StepKind kind) noexcept {
    switch (kind) {
        case StepKind::enhance: return "enhance";
        case StepKind::parallel: return "parallel";
        case StepKind::write_file: return "write_file";
        case StepKind::text: return "text";
        case StepKind::call: break;
    }
    return "call";
}

// What becomes of the pipeline when a step fails: it ends, it goes on without the step's result, or it goes on with
// `fallback` in place of that.
enum class OnError : std::uint8_t { fail, proceed, fallback };

// Texts and JSON texts may hold references: ${input.NAME}, ${steps.NAME.path}, ${run.id}, ${run.date}.
struct StepConfig {
    std::string name;
    StepKind kind = StepKind::call;
    std::string server, tool;        // call
    std::string arguments = "{}";    // call: JSON text of an object
    std::string prompt, client;      // enhance: the text, and by whose rule
    std::vector<StepConfig> steps;   // parallel: all at once, at most max_concurrent
    std::size_t max_concurrent = 3;  // parallel
    std::string path;                // write_file: below one of PipelinesConfig::roots
    std::string content;             // write_file, text
    Duration timeout{std::chrono::seconds(60)};
    OnError on_error = OnError::fail;
    std::optional<std::string> fallback;  // JSON text
    bool operator==(const StepConfig&) const = default;
};

struct PipelineConfig {
    std::string name, description;
    std::string input_schema = R"({"type":"object"})";  // JSON text: what it takes, as a tool's inputSchema
    std::vector<StepConfig> steps;
    std::string output;  // JSON text with references; empty: the result of the last step
    Duration timeout{std::chrono::seconds(600)};
    bool operator==(const PipelineConfig&) const = default;
};

struct PipelinesConfig {
    std::vector<PipelineConfig> pipelines;  // in the order of the file
    std::vector<std::string> roots;         // absolute directories below which write_file may write; none: nowhere
    std::size_t max_running = 16;           // at a time; further runs are refused
    bool operator==(const PipelinesConfig&) const = default;
};

}  // namespace agenthub
