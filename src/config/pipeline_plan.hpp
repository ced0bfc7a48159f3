// Whether pipelines can do what they say: every reference leads to a step that has been carried out before, and no
// pipeline calls itself. Pure functions.

#pragma once

#include "config/fault.hpp"
#include "config/pipeline_config.hpp"

namespace agenthub {

// How a pipeline is called as a tool of the server "hub": this and its name.
inline constexpr std::string_view kPipelineTool = "pipeline_";

// Faults: more steps than kMaxSteps, a name that two steps have, references that are none, lead to a step that is not
// there, or stands later, or runs at the same time; `parallel` inside of `parallel`; pipelines that call each other in
// a circle, or the tool call_many. A warning: an input that input_schema does not name.
void check_plans(const PipelinesConfig& pipelines, Findings& findings);

}  // namespace agenthub
