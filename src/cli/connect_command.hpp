// agenthub connect: makes one AI client of this machine use AgentHub, and takes that back.
// A function; owns what it needs while it runs.

#pragma once

#include <optional>
#include <string>

#include "cli/console.hpp"

namespace agenthub {

struct ConnectOptions {
    std::string client;
    std::optional<std::string> url;
    std::optional<std::string> server, view;  // an endpoint instead of the one for all
    bool print = false;                       // a whole document, and no file is looked at
    bool write = false;
    bool undo = false;
    bool project = false;  // the file of the project in the working directory, not the user's
};

// Without print, write and undo it shows what write would do. Returns the exit code.
int run_connect(const ConnectOptions& options, const Console& console);

}  // namespace agenthub
