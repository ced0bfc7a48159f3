// How a run of a pipeline has gone: the document that its caller gets.
// Values and pure functions.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"
#include "config/pipeline_config.hpp"

namespace agenthub {

// What became of a step: done; failed, and its fallback stands in; failed, and the run goes on without its result;
// failed, and the run ends; broken off, because the caller has left; never begun.
enum class StepStatus : std::uint8_t { not_run, ok, fallback, continued, failed, cancelled };

std::string_view to_string(StepStatus status) noexcept;

struct StepReport {
    std::string name;
    StepKind kind = StepKind::call;
    StepStatus status = StepStatus::not_run;
    Duration time{0};
    std::string error;  // JSON text of a JSON-RPC error object; empty: none
};

// Everything was done; something failed, and the run went on; it ended early; its caller left.
enum class RunStatus : std::uint8_t { complete, partial, failed, cancelled };

std::string_view to_string(RunStatus status) noexcept;

struct RunReport {
    std::string pipeline, run_id;
    RunStatus status = RunStatus::complete;
    std::string output = "null";  // JSON text
    std::string error;            // as a step's: why it failed, or the first of what it went on without
    Duration time{0};
    std::vector<StepReport> steps;  // in the order of the plan; what is inside of `parallel` follows it
};

// JSON texts.
std::string json_of(const StepReport& step);
std::string json_of(const RunReport& run);

// All steps of a plan, none of them begun.
std::vector<StepReport> steps_of(const PipelineConfig& plan);

}  // namespace agenthub
