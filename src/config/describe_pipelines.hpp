// The pipelines in the description of a configuration. Part of describe_config.
// Pure functions.

#pragma once

#include <string>

#include "config/config.hpp"

namespace agenthub {

// What each does, step by step; texts and arguments are left out.
void describe_pipelines(std::string& out, const PipelinesConfig& pipelines);

}  // namespace agenthub
