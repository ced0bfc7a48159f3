// Makes the hook that an entry of the configuration asks for.
// A function; what hooks need of the daemon is borrowed.

#pragma once

#include "hooks/command_runner.hpp"
#include "hooks/hook.hpp"
#include "hooks/tool_book.hpp"

namespace agenthub {

class Enhancer;

// All of it outlives the hooks.
struct HookSurroundings {
    Executor executor;
    ToolBook& tools;
    Enhancer& enhancer;
    CommandRunner& commands;
};

HookBody make_hook(const HookConfig& config, const HookSurroundings& surroundings);

}  // namespace agenthub
