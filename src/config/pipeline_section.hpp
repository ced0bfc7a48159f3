// The section "pipelines" of the configuration file, and what belongs to it: "pipeline_roots" and "pipeline_runs".
// Pure functions.

#pragma once

#include "config/environment.hpp"
#include "config/object_reader.hpp"
#include "config/pipeline_config.hpp"

namespace agenthub {

// More pipelines, and more steps of one (those inside of `parallel` included), are faults.
inline constexpr std::size_t kMaxPipelines = 100;
inline constexpr std::size_t kMaxSteps = 64;

// `environment` says what ~ stands for in a root. The plan is checked as well: see check_plans().
void read_pipelines(ObjectReader& root, const Environment& environment, Findings& findings, PipelinesConfig& out);

}  // namespace agenthub
