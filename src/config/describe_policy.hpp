// The part of `agenthub check-config` about rights and hooks, secrets hidden.
// Pure function.

#pragma once

#include <string>

#include "config/config.hpp"

namespace agenthub {

void describe_policy(std::string& out, const Config& config);

}  // namespace agenthub
