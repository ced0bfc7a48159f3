// Starts one mcp-guard with its pipes, without copying the daemon's memory and without passing any descriptor on.
// Owned by nobody: a function and its result.

#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.hpp"
#include "base/own_programs.hpp"
#include "base/unique_fd.hpp"
#include "supervisor/launch_spec.hpp"

namespace agenthub {

// The daemon's ends of a server's stdio; non-blocking, close-on-exec.
struct ChildPipes {
    UniqueFd stdin_write;
    UniqueFd stdout_read;
    UniqueFd stderr_read;
};

struct SpawnedGuard {
    pid_t pid = -1;
    UniqueFd pidfd;
    UniqueFd control;  // SOCK_SEQPACKET, carries GuardMessage; closing it ends the guard and all below it
    ChildPipes pipes;
};

// Blocks for as long as the exec of the small guard takes: about 0.15 ms, at 500 MB of memory as at 10.
// errc::start_failed: mend the configuration. errc::busy: the machine is short of descriptors, memory or processes.
result<SpawnedGuard> spawn_guard(const LaunchSpec& spec);

}  // namespace agenthub
