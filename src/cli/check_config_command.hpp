// agenthub check-config: what would run, or every fault.
// A function.

#pragma once

#include <optional>
#include <string>

#include "cli/console.hpp"

namespace agenthub {

// `file`: the configuration to read; without one, the search order of `agenthub serve`. Writes the description to
// console.out, or every fault with its JSON path to console.err; returns the exit code.
int run_check_config(const std::optional<std::string>& file, const Console& console);

}  // namespace agenthub
