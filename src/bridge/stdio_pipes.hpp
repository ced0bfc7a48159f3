// What a bridge is made of: our ends of a server's pipes, and how much may wait in them.
// Values; the bridge takes the descriptors over.

#pragma once

#include <cstddef>

#include "base/unique_fd.hpp"

namespace agenthub {

// Our ends of a server's standard streams: non-blocking, close-on-exec.
struct StdioPipes {
    UniqueFd stdin_write;
    UniqueFd stdout_read;
    UniqueFd stderr_read;
};

struct BridgeLimits {
    std::size_t line_bytes = 64u << 20;   // of one message from the server
    std::size_t pending = 1024;           // unanswered calls
    std::size_t queue_bytes = 64u << 20;  // waiting for the server to read its stdin
};

}  // namespace agenthub
