// How a server process ended.
// A value.

#pragma once

#include <string>

namespace agenthub {

struct ExitStatus {
    enum class Kind {
        exited,    // value: the exit code
        signaled,  // value: the signal number
        unknown,   // the guard was killed before it could tell
    };
    Kind kind = Kind::unknown;
    int value = 0;
    bool killed_for_memory = false;  // by the kernel, because the machine or the server's own limit was at its end

    // From what wait(2) stores.
    static ExitStatus from_wait_status(int raw) noexcept;

    // "exited with code 3", "was killed by signal 9 (SIGKILL)", …: completes a sentence that starts with the server.
    std::string describe() const;

    bool operator==(const ExitStatus&) const = default;
};

}  // namespace agenthub
