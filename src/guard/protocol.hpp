// The control channel between the daemon and the guard of one server: fixed messages over a SOCK_SEQPACKET pair.
// Values; shared by both sides, which are always built together.

#pragma once

#include <cstdint>

namespace agenthub {

// The guard's end of the channel. It inherits 0, 1 and 2 as well (the server's stdio), and nothing else.
inline constexpr int kGuardControlFd = 3;

enum class GuardVerb : std::int32_t {
    // Guard to daemon, in this order: one of the first two, then `exited` unless the start failed; before it, and only
    // if it is so, killed_for_memory.
    started = 1,       // value: the server's pid; its exec has succeeded
    start_failed = 2,  // value: errno, stage: where; nothing runs, the guard ends
    exited = 3,        // value: the raw wait status of the server; the guard now kills what the server left, and ends
    // Daemon to guard.
    signal = 4,  // value: signal number, for the server's process group; ignored once the server has ended
    // Guard to daemon. value: how often the kernel killed in the server's control group because memory ran out; it is
    // sent when the server ended by SIGKILL
    killed_for_memory = 5,
    // There is no verb for "kill everything": the end of file says it. So the daemon's death, its shutdown(SHUT_WR)
    // and a lost channel all mean the same: SIGKILL to every descendant until none is left.
};

// Where starting the server failed.
enum class GuardStage : std::int32_t {
    none = 0,
    fork = 1,         // no process could be made
    directory = 2,    // chdir to --cwd
    limit = 3,        // setrlimit
    exec = 4,         // the command was not found or is not executable
    interpreter = 5,  // the command is there, but what its first line (or ELF header) names is not
    cgroup = 6,       // the process could not enter --cgroup
};

struct GuardMessage {
    GuardVerb verb;
    std::int32_t value;
    GuardStage stage;
};
static_assert(sizeof(GuardMessage) == 12, "both ends read and write it as one packet");

}  // namespace agenthub
