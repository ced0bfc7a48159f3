// What `agenthub bench` was asked to do.
// A value, made once by the command line.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"

namespace CLI {
class App;
}

namespace agenthub::load {

struct Options {
    std::string url = "http://127.0.0.1:9090/mcp/echo";
    std::int64_t sessions = 64;
    std::int64_t calls = 100'000;          // over all sessions; 0: only the sessions
    double rate = 0;                       // calls per second over all sessions; 0: closed loop
    std::int64_t payload = 100;            // bytes of each text
    std::string tool = "echo";             // any tool that returns its argument `text`
    std::optional<std::string> arguments;  // JSON text for any other tool: then only ids and success are checked
    std::int64_t ms = -1;                  // argument `ms`, when not negative
    std::int64_t bytes = -1;               // argument `bytes`: the answer is `text`, filled up to this size
    bool sse = false;             // each call carries a progress token and must bring one progress notification
    bool modern = false;          // the era of 2026-07-28: no sessions but connections
    bool http_sse = false;        // the transport of 2024-11-05; `url` is that of its stream
    bool reconnect = false;       // each call on a connection of its own
    bool hold = false;            // the sessions stay open until standard input ends
    double wait_s = 0;            // for somebody to listen at `url`
    std::int64_t timeout_s = 30;  // gives up when no answer comes for so long
    pid_t pid = 0;                // of the daemon, to read its CPU time and memory
    bool json = false;

    // From `url`, by settle().
    std::string host;
    int port = 0;
    std::string path;
};

// Adds all of them to `command`, which fills `options` when it is parsed; `options` outlives it.
void add_options(CLI::App& command, Options& options);

// Takes the url apart and looks at what belongs together. errc::invalid_params: a sentence about what does not fit.
result<void> settle(Options& options);

}  // namespace agenthub::load
