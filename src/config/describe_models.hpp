// The part of `agenthub check-config` about Ollama, enhancement and keys, secrets hidden.
// Pure function.

#pragma once

#include <string>

#include "config/config.hpp"

namespace agenthub {

void describe_models(std::string& out, const Config& config);

}  // namespace agenthub
