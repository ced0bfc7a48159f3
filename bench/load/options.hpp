// What agenthub-load was asked to do.
// A value, made once by main.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace agenthub::load {

struct Options {
    std::string url = "http://127.0.0.1:9090/mcp/echo";
    std::int64_t sessions = 64;
    std::int64_t calls = 100'000;  // over all sessions
    double rate = 0;               // calls per second over all sessions; 0: closed loop
    std::int64_t payload = 100;    // bytes of each text
    std::string tool = "echo";     // any tool that returns its argument `text`
    std::int64_t ms = -1;          // argument `ms`, when not negative
    std::int64_t bytes = -1;       // argument `bytes`: the answer is `text`, filled up to this size
    bool sse = false;              // each call carries a progress token and must bring one progress notification
    std::int64_t timeout_s = 30;   // gives up when no answer comes for so long
    pid_t pid = 0;                 // of the daemon, to read its CPU time and memory
    bool json = false;

    // From `url`.
    std::string host;
    int port = 0;
    std::string path;
};

// nullopt when there is nothing to do: `exit_code` is then 0 (--help) or 2, and the reason has been printed.
std::optional<Options> parse_options(int argc, const char* const* argv, int& exit_code);

}  // namespace agenthub::load
