// Where the programs of AgentHub are: in one folder, each looks for the next beside itself.
// Functions.

#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace agenthub {

// The path of the program `name` beside the one that runs, which need not exist; without /proc, the name alone.
std::string own_program(std::string_view name);

// The mcp-guard program, below which everything runs that AgentHub starts: beside this program, in
// ../libexec/agenthub, else what $AGENTHUB_GUARD names. errc::start_failed when there is none that can be executed.
result<std::string> find_guard();

}  // namespace agenthub
