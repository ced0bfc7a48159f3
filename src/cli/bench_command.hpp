// agenthub bench: calls one tool from many sessions, checks every answer, and tells how fast they were.
// A function; owns what it needs while it runs.

#pragma once

#include "cli/console.hpp"
#include "load/options.hpp"

namespace agenthub {

// Writes the report to console.out; returns kExitFailed when one answer was wrong or missing. With `hold` it then keeps
// the sessions open until console.in ends. Takes the url in `options` apart.
int run_bench(load::Options& options, const Console& console);

}  // namespace agenthub
