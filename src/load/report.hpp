// What `agenthub bench` prints.
// Pure.

#pragma once

#include <string>

#include "load/generator.hpp"

namespace agenthub::load {

std::string human_report(const Options& options, const Outcome& outcome);

// One JSON object on one line; times in the unit that the name ends with.
std::string json_report(const Options& options, const Outcome& outcome);

}  // namespace agenthub::load
