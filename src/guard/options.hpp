// The guard's command line: mcp-guard CONTROL-FD [--cwd DIR] [--cgroup DIR] [--rlimit-nofile N] [--rlimit-core N]
// [--rlimit-as N] -- COMMAND [ARG...]. Values that point into argv; no ownership.

#pragma once

#include <sys/resource.h>

#include <cstddef>

namespace agenthub {

struct GuardOptions {
    struct Limit {
        int resource;
        rlim_t value;
    };
    static constexpr std::size_t kMaxLimits = 8;

    int control_fd = -1;
    const char* directory = nullptr;  // nullptr: the guard's own
    const char* cgroup = nullptr;     // the server's own control group; nullptr: none
    Limit limits[kMaxLimits] = {};
    std::size_t limit_count = 0;
    char** command = nullptr;  // argv of the server, null-terminated

    // False when the command line is not of the form above.
    bool parse(int argc, char** argv) noexcept;
};

}  // namespace agenthub
