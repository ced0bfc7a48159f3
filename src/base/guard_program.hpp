// Where the program mcp-guard is, below which everything runs that AgentHub starts.
// A function.

#pragma once

#include <string>

#include "base/error.hpp"

namespace agenthub {

// The mcp-guard program: beside this program, in ../libexec/agenthub, else what $AGENTHUB_GUARD names.
// errc::start_failed when there is none that can be executed.
result<std::string> find_guard();

}  // namespace agenthub
