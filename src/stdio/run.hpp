// agenthub stdio: the bridge as a program.
// Called by main.

#pragma once

#include <optional>
#include <string>

namespace agenthub {

struct StdioRun {
    std::string url;                    // of the daemon: "http://host:port/prefix", "unix:/path"
    std::string endpoint;               // "/mcp", "/mcp/NAME", "/mcp/view/NAME"
    bool autostart = false;             // start the daemon when nothing answers
    std::optional<std::string> listen;  // what a daemon that is started is to listen on; else as configured
    bool url_named = true;              // false: `url` is only what is usual
};

// Serves standard input and output until the input ends. Returns the exit code: 0 after that, and after SIGTERM or
// SIGINT; 2 when it cannot work as it is asked to.
int run_stdio(const StdioRun& run);

}  // namespace agenthub
